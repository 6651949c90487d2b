//! ST25R3916, ISO/IEC 14443-3 and -4 behind the trait that all card readers have.
#![no_std]
#![no_main]

use embedded_pos::card::reader::st25r3916::{Config, St25r3916};
use embedded_pos::card::{Atr, CardReader, Command, Response};
use embedded_pos::nb;
use embedded_pos::port::Clocked;
use flash::{Timer, Uart, unknown, wanted};

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<St25r3916<Uart>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut reader = Clocked::new(St25r3916::new(Uart, Config::DEFAULT), Timer);
    let (mut atr, mut response) = ([0; Atr::MAX], [0; Response::MAX]);
    let command = [unknown() as u8; Command::MAX];
    wanted(nb::block!(reader.poll_inserted()).is_ok().into());
    wanted(reader.activate(&mut atr).map_or(0, |n| n as u32));
    wanted(reader.transmit(&command, &mut response).map_or(0, |n| n as u32));
    wanted(reader.deactivate().is_ok().into());
    wanted(nb::block!(reader.poll_removed()).is_ok().into());
    atr.iter().chain(&response).for_each(|byte| wanted((*byte).into()));
}
