//! Readings that a camera pushes by MQTT, and the answer to it.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::feed::vzenith::{Answer, Profile, Push};
use embedded_pos::scan::plate::feed::{Event, Feed};
use flash::{unknown, wanted};

/// Takes as much .bss as the feed has state, with its room.
#[used]
static mut STATE: core::mem::MaybeUninit<Push<[u8; 768]>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut feed = Push::mqtt(Profile::Vzenith, [0; 768]);
    let bytes = [unknown() as u8; 64];
    if let (_, Some(Ok(Event::Plate(read)))) = feed.push(&bytes) {
        wanted(read.pictures.full);
        let mut answer = [0; Answer::LONGEST];
        wanted(Answer::to(&read).write(&mut answer).map_or(0, |body| body.len() as u32));
    }
}
