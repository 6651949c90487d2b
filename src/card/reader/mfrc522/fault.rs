use core::fmt;

use bitflags::bitflags;

use crate::{Error, ErrorKind};

bitflags! {
    /// What `ErrorReg` said of the last frame (data sheet, 9.3.1.7).
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct Errors: u8 {
        /// The FIFO was written to after the last bit was sent: the loop was
        /// too slow.
        const WRITE = 0x80;
        /// Too hot; the antenna drivers are off.
        const TEMPERATURE = 0x40;
        /// More came than the FIFO could hold: the loop was too slow.
        const OVERFLOW = 0x10;
        /// Several cards answered.
        const COLLISION = 0x08;
        /// The check bytes are wrong.
        const CRC = 0x04;
        /// A parity bit is wrong (type A, 106 kbit/s).
        const PARITY = 0x02;
        /// The frame does not start as one does.
        const PROTOCOL = 0x01;
        const _ = !0;
    }
}

/// What the chip failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// There is no chip: the bus reads as if nothing were on it.
    NotThere {
        /// What was read instead of a version: 00h or FFh, or another than
        /// before.
        version: u8,
    },
    /// It does not come out of its reset.
    Reset,
    /// A register does not keep what was written to it.
    Register,
    /// It was reset behind our back: the field is off.
    Lost,
    /// It is too hot, and has switched its drivers off.
    Hot,
    /// The bus was not free in time.
    Stalled,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotThere { .. } => ErrorKind::Timeout,
            Self::Register | Self::Stalled => ErrorKind::Line,
            Self::Reset | Self::Lost | Self::Hot => ErrorKind::Hardware,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere { version } => {
                write!(f, "no MFRC522 on the bus: version {version:02X}")
            }
            Self::Reset => f.write_str("the MFRC522 does not come out of its reset"),
            Self::Register => f.write_str("a register does not keep what is written to it"),
            Self::Lost => f.write_str("the MFRC522 was reset: is its supply steady?"),
            Self::Hot => f.write_str("the MFRC522 is too hot"),
            Self::Stalled => f.write_str("the bus of the MFRC522 is not free"),
        }
    }
}
