//! A slot of a TDA8026, with a plain UART that others share: a card is waited
//! for, read, and let go.
#![no_std]
#![no_main]

use core::cell::RefCell;

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{HalfDuplex, Shared, SharedLine};
use embedded_pos::card::reader::tda8026::{Number, Slot, Tda8026};
use embedded_pos::port::Clocked;
use flash::Timer;
use flash::chip::{CardUart, Wires, card};

type Uart = HalfDuplex<CardUart, Timer>;
type Reader = ContactReader<Shared<'static, Uart, Slot<'static, Wires>>>;

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<(Tda8026<Wires>, SharedLine<Uart>, Reader)> =
    core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let chip = RefCell::new(Tda8026::new(Wires));
    flash::wanted(chip.borrow_mut().init().is_ok().into());
    let line = RefCell::new(SharedLine::new(HalfDuplex::new(CardUart, Timer, true)));
    let slot = Tda8026::slot(&chip, Number::Two);
    let reader = ContactReader::new(Shared::new(&line, slot, 2), Config::emv(4_000_000));
    card(&mut Clocked::new(reader, Timer));
}
