use super::ReaderError;
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
    const fn new(kind: u8, own: [u8; 3], reply: u8) -> Self {
        Self { kind, own, reply }
    }

    /// PC_to_RDR_IccPowerOn (6.1.1), answered by the ATR.
    pub(super) const fn power_on(voltage: Voltage) -> Self {
        Self::new(0x62, [voltage as u8, 0, 0], Reply::DATA_BLOCK)
    }

    /// PC_to_RDR_IccPowerOff (6.1.2).
    pub(super) const POWER_OFF: Self = Self::new(0x63, [0; 3], Reply::SLOT_STATUS);

    /// PC_to_RDR_GetSlotStatus (6.1.3).
    pub(super) const SLOT_STATUS: Self = Self::new(0x65, [0; 3], Reply::SLOT_STATUS);

    /// PC_to_RDR_XfrBlock (6.1.4): a block for the card, which may take this
    /// many block waiting times; or a part of an APDU, whose place in it
    /// `level` says.
    pub(super) const fn transfer(waits: u8, level: u8) -> Self {
        // bBWI extends; 0 is the plain block waiting time.
        let extension = if waits > 1 { waits } else { 0 };
        Self::new(0x6F, [extension, level, 0], Reply::DATA_BLOCK)
    }

    /// PC_to_RDR_GetParameters (6.1.5).
    pub(super) const GET_PARAMETERS: Self = Self::new(0x6C, [0; 3], Reply::PARAMETERS);

    /// PC_to_RDR_ResetParameters (6.1.6).
    pub(super) const RESET_PARAMETERS: Self = Self::new(0x6D, [0; 3], Reply::PARAMETERS);

    /// PC_to_RDR_SetParameters (6.1.7).
    pub(super) const fn set_parameters(protocol: u8) -> Self {
        Self::new(0x61, [protocol, 0, 0], Reply::PARAMETERS)
    }

    /// PC_to_RDR_Escape (6.1.8).
    pub(super) const ESCAPE: Self = Self::new(0x6B, [0; 3], Reply::ESCAPE);

    /// PC_to_RDR_IccClock (6.1.9).
    pub(super) const fn clock(stopped: bool) -> Self {
        Self::new(0x6E, [stopped as u8, 0, 0], Reply::SLOT_STATUS)
    }

    /// PC_to_RDR_T0APDU (6.1.10): the classes of GET RESPONSE and ENVELOPE.
    pub(super) const fn t0_classes(get_response: u8, envelope: u8) -> Self {
        Self::new(0x6A, [0x03, get_response, envelope], Reply::SLOT_STATUS)
    }

    /// PC_to_RDR_Mechanical (6.1.12).
    pub(super) const fn mechanical(function: Mechanical) -> Self {
        Self::new(0x71, [function as u8, 0, 0], Reply::SLOT_STATUS)
    }

    /// PC_to_RDR_Abort (6.1.13).
    pub(super) const ABORT: Self = Self::new(0x72, [0; 3], Reply::SLOT_STATUS);

    /// PC_to_RDR_SetDataRateAndClockFrequency (6.1.14).
    pub(super) const RATES: Self = Self::new(0x73, [0; 3], Reply::RATES);
}

/// What a reader with a motor or a lock can do (6.1.12).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mechanical {
    /// Takes a card in.
    Accept = 1,
    /// Gives it out.
    Eject = 2,
    /// Keeps it for good.
    Capture = 3,
    /// Holds it.
    Lock = 4,
    /// Lets it go.
    Unlock = 5,
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
    /// From 5 V downwards: what a bank card needs comes first.
    pub const DOWN: [Option<Self>; 3] = [Some(Self::V5), Some(Self::V3), Some(Self::V1_8)];
    /// From 1.8 V upwards, as ISO/IEC 7816-3:2006, 6.2.3, has it.
    pub const UP: [Option<Self>; 3] = [Some(Self::V1_8), Some(Self::V3), Some(Self::V5)];
    /// What the reader chooses.
    pub const AUTO: [Option<Self>; 3] = [Some(Self::Auto), None, None];

    /// Whether it is in bVoltageSupport: bit 0 for 5 V, to bit 2 for 1.8 V.
    pub(super) const fn is_in(self, supported: u8) -> bool {
        match self {
            Self::Auto => true,
            Self::V5 => supported & 1 != 0,
            Self::V3 => supported & 2 != 0,
            Self::V1_8 => supported & 4 != 0,
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
    /// The byte of the header that each reply has for itself.
    pub(super) last: u8,
    pub(super) data: &'a [u8],
}

impl<'a> Reply<'a> {
    /// RDR_to_PC_DataBlock (6.2.1).
    pub(super) const DATA_BLOCK: u8 = 0x80;
    /// RDR_to_PC_SlotStatus (6.2.2).
    pub(super) const SLOT_STATUS: u8 = 0x81;
    /// RDR_to_PC_Parameters (6.2.3).
    pub(super) const PARAMETERS: u8 = 0x82;
    /// RDR_to_PC_Escape (6.2.4).
    pub(super) const ESCAPE: u8 = 0x83;
    /// RDR_to_PC_DataRateAndClockFrequency (6.2.5).
    pub(super) const RATES: u8 = 0x84;

    /// `None` for a reserved status.
    pub(super) fn decode(message: Message<'a>) -> Option<Self> {
        let [status, error, last] = message.own;
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
        Some(Self { kind: message.kind, icc, outcome, last, data: message.data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
