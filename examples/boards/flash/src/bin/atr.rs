//! An ATR taken apart, and the verdict of a payment terminal.
#![no_std]
#![no_main]

use embedded_pos::card::Atr;
use embedded_pos::card::atr::{Reset, Verdict};
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut bytes = [0; Atr::MAX];
    flash::fill(&mut bytes);
    let bytes = bytes.get(..unknown() as usize).unwrap_or_default();
    let reset = if unknown() == 0 { Reset::Cold } else { Reset::Warm };
    wanted(match Verdict::of(bytes, reset) {
        Verdict::Accepted(terms) => terms.ta1.into(),
        Verdict::WarmReset(why) | Verdict::Rejected(why) => why.value.unwrap_or(0).into(),
    });
    let Ok(atr) = Atr::new(bytes) else { return };
    wanted(atr.t1().ifsc.into());
    wanted(atr.wi().into());
}
