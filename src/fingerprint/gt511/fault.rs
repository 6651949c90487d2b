use core::fmt;

use super::nack::Nack;
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
    Timeout(u16),
    /// The answer was cut off or its sum wrong.
    Damaged(u16),
    /// A packet that cannot be the answer to this command: an answer to another
    /// one that came late, or twice.
    OutOfStep(u16),
    /// The module says that it received this command damaged.
    Garbled(u16),
    /// The line never fell silent.
    Babble,
    /// Another serial number than before: it is not the same module any more.
    Replaced,
    /// The module refused this command.
    Refused(u16, Nack),
    /// The capture was poor; ask for another one.
    Poor(Quality),
    /// The finger matched this template, and did not when it was asked again:
    /// no match.
    Unconfirmed(Slot),
    /// Nobody laid a finger down.
    NoFinger,
    /// The finger was not lifted.
    NotLifted,
    /// The captures make no template; nothing was stored.
    DifferentFingers,
    /// The finger is in the library already; nothing was stored.
    Duplicate(Match),
    /// There is a template in this slot already; nothing was stored.
    Occupied(Slot),
    /// The library has no such slot; the command was not sent.
    Slot(Slot),
    /// There is no template in this slot.
    Empty(Slot),
    /// What was read back from this slot is not what was written.
    Unlike(Slot),
    /// A template has not so many bytes; nothing was sent.
    Template(usize),
    /// The buffer is too small: a template has so many bytes. Nothing was sent.
    Room(usize),
    /// No module has this speed; nothing was sent.
    Baud(u32),
    /// The module did not take the new speed; the old one stands.
    NotTaken(u16),
    /// No module answers at any speed.
    Nowhere,
}

impl Fault {
    /// Whether the line is to blame, so that trying again may help.
    #[must_use]
    pub const fn is_line(self) -> bool {
        matches!(
            self,
            Self::Timeout(_)
                | Self::Damaged(_)
                | Self::OutOfStep(_)
                | Self::Garbled(_)
                | Self::Babble
        )
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Timeout(_) | Self::Nowhere => ErrorKind::Timeout,
            Self::Damaged(_) | Self::Garbled(_) | Self::Babble | Self::Replaced => ErrorKind::Line,
            Self::OutOfStep(_) => ErrorKind::Protocol,
            Self::Refused(_, Nack::Device) => ErrorKind::Hardware,
            Self::Refused(_, Nack::NotPressed) | Self::NoFinger | Self::Empty(_) => {
                ErrorKind::Absent
            }
            Self::Refused(_, Nack::Unsupported) => ErrorKind::Unsupported,
            Self::Refused(..)
            | Self::Duplicate(_)
            | Self::Occupied(_)
            | Self::Unlike(_)
            | Self::NotTaken(_) => ErrorKind::Refused,
            Self::Poor(_) | Self::Unconfirmed(_) | Self::NotLifted | Self::DifferentFingers => {
                ErrorKind::Retry
            }
            Self::Slot(_) | Self::Template(_) | Self::Room(_) | Self::Baud(_) => {
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
            Self::Garbled(code) => write!(f, "command {code:02X}h arrived damaged"),
            Self::Babble => f.write_str("the line never falls silent"),
            Self::Replaced => f.write_str("another module answers"),
            Self::Refused(code, nack) => write!(f, "command {code:02X}h refused: {nack}"),
            Self::Poor(quality) => write!(f, "poor capture: {quality}"),
            Self::Unconfirmed(slot) => write!(f, "matched {slot} only once"),
            Self::NoFinger => f.write_str("no finger on the sensor"),
            Self::NotLifted => f.write_str("the finger was not lifted"),
            Self::DifferentFingers => f.write_str("the captures make no template"),
            Self::Duplicate(found) => write!(f, "finger already enrolled as {}", found.slot),
            Self::Occupied(slot) => write!(f, "{slot} is in use"),
            Self::Slot(slot) => write!(f, "there is no {slot}"),
            Self::Empty(slot) => write!(f, "no template in {slot}"),
            Self::Unlike(slot) => write!(f, "{slot} holds another template than was written"),
            Self::Template(bytes) => write!(f, "no template has {bytes} bytes"),
            Self::Room(bytes) => write!(f, "a template has {bytes} bytes, the buffer fewer"),
            Self::Baud(baud) => write!(f, "no module has {baud} baud"),
            Self::NotTaken(code) => write!(f, "command {code:02X}h was done, and is not in force"),
            Self::Nowhere => f.write_str("no module at any speed"),
        }
    }
}

impl core::error::Error for Fault {}
