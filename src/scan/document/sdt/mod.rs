//! SDT readers: the readers of ID cards with the ministry's security module
//! (SAM_A, SAM_V), over a UART.
//!
//! The module decrypts the card; what it sends is plain. 115 200 baud 8N1 as
//! delivered. Commands and replies are `AA AA AA 96 69`, a length, what is
//! said, and the XOR of length and that. Sources: the module's interface
//! document (SAM_V 通信协议) as several vendors publish it, and public programs
//! for these readers for what it leaves open: the lengths of the replies, the
//! six bytes in front of a card with fingerprints, the printed form of the
//! module's number, times. Not tried on a reader yet, by these documents only.
//!
//! | command | bytes | reply, its length field | here |
//! | --- | --- | --- | --- |
//! | reset | `10 FF` | status, 4 | [`Sdt::reset`] |
//! | status | `11 FF` | status, 4 | [`Sdt::init`] |
//! | number of the module | `12 FF` | 16 bytes, 20 | [`Sdt::sam_id`] |
//! | find | `20 01` | 4 bytes, 8, with status 9F | [`Sdt::card`] |
//! | select | `20 02` | 8 bytes, 12 | [`Sdt::card`] |
//! | text and photo | `30 01` | 4 + 256 + 1024, 1288 | [`Sdt::read`], [`Sdt::read_photo`] |
//! | and fingerprints | `30 10` | 6 + 256 + 1024 and 1024, 512 or 0 more | [`Sdt::read_fingerprints`] |
//! | newest address | `30 03` | 70 bytes, 74, or status 91 | [`Sdt::newest_address`] |
//! | speed | `60 00` to `60 04` | status, 4 | [`Sdt::set_baud`] |
//!
//! # OEM readers
//!
//! Readers of several cards with such a module inside speak `02`, a length, a
//! command of two bytes, its XOR, `03` (多合一读卡器通讯协议). They find, select
//! and read in one command, `CA 01`; a card is noticed by reading its number.
//! There is no number of the module, no newest address, no fingerprints, no
//! other speed: these calls fail with [`Fault::Unsupported`], and nothing is
//! sent. [`Config::oem`] makes the driver speak so.
//!
//! # What the driver does
//!
//! - A reply does not say which command it answers. It is taken for one only
//!   if a reply to that command can have its length and its status, so a late
//!   answer to *find* is none to *select*. As a reader answers in order, and
//!   the line is quiet before a command is sent, what comes of an earlier card
//!   is not taken for the next one's.
//! - A damaged or lost reply is asked for again, three times in all. When a
//!   card could not be selected, it is found again first.
//! - The text is written into the caller's buffer as it comes, and overwritten
//!   with zeros again unless all of it came undamaged. Photo and fingerprints
//!   are held nowhere: 64 bytes at a time are handed over.
//! - A card is reported once. While it lies there and somebody polls, every
//!   [300 ms](Timing::ask) its newest address, or its number on an OEM reader,
//!   is read to see whether it does, and overwritten.
//!
//! # The card that has to be lifted
//!
//! A card that was selected does not answer when the reader looks for cards,
//! until it was out of the field. So when the host was started anew, or a line
//! fault hid the reply to *select*, the card must be lifted and laid on again:
//! then it is reported. Where the driver knows of it, it says so by
//! [`Fault::Lift`].
//!
//! # Wiring and buffering
//!
//! Supply, ground, and the two data lines crossed; modules have levels of 3.3 V,
//! 5 V or RS-232, which their own sheet says. There is no flow control, and a
//! reply with fingerprints is 2 321 bytes without a pause, 87 microseconds each
//! at 115 200 baud: have an interrupt or DMA put aside what comes between two
//! polls, or turn the speed down.
//!
//! # When it does not work
//!
//! | what is seen | what to look at |
//! | --- | --- |
//! | [`Fault::NoReply`] to `Status` | supply, crossed lines; the speed: [`Sdt::recover`]; an OEM reader: [`Config::oem`] |
//! | [`Fault::Garbled`] now and then | ground, a long cable, a UART that loses bytes: a reply has up to 2 321 without a pause |
//! | status 66, `Unauthorised` | the module was not released for use, or its licence is over |
//! | status 41, `ReadFailed` | the card was lifted, or lies askew |
//! | [`Fault::Lift`] | as above |
//!
//! ```
//! use embedded_pos::nb;
//! use embedded_pos::port::Clocked;
//! use embedded_pos::scan::document::card::IdText;
//! use embedded_pos::scan::document::sdt::{Config, Sdt};
//! use embedded_pos::scan::document::{IdReader, ReadsBiometrics};
//! use embedded_pos::sim::documents::card::resident;
//! use embedded_pos::sim::id_reader::SdtReader;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//! # use embedded_pos::port::Duration;
//!
//! let mut clock = VirtualClock::new();
//! let device = Simulated::new(SdtReader::new());
//! let mut driver = Sdt::new(device.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
//!
//! let mut reader = Clocked::new(driver, clock.clone());
//! device.device().lay(&resident("测试一"));
//! loop {
//!     match reader.poll_card() {
//!         Ok(()) => break,
//!         Err(nb::Error::WouldBlock) => {} // Look at the scanner, the keypad.
//!         Err(nb::Error::Other(error)) => return Err(error),
//!     }
//! #   clock.advance(Duration::from_millis(1));
//! }
//! let (mut text, mut photo) = (IdText::new(), 0);
//! reader.read_photo(&mut text, &mut |piece| photo += piece.as_bytes().len())?;
//! assert_eq!(text.card().name().to_utf8(&mut [0; 48]), Ok("测试一"));
//! assert_eq!(photo, 1024);
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

#[cfg(feature = "async")]
mod asynch;
mod command;
mod config;
mod driver;
mod fault;
mod frame;
mod link;
mod person;
mod script;
mod speed;
mod status;
mod talk;
mod transaction;

pub use command::Command;
pub use config::{Config, Framing, Timing};
pub use driver::Sdt;
pub use fault::Fault;
pub use link::Link;
pub use person::Await;
pub use script::{AskSamId, Order, Read, ReadAddress, SamId};
pub use speed::{Recover, SetBaud};
pub use status::{Code, Status};
pub use talk::Talk;
