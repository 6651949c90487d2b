//! The commands: each a struct with its number, its parameters, and what a
//! good answer to it holds.
//!
//! [`F5::ask`](super::F5::ask) sends one. Numbers are those of the Waveshare
//! UART Fingerprint Sensor (C) manual V1.0. The module counts its templates
//! from 1; here, as everywhere in this crate, slots begin at 0.

use super::ack::Ack;
use super::config::{Config, Permission};
use crate::fingerprint::Slot;
use crate::port::Duration;

/// A command and what an answer to it holds.
///
/// An answer has the command's number, so only an earlier answer to the same
/// command can be taken for it.
pub trait Command {
    /// The number.
    const CODE: u8;
    /// What the manual calls it, in short.
    const NAME: &'static str;
    /// What a good answer says.
    type Reply;

    /// The three bytes of parameters.
    fn parameters(&self) -> [u8; 3] {
        [0; 3]
    }

    /// Reads the three bytes of an answer; `None` if this command cannot be
    /// answered so.
    fn decode(&self, answer: [u8; 3]) -> Option<Result<Self::Reply, Ack>>;

    /// How long the answer may take.
    fn time(&self, config: &Config) -> Duration {
        config.timing.reply
    }
}

/// The name of a command's number.
#[must_use]
pub const fn name(code: u8) -> Option<&'static str> {
    Some(match code {
        0x01 => "add, first",
        0x02 => "add, second",
        0x03 => "add, third",
        Delete::CODE => Delete::NAME,
        DeleteAll::CODE => DeleteAll::NAME,
        0x06 => "add, third, and return features",
        0x08 => "set serial number",
        Count::CODE => Count::NAME,
        Privilege::CODE => Privilege::NAME,
        Compare::CODE => Compare::NAME,
        Search::CODE => Search::NAME,
        0x21 => "baud rate",
        0x23 => "capture and return features",
        0x24 => "capture and return the image",
        0x26 => "version",
        Level::CODE => Level::NAME,
        ReadSerial::CODE => ReadSerial::NAME,
        0x2B => "list users",
        Sleep::CODE => Sleep::NAME,
        0x2D => "duplicates",
        CaptureTime::CODE => CaptureTime::NAME,
        0x31 => "read features",
        0x41 => "write features",
        0x42 => "compare features with one",
        0x43 => "compare features with all",
        0x44 => "compare features with the finger",
        _ => return None,
    })
}

/// The number that the module has for a slot.
const fn id(slot: Slot) -> u16 {
    slot.0.saturating_add(1)
}

/// An answer that holds no more than its status.
fn status(answer: [u8; 3], refusals: &[Ack]) -> Option<Result<(), Ack>> {
    match answer {
        [0, 0, 0] => Some(Ok(())),
        [0, 0, code] => Some(Ack::from(code)).filter(|ack| refusals.contains(ack)).map(Err),
        _ => None,
    }
}

/// Takes capture number `N` of an enrolment, 1 to 3, waiting for the finger.
/// The third one stores the template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Add<const N: u8> {
    /// Where the template is to go.
    pub slot: Slot,
    /// What is kept with it.
    pub permission: Permission,
}

impl<const N: u8> Command for Add<N> {
    const CODE: u8 = N;
    const NAME: &'static str = "add";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.slot).to_be_bytes();
        [high, low, self.permission as u8]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        const REFUSALS: [Ack; 6] = [
            Ack::Fail,
            Ack::Full,
            Ack::UserOccupied,
            Ack::FingerOccupied,
            Ack::Timeout,
            Ack::TryAgain,
        ];
        status(answer, &REFUSALS)
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// Deletes a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Delete(pub Slot);

impl Command for Delete {
    const CODE: u8 = 0x04;
    const NAME: &'static str = "delete";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.0).to_be_bytes();
        [high, low, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser])
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.flash
    }
}

/// Deletes all templates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeleteAll;

