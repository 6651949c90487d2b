//! A resident ID number, all that it says.
#![no_std]
#![no_main]

use embedded_pos::scan::document::{Check, ResidentId, Sex};
use flash::{unknown, wanted};

/// Takes as much .bss as a number has state.
#[used]
static mut STATE: core::mem::MaybeUninit<ResidentId> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let Ok(id) = ResidentId::parse(&[unknown() as u8; 18]) else { return };
    wanted((id.check() == Check::Valid).into());
    wanted((id.sex() == Sex::Male).into());
    wanted(id.birth().year().into());
    wanted(id.is_area_known().into());
    wanted(id.nationality().map_or(0, |digits| digits.len() as u32));
}
