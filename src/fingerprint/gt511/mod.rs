//! GT-511C1R, GT-511C3, GT-521F32 and GT-521F52 of ADH-Tech: the packets of
//! 55 AA.
//!
//! [`Gt511`] is the driver; [`Config`] tells the models apart, which differ in
//! the size of their library. It is built from documents (GT-511C3 data sheet,
//! GT-521F programming guide) and was not tried on a module.
//!
//! 9600 baud, 8N1, after each power-up; [`Gt511::set_baud`] changes it, until the
//! module loses power: then it is found again at 9600 baud. Data is
//! 3.3 V. The library numbers its templates from 0; a match has no score, and
//! [`Match::score`] is 0.
//!
//! # Templates and images
//!
//! A template has 498 bytes, 0.5 s at 9600 baud; one that was written is read
//! back. An image has 258 times 202 pixels, which at 9600 baud take 54 s and at
//! 115 200 baud 4.5 s: its rows are given out as they come, all but the last,
//! which waits for the sum at the end. A call after one that was dropped waits
//! until the module is done with sending.
//!
//! VerifyTemplate, IdentifyTemplate, UsbInternalCheck and SetIAPMode it does not
//! use.
//!
//! # Which answer answers which command
//!
//! A response names no command, has always twelve bytes, and holds a number
//! that can be a template's. One stale response read as that to a search is a
//! false match. The driver therefore
//!
//! - sends a command only into silence, and closes the session when a packet
//!   comes that nobody asked for;
//! - takes for an answer only a parameter that the command can have: zero,
//!   where a good answer says no more than that it is done, and one of the
//!   errors that it can be refused with;
//! - believes an answer only once that to [`command::Probe`] has come behind
//!   it, a refusal that no other command is answered with. A response that
//!   took another's place leaves that other one where the refusal is due;
//! - after a timeout or a bad packet, believes nothing until Open, whose answer
//!   has a data packet, and the probe were answered in order;
//! - takes a slot out of a good answer only. A refusal's parameter is an error,
//!   even where it is small enough for a slot;
//! - counts a match only when a second image fits the slot too.
//!
//! A module that answers Open with another serial number than before is another
//! one: [`Fault::Replaced`], once. It is all there is against one that is taken
//! for another, and a copied number passes.
//!
//! What is left: the sum has 16 bits, and errors that cancel out pass it. For a
//! false match, two refusals have to become good answers, one behind the other:
//! in the first, three bytes have to change into such as have the same sum; in
//! the second, where only zero is taken for a good answer, three bytes and the
//! sum. And somebody with a hand on the wire can say what he likes.
//!
//! # Longest time
//!
//! Every call ends. A silent module is given up within two seconds; with the
//! default timing and two retries, and a person who needs all the time there
//! is, an identification within 100 s at the very worst.

pub mod command;
mod config;
mod driver;
mod fault;
pub mod frame;
mod link;
mod nack;
mod parser;
mod script;
mod session;
mod wire;

pub use config::{Config, SPEEDS, Timing};
pub use driver::Gt511;
pub use fault::Fault;
pub use link::{Answer, Link};
pub use nack::Nack;
pub use script::{
    Ask, Clear, Count, Delete, Enrol, Identify, Identity, Image, Led, Open, ReadTemplate, Size,
    WriteTemplate,
};
pub use session::Session;

pub use super::{Conversation, Held, Script};

/// Changes the speed of module and port.
pub type SetBaud = super::SetBaud<Link>;
/// Looks for the module at each of its speeds.
pub type Recover = super::Recover<Link>;
/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;

#[cfg(doc)]
use super::Match;
