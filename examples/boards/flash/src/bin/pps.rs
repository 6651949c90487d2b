//! A request for protocol and speed, and the judgement of its response.
#![no_std]
#![no_main]

use embedded_pos::card::pps::Pps;
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut bytes = [0; 6];
    flash::fill(&mut bytes);
    let bytes = bytes.get(..unknown() as usize).unwrap_or_default();
    let pps = match unknown() {
        0 => Pps::new(unknown() as u8),
        _ => Pps::with_speed(unknown() as u8, unknown() as u8),
    };
    flash::shown(pps.request());
    wanted(Pps::response_len(bytes).unwrap_or(0) as u32);
    wanted(pps.agreed(bytes).map_or(0, u32::from));
}
