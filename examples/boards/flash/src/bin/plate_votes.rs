//! Readings of up to four vehicles, and one result of each.
#![no_std]
#![no_main]

use embedded_pos::port::Instant;
use embedded_pos::scan::plate::PlateRead;
use embedded_pos::scan::plate::votes::{Rules, Votes};
use flash::{unknown, wanted};

/// Takes as much .bss as four vehicles have state.
#[used]
static mut STATE: core::mem::MaybeUninit<Votes<4>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut votes: Votes<4> = Votes::new(Rules::new());
    let now = || Instant::from_micros(unknown().into());
    let text = [unknown() as u8; 12];
    let added = votes.add(&PlateRead::new(&text), now());
    wanted(added.ticket);
    while let Some(outcome) = votes.take(now()) {
        wanted(outcome.frames);
        wanted(outcome.flags.bits().into());
    }
}
