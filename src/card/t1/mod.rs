//! T=1, the block protocol of cards with contacts (ISO/IEC 7816-3:2006,
//! clause 11), host side, in full: chaining in both directions, retransmission,
//! resynchronisation, S(IFS), S(WTX), S(ABORT), LRC and CRC.
//!
//! Three layers, each usable without the one below it:
//!
//! | layer | what it knows |
//! | --- | --- |
//! | [`Block`], [`Pcb`], [`Edc`] | bytes |
//! | [`Transfer`] over a [`Session`] | blocks: what to send after what was heard. No bytes on a wire, no time |
//! | [`Transmit`] over a [`Link`], [`Line`] | a byte line: block and character waiting times |
//!
//! A reader whose command carries a whole block, as serial CCID does, has no
//! use for the third: it runs a [`Transfer`] inside its own exchange, so both
//! ways speak the same T=1.
//!
//! What was sent twice is a block, by its number; a command that the card may
//! have carried out is not, unless [`AfterResynch::Repeat`] asks for it. With
//! [`Limits::EMV`] nothing is resynchronised: after a fault the card is
//! deactivated.
//!
//! A transfer ends whatever the card does: errors in a row, repetitions,
//! resynchronisations, time extensions and empty blocks are all counted
//! ([`Limits`]).
//!
//! Short commands and their responses are kept in the session. Extended ones stay
//! where the caller has them: [`Transmit::lent`], [`Line::transmit_into`].

mod block;
mod fault;
mod line;
mod next;
mod session;
mod timing;
mod transfer;

pub use block::{Block, BlockError, Cause, Control, Edc, Pcb};
pub use fault::Fault;
pub use line::{Line, Link, Transmit};
pub use next::{Heard, Next};
pub use session::{AfterResynch, Limits, Session};
pub use timing::Timing;
pub use transfer::Transfer;
