//! Axis, FF LPR: JSON.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::axis::Axis;

flash::feed!(Axis<[u8; 512]>, Axis::new([0; 512]));
