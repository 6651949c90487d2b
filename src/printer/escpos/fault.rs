use core::fmt;

use super::refusal::Refusal;
use crate::printer::Status;
use crate::{Error, ErrorKind};

/// What a conversation with an ESC/POS printer fails with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The item cannot be printed; nothing of it was sent.
    Refused(Refusal),
    /// The printer stopped, and says why.
    Stopped(Status),
    /// The printer takes no more bytes and reports no fault.
    Stalled,
    /// The printer does not answer status requests.
    Silent,
    /// What came is no status byte (`0xx1xx10`): a wrong speed, a line that
    /// hangs, another printer.
    Garbled(u8),
    /// The profile lists no status request that the printer answers.
    NoStatus,
    /// The logo is not among those that the printer keeps (there was no room),
    /// or still is.
    NotKept,
    /// The BUSY pin cannot be read.
    Pin,
    /// What was sent of the paper may be lost: the rest of it would not make it
    /// whole.
    Lost,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Stopped(status) => write!(f, "the printer stopped: {status}"),
            Self::Stalled => f.write_str("the printer takes no more bytes and reports no fault"),
            Self::Silent => f.write_str("the printer does not answer status requests"),
            Self::Garbled(byte) => write!(f, "{byte:02X}h is no printer status"),
            Self::NoStatus => f.write_str("this printer answers no status requests"),
            Self::NotKept => f.write_str("the printer's logos are not what they should be"),
            Self::Pin => f.write_str("the BUSY pin cannot be read"),
            Self::Lost => f.write_str("what was sent of the paper may be lost"),
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(refusal) => refusal.kind(),
            Self::Stopped(status) => stopped(*status),
            Self::Stalled => ErrorKind::Busy,
            Self::Silent => ErrorKind::Timeout,
            Self::Garbled(_) => ErrorKind::Protocol,
            Self::NoStatus => ErrorKind::Unsupported,
            Self::NotKept => ErrorKind::Refused,
            Self::Pin => ErrorKind::Hardware,
            Self::Lost => ErrorKind::Other,
        }
    }
}

/// What a person or the caller has to do about it.
fn stopped(status: Status) -> ErrorKind {
    if status.intersects(Status::FATAL | Status::CUTTER_ERROR | Status::RECOVERABLE) {
        ErrorKind::Hardware
    } else if status.intersects(Status::PAPER_OUT | Status::COVER_OPEN) {
        ErrorKind::Absent
    } else {
        ErrorKind::Busy
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
