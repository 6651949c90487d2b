//! The commands: each a struct with its number, its parameters, and what a
//! good answer to it holds.
//!
//! [`F5::ask`](super::F5::ask) sends one. Numbers are those of the Waveshare
//! UART Fingerprint Sensor (C) manual V1.0. The module counts its templates
//! from 1; here, as everywhere in this crate, slots begin at 0.

mod add;
mod features;
mod library;
mod matching;
mod module;

pub use add::Add;
pub use features::{
    CaptureFeatures, CaptureImage, CompareFeatures, CompareFinger, ReadFeatures, SearchFeatures,
    WriteFeatures,
};
pub(super) use library::MOST;
pub use library::{Count, Delete, DeleteAll, ListUsers, Privilege};
pub use matching::{Compare, Hit, Search};
pub use module::{
    CaptureTime, Duplicates, Get, Level, ReadDuplicates, ReadLevel, ReadSerial, Set, SetBaud,
    SetSerial, Sleep,
};

use super::ack::Ack;
use super::config::Config;
use crate::fingerprint::Slot;
pub use crate::fingerprint::bulk::Flow;
use crate::port::Duration;

/// Bytes of a template: what the manual calls eigenvalues.
pub const TEMPLATE: usize = 193;

/// Bytes before a template in its frame: whose it is.
pub const OWNER: usize = 3;

/// A command and what an answer to it holds.
///
/// An answer has the command's number, so only an earlier answer to the same
/// command can be taken for it.
pub trait Command {
    /// The number.
    const CODE: u8;
    /// What the manual calls it, in short.
    const NAME: &'static str;
    /// The data that come or go with it, in a long frame.
    const FLOW: Flow = Flow::Nowhere;
    /// Another command's number that may stand in its answer.
    const ALIAS: Option<u8> = None;
    /// What a good answer says.
    type Reply;

    /// The three bytes of parameters; where data go out, their length.
    fn parameters(&self) -> [u8; 3] {
        [0; 3]
    }

    /// What goes out before the data: the number of a template, and what is
    /// kept with it.
    fn owner(&self) -> [u8; OWNER] {
        [0; OWNER]
    }

    /// Reads the three bytes of an answer; `None` if this command cannot be
    /// answered so. Where data come, the first two of a good one are their
    /// length.
    fn decode(&self, answer: [u8; 3]) -> Option<Result<Self::Reply, Ack>>;

    /// How long the answer may take.
    fn time(&self, config: &Config) -> Duration {
        config.timing.reply
    }
}

/// A command as it goes out, without its type: what sends it is there once.
pub(super) struct Order {
    pub(super) code: u8,
    pub(super) alias: Option<u8>,
    pub(super) flow: Flow,
    pub(super) parameters: [u8; 3],
    pub(super) owner: [u8; OWNER],
    pub(super) time: Duration,
}

impl Order {
    pub(super) fn of<C: Command>(command: &C, config: &Config) -> Self {
        Self {
            code: C::CODE,
            alias: C::ALIAS,
            flow: C::FLOW,
            parameters: command.parameters(),
            owner: command.owner(),
            time: command.time(config),
        }
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
        SetSerial::CODE => SetSerial::NAME,
        Count::CODE => Count::NAME,
        Privilege::CODE => Privilege::NAME,
        Compare::CODE => Compare::NAME,
        Search::CODE => Search::NAME,
        SetBaud::CODE => SetBaud::NAME,
        CaptureFeatures::CODE => CaptureFeatures::NAME,
        CaptureImage::CODE => CaptureImage::NAME,
        0x26 => "version",
        Level::CODE => Level::NAME,
        ReadSerial::CODE => ReadSerial::NAME,
        ListUsers::CODE => ListUsers::NAME,
        Sleep::CODE => Sleep::NAME,
        Duplicates::CODE => Duplicates::NAME,
        CaptureTime::CODE => CaptureTime::NAME,
        ReadFeatures::CODE => ReadFeatures::NAME,
        WriteFeatures::CODE => WriteFeatures::NAME,
        CompareFeatures::CODE => CompareFeatures::NAME,
        SearchFeatures::CODE => SearchFeatures::NAME,
        CompareFinger::CODE => CompareFinger::NAME,
        _ => return None,
    })
}

/// The number that the module has for a slot.
pub(super) const fn id(slot: Slot) -> u16 {
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

/// An answer with so many bytes of data behind it, or none at all.
fn length(answer: [u8; 3], bytes: usize, refusals: &[Ack]) -> Option<Result<(), Ack>> {
    let [high, low, code] = answer;
    match code {
        0 if usize::from(u16::from_be_bytes([high, low])) == bytes => Some(Ok(())),
        0 => None,
        code => Some(Ack::from(code)).filter(|ack| refusals.contains(ack)).map(Err),
    }
}
