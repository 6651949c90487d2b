//! GM65 and GM65-S bar code modules by Hangzhou Grow.
//!
//! A module the size of a coin with a camera for linear codes, QR, Data Matrix
//! and PDF417, on 3.3 V and a UART: 9 600 baud 8N1 from the factory. It has a
//! file of byte-wide registers (*zone bits*) that commands read, write and
//! save; what it reads from paper it sends whenever it likes.
//!
//! Built from the GM65-S user manual V1.3 (2020), whose setup codes tell what
//! its register list leaves out. Not tried on a module yet; what rests on a
//! reading of the manual is marked here.
//!
//! # What init does
//!
//! [`Gm65::init`] reads the model (00E0), stops at any but the GM65-S, and
//! then makes these settings, writing only what differs and reading back
//! whatever it wrote:
//!
//! | register | becomes | because |
//! | --- | --- | --- |
//! | 0000 bits 1-0 | 01 | it looks for codes on command only |
//! | 0003 bit 1 | 1 | **setup codes off**, see below |
//! | 000D bits 1-0 | 00 | what it reads goes to the UART |
//! | 0060 | E4 | output with protocol and code identifier, no prefix, suffix, tail |
//! | 0002 bit 6 | 0 | no `F` and `S` between the data |
//! | 00B0 | 0 | the data is output whole |
//! | 0006 | [`Config::read_time`] | |
//! | 0091-00A4 | `A` to `T` | the factory gives several symbologies the same identifier |
//! | 00BC | 08, with software 69 only | QR codes of bytes are output as they are |
//!
//! When anything had to be changed it goes through the list a second time:
//! until 0060 is set, a code that is read in that moment could be taken for a
//! reply. Settings last until the module loses power, or for good with
//! [`Config::persist`]. So that a module that lost power in between is not
//! trusted, [`Gm65::start`] looks at the first four again each time.
//!
//! # Setup codes and the erase command
//!
//! With setup codes on, which is how it comes, the module obeys what it reads:
//! a QR code of `R`, a register, a mask and a value, say, sets that register.
//! Anybody can print one, and hold it up instead of a payment code. Hence the
//! second line of the table. One serial command makes the module erase its
//! program; there is no type in this driver that it could be said with.
//!
//! # What comes
//!
//! With the protocol (manual 7.7) a code is `03`, its length, and its bytes.
//! So a zero byte or a carriage return in it ends nothing, and nothing printed
//! is mistaken for a reply. The length is one byte, so 255 is the longest
//! payload. Whatever follows a code without a pause and is no reply is more of
//! it; it is dropped, and the code is marked truncated. So is a code right
//! behind noise, for it may be what is left of a garbled reply. That the length
//! counts the code identifier is a reading of the manual; if a module counts
//! otherwise, every code is marked truncated: set [`Config::code_ids`] to
//! false.
//!
//! A code may come before, after or inside a reply. It waits in the driver, one
//! at a time, until it is asked for; [`Gm65::missed`] counts those for which
//! there was no room. A code that breaks off on the line is an error of kind
//! [`Retry`](crate::ErrorKind::Retry).
//!
//! # Replies
//!
//! A reply does not say which command it answers. So a read asks for a few
//! registers more than wanted, another number each time, and takes only a
//! reply of just that length; a write is followed by a read. The check is
//! verified always; the value that switches it off (`AB CD`) is never sent.

#[cfg(feature = "async")]
mod asynch;
mod config;
mod driver;
mod fault;
mod frame;
mod link;
mod register;
mod script;
mod settle;
mod symbology;
mod talk;
mod timing;
mod transaction;
mod wait;

pub use config::Config;
pub use driver::Gm65;
pub use fault::Fault;
pub use link::{Code, Link};
pub use register::Register;
pub use script::{Identity, Init, Read, Save, Trigger};
pub use settle::Change;
pub use talk::Talk;
pub use timing::Timing;
pub use wait::Await;
