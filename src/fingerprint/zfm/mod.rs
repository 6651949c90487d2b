//! ZFM-20, R503, AS608 and the modules like them: the frames of EF 01.
//!
//! [`Zfm`] is the driver; [`R503`] is another name for it. [`Config`] tells
//! the models apart.
//!
//! | model | by | configuration |
//! | --- | --- | --- |
//! | R503 | document only (V1.1, and what V1.2.2 has of it) | [`Config::r503`] |
//! | R503 of V1.2.2 | excerpts of the document only | [`Config::r503_v12`] |
//! | ZFM-20, R30x, FPM10A | document only (ZFM-20 V2.0), answers captured from one module | [`Config::zfm20`] |
//! | R308 | document only; set [`Config::capacity`] | [`Config::zfm20`] |
//! | AS608, HLK-ZW, M5 Unit Fingerprint | document only (M5 V1.0) | [`Config::synochip`] |
//!
//! # Dialects
//!
//! The frame is one, the commands are not: 35h lights a ring on an R503 and is
//! a handshake on a Synochip module; 3Dh starts the one anew and asks the other
//! about an image; 31h enrols on both, from the same number of bytes with other
//! meanings. A frame in the wrong dialect *succeeds wrongly*. So each command
//! names its [`Dialects`], and one that the module's [`Dialect`] does not have
//! is refused with [`Fault::Unsupported`] before a byte is sent. The codes of
//! refusals are read by the dialect too. [`Zfm::probe`](Zfm::probe) finds out
//! which it is; what a dialect has is in its [`Profile`].
//!
//! # Settings
//!
//! Password, address and speed are changed so that host and module cannot part:
//! the new value is proven by a session before the old one is forgotten, and
//! while neither is proven the driver tries both. [`Zfm::recover`](Zfm::recover)
//! looks for a module of which even that is not known.
//!
//! # Wiring of the wake pin
//!
//! An R503 pulls WAKEUP low while it is touched, as long as 3.3VT is there: a
//! board can cut VCC until then. After power, or [`Zfm::sleep`](Zfm::sleep) and
//! a touch, [`Zfm::wake`](Zfm::wake) opens a session; the 55h of the start-up
//! and the notice of a Synochip module that it was touched are no fault there.
//! In the middle of a call, that notice is [`Event::Woken`].
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
//! - searches an image only while it is fresh: to a caller who polls and was
//!   away for longer than all the commands in between may take, it is a fault
//!   that begins anew with another image;
//! - counts a match only when a second search, of the slot that the first one
//!   named, hits too: the slot, not the score, which may differ between a
//!   search in many and in one, and adds nothing to what follows;
//! - of a module that [enrols](Zfm::auto_enrol) or
//!   [identifies](Zfm::auto_identify) by itself, believes steps only in their
//!   order, looks into the index before and after, and has a match confirmed by
//!   a second look; one that a dropped call leaves at work is cancelled first.
//!
//! A module that sends 55h on its own has started anew: it may have lost
//! power, and may be another one. The call fails with [`Fault::Restarted`];
//! the next one verifies the password again. Two answers to one command, as a
//! real module gave them (01h, then the result), are a damaged command and a
//! frame that nobody asked for: neither is believed.
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
//! without line faults takes less than the sum of its commands' times, and of
//! [`Timing::packet`] for each data packet, 2048 at most. Each fault that it
//! survives may take as much again, and the opening of a session three attempts
//! of half a second of babble and three answers, 13 s. With the default timing
//! and two retries, an identification takes 85 s at the very worst.
//!
//! A silent module is given up within two seconds. Within seven, if it may be
//! at work on what a dropped call left, or a setting is in doubt: that is then
//! cancelled, and both values are tried. After a transfer that was dropped, a
//! line that never falls silent is endured for [`Timing::tail`] more before each
//! command of the opening.
//!
//! A module that enrols or identifies by itself has [`Timing::auto`] for each
//! step that it tells: 15 on an R503, and a Synochip module, whose answer can
//! count 60 captures, 183. Steps never go back.

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
mod link;
mod script;
mod session;
mod wire;

pub use bulk::Flow;
pub use config::{Config, Password, Timing};
pub use confirmation::Confirmation;
pub use dialect::{Dialect, Dialects, Lamp, Profile};
pub use driver::{R503, Zfm};
pub use fault::Fault;
pub use link::Link;
pub use script::{
    Ask, AutoEnrol, AutoSearch, Candidates, Change, Count, Enrol, FreeSlot, Greet, Identify,
    Identity, Image, IsPinned, List, Open, Pin, Probe, ReadPage, ReadTemplate, Recover, Recovered,
    Restart, SetParameter, Shine, Size, Sleep, Slots, WriteImage, WriteTemplate,
};
pub use session::{Answer, Session};

pub use super::{Conversation, Event, Held, Script};

/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;
