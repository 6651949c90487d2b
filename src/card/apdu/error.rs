use core::fmt;

use crate::{Error, ErrorKind};

/// Why an APDU is none.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ApduError {
    /// More data, or more data expected, than the command can have.
    TooLong,
    /// The buffer is too short for the command.
    Buffer,
    /// The response is shorter than a status word.
    NoStatus,
    /// The command is shorter than a header.
    Header,
    /// The lengths in the command are not those of its bytes.
    Length,
}

impl fmt::Display for ApduError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "more than a command APDU of this kind can carry",
            Self::Buffer => "the buffer is too short for the command APDU",
            Self::NoStatus => "the response APDU has no status word",
            Self::Header => "the command APDU is shorter than a header",
            Self::Length => "the lengths in the command APDU are not those of its bytes",
        })
    }
}

impl core::error::Error for ApduError {}

impl Error for ApduError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoStatus => ErrorKind::Protocol,
            _ => ErrorKind::Argument,
        }
    }
}
