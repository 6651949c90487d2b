//! Protocol and speed agreed on, for an ATR that is there.
#![no_std]
#![no_main]

use embedded_pos::card::Atr;
use embedded_pos::card::pps::{Host, Mode};
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
    let host = Host { protocols: &[0, 1], clock: unknown(), fastest: unknown() };
    match host.meet(&atr) {
        Ok(Mode::Ready { protocol, ta1 }) => wanted((protocol ^ ta1).into()),
        Ok(Mode::Ask(pps)) => {
            pps.request().iter().for_each(|byte| wanted((*byte).into()));
            wanted(pps.agreed(bytes).map_or(0, u32::from));
        }
        Err(_) => wanted(0),
    }
}
