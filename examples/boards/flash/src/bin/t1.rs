//! Command APDUs over T=1 on a line, and S(IFS).
#![no_std]
#![no_main]

use embedded_pos::card::T1Parameters;
use embedded_pos::card::t1::{Edc, Limits, Line, Timing};
use flash::{Timer, Uart, unknown, wanted};

/// Takes as much .bss as the protocol has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Line<Uart>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let edc = if unknown() == 0 { Edc::Lrc } else { Edc::Crc };
    let t1 = T1Parameters { ifsc: unknown() as u8, bwi: unknown() as u8, cwi: 5, edc };
    let timing = Timing::new(&t1, unknown(), 372, 1);
    let mut line = Line::new(Uart, timing, Limits::DEFAULT);
    line.reset(&t1, timing);
    wanted(line.agree_ifs(254).wait(&mut Timer).is_ok().into());
    let mut command = [0; 261];
    flash::fill(&mut command);
    let command = command.get(..unknown() as usize).unwrap_or_default();
    let done = line.transmit(command).wait(&mut Timer);
    wanted(done.map_or(0, |n| n as u32));
    flash::shown(line.response());
}
