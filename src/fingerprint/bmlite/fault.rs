use core::fmt;

use super::outcome::Outcome;
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
    /// There is no template in this slot.
    Empty(Slot),
    /// The library has no such slot; nothing was sent.
    Slot(Slot),
    /// No template has so many bytes, see [`Config::template`]; nothing was
    /// sent.
    ///
    /// [`Config::template`]: super::Config::template
    Template(usize),
    /// The template has so many bytes, and the buffer has not; nothing of it
    /// was written.
    Room(u16),
    /// The image has so many bytes, which are not those of
    /// [`Config::geometry`], or 0 if no image can have that shape; no row was
    /// given out.
    ///
    /// [`Config::geometry`]: super::Config::geometry
    Geometry(u16),
    /// What is in this slot is not the template that was written.
    Unlike(Slot),
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
            Self::Refused(_, outcome) => refused(*outcome),
            Self::Stranger(_) | Self::Duplicate(_) | Self::Occupied(_) | Self::Unlike(_) => {
                ErrorKind::Refused
            }
            Self::Unconfirmed(_) | Self::Poor(_) | Self::NotLifted => ErrorKind::Retry,
            Self::NoFinger | Self::Empty(_) => ErrorKind::Absent,
            Self::Slot(_) | Self::Template(_) | Self::Room(_) | Self::Geometry(_) => {
                ErrorKind::Argument
            }
        }
    }
}

const fn refused(outcome: Outcome) -> ErrorKind {
    match outcome {
        Outcome::BrokenSensor
        | Outcome::InvalidCalibration
        | Outcome::StorageNotFormatted
        | Outcome::SensorNotInitialised => ErrorKind::Hardware,
        Outcome::NotImplemented | Outcome::NotSupported => ErrorKind::Unsupported,
        _ => ErrorKind::Refused,
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
            Self::Empty(slot) => write!(f, "{slot} is empty"),
            Self::Slot(slot) => write!(f, "there is no {slot}"),
            Self::Template(bytes) => write!(f, "no template has {bytes} bytes"),
            Self::Room(bytes) => write!(f, "no room for a template of {bytes} bytes"),
            Self::Geometry(bytes) => write!(f, "an image of {bytes} bytes has another shape"),
            Self::Unlike(slot) => write!(f, "{slot} does not hold what was written"),
        }
    }
}

impl core::error::Error for Fault {}
