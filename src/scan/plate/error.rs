use core::fmt;

use crate::{Error, ErrorKind};

/// A text is not a number plate.
///
/// The offset counts bytes of the text that was given, separators included.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PlateError {
    /// Nothing but separators.
    Empty,
    /// No plate has this character.
    Unknown {
        /// Where.
        offset: usize,
    },
    /// The letters I and O are not used: they look like 1 and 0.
    Letter {
        /// Where.
        offset: usize,
    },
    /// No plate that begins like this has this character here.
    Misplaced {
        /// Where.
        offset: usize,
    },
    /// No plate is this short; more has to follow.
    Short {
        /// Behind the last character.
        offset: usize,
    },
    /// No plate is this long.
    Long {
        /// The first character too many.
        offset: usize,
    },
}

impl PlateError {
    /// Where in the text, in bytes.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Unknown { offset }
            | Self::Letter { offset }
            | Self::Misplaced { offset }
            | Self::Short { offset }
            | Self::Long { offset } => offset,
        }
    }
}

impl Error for PlateError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl core::error::Error for PlateError {}

impl fmt::Display for PlateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing there"),
            Self::Unknown { offset } => write!(f, "no plate has the character at byte {offset}"),
            Self::Letter { offset } => {
                write!(f, "I and O are not used on plates, but one is at byte {offset}")
            }
            Self::Misplaced { offset } => {
                write!(f, "no plate has the character at byte {offset} there")
            }
            Self::Short { offset } => write!(f, "the plate breaks off at byte {offset}"),
            Self::Long { offset } => write!(f, "the plate should end before byte {offset}"),
        }
    }
}
