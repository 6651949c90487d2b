use core::fmt;

use super::command::Outcome;
use crate::fingerprint::{Match, Quality, Slot};
use crate::{Error, ErrorKind};

/// Why a conversation with a module failed.
///
/// Commands are named by their number.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The module did not acknowledge this command.
    Unacknowledged(u16),
    /// No answer to this command in time.
    Timeout(u16),
    /// The answer was cut off or its check wrong.
    Damaged(u16),
    /// A segment of the answer is missing or came twice, or it has too many.
    Segment(u16),
    /// A message that cannot be the answer to this command.
    OutOfStep(u16),
    /// The line never fell silent.
    Babble,
    /// The module refused this command.
    Refused(u16, Outcome),
    /// A match that a second capture did not confirm: the finger was lifted
    /// too early, or the first answer was not one to this finger.
    Unconfirmed(Slot),
    /// The finger of a template with a number that is no slot.
    Stranger(Slot),
    /// The capture was poor; ask for another one.
    Poor(Quality),
    /// Nobody laid a finger down.
    NoFinger,
    /// The finger was not lifted.
    NotLifted,
    /// The finger is in the library already; nothing was stored.
    Duplicate(Match),
    /// There is a template in this slot already; nothing was stored.
    Occupied(Slot),
    /// The library has no such slot; nothing was sent.
    Slot(Slot),
}

impl Fault {
    /// Whether the line is to blame, so that trying again may help.
    #[must_use]
    pub const fn is_line(self) -> bool {
        matches!(
            self,
            Self::Unacknowledged(_)
                | Self::Timeout(_)
                | Self::Damaged(_)
                | Self::Segment(_)
                | Self::OutOfStep(_)
                | Self::Babble
        )
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unacknowledged(_) | Self::Timeout(_) => ErrorKind::Timeout,
            Self::Damaged(_) | Self::Babble => ErrorKind::Line,
            Self::Segment(_) | Self::OutOfStep(_) => ErrorKind::Protocol,
            // Broken sensor, calibration, format of the storage, sensor.
            Self::Refused(_, Outcome(-9 | -19 | -20 | -21)) => ErrorKind::Hardware,
            Self::Refused(_, Outcome(-4 | -24)) => ErrorKind::Unsupported,
            Self::Refused(..) | Self::Stranger(_) | Self::Duplicate(_) | Self::Occupied(_) => {
                ErrorKind::Refused
            }
            Self::Unconfirmed(_) | Self::Poor(_) | Self::NotLifted => ErrorKind::Retry,
            Self::NoFinger => ErrorKind::Absent,
            Self::Slot(_) => ErrorKind::Argument,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unacknowledged(command) => write!(f, "command {command:04X}h not acknowledged"),
            Self::Timeout(command) => write!(f, "no answer to command {command:04X}h"),
            Self::Damaged(command) => write!(f, "damaged answer to command {command:04X}h"),
            Self::Segment(command) => {
                write!(f, "segments of the answer to command {command:04X}h out of order")
            }
            Self::OutOfStep(command) => {
                write!(f, "no answer to command {command:04X}h, but another")
            }
            Self::Babble => f.write_str("the line never falls silent"),
            Self::Refused(command, outcome) => {
                write!(f, "command {command:04X}h refused: {outcome}")
            }
            Self::Unconfirmed(slot) => write!(f, "a match with {slot} was not confirmed"),
            Self::Stranger(slot) => write!(f, "a match with template {}, which is no slot", slot.0),
            Self::Poor(quality) => write!(f, "poor capture: {quality}"),
            Self::NoFinger => f.write_str("no finger on the sensor"),
            Self::NotLifted => f.write_str("the finger was not lifted"),
            Self::Duplicate(found) => write!(f, "finger already enrolled as {}", found.slot),
            Self::Occupied(slot) => write!(f, "{slot} is in use"),
            Self::Slot(slot) => write!(f, "there is no {slot}"),
        }
    }
}

impl core::error::Error for Fault {}
