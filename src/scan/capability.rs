use bitflags::bitflags;

use super::Scanner;
use crate::ErrorType;

/// When an engine looks for a code.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mode {
    /// From [`Scanner::start`] to [`Scanner::stop`] or the first code: what
    /// every driver sets up.
    Command,
    /// Always; each code once.
    Continuous,
    /// When something moves before it.
    Presentation,
}

bitflags! {
    /// What an engine can show or sound.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Signals: u8 {
        /// A beep, once each time it is switched on.
        const BEEPER = 1 << 0;
        /// The lamp that says that a code was read.
        const LED = 1 << 1;
        /// The pattern that shows where it looks.
        const AIM = 1 << 2;
        /// The light on what it looks at.
        const ILLUMINATION = 1 << 3;
    }
}

bitflags! {
    /// Families of codes that an engine can be told to read or to pass over.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Symbologies: u32 {
        /// EAN-13, EAN-8, UPC-A and UPC-E.
        const EAN_UPC = 1 << 0;
        /// Code 128 and GS1-128.
        const CODE128 = 1 << 1;
        /// Code 39.
        const CODE39 = 1 << 2;
        /// Code 93.
        const CODE93 = 1 << 3;
        /// Code 11.
        const CODE11 = 1 << 4;
        /// Codabar.
        const CODABAR = 1 << 5;
        /// Interleaved 2 of 5.
        const INTERLEAVED_2_OF_5 = 1 << 6;
        /// MSI.
        const MSI = 1 << 7;
        /// GS1 DataBar.
        const DATABAR = 1 << 8;
        /// PDF417.
        const PDF417 = 1 << 9;
        /// QR.
        const QR = 1 << 10;
        /// Data Matrix.
        const DATA_MATRIX = 1 << 11;
        /// Aztec.
        const AZTEC = 1 << 12;
        /// MaxiCode.
        const MAXICODE = 1 << 13;
        /// Han Xin (汉信码).
        const HAN_XIN = 1 << 14;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Signals {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Signals({=u8:#b})", self.bits());
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Symbologies {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Symbologies({=u32:#b})", self.bits());
    }
}

/// A [`Scanner`] whose way of looking can be chosen.
pub trait Modes: Scanner {
    /// Whether it has a mode.
    fn has_mode(&self, mode: Mode) -> bool;

    /// Sets the mode, until power is lost.
    ///
    /// # Errors
    /// Kind [`Unsupported`](crate::ErrorKind::Unsupported) if it has it not;
    /// else the line or the engine failed.
    fn set_mode(&mut self, mode: Mode) -> Result<(), Self::Error>;

    /// The families of codes that can be switched.
    fn symbologies(&self) -> Symbologies;

    /// Switches the families of `on` on and all others that can be switched
    /// off, until power is lost.
    ///
    /// # Errors
    /// Kind [`Unsupported`](crate::ErrorKind::Unsupported) if one of `on`
    /// cannot be switched; else the line or the engine failed.
    fn set_symbologies(&mut self, on: Symbologies) -> Result<(), Self::Error>;
}

/// A scan engine that shows or sounds what it is told.
pub trait Indicators: ErrorType {
    /// What it has.
    fn signals(&self) -> Signals;

    /// Switches signals on or off.
    ///
    /// # Errors
    /// Kind [`Unsupported`](crate::ErrorKind::Unsupported) if it has not all
    /// of them; else the line or the engine failed.
    fn signal(&mut self, signals: Signals, on: bool) -> Result<(), Self::Error>;
}

impl<T: Modes + ?Sized> Modes for &mut T {
    fn has_mode(&self, mode: Mode) -> bool {
        T::has_mode(self, mode)
    }

    fn set_mode(&mut self, mode: Mode) -> Result<(), Self::Error> {
        T::set_mode(self, mode)
    }

    fn symbologies(&self) -> Symbologies {
        T::symbologies(self)
    }

    fn set_symbologies(&mut self, on: Symbologies) -> Result<(), Self::Error> {
        T::set_symbologies(self, on)
    }
}

impl<T: Indicators + ?Sized> Indicators for &mut T {
    fn signals(&self) -> Signals {
        T::signals(self)
    }

    fn signal(&mut self, signals: Signals, on: bool) -> Result<(), Self::Error> {
        T::signal(self, signals, on)
    }
}
