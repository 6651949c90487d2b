use core::fmt;

use crate::{Error, ErrorKind};

/// Why the reader could not do it (bError: USB CCID 1.1, table 6.2-2, and what
/// this family of readers adds).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReaderError {
    /// 00: it does not know the command.
    UnknownCommand,
    /// 01 to 7F: the byte of the message at this index is wrong.
    Parameter(u8),
    /// A2: the card makes a short circuit.
    ShortCircuit,
    /// E0: the slot is busy.
    Busy,
    /// F3: the automatic sequence does not work with this card.
    Deactivated,
    /// F4: wrong procedure byte.
    ProcedureByte,
    /// F5: wrong class.
    Class,
    /// F6: it does not speak the protocol.
    Protocol,
    /// F7: the check byte of the ATR is wrong.
    Tck,
    /// F8: the first byte of the ATR is wrong.
    Ts,
    /// FB: hardware.
    Hardware,
    /// FC: bytes were lost between reader and card.
    Overrun,
    /// FD: wrong parity between reader and card.
    Parity,
    /// FE: the card does not answer.
    Mute,
    /// FF: given up because the host wanted it.
    Aborted,
    /// Another.
    Other(u8),
}

impl From<u8> for ReaderError {
    fn from(error: u8) -> Self {
        match error {
            0x00 => Self::UnknownCommand,
            0x01..=0x7F => Self::Parameter(error),
            0xA2 => Self::ShortCircuit,
            0xE0 => Self::Busy,
            0xF3 => Self::Deactivated,
            0xF4 => Self::ProcedureByte,
            0xF5 => Self::Class,
            0xF6 => Self::Protocol,
            0xF7 => Self::Tck,
            0xF8 => Self::Ts,
            0xFB => Self::Hardware,
            0xFC => Self::Overrun,
            0xFD => Self::Parity,
            0xFE => Self::Mute,
            0xFF => Self::Aborted,
            other => Self::Other(other),
        }
    }
}

impl Error for ReaderError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownCommand | Self::Class | Self::Protocol => ErrorKind::Unsupported,
            Self::Parameter(_) => ErrorKind::Argument,
            Self::Busy => ErrorKind::Busy,
            Self::ShortCircuit | Self::Hardware => ErrorKind::Hardware,
            Self::Overrun | Self::Parity => ErrorKind::Line,
            Self::Mute => ErrorKind::Timeout,
            Self::Aborted => ErrorKind::Refused,
            Self::ProcedureByte | Self::Tck | Self::Ts => ErrorKind::Protocol,
            Self::Deactivated | Self::Other(_) => ErrorKind::Other,
        }
    }
}

impl core::error::Error for ReaderError {}

impl fmt::Display for ReaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownCommand => "does not know the command",
            Self::Parameter(index) => return write!(f, "refuses byte {index} of the command"),
            Self::ShortCircuit => "finds a short circuit in the card",
            Self::Busy => "is busy with the slot",
            Self::Deactivated => "cannot work with this card",
            Self::ProcedureByte => "got a wrong procedure byte from the card",
            Self::Class => "does not support the class",
            Self::Protocol => "does not speak the protocol of the card",
            Self::Tck => "finds the check byte of the ATR wrong",
            Self::Ts => "finds the first byte of the ATR wrong",
            Self::Hardware => "reports a hardware error",
            Self::Overrun => "lost bytes from the card",
            Self::Parity => "got wrong parity from the card",
            Self::Mute => "gets no answer from the card",
            Self::Aborted => "gave up at our wish",
            Self::Other(error) => return write!(f, "reports error {error:02X}"),
        })
    }
}
