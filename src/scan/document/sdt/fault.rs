use core::fmt;

use super::command::Command;
use super::status::Status;
use crate::{Error, ErrorKind};

/// What goes wrong with a reader.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The port did not take the command in time.
    NotSent(Command),
    /// No reply came in time, however often it was asked for.
    NoReply(Command),
    /// Bytes came, but no reply that fits; what was heard last was damaged or
    /// of something else.
    Garbled(Command),
    /// A reply broke off in its middle.
    Cut {
        /// The reply to this.
        command: Command,
        /// So many bytes of its data came.
        came: u16,
    },
    /// The reader answered that it could not do it.
    Refused {
        /// What.
        command: Command,
        /// Its answer.
        status: Status,
    },
    /// The reply tells of other lengths than the documents do: of the text,
    /// the photo and the fingerprints.
    Lengths([u16; 3]),
    /// No card was reported, or it was lifted since.
    NoCard,
    /// The card was not lifted within the time given.
    NotLifted,
    /// A card lies there, but it was selected before and answers no more: it
    /// has to be lifted and laid on again.
    Lift,
    /// Readers of this framing do not have the command. Nothing was sent.
    Unsupported(Command),
    /// There is no such speed. Nothing was sent.
    Speed(u32),
    /// The reader did not take the new speed; it has the old one.
    SpeedNotTaken,
    /// The reader answers at no speed; the port has its old one.
    Nowhere,
}

impl Fault {
    /// Whether the line is to blame, so that trying again may help.
    pub(super) const fn is_line(self) -> bool {
        match self {
            Self::NotSent(_) | Self::NoReply(_) | Self::Garbled(_) | Self::Cut { .. } => true,
            Self::Refused { status, .. } => status.is_line(),
            _ => false,
        }
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotSent(_) | Self::NoReply(_) | Self::Nowhere => ErrorKind::Timeout,
            Self::Garbled(_) | Self::Cut { .. } => ErrorKind::Line,
            Self::Refused { status, .. } => status.kind(),
            Self::Lengths(_) => ErrorKind::Protocol,
            Self::NoCard => ErrorKind::Absent,
            Self::NotLifted | Self::Lift => ErrorKind::Retry,
            Self::Unsupported(_) => ErrorKind::Unsupported,
            Self::Speed(_) => ErrorKind::Argument,
            Self::SpeedNotTaken => ErrorKind::Refused,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(command) => write!(f, "the port did not take {command:?}"),
            Self::NoReply(command) => write!(f, "no reply to {command:?}"),
            Self::Garbled(command) => write!(f, "garbled reply to {command:?}"),
            Self::Cut { command, came } => {
                write!(f, "the reply to {command:?} broke off after {came} bytes")
            }
            Self::Refused { command, status } => write!(f, "{command:?}: {status}"),
            Self::Lengths([text, photo, finger]) => {
                write!(f, "a card with {text} bytes of text, {photo} of photo, {finger} of fingers")
            }
            Self::NoCard => f.write_str("no card was reported"),
            Self::NotLifted => f.write_str("the card was not lifted"),
            Self::Lift => f.write_str("the card has to be lifted and laid on again"),
            Self::Unsupported(command) => write!(f, "this reader has no {command:?}"),
            Self::Speed(baud) => write!(f, "there is no speed of {baud} baud"),
            Self::SpeedNotTaken => f.write_str("the reader did not take the speed"),
            Self::Nowhere => f.write_str("the reader answers at no speed"),
        }
    }
}
