use core::cell::RefCell;
use core::fmt;

use bitflags::bitflags;
use embedded_hal::i2c::I2c;

use super::Slot;
use crate::{Error, ErrorKind, ErrorType};

bitflags! {
    /// Register 0 of a slot, as written.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub(super) struct Command: u8 {
        const START = 0x01;
        const WARM = 0x02;
        const FIVE_VOLT = 0x04;
        const REG_LOW = 0x10;
        const REG_HIGH = 0x20;
        const IO_ENABLE = 0x40;
        const ONE_VOLT_EIGHT = 0x80;
    }

    /// Register 0 of a slot, as read.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub(super) struct Status: u8 {
        const PRES = 0x01;
        const PRESL = 0x02;
        const SUPL = 0x08;
        const PROT = 0x10;
        const ACTIVE = 0x80;
    }
}

/// What register 1 of a slot is, in bits of register 0.
pub(super) const CONFIG: Command = Command::empty();
pub(super) const EARLY: Command = Command::REG_LOW;
pub(super) const RESET_HIGH: Command = Command::REG_HIGH;
pub(super) const RESET_LOW: Command = Command::REG_HIGH.union(Command::REG_LOW);

/// Bit RSTIN of register 1: RST is worked by the chip.
pub(super) const ASYNCHRONOUS: u8 = 0x40;

/// Which slot.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Number {
    /// With an I/O line of its own.
    One = 1,
    /// Shares the other.
    Two,
    /// Shares the other.
    Three,
    /// Shares the other.
    Four,
    /// Shares the other.
    Five,
}

/// By what the clock input is divided for a card.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Divider {
    /// As it is.
    One,
    /// By 2.
    Two,
    /// By 4.
    Four,
    /// By 5.
    Five,
}

/// The 7-bit addresses that the chip answers to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Addresses {
    /// The slot selector (bank 0).
    pub select: u8,
    /// Register 0 of the slot that is selected (bank 1).
    pub register0: u8,
    /// Register 1.
    pub register1: u8,
}

impl Addresses {
    /// Those of the drivers that were found.
    pub const DEFAULT: Self = Self { select: 0x24, register0: 0x20, register1: 0x21 };
}

/// The registers of a TDA8026.
#[derive(Debug)]
pub struct Tda8026<I> {
    i2c: I,
    addresses: Addresses,
    /// What the selector is known to be.
    selected: Option<Number>,
    dividers: [Divider; 5],
}

/// The I2C bus failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Tda8026Error<E>(pub E);

impl<E: fmt::Debug> fmt::Display for Tda8026Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I2C: {:?}", self.0)
    }
}

impl<E: fmt::Debug> core::error::Error for Tda8026Error<E> {}

impl<E: fmt::Debug> Error for Tda8026Error<E> {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Hardware
    }
}

impl<I> Tda8026<I> {
    /// No I/O.
    pub const fn new(i2c: I) -> Self {
        Self::with_addresses(i2c, Addresses::DEFAULT)
    }

    /// A chip with other addresses. No I/O.
    pub const fn with_addresses(i2c: I, addresses: Addresses) -> Self {
        Self { i2c, addresses, selected: None, dividers: [Divider::One; 5] }
    }

    /// Gives the bus back.
    pub fn release(self) -> I {
        self.i2c
    }

    /// By what the clock input is divided for a slot, from its next activation
    /// on.
    pub fn set_divider(&mut self, number: Number, divider: Divider) {
        if let Some(slot) = self.dividers.get_mut(number as usize - 1) {
            *slot = divider;
        }
    }

    pub(super) fn divider(&self, number: Number) -> u8 {
        self.dividers.get(number as usize - 1).map_or(0, |divider| *divider as u8)
    }

    /// A slot of a chip.
    pub const fn slot(chip: &RefCell<Self>, number: Number) -> Slot<'_, I> {
        Slot::new(chip, number)
    }
}

impl<I: I2c> ErrorType for Tda8026<I> {
    type Error = Tda8026Error<I::Error>;
}

impl<I: I2c> Tda8026<I> {
    /// Takes the power from all cards and forgets what the chip has to tell of
    /// them. Returns its version; C2h is known.
    ///
    /// # Errors
    /// The bus failed, or nothing answers at these addresses.
    pub fn init(&mut self) -> Result<u8, Tda8026Error<I::Error>> {
        for number in [Number::One, Number::Two, Number::Three, Number::Four, Number::Five] {
            self.status(number)?;
            self.command(number, Command::empty())?;
        }
        self.selected = None;
        self.write(self.addresses.select, 0)?;
        self.read(self.addresses.register0)
    }

    fn write(&mut self, address: u8, value: u8) -> Result<(), Tda8026Error<I::Error>> {
        let written = self.i2c.write(address, &[value]);
        if written.is_err() {
            self.selected = None;
        }
        written.map_err(Tda8026Error)
    }

    fn read(&mut self, address: u8) -> Result<u8, Tda8026Error<I::Error>> {
        let mut value = [0];
        self.i2c.read(address, &mut value).map_err(Tda8026Error)?;
        let [value] = value;
        Ok(value)
    }

    fn select(&mut self, number: Number) -> Result<(), Tda8026Error<I::Error>> {
        if self.selected == Some(number) {
            return Ok(());
        }
        self.selected = None;
        self.write(self.addresses.select, number as u8)?;
        self.selected = Some(number);
        Ok(())
    }

    /// Register 0, written.
    pub(super) fn command(
        &mut self,
        number: Number,
        command: Command,
    ) -> Result<(), Tda8026Error<I::Error>> {
        self.select(number)?;
        self.write(self.addresses.register0, command.bits())
    }

    /// Register 0, read: latched bits are forgotten then.
    pub(super) fn status(&mut self, number: Number) -> Result<Status, Tda8026Error<I::Error>> {
        self.select(number)?;
        Ok(Status::from_bits_truncate(self.read(self.addresses.register0)?))
    }

    /// Register 1, when register 0 is `command` with that meaning of it.
    pub(super) fn set(
        &mut self,
        number: Number,
        command: Command,
        meaning: Command,
        value: u8,
    ) -> Result<(), Tda8026Error<I::Error>> {
        self.command(number, command | meaning)?;
        self.write(self.addresses.register1, value)
    }
}
