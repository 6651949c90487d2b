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
//!   length behind it, which a displaced answer cannot pass; so too a search
//!   before its hit or its miss is told, and the index before a slot counts as
//!   free;
//! - after a timeout or a bad frame, believes nothing until the password, a
//!   random number and the parameters, 1, 5 and 17 bytes, were answered in
//!   order;
//! - counts a match only when a second search, of the slot that the first one
//!   named, hits too.
//!
//! A module that sends 55h on its own has started anew: it may have lost
//! power, and may be another one. The call fails with [`Fault::Restarted`];
//! the next one verifies the password again.
//!
//! What is left: the sum has 16 bits, so a frame garbled at random passes once
//! in 65 536. Any error in one byte is found; two errors that cancel out, and
//! bytes that changed places, are not. For a false match out of noise alone,
//! the answers to both searches must be garbled into a hit: the first with a
//! sum (2^-16), a code (2^-8) and one of, say, 200 slots (2^-8), the second
//! with a sum, a code and that very slot (2^-40): 2^-72. The weakest answer is
//! that to the extraction: a refusal garbled into a good one (a sum and a code,
//! 2^-24) leaves the features of the finger before to be searched. Both are
//! far below how often a sensor takes one finger for another, which asking
//! twice does not change. And somebody with a hand on the wire can say what he
//! likes: there is no key in this protocol.
//!
//! # Templates and images
//!
//! They go in data packets behind the acknowledgement of a command. Packets are
//! not acknowledged and have no numbers; each has its sum, which is checked
//! before a byte of it is given out. That one was lost, or came twice, shows
//! only by the size. So
//!
//! - the size of a template is [`Config::template`], or what stands on the
//!   module's label, or what was read before; where none of them is known, a
//!   template is read twice and compared, and the size learned from it;
//! - the shape of an image has to be known: [`Config::image`], or the label;
//! - a template that is written is read back out of the module's buffer before
//!   it is stored, for what did not arrive leaves there what was there before,
//!   and read back out of the slot after. A slot that then holds something else
//!   is emptied. If the line dies between the two, the slot may be in use;
//! - a line fault begins a transfer anew, never goes on in the middle. Of an
//!   image, rows given out are not given again, but compared by a check sum:
//!   [`Fault::Image`] says that they were wrong;
//! - a transfer that is dropped is cancelled by the next call: with command 30h
//!   where the module has it; else it waits until the module is done, seven
//!   seconds for the image of a ZFM-20, and [`Timing::tail`] at most.
//!
//! A packet that is lost while another comes twice is not noticed, where the
//! size is known, unless what is read is compared: read twice where it matters.
//! Nor is what the sum of a packet misses, as above.
//!
//! Some modules lose packets that follow too fast: set [`Timing::pause`], to 26
//! ms for those that users reported. A buffer of one packet is all that the
//! driver has, and it is erased.
//!
//! # Longest time
//!
//! Every call ends. Besides the time that [`Timing`] gives to people, a call
//! without line faults takes less than the sum of its commands' times. Each
//! fault that it survives may take as much again, and the opening of a session
//! three attempts of half a second of babble and three answers. With the
//! default timing and two retries that is 80 s at the very worst; a silent
//! module is given up within two.

mod bulk;
pub mod command;
mod config;
mod confirmation;
mod dialect;
mod doubt;
mod driver;
mod fault;
pub mod frame;
mod light;
mod script;
mod session;
mod wire;

pub use bulk::Flow;
pub use config::{Config, Password, Timing};
pub use confirmation::Confirmation;
pub use dialect::{Dialect, Dialects, Lamp, Profile};
pub use driver::{R503, Zfm};
pub use fault::Fault;
pub use script::{
    Ask, AutoEnrol, AutoSearch, Candidates, Change, Count, Enrol, FreeSlot, Greet, Identify,
    Identity, Image, IsPinned, List, Open, Pin, Probe, ReadPage, ReadTemplate, Recover, Recovered,
    Restart, SetParameter, Shine, Size, Sleep, Slots, WriteImage, WriteTemplate,
};
pub use session::{Answer, Link, Session};

pub use super::{Conversation, Event, Held, Script};

/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;
