use core::fmt;

use crate::{Error, ErrorKind};

/// Why text is no machine readable zone. Lines and columns count from 1, as
/// in ICAO 9303; of a text, each line as it is given, without empty ones, and
/// each byte of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MrzError {
    /// No zone has so many lines; a zone of one line begins with D.
    Lines(usize),
    /// A line is longer or shorter than in any zone of so many lines, or than
    /// the lines before.
    Length {
        /// Which line.
        line: usize,
        /// How long it is.
        len: usize,
    },
    /// Neither a letter, a digit nor `<`.
    Character {
        /// In which line.
        line: usize,
        /// At which column.
        column: usize,
    },
}

impl fmt::Display for MrzError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines(lines) => write!(f, "no zone of {lines} lines begins like this"),
            Self::Length { line, len } => {
                write!(f, "line {line} has {len} characters, which no zone has there")
            }
            Self::Character { line, column } => {
                write!(f, "line {line}, column {column}: neither a letter, a digit nor <")
            }
        }
    }
}

impl core::error::Error for MrzError {}

impl Error for MrzError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}
