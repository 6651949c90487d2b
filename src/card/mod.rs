//! Card readers: the trait, ATR, APDU, T=1, and the readers.

use crate::ErrorType;

mod apdu;
mod atr;
mod pps;
pub mod reader;
pub mod t1;

pub use apdu::{ApduError, Command, Meaning, Response, StatusWord};
pub use atr::{Atr, AtrError, Convention, Group, Groups, SpecificMode, T1Parameters, Tck};

/// A reader with one card slot. What it carries is APDUs (ISO/IEC 7816-4);
/// which protocol carries them to the card is the reader's affair.
pub trait CardReader: ErrorType {
    /// Whether a card is in the slot.
    ///
    /// # Errors
    /// `WouldBlock` until a person puts one in; else the line or the reader
    /// failed.
    fn poll_inserted(&mut self) -> nb::Result<(), Self::Error>;

    /// Whether the slot is empty.
    ///
    /// # Errors
    /// `WouldBlock` until a person takes the card out; else the line or the
    /// reader failed.
    fn poll_removed(&mut self) -> nb::Result<(), Self::Error>;

    /// Gives the card power, resets it and agrees on a protocol. The answer
    /// to reset goes to the front of `atr` (33 bytes are always enough);
    /// returns its length.
    ///
    /// # Errors
    /// Kind [`Absent`](crate::ErrorKind::Absent) without a card,
    /// [`Timeout`](crate::ErrorKind::Timeout) for one that is mute or put in
    /// the wrong way round.
    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error>;

    /// Sends a command APDU; the response, with its status word, goes to the
    /// front of `response`. Returns its length, at least 2.
    ///
    /// # Errors
    /// Kind [`Absent`](crate::ErrorKind::Absent) when the card was taken out;
    /// [`Argument`](crate::ErrorKind::Argument) when the response does not fit
    /// (it is then lost). An error leaves it unknown whether the card acted.
    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, Self::Error>;

    /// Takes the power from the card, in the order its standard asks for.
    ///
    /// # Errors
    /// The line or the reader failed.
    fn deactivate(&mut self) -> Result<(), Self::Error>;
}

impl<T: CardReader + ?Sized> CardReader for &mut T {
    fn poll_inserted(&mut self) -> nb::Result<(), Self::Error> {
        T::poll_inserted(self)
    }

    fn poll_removed(&mut self) -> nb::Result<(), Self::Error> {
        T::poll_removed(self)
    }

    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        T::activate(self, atr)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, Self::Error> {
        T::transmit(self, command, response)
    }

    fn deactivate(&mut self) -> Result<(), Self::Error> {
        T::deactivate(self)
    }
}
