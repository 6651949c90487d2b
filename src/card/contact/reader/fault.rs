use core::fmt;

use crate::card::atr::{Character, Refusal};
use crate::card::pps::Unmet;
use crate::card::{AtrError, t0, t1};
use crate::port::SlotFault;
use crate::{Error, ErrorKind};

/// What a conversation with a card failed with. But for
/// [`Inactive`](Self::Inactive), [`Buffer`](Self::Buffer) and what its protocol
/// survives, the card has no power any more.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// There is no card.
    Absent,
    /// The card has no power: it is new in the slot, or was never activated.
    Inactive,
    /// The interface chip took the power from the card.
    Slot(SlotFault),
    /// The card does not answer to its reset, at no supply. It may lie the
    /// wrong way round.
    Mute,
    /// The card began to answer before it may (ISO/IEC 7816-3:2006, 6.2.2: 400
    /// clock cycles after its reset).
    Early,
    /// The answer to reset takes longer than 20 160 etu, or stops.
    Slow,
    /// Characters of the answer to reset were damaged.
    Damaged,
    /// What the card answered to its reset is no ATR.
    Atr(AtrError),
    /// The check byte of that answer is wrong, or missing.
    Tck,
    /// The answer to reset is not one that EMV accepts.
    Refused(Refusal),
    /// The card speaks neither T=0 nor T=1, or insists on what we have not.
    Unmet(Unmet),
    /// The card refused what it offered (PPS).
    Pps,
    /// The port did not take a request in time.
    Stalled,
    /// T=0 failed.
    T0(t0::Fault),
    /// T=1 failed.
    T1(t1::Fault),
    /// The caller's buffer is too short for the ATR or the response.
    Buffer {
        /// How long it would have to be.
        needed: usize,
    },
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Absent | Self::Inactive | Self::Slot(SlotFault::TakenOff) => ErrorKind::Absent,
            Self::Slot(_) => ErrorKind::Hardware,
            Self::Mute => ErrorKind::Timeout,
            Self::Early | Self::Slow | Self::Tck | Self::Pps => ErrorKind::Protocol,
            Self::Damaged | Self::Stalled => ErrorKind::Line,
            Self::Atr(error) => error.kind(),
            Self::Refused(Refusal { character: Character::Td1, .. }) => ErrorKind::Unsupported,
            Self::Refused(_) => ErrorKind::Protocol,
            Self::Unmet(unmet) => unmet.kind(),
            Self::T0(fault) => fault.kind(),
            Self::T1(fault) => fault.kind(),
            Self::Buffer { .. } => ErrorKind::Argument,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no card in the slot"),
            Self::Inactive => f.write_str("the card is not activated"),
            Self::Slot(fault) => fault.fmt(f),
            Self::Mute => f.write_str("the card is mute, or lies the wrong way round"),
            Self::Early => f.write_str("the card answers before its reset is over"),
            Self::Slow => f.write_str("the card's answer to reset does not end"),
            Self::Damaged => f.write_str("the card's answer to reset is damaged"),
            Self::Atr(error) => write!(f, "the card's answer to reset: {error}"),
            Self::Tck => f.write_str("the check byte of the card's answer to reset is wrong"),
            Self::Refused(refusal) => write!(f, "the card's answer to reset: {refusal}"),
            Self::Unmet(unmet) => unmet.fmt(f),
            Self::Pps => f.write_str("the card refuses what it offered"),
            Self::Stalled => f.write_str("the port does not take the request"),
            Self::T0(fault) => fault.fmt(f),
            Self::T1(fault) => fault.fmt(f),
            Self::Buffer { needed } => write!(f, "the buffer is too short: {needed} bytes"),
        }
    }
}
