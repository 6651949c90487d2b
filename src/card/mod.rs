//! Cards: the reader trait, ATR, APDU, T=0, T=1, ISO-DEP, and the readers.
//!
//! A [`CardReader`] carries APDUs. Below it stand the parts that any reader is
//! made of: [`Atr`] takes an answer to reset apart, [`t0`] is the byte protocol
//! and [`t1`] the block protocol, over a bare line or inside a reader's own
//! commands; [`contact`] leads from the contacts of a card to them, [`contactless`] has
//! what cards in a field speak, over any front end.
//! Above it stands [`emv`](crate::emv).
//!
//! # What the trait promises
//!
//! - [`poll_inserted`](CardReader::poll_inserted) and
//!   [`poll_removed`](CardReader::poll_removed) never wait: a person is waited
//!   for with `nb`, in one loop with the other devices.
//! - [`activate`](CardReader::activate), [`transmit`](CardReader::transmit) and
//!   [`deactivate`](CardReader::deactivate) wait, and end whatever the card
//!   does.
//! - Repeating on the line, and resynchronising after a call that was dropped
//!   half way, are the reader's affair. A failed `transmit` leaves it open
//!   whether the card acted: after one that moves money, ask the card or the
//!   host, do not repeat it.
//! - Whatever the reader, the errors have the same kinds; the suite of
//!   [`conformance`](crate::conformance) checks that.
//!
//! ```
//! use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid};
//! use embedded_pos::card::{Atr, CardReader, Command, Response};
//! use embedded_pos::port::Clocked;
//! use embedded_pos::port::adapter::SystemClock;
//! use embedded_pos::sim::Simulated;
//! use embedded_pos::sim::card::{CcidReader, T1Card};
//!
//! let device = Simulated::new(CcidReader::new());
//! let uart = device.port(SystemClock::new());
//! let driver = SerialCcid::new(uart, Config::DEFAULT);
//! let mut reader = Clocked::new(driver, SystemClock::new());
//!
//! device.device().insert(T1Card::echo());
//! nb::block!(reader.poll_inserted())?;
//!
//! let mut atr = [0; Atr::MAX];
//! let n = reader.activate(&mut atr)?;
//! assert_eq!(Atr::new(&atr[..n]).unwrap().first_protocol(), 1);
//!
//! let mut apdu = [0; Command::MAX];
//! let select = Command::new(0x00, 0xA4, 0x04, 0x00).data(b"1PAY.SYS.DDF01").expect(256);
//! let mut response = [0; Response::MAX];
//! let n = reader.transmit(select.write_to(&mut apdu).unwrap(), &mut response)?;
//! assert!(Response::new(&response[..n]).unwrap().status().is_success());
//! reader.deactivate()?;
//! # Ok::<(), embedded_pos::card::reader::serial_ccid::Error<embedded_pos::sim::Unplugged>>(())
//! ```
//!
//! # Models
//!
//! See [`reader`]; each page tells wiring, buffering and timing.
//!
//! # When it does not work
//!
//! | what you see | what to look at |
//! | --- | --- |
//! | kind `Timeout` from the first call | power, TX and RX crossed, speed, stop bits |
//! | kind `Line` | speed, a UART buffer that is too short, an unshielded cable |
//! | kind `Timeout` from `activate` | the card lies the wrong way round, or needs another voltage |
//! | kind `Unsupported` from `activate` | the card speaks a protocol, or wants a speed, that the reader does not have |
//! | kind `Absent` from `transmit` | the card was taken out, if only for a moment: activate again |
//! | kind `Protocol` from `activate` | not a card but a memory chip, or one that is not ISO/IEC 7816-3 |

use crate::ErrorType;

pub mod apdu;
#[cfg(feature = "async")]
mod asynch;
pub mod atr;
pub mod contact;
pub mod contactless;
mod etu;
mod pair;
pub mod pps;
pub mod reader;
pub mod t0;
pub mod t1;

pub use apdu::{ApduError, Command, Meaning, Response, StatusWord, transmit_whole};
#[cfg(feature = "async")]
pub use asynch::AsyncCardReader;
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
    /// the wrong way round, [`Unsupported`](crate::ErrorKind::Unsupported) for
    /// one whose protocol the reader does not speak,
    /// [`Protocol`](crate::ErrorKind::Protocol) for one that answers with
    /// something else than an ATR; [`Argument`](crate::ErrorKind::Argument)
    /// when the ATR does not fit. After an error the card takes no command,
    /// but for the last, which leaves it active.
    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error>;

    /// Sends a command APDU; the response, with its status word, goes to the
    /// front of `response`. Returns its length, at least 2.
    ///
    /// # Errors
    /// Kind [`Absent`](crate::ErrorKind::Absent) when the card was taken out or
    /// is not active; [`Argument`](crate::ErrorKind::Argument) when the command
    /// is no APDU that the reader can carry (nothing is sent), or the response
    /// does not fit (the card acted, and the response is lost);
    /// [`Unsupported`](crate::ErrorKind::Unsupported) when the card does not take
    /// so much data (it did nothing). Any other error leaves it unknown whether
    /// the card acted.
    ///
    /// What stands in `response` after an error is no response, but can be a piece
    /// of one, with what is secret in it. It is the caller's to wipe: after an
    /// error, or when he drops the call, all of `response`.
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
