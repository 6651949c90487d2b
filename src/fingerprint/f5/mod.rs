//! Waveshare UART Fingerprint Sensor (C) and other modules with the F5 frame
//! (1020A, FP1020A): eight bytes each way.
//!
//! [`F5`] is the driver. It is built from documents (Waveshare manual V1.0; the
//! 1020A modules from their headers) and was not tried on a module.
//!
//! 19 200 baud, 8N1, as delivered; [`set_baud`] changes that. A match has no score, and [`Match::score`]
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
//! The line must have two wires: on one, a command heard back looks like its
//! answer.
//!
//! The byte of a permission can also be a failure, where the manual does not
//! provide for one: a slot is then taken for one in use, which is the safe way.
//!
//! # Templates and images
//!
//! They come in one long frame, whose length is known from the frame before it:
//! F5 within is not escaped. Its check is an XOR of eight bits, which is little
//! for something to keep. So a template is read twice, and one that is written
//! is read back. It is 193 bytes without its number and permission; what is
//! written gets [`Config`]'s permission. Of an image, 140 x 140 pixels of 4 bits,
//! rows are given out before the check is known, but for the last one.
//!
//! A template that is sent to be compared with one slot is answered, says the
//! manual, under the number of another command: an erratum or not, both are
//! taken.
//!
//! How long a module waits for a long frame that does not come, because the call
//! was dropped, is not published: until then it may be deaf.
//!
//! # Longest time
//!
//! Every call ends. The module itself waits for a finger for
//! [`Config`]'s `images` only, so that a call that is dropped does not keep it; a
//! silent module is given up within six seconds. One that another program left
//! waiting for a finger, with a longer time, is silent for as long as that.
//!
//! [`set_baud`]: F5::set_baud

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
pub use script::{
    Adjust, Ask, CaptureTemplate, Clear, Count, Delete, Enrol, Identify, Identity, Image, List,
    MatchFinger, MatchTemplate, Open, ReadTemplate, Rename, Size, Slots, Unsealed, WriteTemplate,
};
pub use session::{Answer, Link, Session};

pub use super::{Conversation, Held, Script};

/// Changes the speed of module and port.
pub type SetBaud = super::SetBaud<Link>;
/// Looks for the module at each of its speeds.
pub type Recover = super::Recover<Link>;
/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;

#[cfg(doc)]
use super::Match;
