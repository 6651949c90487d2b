//! A slot of a TDA8007, with its UART: a card is waited for, read, and let go.
#![no_std]
#![no_main]

use core::cell::RefCell;

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{Shared, SharedLine};
use embedded_pos::card::reader::tda8007::{Divider, Number, Slot, Tda8007, Uart};
use embedded_pos::port::Clocked;
use flash::Timer;
use flash::chip::{Wires, card};

type Reader = ContactReader<Shared<'static, Uart<'static, Wires>, Slot<'static, Wires>>>;

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<(
    Tda8007<Wires>,
    SharedLine<Uart<'static, Wires>>,
    Reader,
)> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let chip = RefCell::new(Tda8007::new(Wires, Divider::Four));
    flash::wanted(chip.borrow_mut().init().is_ok().into());
    let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
    let slot = Tda8007::slot(&chip, Number::One);
    let reader = ContactReader::new(Shared::new(&line, slot, 1), Config::emv(3_686_400));
    card(&mut Clocked::new(reader, Timer));
}
