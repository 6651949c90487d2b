//! T=0, the byte protocol of cards with contacts (ISO/IEC 7816-3:2006, clauses
//! 10 and 12; EMV Book 1, 9.2.2 and 9.3.1), host side: cases 1 to 4, short and
//! extended, all procedure bytes in any order, GET RESPONSE, repetition after
//! 6Cxx, the status of a case 4 command that warns.
//!
//! Two layers, the first usable without the second:
//!
//! | layer | what it knows |
//! | --- | --- |
//! | [`Transfer`] over a [`Session`] | TPDUs: which command follows which status word. No bytes on a wire, no time |
//! | [`Transmit`] over a [`Link`], [`Line`] | a byte line: procedure bytes, work waiting time, turnaround |
//!
//! A reader whose command carries a whole TPDU, as serial CCID does, runs a
//! [`Transfer`] inside its own exchange.
//!
//! # Extended commands
//!
//! Up to 255 bytes of data, T=0 has only one way to carry them: the card cannot
//! tell how their length was coded. More goes in parts, by ENVELOPE, which few
//! cards know ([`Fault::Extended`]); with it the card gets the command as it is.
//! What is expected beyond 256 bytes, GET RESPONSE fetches, 256 at a time. For
//! both, command and response stay where the caller has them: [`Transmit::lent`],
//! [`Line::transmit_into`].
//!
//! # What it cannot know
//!
//! T=0 has no check but the parity of each character. A character with wrong
//! parity is repeated by the UART, which signals it to the card and hears the
//! card's signal (ISO/IEC 7816-3:2006, 7.3), a few times at most; what is then
//! still wrong is [left out](super::contact::SmartcardPhy). A character lost or
//! doubled is found out by what stands where the next procedure byte should, by
//! the silence in its place, or by what comes after the status word. Nothing is
//! sent twice.
//!
//! After a fault nobody knows whether the card acted, and there is nothing like
//! the resynchronisation of T=1: the card takes no command until it is reset
//! ([`Fault::Unsettled`]).

mod fault;
mod line;
mod link;
mod session;
mod timing;
mod transfer;

pub use fault::Fault;
pub use line::{Line, Transmit};
pub use link::Link;
pub use session::{Limits, Mapping, Session};
pub use timing::Timing;
pub use transfer::{Next, Transfer};
