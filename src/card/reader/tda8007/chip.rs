use core::cell::RefCell;
use core::fmt;

use super::{Slot, Uart};
use crate::{Error, ErrorKind, ErrorType};

/// Register addresses.
pub(super) const CSR: u8 = 0x00;
pub(super) const CCR: u8 = 0x01;
pub(super) const PDR: u8 = 0x02;
pub(super) const UCR2: u8 = 0x03;
pub(super) const GTR: u8 = 0x05;
pub(super) const UCR1: u8 = 0x06;
pub(super) const PCR: u8 = 0x07;
/// Read MSR, written FCR.
pub(super) const MSR_FCR: u8 = 0x0C;
/// Read URR, written UTR.
pub(super) const URR_UTR: u8 = 0x0D;
pub(super) const USR: u8 = 0x0E;
pub(super) const HSR: u8 = 0x0F;

/// CSR: the UART is not reset.
const RIU: u8 = 0x08;

/// HSR.
const PTL: u8 = 0x01;
const SUPL: u8 = 0x10;

/// The 8-bit bus to the chip.
pub trait Bus: ErrorType {
    /// Reads a register, 0 to 15. 2 us pass between two reads of the same.
    ///
    /// # Errors
    /// The bus failed.
    fn read(&mut self, register: u8) -> Result<u8, Self::Error>;

    /// Writes a register, 0 to 15.
    ///
    /// # Errors
    /// The bus failed.
    fn write(&mut self, register: u8, value: u8) -> Result<(), Self::Error>;
}

impl<T: Bus + ?Sized> Bus for &mut T {
    fn read(&mut self, register: u8) -> Result<u8, Self::Error> {
        T::read(self, register)
    }

    fn write(&mut self, register: u8, value: u8) -> Result<(), Self::Error> {
        T::write(self, register, value)
    }
}

/// Which of the two slots.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Number {
    /// Card 1.
    One = 1,
    /// Card 2.
    Two,
}

/// By what the crystal is divided for the cards (CCR, AC).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Divider {
    /// As it is.
    One,
    /// By 2.
    Two,
    /// By 4.
    Four,
    /// By 8.
    Eight,
}

/// What the hardware status tells of one card, once.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Told {
    pub(super) moved: bool,
    pub(super) overload: bool,
    pub(super) hot: bool,
    pub(super) supply: bool,
}

/// The registers of a TDA8007.
#[derive(Debug)]
pub struct Tda8007<B> {
    bus: B,
    divider: Divider,
    selected: Option<Number>,
    /// HSR is forgotten when it is read, and is about both cards.
    told: [Told; 2],
}

/// The bus failed, or the UART cannot do what is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Tda8007Error<E> {
    /// The bus.
    Bus(E),
    /// F/D is no multiple of 31 or 32 clocks, or of half of them.
    Speed {
        /// The clock rate conversion integer.
        f: u16,
        /// The baud rate adjustment integer.
        d: u8,
    },
}

impl<E: Error> Error for Tda8007Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(error) => error.kind(),
            Self::Speed { .. } => ErrorKind::Unsupported,
        }
    }
}

impl<E: Error> core::error::Error for Tda8007Error<E> {}

impl<E: fmt::Display> fmt::Display for Tda8007Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "bus: {error}"),
            Self::Speed { f: rate, d } => write!(f, "the UART cannot be set to {rate}/{d} clocks"),
        }
    }
}

impl<B> Tda8007<B> {
    /// No I/O.
    pub const fn new(bus: B, divider: Divider) -> Self {
        let quiet = Told { moved: false, overload: false, hot: false, supply: false };
        Self { bus, divider, selected: None, told: [quiet; 2] }
    }

    /// Gives the bus back.
    pub fn release(self) -> B {
        self.bus
    }

    /// The UART.
    pub const fn uart(chip: &RefCell<Self>) -> Uart<'_, B> {
        Uart::new(chip)
    }

    /// A slot.
    pub const fn slot(chip: &RefCell<Self>, number: Number) -> Slot<'_, B> {
        Slot::new(chip, number)
    }

    pub(super) const fn selected(&self) -> Option<Number> {
        self.selected
    }
}

impl<B: Bus> ErrorType for Tda8007<B> {
    type Error = Tda8007Error<B::Error>;
}

impl<B: Bus> Tda8007<B> {
    /// Takes the power from both cards and sets their clock. Returns the chip's
    /// version, the upper half of CSR.
    ///
    /// # Errors
    /// The bus failed.
    pub fn init(&mut self) -> Result<u8, Tda8007Error<B::Error>> {
        for number in [Number::One, Number::Two] {
            self.select(Some(number))?;
            self.write(PCR, 0)?;
            self.write(CCR, self.divider as u8)?;
        }
        self.status()?;
        self.told = [Told::default(); 2];
        Ok(self.read(CSR)? >> 4)
    }

    pub(super) fn read(&mut self, register: u8) -> Result<u8, Tda8007Error<B::Error>> {
        self.bus.read(register).map_err(Tda8007Error::Bus)
    }

    pub(super) fn write(&mut self, register: u8, value: u8) -> Result<(), Tda8007Error<B::Error>> {
        self.bus.write(register, value).map_err(Tda8007Error::Bus)
    }

    /// Connects the UART and the registers of a card.
    pub(super) fn select(&mut self, number: Option<Number>) -> Result<(), Tda8007Error<B::Error>> {
        let Some(number) = number.filter(|_| number != self.selected) else { return Ok(()) };
        self.selected = None;
        self.write(CSR, number as u8 | RIU)?;
        self.selected = Some(number);
        Ok(())
    }

    /// Resets the UART of the card that is selected.
    pub(super) fn reset_uart(&mut self) -> Result<(), Tda8007Error<B::Error>> {
        let Some(number) = self.selected else { return Ok(()) };
        self.write(CSR, number as u8)?;
        self.write(CSR, number as u8 | RIU)
    }

    /// Takes over what the hardware status tells.
    fn status(&mut self) -> Result<(), Tda8007Error<B::Error>> {
        let hsr = self.read(HSR)?;
        for (told, bit) in self.told.iter_mut().zip([0x01, 0x02]) {
            told.moved |= hsr & bit << 2 != 0;
            told.overload |= hsr & bit << 5 != 0;
            told.hot |= hsr & PTL != 0;
            told.supply |= hsr & SUPL != 0;
        }
        Ok(())
    }

    /// Whether a card is there, and what happened since this was last asked.
    pub(super) fn look(&mut self, number: Number) -> Result<(bool, Told), Tda8007Error<B::Error>> {
        self.status()?;
        let present = self.read(MSR_FCR)? & (0x02 << number as u8) != 0;
        let told = self.told.get_mut(number as usize - 1);
        Ok((present, told.map(core::mem::take).unwrap_or_default()))
    }
}
