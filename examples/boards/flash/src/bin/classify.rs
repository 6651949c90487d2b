//! Every reading of a code, with the parsers that it asks.
#![no_std]
#![no_main]

use embedded_pos::scan::code::{Expect, classify};
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = [unknown() as u8; 260];
    let symbology = [unknown() as u8; 2];
    let found = classify(&text, Some(symbology), Expect::Payment);
    found.iter().for_each(|found| wanted(found.reason.len() as u32));
    found.ruled_out().for_each(|found| wanted(found.kind as u32));
}
