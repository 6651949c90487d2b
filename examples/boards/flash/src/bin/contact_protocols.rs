//! All that is spoken to a card with contacts: ATR, the verdict of a payment
//! terminal, PPS, T=0 and T=1 on a line.
#![no_std]
#![no_main]

use embedded_pos::card::atr::{Reset, Verdict};
use embedded_pos::card::pps::{Host, Mode};
use embedded_pos::card::{Atr, t0, t1};
use flash::{Timer, Uart, unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut bytes = [0; 261];
    flash::fill(&mut bytes);
    let bytes = bytes.get(..unknown() as usize).unwrap_or_default();
    let reset = if unknown() == 0 { Reset::Cold } else { Reset::Warm };
    wanted(matches!(Verdict::of(bytes, reset), Verdict::Accepted(_)).into());
    let Ok(atr) = Atr::new(bytes) else { return };
    let host = Host { protocols: &[0, 1], clock: unknown(), fastest: unknown() };
    match host.meet(&atr) {
        Ok(Mode::Ready { protocol, ta1 }) => wanted((protocol ^ ta1).into()),
        Ok(Mode::Ask(pps)) => {
            flash::shown(pps.request());
            wanted(pps.agreed(bytes).map_or(0, u32::from));
        }
        Err(_) => wanted(0),
    }
    if unknown() == 0 {
        let timing = t0::Timing::new(atr.wi(), unknown(), 372, 1);
        let mut line = t0::Line::new(Uart, timing, t0::Limits::DEFAULT);
        wanted(line.transmit(bytes).wait(&mut Timer).map_or(0, |n| n as u32));
        flash::shown(line.response());
    } else {
        let timing = t1::Timing::new(&atr.t1(), unknown(), 372, 1);
        let mut line = t1::Line::new(Uart, timing, t1::Limits::DEFAULT);
        line.reset(&atr.t1(), timing);
        wanted(line.agree_ifs(254).wait(&mut Timer).is_ok().into());
        wanted(line.transmit(bytes).wait(&mut Timer).map_or(0, |n| n as u32));
        flash::shown(line.response());
    }
}
