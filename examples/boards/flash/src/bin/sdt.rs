//! SDT readers of ID cards: found, read with the photo, lifted.
#![no_std]
#![no_main]

use embedded_pos::nb;
use embedded_pos::port::Clocked;
use embedded_pos::scan::document::card::IdText;
use embedded_pos::scan::document::sdt::{Config, Sdt};
use embedded_pos::scan::document::{IdReader, ReadsBiometrics};
use flash::{Timer, Uart, wanted};

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Sdt<Uart>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut driver = Sdt::new(Uart, Config::new());
    wanted(driver.init().wait(&mut Timer).is_ok().into());
    let mut reader = Clocked::new(driver, Timer);
    let mut text = IdText::new();
    wanted(nb::block!(reader.poll_card()).is_ok().into());
    let read = reader.read_photo(&mut text, &mut |piece| {
        piece.as_bytes().iter().for_each(|byte| wanted((*byte).into()));
    });
    wanted(read.is_ok().into());
    text.as_bytes().iter().for_each(|byte| wanted((*byte).into()));
    wanted(nb::block!(reader.poll_removal()).is_ok().into());
}
