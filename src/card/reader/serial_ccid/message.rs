use core::fmt;

use crate::card::t1::Edc;
use crate::card::{Atr, Convention, T1Parameters};
use crate::{Error, ErrorKind};

use super::frame::Message;

/// A command to the reader (USB CCID 1.1, 6.1), with the message type of its
/// reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Request {
    pub(super) kind: u8,
    pub(super) own: [u8; 3],
    pub(super) reply: u8,
}

impl Request {
    /// PC_to_RDR_IccPowerOn (6.1.1), answered by the ATR.
    pub(super) const fn power_on(voltage: Voltage) -> Self {
        Self { kind: 0x62, own: [voltage as u8, 0, 0], reply: Reply::DATA_BLOCK }
    }

    /// PC_to_RDR_IccPowerOff (6.1.2).
    pub(super) const POWER_OFF: Self = Self { kind: 0x63, own: [0; 3], reply: Reply::SLOT_STATUS };

    /// PC_to_RDR_GetSlotStatus (6.1.3).
    pub(super) const SLOT_STATUS: Self =
        Self { kind: 0x65, own: [0; 3], reply: Reply::SLOT_STATUS };

    /// PC_to_RDR_XfrBlock (6.1.4): a block for the card, which may take this
    /// many block waiting times.
    pub(super) const fn transfer(waits: u8) -> Self {
        // bBWI extends; 0 is the plain block waiting time.
        let extension = if waits > 1 { waits } else { 0 };
        Self { kind: 0x6F, own: [extension, 0, 0], reply: Reply::DATA_BLOCK }
    }

    /// PC_to_RDR_SetParameters (6.1.7) for T=1.
    pub(super) const SET_PARAMETERS: Self =
        Self { kind: 0x61, own: [1, 0, 0], reply: Reply::PARAMETERS };
}

/// The data of SetParameters for T=1 (6.1.7, abProtocolDataStructure).
pub(super) fn t1_parameters(atr: &Atr, ta1: u8) -> [u8; 7] {
    let T1Parameters { ifsc, bwi, cwi, edc } = atr.t1();
    let crc = u8::from(edc == Edc::Crc);
    let inverse = u8::from(atr.convention() == Convention::Inverse);
    let tccks = 0x10 | inverse << 1 | crc;
    [ta1, tccks, atr.tc1().unwrap_or(0), bwi << 4 | cwi, 0x00, ifsc, 0x00]
}

/// A supply voltage for the card.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Voltage {
    /// The reader chooses.
    Auto = 0,
    /// Class A, 5 V.
    V5 = 1,
    /// Class B, 3 V.
    V3 = 2,
    /// Class C, 1.8 V.
    V1_8 = 3,
}

impl Voltage {
    /// What to try next with a card that does not answer at this one.
    pub(super) const fn lower(self) -> Option<Self> {
        match self {
            Self::V5 => Some(Self::V3),
            Self::V3 => Some(Self::V1_8),
            Self::V1_8 | Self::Auto => None,
        }
    }
}

/// What is in the slot (bmICCStatus).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Icc {
    /// A card with power and clock.
    Active,
    /// A card without.
    Inactive,
    /// Nothing.
    Absent,
}

/// How a command went (bmCommandStatus).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    Done,
    Failed(ReaderError),
    /// Not yet; this many times the usual wait.
    MoreTime(u8),
}

/// A reply (6.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Reply<'a> {
    pub(super) kind: u8,
    pub(super) icc: Icc,
    pub(super) outcome: Outcome,
    pub(super) data: &'a [u8],
}

impl<'a> Reply<'a> {
    /// RDR_to_PC_DataBlock (6.2.1).
    pub(super) const DATA_BLOCK: u8 = 0x80;
    /// RDR_to_PC_SlotStatus (6.2.2).
    pub(super) const SLOT_STATUS: u8 = 0x81;
    /// RDR_to_PC_Parameters (6.2.3).
    pub(super) const PARAMETERS: u8 = 0x82;

    /// `None` for a reserved status.
    pub(super) fn decode(message: Message<'a>) -> Option<Self> {
        let [status, error, _] = message.own;
        let icc = match status & 0x03 {
            0 => Icc::Active,
            1 => Icc::Inactive,
            2 => Icc::Absent,
            _ => return None,
        };
        let outcome = match status >> 6 {
            0 => Outcome::Done,
            1 => Outcome::Failed(error.into()),
            2 => Outcome::MoreTime(error),
            _ => return None,
        };
        Some(Self { kind: message.kind, icc, outcome, data: message.data })
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Between libccid and a Gemalto reader (OsEID, doc/T1_CRC.txt), but for
    /// the speed, which stays that of the reset here.
    #[test]
    fn the_parameters_of_a_recorded_session() {
        let atr = [
            0x3B, 0xD5, 0x96, 0x02, 0x80, 0x71, 0xFE, 0x65, 0x01, 0x4F, 0x73, 0x45, 0x49, 0x44,
            0x5E,
        ];
        let atr = Atr::new(&atr).unwrap();
        let want = [0x96, 0x11, 0x02, 0x65, 0x00, 0xFE, 0x00];
        assert_eq!(t1_parameters(&atr, 0x96), want);
    }

    #[test]
    fn every_status_is_decoded_or_refused() {
        let reply = |status, error| {
            let own = [status, error, 0];
            Reply::decode(Message { kind: 0x80, slot: 0, seq: 0, own, data: &[] })
        };
        assert_eq!(reply(0x00, 0).unwrap().outcome, Outcome::Done);
        assert_eq!(reply(0x42, 0xFE).unwrap().icc, Icc::Absent);
        assert_eq!(reply(0x41, 0xFE).unwrap().outcome, Outcome::Failed(ReaderError::Mute));
        assert_eq!(reply(0x80, 3).unwrap().outcome, Outcome::MoreTime(3));
        assert_eq!(reply(0x03, 0), None);
        assert_eq!(reply(0xC0, 0), None);
    }
}