impl Command for DeleteAll {
    const CODE: u8 = 0x05;
    const NAME: &'static str = "delete all";
    type Reply = ();

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser])
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.flash
    }
}

/// How many templates are stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Count;

impl Command for Count {
    const CODE: u8 = 0x09;
    const NAME: &'static str = "count";
    type Reply = u16;

    fn decode(&self, answer: [u8; 3]) -> Option<Result<u16, Ack>> {
        match answer {
            [high, low, 0] => Some(Ok(u16::from_be_bytes([high, low]))),
            [_, _, 1] => Some(Err(Ack::Fail)),
            _ => None,
        }
    }
}

/// The permission that is kept with a template; refused with [`Ack::NoUser`]
/// if there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Privilege(pub Slot);

impl Command for Privilege {
    const CODE: u8 = 0x0A;
    const NAME: &'static str = "privilege";
    type Reply = Permission;

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.0).to_be_bytes();
        [high, low, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<Permission, Ack>> {
        match answer {
            [0, 0, 5] => Some(Err(Ack::NoUser)),
            [0, 0, code] => Permission::try_from(code).ok().map(Ok),
            _ => None,
        }
    }
}

/// Waits for a finger and compares it with one template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Compare(pub Slot);

impl Command for Compare {
    const CODE: u8 = 0x0B;
    const NAME: &'static str = "compare 1:1";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.0).to_be_bytes();
        [high, low, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser, Ack::Timeout, Ack::TryAgain])
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// A search found this.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Hit {
    /// The template.
    pub slot: Slot,
    /// What is kept with it.
    pub permission: Permission,
}

/// Waits for a finger and searches it in the library.
///
/// A hit has a permission, 1 to 3, where other answers have their status: a
/// hit of permission 1 is no failure, and a failure, which has 1 there too and
/// no number of a template, is no hit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Search;

impl Command for Search {
    const CODE: u8 = 0x0C;
    const NAME: &'static str = "search 1:N";
    type Reply = Hit;

    fn decode(&self, answer: [u8; 3]) -> Option<Result<Hit, Ack>> {
        let [high, low, code] = answer;
        match (u16::from_be_bytes([high, low]).checked_sub(1), Ack::from(code)) {
            (Some(slot), _) => {
                let permission = Permission::try_from(code).ok()?;
                Some(Ok(Hit { slot: Slot(slot), permission }))
            }
            (None, ack @ (Ack::Fail | Ack::NoUser | Ack::Timeout | Ack::TryAgain)) => {
                Some(Err(ack))
            }
            (None, _) => None,
        }
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// Sets how much a finger has to resemble its template, 0 to 9.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Level(pub u8);

impl Command for Level {
    const CODE: u8 = 0x28;
    const NAME: &'static str = "comparison level";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        [0, self.0, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        let [zero, _, code] = answer;
        status([zero, 0, code], &[Ack::Fail])
    }
}

/// The module's serial number, 24 bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadSerial;

impl Command for ReadSerial {
    const CODE: u8 = 0x2A;
    const NAME: &'static str = "serial number";
    type Reply = u32;

    fn decode(&self, [a, b, c]: [u8; 3]) -> Option<Result<u32, Ack>> {
        Some(Ok(u32::from_be_bytes([0, a, b, c])))
    }
}

/// Lets the module sleep until its reset line wakes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sleep;

impl Command for Sleep {
    const CODE: u8 = 0x2C;
    const NAME: &'static str = "sleep";
    type Reply = ();

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail])
    }
}

/// Sets how long the module itself waits for a finger, in images of 0.2 to
/// 0.3 s. Zero is for ever, and is not to be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CaptureTime(pub u8);

impl Command for CaptureTime {
    const CODE: u8 = 0x2E;
    const NAME: &'static str = "capture time";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        [0, self.0, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        let [zero, _, code] = answer;
        status([zero, 0, code], &[Ack::Fail])
    }
}
