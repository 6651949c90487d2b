//! FPC BM-Lite modules over a UART: messages in segments with a CRC-32.
//!
//! [`BmLite`] is the driver.
//!
//! | model | by |
//! | --- | --- |
//! | BM-Lite | document only (FPC's description of HCP, FPC's host code) |
//!
//! No module was tried. Over SPI the same messages travel; this driver does not
//! speak it. The optional security layer of HCP is not spoken either.
//!
//! # Slots
//!
//! A slot is the template's number in the module. The module does not tell for
//! how many it has room: [`Config::capacity`] says how many slots there are. It
//! gives no score: [`Match::score`](super::Match::score) is always 0.
//!
//! # Which answer answers which command
//!
//! An answer names its command, but not the time it was given. The driver
//!
//! - sends a command only into silence, and closes the session when a message
//!   comes that nobody asked for, or to another command;
//! - takes the segments of an answer only once each and in order, and the
//!   message only if it holds exactly the arguments that it announces and says
//!   whether the command was done;
//! - believes an answer only when that to the question for the version came
//!   behind it;
//! - counts a match only when the finger, still on the sensor, is captured and
//!   searched a second time and found in the same slot;
//! - after a timeout or a bad frame, believes nothing until version and count
//!   were answered in order.
//!
//! What is left: a frame garbled at random passes once in 2^32, and a match out
//! of nothing takes two. Somebody with a hand on the wire can say what he
//! likes: the keyed commands of HCP (nonce, MAC) are not documented.
//!
//! # Waiting for a finger
//!
//! The module waits, a second at a time, and is asked again. After a call that
//! was dropped, the next one has to wait for the rest of that second.

mod answer;
pub mod command;
mod config;
mod driver;
mod fault;
pub mod frame;
mod outcome;
mod script;
mod session;
mod wire;

pub use answer::Answer;
pub use config::{Config, Timing};
pub use driver::BmLite;
pub use fault::Fault;
pub use outcome::Outcome;
pub use script::{
    Ask, Count, Delete, Enrol, Holds, Identify, Identity, Image, Interrupt, Open, ReadTemplate,
    Size, WriteTemplate,
};
pub use session::{Link, Session};

pub use super::{Conversation, Held, Script};

/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;
