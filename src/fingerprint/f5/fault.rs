use core::fmt;

use super::ack::Ack;
use crate::fingerprint::{Match, Quality, Slot};
use crate::{Error, ErrorKind};

/// Why a conversation with a module failed.
///
/// Commands are named by their number.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u32)] // A whole word to pass on, where there would be a byte and three.
pub enum Fault {
    /// No answer to this command in time.
    Timeout(u8),
    /// The answer was cut off or its check wrong.
    Damaged(u8),
    /// A frame that cannot be the answer to this command: an answer to another
    /// one that came late, or twice.
    OutOfStep(u8),
    /// The line never fell silent.
    Babble,
    /// The module refused this command.
    Refused(u8, Ack),
    /// The capture was poor; ask for another one.
    Poor(Quality),
    /// The finger matched this template, and did not when it was asked again:
    /// no match.
    Unconfirmed(Slot),
    /// Nobody laid a finger down.
    NoFinger,
    /// The finger was not lifted.
    NotLifted,
    /// The finger is in the library already; nothing was stored.
    Duplicate(Match),
    /// The module says that the finger is in the library already; nothing was
    /// stored.
    AlreadyEnrolled,
    /// There is a template in this slot already; nothing was stored.
    Occupied(Slot),
    /// There is no template in this slot.
    Empty(Slot),
    /// What is in this slot is not what was written, and was deleted.
    Unlike(Slot),
    /// The library has no such slot; the command was not sent.
    Slot(Slot),
    /// A template needs so many bytes of room; the command was not sent.
    Room(usize),
    /// No template has so many bytes; the command was not sent.
    Template(usize),
    /// This command takes no such value, and was not sent.
    Value(u8),
    /// The module says that it did what this command says, or might have, and
    /// has not.
    NotTaken(u8),
    /// No module answers at any speed.
    Nowhere,
    /// The image has another shape than this model's.
    Image,
}

impl Fault {
    /// Whether the line is to blame, so that trying again may help.
    #[must_use]
    pub const fn is_line(self) -> bool {
        matches!(self, Self::Timeout(_) | Self::Damaged(_) | Self::OutOfStep(_) | Self::Babble)
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Timeout(_) | Self::Nowhere => ErrorKind::Timeout,
            Self::Damaged(_) | Self::Babble => ErrorKind::Line,
            Self::OutOfStep(_) | Self::Image => ErrorKind::Protocol,
            Self::Refused(_, Ack::Timeout | Ack::TryAgain) | Self::NoFinger | Self::Empty(_) => {
                ErrorKind::Absent
            }
            Self::Refused(..)
            | Self::Duplicate(_)
            | Self::AlreadyEnrolled
            | Self::Occupied(_)
            | Self::Unlike(_)
            | Self::NotTaken(_) => ErrorKind::Refused,
            Self::Poor(_) | Self::Unconfirmed(_) | Self::NotLifted => ErrorKind::Retry,
            Self::Slot(_) | Self::Room(_) | Self::Template(_) | Self::Value(_) => {
                ErrorKind::Argument
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(code) => write!(f, "no answer to command {code:02X}h"),
            Self::Damaged(code) => write!(f, "damaged answer to command {code:02X}h"),
            Self::OutOfStep(code) => write!(f, "no answer to command {code:02X}h, but another"),
            Self::Babble => f.write_str("the line never falls silent"),
            Self::Refused(code, ack) => write!(f, "command {code:02X}h refused: {ack}"),
            Self::Poor(quality) => write!(f, "poor capture: {quality}"),
            Self::Unconfirmed(slot) => write!(f, "matched {slot} only once"),
            Self::NoFinger => f.write_str("no finger on the sensor"),
            Self::NotLifted => f.write_str("the finger was not lifted"),
            Self::AlreadyEnrolled => f.write_str("finger already enrolled"),
            Self::Duplicate(found) => write!(f, "finger already enrolled as {}", found.slot),
            Self::Occupied(slot) => write!(f, "{slot} is in use"),
            Self::Empty(slot) => write!(f, "no template in {slot}"),
            Self::Unlike(slot) => write!(f, "{slot} did not keep what was written"),
            Self::Slot(slot) => write!(f, "there is no {slot}"),
            Self::Room(bytes) => write!(f, "a template needs room for {bytes} bytes"),
            Self::Template(bytes) => write!(f, "no template has {bytes} bytes"),
            Self::Value(code) => write!(f, "command {code:02X}h takes no such value"),
            Self::NotTaken(code) => write!(f, "command {code:02X}h was without effect"),
            Self::Nowhere => f.write_str("no module answers at any speed"),
            Self::Image => f.write_str("an image of another shape"),
        }
    }
}

impl core::error::Error for Fault {}
