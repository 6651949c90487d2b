use core::fmt;

use crate::{Error, ErrorKind};

use super::Status;

/// What a conversation with the chip failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The chip took the command and does not answer.
    Silent,
    /// The chip does not acknowledge the command: it is not there, not awake,
    /// or got the command garbled. An APDU may all the same have reached the
    /// card, if only the acknowledgement was lost.
    Unacknowledged,
    /// The chip answers, and its answers are garbled.
    Garbled,
    /// The port did not take the command in time.
    Stalled,
    /// The chip answered with an error frame: it does not understand the
    /// command.
    Syntax,
    /// The response is not what the command has.
    WrongReply,
    /// Another chip: this is what it says it is.
    Chip {
        /// The first byte of the answer to GetFirmwareVersion.
        ic: u8,
    },
    /// The chip could not do it.
    Status(Status),
    /// There is no card, or it was taken away.
    Absent,
    /// No card was activated.
    Inactive,
    /// Several cards are in the field: take all but one away.
    SeveralCards {
        /// Cards of type A found; 2 for two or more.
        a: u8,
        /// The same of type B.
        b: u8,
    },
    /// The card does not speak ISO/IEC 14443-4, so it takes no APDU.
    NotIsoDep {
        /// Its SAK.
        sak: u8,
    },
    /// The card does not answer to RATS.
    Mute,
    /// No command APDU, or longer than 261 bytes and kept; nothing was sent.
    Command {
        /// How long it is.
        len: usize,
    },
    /// The card answers with more than a response APDU can be, or less. After
    /// more it is to be activated again.
    Response,
    /// The answer of the card comes in part after part for longer than an APDU
    /// may last ([`Timing::card`](super::Timing::card)). The card is to be
    /// activated again: it is in the middle of it.
    KeepsAsking,
    /// The caller's buffer is too short for the ATR or the response.
    Buffer {
        /// How long it would have to be.
        needed: usize,
    },
    /// The chip does not know this speed.
    Baud(u32),
    /// The chip did not take the new speed; the old one stands.
    BaudNotTaken,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Silent | Self::Unacknowledged | Self::Mute | Self::KeepsAsking => {
                ErrorKind::Timeout
            }
            Self::Garbled | Self::Stalled => ErrorKind::Line,
            Self::Syntax | Self::WrongReply | Self::Response => ErrorKind::Protocol,
            Self::Status(status) => status.kind(),
            Self::Absent | Self::Inactive => ErrorKind::Absent,
            Self::SeveralCards { .. } => ErrorKind::Retry,
            Self::Chip { .. } | Self::NotIsoDep { .. } => ErrorKind::Unsupported,
            Self::Command { .. } | Self::Buffer { .. } | Self::Baud(_) => ErrorKind::Argument,
            Self::BaudNotTaken => ErrorKind::Refused,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("the chip does not answer"),
            Self::Unacknowledged => f.write_str("the chip does not acknowledge the command"),
            Self::Garbled => f.write_str("the answers of the chip are garbled"),
            Self::Stalled => f.write_str("the port does not take the command"),
            Self::Syntax => f.write_str("the chip does not understand the command"),
            Self::WrongReply => f.write_str("the response does not fit the command"),
            Self::Chip { ic } => write!(f, "the chip is no PN532: it says {ic:02X}"),
            Self::Status(status) => status.fmt(f),
            Self::Absent => f.write_str("there is no card in the field"),
            Self::Inactive => f.write_str("no card is activated"),
            Self::SeveralCards { a, b } => {
                write!(f, "several cards in the field: {a} of type A, {b} of type B")
            }
            Self::NotIsoDep { sak } => write!(f, "the card takes no APDU (SAK {sak:02X})"),
            Self::Mute => f.write_str("the card does not answer to its activation"),
            Self::Command { len } => write!(f, "{len} bytes are no command APDU"),
            Self::Response => f.write_str("the card's answer is no response APDU"),
            Self::KeepsAsking => f.write_str("the card's answer goes on without end"),
            Self::Buffer { needed } => write!(f, "the buffer is too short: {needed} bytes"),
            Self::Baud(baud) => write!(f, "the chip cannot do {baud} baud"),
            Self::BaudNotTaken => f.write_str("the chip did not take the new speed"),
        }
    }
}
