use core::fmt;

use crate::{Error, ErrorKind};

/// What a T=1 exchange failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The command is shorter than a header, or longer than 261 bytes and kept,
    /// or not extended. Nothing was sent.
    Command,
    /// The card said nothing, not even to be resynchronised.
    Silent,
    /// What the card said could not be understood, nor was it when the
    /// exchange was resynchronised.
    Garbled,
    /// The protocol was resynchronised: whether the card acted is unknown. The
    /// next command finds the card ready.
    Resynchronised,
    /// An exchange was left half way, and [`Limits`](super::Limits) do not have
    /// the card resynchronised: only a reset helps. Nothing was sent.
    Unsettled,
    /// The card gave up the chain of blocks, its own or ours.
    Aborted,
    /// The card asked for more time, or for something else, again and again.
    KeepsAsking,
    /// The response is longer than 258 bytes and kept, or than an extended one
    /// can be; the card was told to stop.
    ResponseTooLong,
    /// The response is longer than the caller's room; what did not fit is lost.
    Room,
    /// The response has no status word.
    NoStatus,
    /// The port did not take the block in time.
    Stalled,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Command | Self::Room => ErrorKind::Argument,
            Self::Silent | Self::KeepsAsking => ErrorKind::Timeout,
            Self::Garbled | Self::Stalled => ErrorKind::Line,
            Self::Resynchronised => ErrorKind::Retry,
            Self::Aborted => ErrorKind::Refused,
            Self::ResponseTooLong | Self::NoStatus | Self::Unsettled => ErrorKind::Protocol,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command => "the command is no APDU that can be carried",
            Self::Silent => "the card is mute",
            Self::Garbled => "the blocks of the card cannot be understood",
            Self::Resynchronised => "resynchronised; whether the card acted is unknown",
            Self::Unsettled => "an exchange was left half way; the card needs a reset",
            Self::Aborted => "the card gave up the exchange",
            Self::KeepsAsking => "the card asks for more time without end",
            Self::ResponseTooLong => "the response of the card is too long",
            Self::Room => "the response of the card is longer than the room for it",
            Self::NoStatus => "the response of the card has no status word",
            Self::Stalled => "the port does not take the block",
        })
    }
}
