//! Dahua: lines, JSON, endless answers.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::dahua::Dahua;

flash::feed!(Dahua<[u8; 1024]>, Dahua::new([0; 1024]));
