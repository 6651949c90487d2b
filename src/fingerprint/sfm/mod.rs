//! Suprema UniFinger SFM modules: packets of 13 bytes, or on RS-485 of 15.
//!
//! [`Sfm`] is the driver.
//!
//! | model | by |
//! | --- | --- |
//! | SFM3000, 3500, 4000, 5000, 5500, 6000 series, SFM Slim | document only (UF Protocol Manual, SFM SDK reference) |
//!
//! The packets stand in the manual, with one example; what each command's
//! fields mean was taken from the reference and programs of the SDK. No module
//! was tried.
//!
//! ```
//! use embedded_pos::fingerprint::Slot;
//! use embedded_pos::fingerprint::sfm::{Config, SecurityLevel, Sfm};
//! use embedded_pos::sim::fingerprint::SfmModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let module = Simulated::new(SfmModule::new());
//! module.device().store(4, "anna"); // User ID 4 is slot 3.
//! module.device().place("anna");
//! let mut clock = VirtualClock::new();
//!
//! let mut sensor = Sfm::new(module.port(clock.clone()), Config::new());
//! sensor.set_security_level(SecurityLevel::OneIn100000).wait(&mut clock)?;
//! let found = sensor.identify().wait(&mut clock)?;
//! assert_eq!(found.map(|found| found.slot), Some(Slot(3)));
//! # Ok(())
//! # }
//! ```
//!
//! # Slots
//!
//! User IDs begin with 1, slots with 0: user ID 8 is slot 7. A user of whom
//! the module has more than one template is one slot still. The module gives
//! no score: [`Match::score`](super::Match::score) is always 0.
//!
//! # Which response answers which command
//!
//! A response names its command, but not the time it was given. The driver
//!
//! - sends a command only into silence, and closes the session when a packet
//!   comes that nobody asked for, or of another command;
//! - believes a response only when the module, asked how it is right behind
//!   it, says that it is well and idle: had an earlier response to the same
//!   command taken its place, it would itself stand there instead, or the
//!   module be busy;
//! - counts a match only when the slot that it names has a template (a module
//!   that started anew unseen may let an empty library match everybody), and
//!   when a second scan of the finger, compared with the
//!   one slot that the first named, matches too (and is a duress finger too
//!   where the first was): the finger has to stay until then. No command
//!   compares the same image twice;
//! - after a timeout or a bad packet, believes nothing until the module has
//!   cancelled what it was at and answered for itself.
//!
//! What is left: the sum has eight bits. It finds every error in one byte, and
//! misses one in 256 of the others, bytes that changed places among them. A
//! match out of nothing takes two such errors, that make a hit of the answer
//! to the search and of that to the comparison, for one and the same user ID:
//! garbled at random, a code, a sum and one of 200 user IDs in the first
//! (2^-40) and a code and a sum in the second (2^-16). That is far below how
//! often a sensor takes one finger for another. And somebody with a hand on
//! the wire can say what he likes.
//!
//! # Waiting for a finger
//!
//! The module waits, not the driver: for a second, which the driver sets, then
//! it says that none came and is asked again. Three settings are made when a
//! session opens, until the power goes: that second, one scan to enrol, and
//! that an empty library matches nobody (a switch, parameter 86h).
//!
//! A module in free scan mode (parameter 84h) is never idle, and is not believed.
//!
//! # Duress and fakes
//!
//! A duress finger that matches is no plain match: the call fails with
//! [`Fault::Duress`], which names the slot, after the second comparison like
//! any match. A fake is [`Fault::Fake`]. Both are [`Alarm`](super::Alarm)s;
//! generic code asks [`Alarms`](super::Alarms). What to do about them is the
//! application's: under duress, most let the person in and call for help.
//!
//! # Templates
//!
//! They go and come by the extended transfer (RTX, ETX), each in one data packet
//! with a sum of 32 bits; the short forms (RT, ET) have no sum and are not used.
//! Their size is a setting of the module (parameter 64h). The sum
//! finds every error in one byte, and no bytes that changed places. A slot with more than one template
//! cannot be read. What was written is read back before it counts; until then
//! it is the driver's to delete, as in an enrolment. The module does not look
//! whether the finger is in another slot too.
//!
//! After the last packet of a template that is read, the host says nothing more:
//! so the SDK's programs do it. A call that is dropped while its template goes out
//! can cost the next one a command: the module takes it for data. On an RS-485 line whose host hears itself, no
//! template can be written: its own data would be taken for the module's.
//!
//! # Images
//!
//! [`image`](super::Driver::image) sets the format to a byte a pixel, until the
//! power goes, scans, and gives the rows out as they come, before the sum of
//! their packet is there, all but the last, which waits for the end. Names and order
//! of the header's numbers are those of the SDK's reference; its programs only
//! skip them.
//!
//! # Not done
//!
//! The list of user IDs (LT) in one piece; the speed of the line (parameter 71h),
//! of which no document says when it changes; the
//! image that was scanned last (RI), images of four or one bit and WSQ,
//! encryption keys, and the fixing of provisional templates.
//!
//! # Longest time
//!
//! A call without line faults takes no longer than people do and its commands'
//! times. Each of the line faults that it survives, two unless configured
//! otherwise, may take a command's time again and three openings.

mod code;
pub mod command;
mod config;
pub mod data;
mod driver;
mod fault;
pub mod packet;
mod script;
mod session;
mod transfer;
mod wire;

pub use code::Code;
pub use command::{FakeDetection, SecurityLevel, Setting};
pub use config::{Config, Timing};
pub use driver::Sfm;
pub use fault::Fault;
pub use script::{
    Ask, Check, Clear, Count, Delete, Enrol, Get, Identify, Identity, Image, Open, ReadTemplate,
    Set, Size, WriteTemplate,
};
pub use session::{Link, Session};

pub use super::{Conversation, Held, Script};

/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;
