//! A vehicle identification number, all that it says.
#![no_std]
#![no_main]

use embedded_pos::scan::document::Check;
use embedded_pos::scan::document::vin::Vin;
use flash::{unknown, wanted};

/// Takes as much .bss as a number has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Vin> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let Ok(vin) = Vin::parse(&[unknown() as u8; 17]) else { return };
    wanted((vin.check() == Check::Valid).into());
    wanted(vin.is_check_mandatory().into());
    wanted(vin.year_hint().map_or(0, u32::from));
    wanted(vin.advice().bits().into());
    wanted(vin.region() as u32);
    wanted(vin.last_six().len() as u32);
}
