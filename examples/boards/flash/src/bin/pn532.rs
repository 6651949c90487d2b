//! PN532: a card is found, activated, asked, and taken away.
#![no_std]
#![no_main]

use embedded_pos::card::CardReader;
use embedded_pos::card::reader::pn532::{Config, Pn532};
use embedded_pos::nb;
use embedded_pos::port::Clocked;
use flash::{Timer, Uart, wanted};

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Pn532<Uart>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut reader = Clocked::new(Pn532::new(Uart, Config::DEFAULT), Timer);
    wanted(nb::block!(reader.poll_inserted()).is_ok().into());
    let mut buf = [0; 258];
    wanted(reader.activate(&mut buf).is_ok().into());
    let len = reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00], &mut buf).unwrap_or(0);
    buf.iter().take(len).for_each(|byte| wanted((*byte).into()));
    wanted(reader.deactivate().is_ok().into());
    wanted(nb::block!(reader.poll_removed()).is_ok().into());
}
