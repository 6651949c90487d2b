//! GA/T 1400: JSON.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::gat1400::Gat1400;

flash::feed!(Gat1400<[u8; 2048]>, Gat1400::new([0; 2048]));
