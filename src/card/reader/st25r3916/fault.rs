use core::fmt;

use bitflags::bitflags;

use crate::{Error, ErrorKind};

bitflags! {
    /// What the chip reported while the last frame was under way: the main,
    /// timer and error interrupt registers, 1Ah to 1Ch (DS12484, 4.5.25 and on).
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct Interrupts: u32 {
        /// The oscillator runs.
        const OSCILLATOR = 0x80;
        /// The FIFO reached its water level.
        const WATER_LEVEL = 0x40;
        /// An answer begins.
        const RECEIVE_START = 0x20;
        /// An answer is over.
        const RECEIVE_END = 0x10;
        /// A frame is sent.
        const TRANSMIT_END = 0x08;
        /// Bits collide.
        const COLLISION = 0x04;
        /// A direct command is done.
        const COMMAND_DONE = 0x80_00;
        /// The no-response timer is over.
        const NO_RESPONSE = 0x40_00;
        /// A foreign field was there when ours was to go on.
        const FOREIGN_FIELD = 0x04_00;
        /// Our field stands for its guard time.
        const FIELD_STANDS = 0x02_00;
        /// The check bytes are wrong.
        const CRC = 0x80_0000;
        /// A parity bit is wrong.
        const PARITY = 0x40_0000;
        /// Framing: the frame can still be read.
        const SOFT_FRAMING = 0x20_0000;
        /// Framing: it cannot.
        const HARD_FRAMING = 0x10_0000;
        const _ = !0;
    }
}

/// What the chip failed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// There is no chip of this family: the identity is not that of an
    /// ST25R3916 or ST25R3916B.
    NotThere {
        /// What was read instead.
        identity: u8,
    },
    /// Its oscillator does not run: the crystal, its supply.
    Oscillator,
    /// The regulators cannot be adjusted.
    Regulator,
    /// A register does not keep what was written to it.
    Register,
    /// Another reader's field is there.
    ForeignField,
    /// The field does not come on.
    Field,
    /// It was reset behind our back: the field is off.
    Lost,
    /// The bus was not free in time.
    Stalled,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotThere { .. } => ErrorKind::Timeout,
            Self::Register | Self::Stalled => ErrorKind::Line,
            Self::ForeignField => ErrorKind::Busy,
            Self::Oscillator | Self::Regulator | Self::Field | Self::Lost => ErrorKind::Hardware,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere { identity } => {
                write!(f, "no ST25R3916 on the bus: identity {identity:02X}")
            }
            Self::Oscillator => f.write_str("the oscillator of the ST25R3916 does not run"),
            Self::Regulator => f.write_str("the regulators of the ST25R3916 do not settle"),
            Self::Register => f.write_str("a register does not keep what is written to it"),
            Self::ForeignField => f.write_str("the field of another reader is there"),
            Self::Field => f.write_str("the field of the ST25R3916 does not come on"),
            Self::Lost => f.write_str("the ST25R3916 was reset: is its supply steady?"),
            Self::Stalled => f.write_str("the bus of the ST25R3916 is not free"),
        }
    }
}
