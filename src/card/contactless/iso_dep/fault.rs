use core::fmt;

use crate::{Error, ErrorKind};

/// What an exchange of blocks failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The command is shorter than a header, or longer than 261 bytes and kept,
    /// or not extended. Nothing was sent.
    Command,
    /// The card says nothing any more: it left the field, or is mute.
    Silent,
    /// What the card says cannot be understood.
    Garbled,
    /// The card broke the rules of the protocol.
    Protocol,
    /// An exchange was left in the middle of a chain of ours: only activation
    /// helps. The command was not sent.
    Unsettled,
    /// The card asked for more time again and again.
    KeepsAsking,
    /// The response is longer than 258 bytes and kept, or than an extended one
    /// can be; it was taken to its end and dropped.
    ResponseTooLong,
    /// The response has no status word.
    NoStatus,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Command => ErrorKind::Argument,
            Self::Silent | Self::Unsettled => ErrorKind::Absent,
            Self::KeepsAsking => ErrorKind::Timeout,
            Self::Garbled => ErrorKind::Line,
            Self::Protocol | Self::ResponseTooLong | Self::NoStatus => ErrorKind::Protocol,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command => "the command is no APDU that can be carried",
            Self::Silent => "the card is gone or mute",
            Self::Garbled => "the blocks of the card cannot be understood",
            Self::Protocol => "the card breaks the block protocol",
            Self::Unsettled => "an exchange was left half way; the card must be activated anew",
            Self::KeepsAsking => "the card asks for more time without end",
            Self::ResponseTooLong => "the response of the card is too long",
            Self::NoStatus => "the response of the card has no status word",
        })
    }
}
