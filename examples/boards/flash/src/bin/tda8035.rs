//! TDA8035 over pins, with a plain UART: a card is waited for, read, and let go.
#![no_std]
#![no_main]

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{Contacts, HalfDuplex};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::port::Clocked;
use flash::Timer;
use flash::chip::{CardUart, Pin, card};

type Slot = PinSlot<Pin, Pin, Pin, (Pin, Pin)>;
type Reader = ContactReader<Contacts<HalfDuplex<CardUart, Timer>, Slot>>;

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Reader> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let slot = PinSlot::new(Pin(0), Pin(1), Pin(2), (Pin(3), Pin(4)), Chip::TDA8035);
    let uart = HalfDuplex::new(CardUart, Timer, true);
    let reader = ContactReader::new(Contacts::new(uart, slot), Config::emv(4_000_000));
    card(&mut Clocked::new(reader, Timer));
}
