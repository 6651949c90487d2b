//! What to ask of a card for an ATR that is taken apart, and what it agrees to.
#![no_std]
#![no_main]

use embedded_pos::card::pps::{Host, Mode};
use embedded_pos::card::{Atr, Tck};
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut bytes = [0; Atr::MAX];
    flash::fill(&mut bytes);
    let bytes = bytes.get(..unknown() as usize).unwrap_or_default();
    let Ok(atr) = Atr::new(bytes) else { return };
    wanted(atr.t1().ifsc.into());
    wanted(atr.wi().into());
    wanted(u32::from(atr.tck() == Tck::Valid));
    let host = Host { protocols: &[0, 1], clock: unknown(), fastest: unknown() };
    match host.meet(&atr) {
        Ok(Mode::Ready { protocol, ta1 }) => wanted((protocol ^ ta1).into()),
        Ok(Mode::Ask(pps)) => {
            flash::shown(pps.request());
            wanted(pps.agreed(bytes).map_or(0, u32::from));
        }
        Err(_) => wanted(0),
    }
}
