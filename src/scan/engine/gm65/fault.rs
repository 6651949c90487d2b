use core::fmt;

use crate::{Error, ErrorKind};

/// What a GM65 says, or what is wrong with what it says. Addresses are those of
/// the zone bits (registers), 00 to FF.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// The reply says that the command failed.
    Refused {
        /// The register that was asked for or written.
        address: u8,
        /// The type byte of the reply; 00 is success.
        status: u8,
    },
    /// The module says that it is another model, whose register map may
    /// differ. Nothing was written to it.
    Model(u8),
    /// The module said yes to a write and kept another value.
    NotKept {
        /// The register.
        address: u8,
        /// What was written.
        wrote: u8,
        /// What it holds.
        holds: u8,
    },
    /// The bits belong to the driver: the safety of `init` rests on them.
    /// Nothing was sent.
    Owned {
        /// The register.
        address: u8,
        /// The bits that the driver looks after.
        bits: u8,
    },
    /// The register means something else on a module of this family. Nothing
    /// was sent.
    OtherMap {
        /// The register.
        address: u8,
    },
    /// The module did not answer at the new speed, and is back at the old one.
    Speed {
        /// That speed, in baud.
        back: u32,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Refused { address, status } => {
                write!(f, "the module refused register {address:02X} with status {status:02X}")
            }
            Self::Model(model) => write!(f, "model {model:02X} is not known to be a GM65"),
            Self::NotKept { address, wrote, holds } => {
                write!(f, "register {address:02X} holds {holds:02X} after {wrote:02X} was written")
            }
            Self::Owned { address, bits } => {
                write!(f, "bits {bits:02X} of register {address:02X} belong to the driver")
            }
            Self::OtherMap { address } => {
                write!(f, "register {address:02X} means something else on this module")
            }
            Self::Speed { back } => write!(f, "no answer at the new speed; back at {back} baud"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { .. } => ErrorKind::Refused,
            Self::Model(_) => ErrorKind::Unsupported,
            Self::NotKept { .. } => ErrorKind::Protocol,
            Self::Owned { .. } | Self::OtherMap { .. } => ErrorKind::Argument,
            Self::Speed { .. } => ErrorKind::Line,
        }
    }
}
