use core::fmt;

use crate::{Error, ErrorKind};

/// What a T=0 exchange failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The command is no APDU, or has more data than 255 bytes or expects more
    /// than 256 and is kept; or its INS is 6X or 9X, which would be taken for a
    /// status (ISO/IEC 7816-3:2006, 10.3.2). Nothing was sent.
    Command,
    /// More data than 255 bytes goes by ENVELOPE, and the card does not know that
    /// (6D00 or 6E00 to the first). It has done nothing.
    Extended,
    /// The response is longer than the caller's room; what did not fit is lost.
    Room,
    /// An exchange was left half way or failed: only a reset helps. Nothing was
    /// sent.
    Unsettled,
    /// The card said nothing for longer than its work waiting time.
    Silent,
    /// What the card said is no procedure byte, asks for data that is not
    /// there, or goes on after the status word.
    Garbled,
    /// The card asked for more time, or to be asked again, without end.
    KeepsAsking,
    /// The port did not take the bytes in time.
    Stalled,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Command | Self::Room => ErrorKind::Argument,
            Self::Extended => ErrorKind::Unsupported,
            Self::Unsettled => ErrorKind::Protocol,
            Self::Silent | Self::KeepsAsking => ErrorKind::Timeout,
            Self::Garbled | Self::Stalled => ErrorKind::Line,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command => "the command is no APDU that can be carried",
            Self::Extended => "the card does not take so much data (ENVELOPE)",
            Self::Room => "the response of the card is longer than the room for it",
            Self::Unsettled => "an exchange was left half way; the card needs a reset",
            Self::Silent => "the card is mute",
            Self::Garbled => "what the card says is not T=0",
            Self::KeepsAsking => "the card asks for more time without end",
            Self::Stalled => "the port does not take the bytes",
        })
    }
}
