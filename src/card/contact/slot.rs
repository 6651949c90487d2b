use crate::ErrorType;
use crate::port::{CardState, Class};

/// The contacts of a card besides I/O: supply, reset, clock, and the switch
/// that says that a card is there. An interface chip, or pins.
///
/// Each method begins what it says and returns at once, with how it then
/// stands; [`CardState::flaws`] is left 0.
///
/// # Contract
///
/// - The orders of ISO/IEC 7816-3:2006, 6.2.1 (RST low, VCC, I/O in reception,
///   CLK) and 6.4 (RST low, CLK low, I/O low, VCC off) are kept, by the chip or
///   by the implementor.
/// - A card that is pulled out, and a chip that protects itself, take the power
///   off by hardware; the next [`sense`](Self::sense) says so.
pub trait CardSlot: ErrorType {
    /// How it stands. A fault is told once.
    ///
    /// # Errors
    /// A pin or the bus failed.
    fn sense(&mut self) -> Result<CardState, Self::Error>;

    /// Begins a cold reset: the card gets this supply and its clock; RST stays
    /// low. [`CardState::wait`] says when the clock runs, from when on RST is
    /// low for `low` cycles: until [`run`](Self::run), or, if
    /// [`CardState::automatic`], until the chip has counted them.
    ///
    /// # Errors
    /// A pin or the bus failed; kind
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for a class that the chip
    /// has not.
    fn power(&mut self, class: Class, low: u16) -> Result<CardState, Self::Error>;

    /// Begins a warm reset: RST is low, the rest stays on; else as
    /// [`power`](Self::power).
    ///
    /// # Errors
    /// A pin or the bus failed.
    fn reset(&mut self, low: u16) -> Result<CardState, Self::Error>;

    /// Ends a reset: RST is high. Nothing to be done where that is automatic.
    ///
    /// # Errors
    /// A pin or the bus failed.
    fn run(&mut self) -> Result<CardState, Self::Error>;

    /// Takes clock and supply from the card. [`CardState::wait`] says when VCC
    /// is down and another activation may begin.
    ///
    /// # Errors
    /// A pin or the bus failed.
    fn off(&mut self) -> Result<CardState, Self::Error>;

    /// Connects the card to an I/O line that several share, or takes it off.
    /// Nothing to be done where the line is the card's own.
    ///
    /// # Errors
    /// A pin or the bus failed; the card is then taken to be connected still.
    fn connect(&mut self, on: bool) -> Result<(), Self::Error> {
        let _ = on;
        Ok(())
    }
}

impl<T: CardSlot + ?Sized> CardSlot for &mut T {
    fn sense(&mut self) -> Result<CardState, Self::Error> {
        T::sense(self)
    }

    fn power(&mut self, class: Class, low: u16) -> Result<CardState, Self::Error> {
        T::power(self, class, low)
    }

    fn reset(&mut self, low: u16) -> Result<CardState, Self::Error> {
        T::reset(self, low)
    }

    fn run(&mut self) -> Result<CardState, Self::Error> {
        T::run(self)
    }

    fn off(&mut self) -> Result<CardState, Self::Error> {
        T::off(self)
    }

    fn connect(&mut self, on: bool) -> Result<(), Self::Error> {
        T::connect(self, on)
    }
}
