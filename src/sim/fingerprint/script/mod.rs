//! A script for a simulated module: what people do with it, and what goes
//! wrong, as text.
//!
//! One command a line; `#` begins a comment. The same script works with every
//! family; what a family cannot do is [told](Scripted::failures), with the line.
//!
//! | command | what happens |
//! | --- | --- |
//! | `TAP anna 3 [ms=1200]` | three times the finger lies on the sensor for 1.2 s, and two thirds of that it does not |
//! | `PLACE anna [dry\|wet\|moving\|fake\|duress]` | it lies there from now on |
//! | `LIFT` | it does not any more |
//! | `STORE 3 anna [duress]` | a template of it is in slot 3, past the wire |
//! | `ERASE 3` | there is none |
//! | `POWER` | the module loses power and gets it back |
//! | `SILENCE [ms=500]` | nothing of what it says arrives, so long or until `POWER` |
//! | `BABBLE 55AA00` | these bytes arrive |
//! | `FAULT late cmd=04 ms=1500` | a reply goes wrong, see below |
//! | `WAIT 200 [ms\|s]` | that long, nothing |
//! | `AFTER 200 [ms\|s] LIFT` | the same, and then a command |
//! | `STOP` | no other script goes on |
//!
//! A slot is a [`Slot`](crate::fingerprint::Slot), from 0, whatever the module
//! calls it. The finger that somebody
//! enrolled to say that she is forced is `anna duress`: another finger.
//!
//! `FAULT` names what happens to a reply: that to command `cmd=` (hexadecimal),
//! or else the one after `after=` good ones, 0 if left out.
//!
//! | fault | the reply |
//! | --- | --- |
//! | `late [ms=1500]` | comes so much later |
//! | `silent` | does not come |
//! | `check` | has a wrong last byte: in most protocols, the check |
//! | `lost [byte=0]` | has lost this byte |
//! | `double [byte=0]` | has this byte twice |
//! | `flip [byte=0] [mask=FF]` | has these bits of this byte inverted |
//! | `twice` | comes twice |
//! | `noise [hex=00]` | comes behind these bytes |
//! | `stale of=0F [ms=20]` | comes so long after a copy of the last one to this command |
//! | `foreign` | comes from another address |
//! | `power` | does not come: the module loses its power instead |
//!
//! ```
//! use embedded_pos::fingerprint::zfm::{Config, Password, R503};
//! use embedded_pos::sim::fingerprint::R503Module;
//! use embedded_pos::sim::fingerprint::script::{Script, Scripted};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let script: Script = "
//!     STORE 3 anna
//!     FAULT late cmd=04 ms=1500
//!     AFTER 2 s PLACE anna
//! "
//! .parse()?;
//! let mut clock = VirtualClock::new();
//! let module = Simulated::new(Scripted::new(R503Module::new()).playing(script));
//! let mut sensor = R503::new(module.port(clock.clone()), Config::r503(Password::FACTORY));
//! let found = sensor.identify().wait(&mut clock)?.expect("anna is known");
//! assert_eq!(found.slot.0, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod families;
mod parse;
mod play;

use std::string::String;
use std::vec::Vec;
use std::{fmt, format};

pub use error::{Reason, ScriptError};
pub use play::{Failure, Scripted};

use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault};

/// What is to happen, in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Script {
    /// The line of the text, from 1, and what it says.
    steps: Vec<(usize, Command)>,
}

/// What a line says.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Command {
    Tap { finger: String, times: u32, down: Duration },
    Place { finger: String, condition: Condition },
    Lift,
    Store { slot: u16, finger: String, condition: Condition },
    Erase { slot: u16 },
    Power,
    Silence(Option<Duration>),
    Babble(Vec<u8>),
    Fault(When, Misfortune),
    Wait(Duration),
    Stop,
}

/// How a finger lies on the sensor, or whose will it is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Condition {
    /// As it should.
    Good,
    /// Dry: there are hardly any features.
    Dry,
    /// Wet: the image is a blot.
    Wet,
    /// In motion: no image.
    Moving,
    /// It is none, but a copy of one.
    Fake,
    /// It is the one that its owner enrolled to say that she is forced.
    Duress,
}

impl Condition {
    const ALL: [(&'static str, Self); 5] = [
        ("dry", Self::Dry),
        ("wet", Self::Wet),
        ("moving", Self::Moving),
        ("fake", Self::Fake),
        ("duress", Self::Duress),
    ];

    /// The finger's name for the module.
    fn name(self, finger: &str) -> String {
        if self == Self::Duress { format!("{finger} duress") } else { finger.into() }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, condition)| condition == self);
        f.write_str(name.map_or("good", |(name, _)| name))
    }
}

/// Which reply goes wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum When {
    /// The next one to this command.
    Command(u16),
    /// The one after so many good ones.
    After(usize),
}

/// How it goes wrong.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Misfortune {
    /// The line breaks it.
    Line(Fault),
    /// The last reply to this command comes again, and the right one so much
    /// later.
    Stale(u16, Duration),
    /// It comes from another address.
    Foreign,
    /// The module loses its power instead.
    Power,
}

/// What a family of modules cannot do.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unable {
    /// It does not know such fingers.
    Finger(Condition),
    /// It has no such slot.
    Slot(u16),
    /// It has no such command.
    Command(u16),
    /// Its replies have no address.
    Foreign,
}

impl fmt::Display for Unable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finger(condition) => write!(f, "this module knows no {condition} fingers"),
            Self::Slot(slot) => write!(f, "this module has no slot {slot}"),
            Self::Command(command) => write!(f, "this module has no command {command:02X}h"),
            Self::Foreign => f.write_str("the replies of this module have no address"),
        }
    }
}

impl std::error::Error for Unable {}

/// A simulated module, of whatever family: what can be done with it past the
/// wire.
pub trait Module: Device {
    /// Somebody lays a finger down.
    ///
    /// # Errors
    /// The module knows no such fingers.
    fn place(&mut self, finger: &str, condition: Condition) -> Result<(), Unable>;

    /// The finger is lifted.
    fn lift(&mut self);

    /// Puts a template into the library.
    ///
    /// # Errors
    /// There is no such slot, or the module knows no such fingers.
    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable>;

    /// Takes what is in a slot out of the library.
    ///
    /// # Errors
    /// There is no such slot.
    fn erase(&mut self, slot: u16) -> Result<(), Unable>;

    /// Lets a reply go wrong.
    ///
    /// # Errors
    /// This cannot happen to this module's replies, or it has no such command.
    fn fault(&mut self, when: When, how: Misfortune) -> Result<(), Unable>;

    /// The module loses power and gets it back.
    fn power(&mut self, now: Instant);
}

impl<M: Module + ?Sized> Module for std::boxed::Box<M> {
    fn place(&mut self, finger: &str, condition: Condition) -> Result<(), Unable> {
        M::place(self, finger, condition)
    }

    fn lift(&mut self) {
        M::lift(self);
    }

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        M::store(self, slot, finger, condition)
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        M::erase(self, slot)
    }

    fn fault(&mut self, when: When, how: Misfortune) -> Result<(), Unable> {
        M::fault(self, when, how)
    }

    fn power(&mut self, now: Instant) {
        M::power(self, now);
    }
}
