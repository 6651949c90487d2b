//! Eight commands of the EF01 family by this crate, with all its safety.
#![no_std]
#![no_main]

use embedded_pos::fingerprint::Slot;
use embedded_pos::fingerprint::zfm::command::{
    DeletChar, GenImg, Img2Tz, RegModel, Search, Store, TempleteNum,
};
use embedded_pos::fingerprint::zfm::{Config, Password, Zfm};
use flash::{Timer, Uart, unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut zfm = Zfm::new(Uart, Config::r503(Password::new(unknown())));
    let (number, clock) = (unknown() as u16, &mut Timer);
    wanted(zfm.init().wait(clock).is_ok().into());
    wanted(zfm.ask(GenImg).wait(clock).is_ok().into());
    wanted(zfm.ask(Img2Tz { buffer: number as u8 }).wait(clock).is_ok().into());
    wanted(zfm.ask(RegModel).wait(clock).is_ok().into());
    wanted(zfm.ask(Store { buffer: 1, slot: Slot(number) }).wait(clock).is_ok().into());
    let found = zfm.ask(Search { buffer: 1, start: 0, count: number }).wait(clock);
    wanted(found.map_or(0, |hit| u32::from(hit.page) << 16 | u32::from(hit.score)));
    wanted(zfm.ask(DeletChar { slot: Slot(number), count: 1 }).wait(clock).is_ok().into());
    wanted(zfm.ask(TempleteNum).wait(clock).map_or(0, u32::from));
}
