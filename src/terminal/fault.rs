use core::fmt;

use super::Rights;
use crate::civil::NoSuchTime;
use crate::{Error, ErrorKind};

/// Why the terminal's logic did not go on. Nothing was changed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// This is not what the last step asked for.
    OutOfOrder,
    /// The record that was kept is not the one that was to be kept.
    WrongEntry,
    /// The officer's role lacks these rights.
    NotPermitted(#[cfg_attr(feature = "defmt", defmt(Debug2Format))] Rights),
    /// The finger is that of another officer, or was laid before it was asked
    /// for.
    NotAuthorised,
    /// The penalty table has no such behaviour.
    UnknownBehaviour,
    /// The penalty table was not in force on that day.
    NotInForce,
    /// The fine is above what the simple procedure allows.
    AboveLimit,
    /// There is neither a vehicle nor a driver.
    NoSubject,
    /// The violation has no decision yet: issue one first.
    NotDecided,
    /// A text does not fit its field.
    TooLong,
    /// A text that must say something is blank.
    Empty,
    /// A text has a control character.
    Control,
    /// A number has a character that is no digit (or, where letters are
    /// allowed, no letter), or the wrong length.
    Malformed,
    /// A check character is wrong.
    WrongCheck,
    /// There is no such day or time.
    NoSuchTime,
    /// All attempts or numbers are used up.
    Exhausted,
    /// The decision is paid.
    AlreadyPaid,
    /// It is not known how the last payment ended.
    StillOpen,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfOrder => "this is not what the last step asked for",
            Self::WrongEntry => "another record was kept than was to be kept",
            Self::NotPermitted(rights) => {
                return write!(f, "the officer's role lacks the right {rights:?}");
            }
            Self::NotAuthorised => "the officer did not lay the finger for this",
            Self::UnknownBehaviour => "the penalty table has no such behaviour",
            Self::NotInForce => "the penalty table was not in force on that day",
            Self::AboveLimit => "the fine is above the limit of the simple procedure",
            Self::NoSubject => "neither a vehicle nor a driver was identified",
            Self::NotDecided => "this violation has no decision yet",
            Self::TooLong => "the text does not fit its field",
            Self::Empty => "the text is blank",
            Self::Control => "the text has a control character",
            Self::Malformed => "the number is malformed",
            Self::WrongCheck => "the check character is wrong",
            Self::NoSuchTime => return NoSuchTime.fmt(f),
            Self::Exhausted => "all attempts or numbers are used up",
            Self::AlreadyPaid => "the decision is paid",
            Self::StillOpen => "it is not known yet how the last payment ended",
        })
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotPermitted(_) | Self::NotAuthorised | Self::AboveLimit | Self::AlreadyPaid => {
                ErrorKind::Refused
            }
            Self::StillOpen => ErrorKind::Busy,
            Self::Exhausted => ErrorKind::Absent,
            _ => ErrorKind::Argument,
        }
    }
}

impl From<NoSuchTime> for Fault {
    fn from(_: NoSuchTime) -> Self {
        Self::NoSuchTime
    }
}
