use core::fmt;

use crate::{Error, ErrorKind};

/// The status byte of a response (UM0701-02, 7.1), as it came.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Status(pub u8);

/// What a status says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cause {
    /// 00: done.
    None,
    /// 01: the card does not answer.
    Timeout,
    /// 02: CRC of what the card answered.
    Crc,
    /// 03: parity of it.
    Parity,
    /// 04: a wrong number of bits in anticollision.
    BitCount,
    /// 05: framing, in a MIFARE operation.
    Framing,
    /// 06: a collision where none can be.
    Collision,
    /// 07: the communication buffer is too short.
    Buffer,
    /// 09: the RF buffer ran over.
    RfOverflow,
    /// 0A: the field was not on in time.
    FieldOff,
    /// 0B: the card breaks its protocol.
    RfProtocol,
    /// 0D: the antenna drivers are too hot, and off.
    Overheated,
    /// 0E: an internal buffer ran over.
    InternalOverflow,
    /// 10: a parameter is out of range or does not fit the card.
    Parameter,
    /// 12: a DEP command that is not supported.
    DepCommand,
    /// 13: what the card answered has the wrong format.
    Format,
    /// 14: MIFARE authentication.
    Authentication,
    /// 23: the check byte of the UID.
    UidCheck,
    /// 25: not in this state of DEP.
    DepState,
    /// 26: not in this configuration.
    NotAllowed,
    /// 27: not in this context; of a card that is not listed, or any more.
    NotAcceptable,
    /// 29: released by its initiator.
    Released,
    /// 2A: another card of type B stands there.
    CardExchanged,
    /// 2B: the card of type B is gone.
    CardGone,
    /// 2C: NFCID3 does not match.
    Nfcid3,
    /// 2D: too much current.
    OverCurrent,
    /// 2E: NAD is missing.
    NadMissing,
    /// Another one.
    Other,
}

impl Status {
    /// The error code, without the two flags.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0 & 0x3F
    }

    /// MI: there is more data; ask for it.
    #[must_use]
    pub const fn has_more(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// What it says.
    #[must_use]
    pub const fn cause(self) -> Cause {
        match self.code() {
            0x00 => Cause::None,
            0x01 => Cause::Timeout,
            0x02 => Cause::Crc,
            0x03 => Cause::Parity,
            0x04 => Cause::BitCount,
            0x05 => Cause::Framing,
            0x06 => Cause::Collision,
            0x07 => Cause::Buffer,
            0x09 => Cause::RfOverflow,
            0x0A => Cause::FieldOff,
            0x0B => Cause::RfProtocol,
            0x0D => Cause::Overheated,
            0x0E => Cause::InternalOverflow,
            0x10 => Cause::Parameter,
            0x12 => Cause::DepCommand,
            0x13 => Cause::Format,
            0x14 => Cause::Authentication,
            0x23 => Cause::UidCheck,
            0x25 => Cause::DepState,
            0x26 => Cause::NotAllowed,
            0x27 => Cause::NotAcceptable,
            0x29 => Cause::Released,
            0x2A => Cause::CardExchanged,
            0x2B => Cause::CardGone,
            0x2C => Cause::Nfcid3,
            0x2D => Cause::OverCurrent,
            0x2E => Cause::NadMissing,
            _ => Cause::Other,
        }
    }
}

impl Error for Status {
    fn kind(&self) -> ErrorKind {
        match self.cause() {
            Cause::Timeout => ErrorKind::Timeout,
            Cause::CardExchanged | Cause::CardGone | Cause::Released => ErrorKind::Absent,
            Cause::Overheated | Cause::OverCurrent | Cause::InternalOverflow => ErrorKind::Hardware,
            Cause::Parameter | Cause::NotAllowed | Cause::NotAcceptable => ErrorKind::Refused,
            Cause::Other | Cause::None => ErrorKind::Other,
            _ => ErrorKind::Protocol,
        }
    }
}

impl core::error::Error for Status {}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.cause() {
            Cause::None => "done",
            Cause::Timeout => "the card does not answer",
            Cause::Crc | Cause::Parity | Cause::BitCount | Cause::Framing => {
                "the card's answer is garbled"
            }
            Cause::Collision => "several cards answer",
            Cause::Buffer | Cause::RfOverflow | Cause::InternalOverflow => "a buffer ran over",
            Cause::FieldOff => "the field is off",
            Cause::RfProtocol | Cause::Format => "the card breaks its protocol",
            Cause::Overheated => "too hot",
            Cause::OverCurrent => "too much current",
            Cause::CardExchanged => "another card is there",
            Cause::CardGone | Cause::Released => "the card is gone",
            _ => "refused",
        };
        write!(f, "status {:02X} ({text})", self.0)
    }
}
