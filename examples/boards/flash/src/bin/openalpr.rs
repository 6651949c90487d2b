//! OpenALPR: JSON.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;

flash::feed!(OpenAlpr<[u8; 512]>, OpenAlpr::new([0; 512]));
