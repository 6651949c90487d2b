use core::fmt;

use crate::card::{AtrError, t0, t1};
use crate::{Error, ErrorKind};

use super::ReaderError;

/// What a conversation with the reader failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The reader does not answer.
    Silent,
    /// The reader answers, and its answers are garbled.
    Garbled,
    /// The reader does not understand us: it answers NAK.
    NotUnderstood,
    /// The port did not take the frame in time.
    Stalled,
    /// The reader answered with another message than the command has.
    WrongReply {
        /// The message type that came.
        kind: u8,
    },
    /// The reader asks for more time without end.
    KeepsAsking,
    /// The reader could not do it.
    Reader(ReaderError),
    /// There is no card.
    Absent,
    /// The card has no power: it is new in the slot, or was never activated.
    Inactive,
    /// The card does not answer to its reset, at no voltage. It may lie the
    /// wrong way round.
    Mute,
    /// What the card answered to its reset is no ATR.
    Atr(AtrError),
    /// The check byte of that answer is wrong, or missing.
    Tck,
    /// The card offers neither T=0 nor T=1.
    Protocol {
        /// What it offers first.
        offered: u8,
    },
    /// The card would have its speed known beforehand (TA2, bit 5).
    ImplicitSpeed,
    /// The card insists on a speed that no reader can have: a reserved one, or
    /// one for another clock.
    Speed,
    /// The card refused to change its protocol (PPS).
    Pps,
    /// T=1 failed.
    T1(t1::Fault),
    /// T=0 failed.
    T0(t0::Fault),
    /// The command is no APDU that the reader takes. Nothing was sent.
    Command,
    /// The parts of an APDU do not follow each other.
    Chaining,
    /// The response has no status word.
    NoStatus,
    /// The reader says something that makes no sense of the card's parameters.
    Parameters,
    /// The caller's buffer is too short for the ATR or the response.
    Buffer {
        /// How long it would have to be.
        needed: usize,
    },
}

impl From<t1::Fault> for Fault {
    fn from(fault: t1::Fault) -> Self {
        Self::T1(fault)
    }
}

impl From<t0::Fault> for Fault {
    fn from(fault: t0::Fault) -> Self {
        Self::T0(fault)
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Silent | Self::KeepsAsking | Self::Mute => ErrorKind::Timeout,
            Self::Garbled | Self::NotUnderstood | Self::Stalled => ErrorKind::Line,
            Self::WrongReply { .. } | Self::Tck | Self::Pps | Self::Parameters => {
                ErrorKind::Protocol
            }
            Self::Chaining | Self::NoStatus => ErrorKind::Protocol,
            Self::Reader(error) => error.kind(),
            Self::Absent | Self::Inactive => ErrorKind::Absent,
            Self::Atr(error) => error.kind(),
            Self::Protocol { .. } | Self::ImplicitSpeed | Self::Speed => ErrorKind::Unsupported,
            Self::T1(fault) => fault.kind(),
            Self::T0(fault) => fault.kind(),
            Self::Command | Self::Buffer { .. } => ErrorKind::Argument,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("the reader does not answer"),
            Self::Garbled => f.write_str("the answers of the reader are garbled"),
            Self::NotUnderstood => f.write_str("the reader does not understand us"),
            Self::Stalled => f.write_str("the port does not take the command"),
            Self::WrongReply { kind } => write!(f, "message {kind:02X} is not the reply"),
            Self::KeepsAsking => f.write_str("the reader asks for more time without end"),
            Self::Reader(error) => write!(f, "the reader {error}"),
            Self::Absent => f.write_str("there is no card in the reader"),
            Self::Inactive => f.write_str("the card is not activated"),
            Self::Mute => f.write_str("the card is mute, or lies the wrong way round"),
            Self::Atr(error) => write!(f, "the card's answer to reset: {error}"),
            Self::Tck => f.write_str("the check byte of the card's answer to reset is wrong"),
            Self::Protocol { offered } => {
                write!(f, "the card offers T={offered}, and neither T=0 nor T=1")
            }
            Self::ImplicitSpeed => f.write_str("the card does not say its speed"),
            Self::Speed => f.write_str("the card insists on a speed that cannot be had"),
            Self::Pps => f.write_str("the card does not change its protocol"),
            Self::T1(fault) => fault.fmt(f),
            Self::T0(fault) => fault.fmt(f),
            Self::Command => f.write_str("the command is no APDU that the reader takes"),
            Self::Chaining => f.write_str("the parts of the response do not follow each other"),
            Self::NoStatus => f.write_str("the response has no status word"),
            Self::Parameters => f.write_str("the parameters of the reader make no sense"),
            Self::Buffer { needed } => write!(f, "the buffer is too short: {needed} bytes"),
        }
    }
}
