//! The port and the clock, which every program has.
#![no_std]
#![no_main]

use embedded_pos::port::{Clock, Port};
use flash::{Timer, Uart, unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut byte = [0];
    let read = Uart.try_read(&mut byte).is_ok();
    let written = Uart.try_write(&byte).is_ok();
    wanted(unknown() ^ u32::from(byte[0]) ^ u32::from(read) ^ u32::from(written));
    wanted(Timer.now().as_micros() as u32);
}
