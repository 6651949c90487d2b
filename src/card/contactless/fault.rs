use core::fmt;

use crate::{Error, ErrorKind};

use super::iso_dep;
use super::{AtqbError, AtsError};

/// Which kinds of cards answered.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Kinds {
    /// Type A.
    pub a: bool,
    /// Type B.
    pub b: bool,
}

impl Kinds {
    /// How many.
    #[must_use]
    pub const fn count(self) -> u8 {
        self.a as u8 + self.b as u8
    }
}

/// What a conversation with a card failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// There is no card in the field.
    Absent,
    /// No card is active.
    Inactive,
    /// There are several: of both kinds, or of one kind more than one. The
    /// person shall hold one card only.
    SeveralCards(Kinds),
    /// A card answers, and what it says cannot be understood.
    Garbled,
    /// A card of type A with a wrong check byte of its identifier, or one that
    /// does not end.
    Uid,
    /// A card of type A that does not speak ISO/IEC 14443-4: a memory card.
    NotIsoDepA {
        /// What it answered to its selection.
        sak: u8,
    },
    /// A card of type B that does not speak it.
    NotIsoDepB,
    /// What the card answered to RATS is no ATS.
    Ats(AtsError),
    /// What the card answered to WUPB is no ATQB.
    Atqb(AtqbError),
    /// The card did not accept the bit rates it had offered.
    Pps,
    /// The card did not confirm ATTRIB.
    Attrib,
    /// The block protocol failed.
    IsoDep(iso_dep::Fault),
    /// The caller's buffer is too short for the ATR or the response.
    Buffer {
        /// How long it would have to be.
        needed: usize,
    },
}

impl From<iso_dep::Fault> for Fault {
    fn from(fault: iso_dep::Fault) -> Self {
        Self::IsoDep(fault)
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Absent | Self::Inactive => ErrorKind::Absent,
            Self::SeveralCards(_) => ErrorKind::Retry,
            Self::Garbled => ErrorKind::Line,
            Self::Uid | Self::Pps | Self::Attrib => ErrorKind::Protocol,
            Self::NotIsoDepA { .. } | Self::NotIsoDepB => ErrorKind::Unsupported,
            Self::Ats(error) => error.kind(),
            Self::Atqb(error) => error.kind(),
            Self::IsoDep(fault) => fault.kind(),
            Self::Buffer { .. } => ErrorKind::Argument,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no card in the field"),
            Self::Inactive => f.write_str("the card is not activated"),
            Self::SeveralCards(Kinds { a: true, b: true }) => {
                f.write_str("there are cards of both types in the field")
            }
            Self::SeveralCards(_) => f.write_str("there are several cards in the field"),
            Self::Garbled => f.write_str("what the card answers is garbled"),
            Self::Uid => f.write_str("the identifier of the card is wrong"),
            Self::NotIsoDepA { sak } => write!(f, "a card without ISO-DEP (SAK {sak:02X})"),
            Self::NotIsoDepB => f.write_str("a card of type B without ISO-DEP"),
            Self::Ats(error) => error.fmt(f),
            Self::Atqb(error) => error.fmt(f),
            Self::Pps => f.write_str("the card does not change its bit rates"),
            Self::Attrib => f.write_str("the card does not confirm ATTRIB"),
            Self::IsoDep(fault) => fault.fmt(f),
            Self::Buffer { needed } => write!(f, "the buffer is too short: {needed} bytes"),
        }
    }
}

/// What the driver fails with: its front end, or the card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DriverFault<F> {
    /// The front end failed. The next conversation begins with its
    /// initialisation.
    FrontEnd(F),
    /// The card did, or there is none.
    Card(Fault),
}

impl<F> From<Fault> for DriverFault<F> {
    fn from(fault: Fault) -> Self {
        Self::Card(fault)
    }
}

impl<F: Error> Error for DriverFault<F> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::FrontEnd(fault) => fault.kind(),
            Self::Card(fault) => fault.kind(),
        }
    }
}

impl<F: Error> core::error::Error for DriverFault<F> {}

impl<F: fmt::Display> fmt::Display for DriverFault<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FrontEnd(fault) => write!(f, "front end: {fault}"),
            Self::Card(fault) => fault.fmt(f),
        }
    }
}
