//! Serial CCID readers: a card is waited for, read, and let go.
#![no_std]
#![no_main]

use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid};
use embedded_pos::card::{Atr, CardReader};
use embedded_pos::nb;
use embedded_pos::port::Clocked;
use flash::{Timer, Uart, wanted};

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<SerialCcid<Uart>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut reader = Clocked::<_, _, _>::new(SerialCcid::new(Uart, Config::DEFAULT), Timer);
    wanted(nb::block!(reader.poll_inserted()).is_ok().into());
    let mut atr = [0; Atr::MAX];
    wanted(reader.activate(&mut atr).is_ok().into());
    atr.iter().for_each(|byte| wanted((*byte).into()));
    let command = [flash::unknown() as u8; 8];
    let mut response = [0; 64];
    wanted(reader.transmit(&command, &mut response).map_or(0, |len| len as u32));
    response.iter().for_each(|byte| wanted((*byte).into()));
    wanted(reader.deactivate().is_ok().into());
    wanted(nb::block!(reader.poll_removed()).is_ok().into());
}
