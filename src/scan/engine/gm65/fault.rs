use core::fmt;

use crate::{Error, ErrorKind};

/// What a GM65 conversation fails with. Addresses are those of the zone bits
/// (registers), 00 to FF.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// Nothing came back: a module answers neither a damaged frame nor an
    /// unknown command (manual 9.2), nor when it is off.
    NoReply {
        /// The register that was asked for or written.
        address: u8,
    },
    /// Something came back, but no reply with a right check and length.
    Garbled {
        /// The register that was asked for or written.
        address: u8,
    },
    /// The port did not take the command in time.
    NotSent {
        /// The register that was to be asked for or written.
        address: u8,
    },
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
    /// The bits belong to the driver: the safety of
    /// [`init`](super::Gm65::init) rests on them. Nothing was sent.
    Owned {
        /// The register.
        address: u8,
        /// The bits that the driver looks after.
        bits: u8,
    },
    /// [`init`](super::Gm65::init) has not succeeded yet. Nothing was sent.
    NotInitialised,
    /// A code broke off on the line and is lost; scan it again.
    Cut {
        /// How many bytes were announced.
        announced: u16,
        /// How many came.
        came: u16,
    },
    /// No code was read within the time given.
    NoCode,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoReply { address } => write!(f, "no reply about register {address:02X}"),
            Self::Garbled { address } => write!(f, "garbled reply about register {address:02X}"),
            Self::NotSent { address } => {
                write!(f, "the port did not take the command about register {address:02X}")
            }
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
            Self::NotInitialised => f.write_str("the module is not initialised"),
            Self::Cut { announced, came } => {
                write!(f, "a code broke off after {came} of {announced} bytes")
            }
            Self::NoCode => f.write_str("no code was read in time"),
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoReply { .. } | Self::NotSent { .. } => ErrorKind::Timeout,
            Self::Garbled { .. } => ErrorKind::Line,
            Self::Refused { .. } => ErrorKind::Refused,
            Self::Model(_) => ErrorKind::Unsupported,
            Self::NotKept { .. } => ErrorKind::Protocol,
            Self::Owned { .. } | Self::NotInitialised => ErrorKind::Argument,
            Self::Cut { .. } => ErrorKind::Retry,
            Self::NoCode => ErrorKind::Absent,
        }
    }
}
