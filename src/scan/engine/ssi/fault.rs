use core::fmt;

use super::packet::{Cause, Opcode};
use super::parameter::{Parameter, Value};
use crate::{Error, ErrorKind};

/// What an SSI engine complains of.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// It refused a command.
    Refused {
        /// The command.
        opcode: Opcode,
        /// Why.
        cause: Cause,
    },
    /// It agreed to a change and holds another value.
    NotKept {
        /// The parameter.
        parameter: Parameter,
        /// What was written.
        wrote: Value,
        /// What it holds.
        holds: Value,
    },
    /// It has no such parameter.
    Missing(Parameter),
    /// The parameter is the driver's: the line or the safety of the engine
    /// rests on it. Nothing was sent.
    Owned(Parameter),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { opcode, cause } => {
                write!(f, "the engine refused {opcode:?}: {cause:?} ({:02X})", cause.raw())
            }
            Self::NotKept { parameter, wrote, holds } => {
                let number = parameter.number();
                write!(f, "parameter {number} holds {holds:X?} after {wrote:X?} was written")
            }
            Self::Missing(parameter) => {
                write!(f, "the engine has no parameter {}", parameter.number())
            }
            Self::Owned(parameter) => {
                write!(f, "parameter {} belongs to the driver", parameter.number())
            }
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { cause: Cause::BadContext, .. } | Self::Missing(_) => {
                ErrorKind::Unsupported
            }
            Self::Refused { .. } => ErrorKind::Refused,
            Self::NotKept { .. } => ErrorKind::Protocol,
            Self::Owned(_) => ErrorKind::Argument,
        }
    }
}
