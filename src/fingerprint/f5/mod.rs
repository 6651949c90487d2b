//! Waveshare UART Fingerprint Sensor (C) and other modules with the F5 frame
//! (1020A, FP1020A): eight bytes each way.
//!
//! [`F5`] is the driver. It is built from documents (Waveshare manual V1.0; the
//! 1020A modules from their headers) and was not tried on a module. What
//! comes in long frames it does not fetch: features, images, the list of users.
//! Speed, version and duplicate policy of the module it leaves alone.
//!
//! 19 200 baud, 8N1, as delivered. A match has no score, and [`Match::score`]
//! is 0. The module numbers its templates from 1; slots here begin at 0.
//!
//! # A permission where others have a status
//!
//! A search that hits answers with a permission, 1 to 3, in the byte where
//! every other answer has its status; and status 1 is a failure. What tells them
//! apart is the template's number, which a failure does not have. So a hit is a
//! number of the library *and* a permission, and nothing else is.
//!
//! # Which answer answers which command
//!
//! An answer names its command, not the time it was asked. An earlier answer to
//! a search read as that to this one is a false match. The driver therefore
//!
//! - sends a command only into silence, and closes the session when a frame
//!   comes that nobody asked for;
//! - believes an answer only once that to *another* command has come behind it.
//!   An answer that took another's place leaves that one where the next is due;
//! - after a timeout or a bad frame, believes nothing until two commands were
//!   answered in order;
//! - counts a match only when the permission is the one that is kept with that
//!   template, and a second capture fits it too.
//!
//! What is left: the check is an XOR of eight bits, which two flips in the same
//! bit of two bytes pass. For a false match, one such pair has to make a hit of
//! a miss; its number has to be that of a template with just that permission,
//! or a second pair sees to that; and a last one has to make the failure of the
//! comparison read as done. And somebody with a hand on the wire can say what he
//! likes.
//!
//! # What the module does not tell
//!
//! A comparison that fails because the capture was poor is a failure like that
//! of a stranger's finger: `None`, and not [`Fault::Poor`]. There is no command
//! that asks whether a finger is there: [`Lift`] says how an enrolment goes
//! about that.
//!
//! The serial number, 24 bits, is what [`Identified`](super::Identified) gives.
//! Anybody on the wire can set another one (command 08h).
//!
//! The line must have two wires: on one, a command heard back looks like its
//! answer.
//!
//! # Longest time
//!
//! Every call ends. The module itself waits for a finger for
//! [`Config`]'s `images` only, so that a call that is dropped does not keep it; a
//! silent module is given up within four seconds. One that another program left
//! waiting for a finger, with a longer time, is silent for as long as that.

mod ack;
pub mod command;
mod config;
mod driver;
mod fault;
pub mod frame;
mod script;
mod session;
mod wire;

pub use ack::Ack;
pub use config::{Config, Lift, Permission, Timing};
pub use driver::F5;
pub use fault::Fault;
pub use script::{Ask, Clear, Count, Delete, Enrol, Identify, Identity, Open, Unsealed};
pub use session::{Answer, Link, Session};

pub use super::{Conversation, Held, Script};

/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;

#[cfg(doc)]
use super::Match;
