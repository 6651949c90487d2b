use core::fmt;

use crate::{Error, ErrorKind};

/// Why an engine does not do what it is told.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reason {
    /// It has no such command (ENQ, 05h).
    NotKnown,
    /// It has the command, and not with this value (NAK, 15h).
    OutOfRange,
    /// It says no with this status.
    Status(u16),
}

/// An engine does not do what it is told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Refusal {
    /// The command, its name without the value; zero bytes behind it if that is
    /// short.
    pub command: [u8; 6],
    /// Why not.
    pub reason: Reason,
}

impl Refusal {
    /// By the character that stands for it; `None` for ACK.
    pub(in crate::scan::engine) fn of(command: [u8; 6], status: u8) -> Option<Self> {
        let reason = match status {
            0x05 => Reason::NotKnown,
            0x15 => Reason::OutOfRange,
            _ => return None,
        };
        Some(Self { command, reason })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the engine ")?;
        match self.reason {
            Reason::NotKnown => f.write_str("does not know ")?,
            Reason::OutOfRange => f.write_str("does not take this value for ")?,
            Reason::Status(status) => write!(f, "says {status:04X} to ")?,
        }
        let name = self.command.iter().take_while(|byte| **byte != 0);
        name.into_iter().try_for_each(|byte| write!(f, "{}", byte.escape_ascii()))
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self.reason {
            Reason::NotKnown => ErrorKind::Unsupported,
            Reason::OutOfRange | Reason::Status(_) => ErrorKind::Refused,
        }
    }
}
