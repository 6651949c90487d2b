//! An ATR taken apart.
#![no_std]
#![no_main]

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
}
