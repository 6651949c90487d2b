//! The guard that lets each payment code through once.
#![no_std]
#![no_main]

use embedded_pos::port::{Duration, Instant};
use embedded_pos::scan::code::{OneTime, PaymentCode};
use flash::{unknown, wanted};

/// Takes as much .bss as the guard has state.
#[used]
static mut STATE: core::mem::MaybeUninit<OneTime<16>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut guard: OneTime<16> = OneTime::new([unknown() as u8; 16], Duration::from_secs(300));
    while let Some(code) = PaymentCode::new(&[unknown() as u8; 18]) {
        let now = Instant::ZERO + Duration::from_micros(unknown().into());
        match guard.admit(code, now) {
            Ok(mut code) => wanted(code.spend().map_or(0, |code| code.len() as u32)),
            Err(_) => wanted(0),
        }
    }
}
