//! Command APDUs over T=0 on a line.
#![no_std]
#![no_main]

use embedded_pos::card::t0::{Limits, Line, Timing};
use flash::{Timer, Uart, unknown, wanted};

/// Takes as much .bss as the protocol has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Line<Uart>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let timing = Timing::new(unknown() as u8, unknown(), 372, 1);
    let mut line = Line::new(Uart, timing, Limits::DEFAULT);
    let mut command = [0; 261];
    flash::fill(&mut command);
    let command = command.get(..unknown() as usize).unwrap_or_default();
    let done = line.transmit(command).wait(&mut Timer);
    wanted(done.map_or(0, |n| n as u32));
    flash::shown(line.response());
}
