//! ZFM-20, R503 and the optical modules like them: the frames of EF 01.
//!
//! [`Zfm`] is the driver; [`R503`] is another name for it. [`Config`] tells
//! the models apart.
//!
//! | model | by | configuration |
//! | --- | --- | --- |
//! | R503 | document only (V1.1, V1.2.2) | [`Config::r503`] |
//! | ZFM-20, R30x, FPM10A | document only (ZFM-20 V2.0), answers captured from one module | [`Config::zfm20`] |
//! | R308 | document only; set [`Config::capacity`] | [`Config::zfm20`] |
//!
//! Modules of other makers (AS608, HLK-ZW, M5) use the same frame and give
//! some opcodes another meaning: 35h lights a ring on an R503 and is a
//! handshake on theirs. No [`Dialect`] of this driver fits them.
//!
//! # Which answer answers which command
//!
//! A frame does not say. One stale answer, perfectly valid, read as that to a
//! search, is a false match. The driver therefore
//!
//! - sends a command only into silence, and closes the session when a frame
//!   comes that nobody asked for;
//! - takes for an answer only what has the exact length and one of the codes
//!   that the command can have, from the right address, with the right sum;
//! - orders its commands so that each answer of one byte has one of another
//!   length behind it, which a displaced answer cannot pass;
//! - after a timeout or a bad frame, believes nothing until the password, a
//!   random number and the parameters, 1, 5 and 17 bytes, were answered in
//!   order;
//! - counts a match only when a second search, of the slot that the first one
//!   named, gives the same slot and score.
//!
//! A module that sends 55h on its own has started anew: it may have lost
//! power, and may be another one. The call fails with [`Fault::Restarted`];
//! the next one verifies the password again.
//!
//! What is left: the sum has 16 bits, so a frame garbled at random passes once
//! in 65 536. Any error in one byte is found, and so is a burst within eight
//! neighbouring bits; two errors that cancel out, and bytes that changed
//! places, are not. For a false match, the answers of two searches must be
//! garbled into the same hit: with a library of 200, a sum each (2^-32), a
//! code, a slot and a score each (2^-8 · 200 · 2^-16 for the first, 2^-40 for
//! the second): about 2^-88 for two frames of noise. That counts line noise.
//! Somebody with a hand on the wire can say what he likes: there is no key in
//! this protocol. How often the sensor itself takes one finger for another
//! (1 in 100 000 by the data sheets) is not changed by asking twice.
//!
//! # Longest time
//!
//! Every call ends. Besides the time that [`Timing`] gives to people, a call
//! without line faults takes less than the sum of its commands' times; each
//! fault may add as much again, and the opening of a session (three times,
//! each at most 0.5 s of babble and three answers of 0.6 s). With the default
//! timing and two retries: under 60 s.

mod clocked;
pub mod command;
mod config;
mod confirmation;
mod driver;
mod fault;
pub mod frame;
mod script;
mod session;
mod wire;

#[cfg(feature = "async")]
mod asynch;
#[cfg(feature = "async")]
pub use asynch::Timed;
pub use clocked::Pending;
pub use config::{Config, Dialect, Password, Timing};
pub use confirmation::Confirmation;
pub use driver::{Held, R503, Zfm};
pub use fault::Fault;
pub use script::{Ask, ChangePassword, Conversation, Count, Enrol, Event, Identify, Open, Script};
pub use session::{Answer, Link, Session};
