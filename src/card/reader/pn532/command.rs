use crate::card::contactless::{Rate, Rates, Technology};
use crate::port::Duration;

use super::target::Listed;
use super::{Fault, Status, Timing};

bitflags::bitflags! {
    /// Flags of SetParameters (UM0701-02, 7.2.9).
    #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
    pub struct Parameters: u8 {
        /// NAD is used.
        const NAD = 0x01;
        /// DID, or CID, is used.
        const DID = 0x02;
        /// A target answers ATR_REQ on its own.
        const AUTOMATIC_ATR_RES = 0x04;
        /// A card of type A with ISO/IEC 14443-4 is sent RATS when it is
        /// listed. Without it no APDU can be sent to it.
        const AUTOMATIC_RATS = 0x10;
        /// Card emulation with ISO/IEC 14443-4.
        const ISO_14443_4_PICC = 0x20;
        /// The chip leaves out the 00 before and behind its frames.
        const NO_AMBLES = 0x40;
    }
}

bitflags::bitflags! {
    /// What wakes the chip up (UM0701-02, 7.2.11).
    #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
    pub struct WakeUp: u8 {
        /// The pin P32_INT0.
        const INT0 = 0x01;
        /// The pin P33_INT1.
        const INT1 = 0x02;
        /// A field from outside.
        const RF = 0x08;
        /// HSU.
        const HSU = 0x10;
        /// SPI.
        const SPI = 0x20;
        /// The pins P72 and P34, P35.
        const GPIO = 0x40;
        /// I2C.
        const I2C = 0x80;
    }
}

/// The answer to GetFirmwareVersion (UM0701-02, 7.2.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Firmware {
    /// The chip: 32 for PN532.
    pub ic: u8,
    /// Version and revision: 1 and 6 is what this driver was written after.
    pub version: (u8, u8),
    /// Bit 0 for type A, 1 for type B, 2 for ISO/IEC 18092.
    pub support: u8,
}

/// The answer to GetGeneralStatus (UM0701-02, 7.2.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct General {
    /// The last error.
    pub error: Status,
    /// A field from outside is there.
    pub foreign_field: bool,
    /// How many cards are listed: 0 to 2.
    pub cards: u8,
    /// The status of the SAM.
    pub sam: u8,
}

/// A command that fits into a few bytes: its code and what follows (UM0701-02,
/// chapter 7).
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) code: u8,
    bytes: [u8; Self::ROOM],
    len: u8,
    pub(super) wait: Wait,
}

/// How long the answer may take.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wait {
    /// The chip alone is asked, or a card that answers at once.
    Answer,
    /// Cards are looked for, or taken leave of.
    Cards,
}

impl Wait {
    pub(super) const fn of(self, timing: &Timing) -> Duration {
        match self {
            Self::Answer => timing.answer,
            Self::Cards => timing.cards,
        }
    }
}

impl Request {
    const ROOM: usize = 8;

    /// InDataExchange (7.3.8): the number of the card, with MI in bit 6, and
    /// data; answered by a status and data.
    pub(super) const DATA_EXCHANGE: u8 = 0x40;
    const LIST: u8 = 0x4A;
    const DIAGNOSE: u8 = 0x00;
    /// InCommunicateThru (7.3.9): data; answered by a status and data.
    pub(super) const COMMUNICATE_THRU: u8 = 0x42;

    /// GetFirmwareVersion (7.2.2).
    pub(super) const FIRMWARE: Self = Self::new(0x02, &[], Wait::Answer);
    /// GetGeneralStatus (7.2.3).
    pub(super) const GENERAL: Self = Self::new(0x04, &[], Wait::Answer);
    /// Diagnose 06, whether a card of ISO/IEC 14443-4 is there; the answer
    /// is a status.
    pub(super) const PRESENCE: Self = Self::new(Self::DIAGNOSE, &[0x06], Wait::Answer);
    /// SAMConfiguration (7.2.10): no SAM, and the chip drives P70_IRQ.
    pub(super) const NO_SAM: Self = Self::new(0x14, &[0x01, 0x00, 0x01], Wait::Answer);
    /// InRelease (7.3.11) of all cards.
    pub(super) const RELEASE_ALL: Self = Self::target(0x52, 0);
    /// The R(NAK) of ISO/IEC 14443-4 that asks a card whether it is there,
    /// through InCommunicateThru.
    pub(super) const R_NAK: Self = Self::new(Self::COMMUNICATE_THRU, &[0xB2], Wait::Answer);

    const fn new(code: u8, data: &[u8], wait: Wait) -> Self {
        let mut bytes = [0; Self::ROOM];
        let room = bytes.split_at_mut(data.len()).0;
        room.copy_from_slice(data);
        #[allow(clippy::cast_possible_truncation, reason = "no more than ROOM")]
        let len = data.len() as u8;
        Self { code, bytes, len, wait }
    }

    /// Diagnose 00 (7.2.1), communication line: what follows the code comes
    /// back. With a number of its own it tells the answer to it from all that
    /// came before.
    pub(super) const fn line(number: u8) -> Self {
        let bytes = [0x00, b'l', b'i', b'n', b'e', number, 0xFF, 0xD5];
        Self::new(Self::DIAGNOSE, &bytes, Wait::Answer)
    }

    /// RFConfiguration (7.3.1).
    pub(super) fn rf(item: RfItem) -> Self {
        let (bytes, len) = match item {
            RfItem::Field { automatic, on } => {
                ([0x01, u8::from(automatic) << 1 | u8::from(on), 0, 0], 2)
            }
            RfItem::Timings { atr_res, retry } => ([0x02, 0x00, atr_res, retry], 4),
            RfItem::CommunicationRetries(count) => ([0x04, count, 0, 0], 2),
            RfItem::Retries { atr, psl, passive } => ([0x05, atr, psl, passive], 4),
        };
        Self::new(0x32, bytes.get(..len).unwrap_or_default(), Wait::Answer)
    }

    /// RFConfiguration 01: the field.
    pub(super) fn field(on: bool) -> Self {
        Self::rf(RfItem::Field { automatic: false, on })
    }

    /// SetParameters (7.2.9).
    pub(super) const fn parameters(flags: Parameters) -> Self {
        Self::new(0x12, &[flags.bits()], Wait::Answer)
    }

    /// SetSerialBaudRate (7.2.8).
    pub(super) fn baud(baud: u32) -> Option<Self> {
        let code = BAUDS.iter().position(|known| *known == baud)?;
        Some(Self::new(0x10, &[u8::try_from(code).ok()?], Wait::Answer))
    }

    /// PowerDown (7.2.11); answered by a status.
    pub(super) const fn power_down(wake_up: WakeUp) -> Self {
        Self::new(0x16, &[wake_up.bits()], Wait::Answer)
    }

    /// InListPassiveTarget (7.3.5): up to two cards, at 106 kbit/s.
    pub(super) const fn list(technology: Technology) -> Self {
        match technology {
            Technology::A => Self::new(Self::LIST, &[0x02, 0x00], Wait::Cards),
            // AFI 00: all families.
            Technology::B => Self::new(Self::LIST, &[0x02, 0x03, 0x00], Wait::Cards),
        }
    }

    /// InPSL (7.3.7): changes the bit rates; answered by a status.
    pub(super) const fn psl(number: u8, rates: Rates) -> Self {
        Self::new(0x4E, &[number, rate(rates.send), rate(rates.receive)], Wait::Cards)
    }

    /// InDeselect (7.3.10), InRelease (7.3.11) or InSelect (7.3.12); answered
    /// by a status.
    pub(super) const fn target(code: u8, number: u8) -> Self {
        Self::new(code, &[number], Wait::Cards)
    }

    /// What comes back is what was sent.
    pub(super) const fn is_echoed(&self) -> bool {
        matches!((self.code, self.bytes), (Self::DIAGNOSE, [0x00, ..]))
    }

    /// It may be sent twice without harm. Not a list of cards: those that were
    /// found do not answer another call while they have a field.
    pub(super) const fn is_repeatable(&self) -> bool {
        self.code != Self::LIST
    }

    pub(super) fn data(&self) -> &[u8] {
        self.bytes.get(..self.len.into()).unwrap_or_default()
    }
}

/// An item of RFConfiguration (UM0701-02, 7.3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RfItem {
    /// 01: the field.
    Field {
        /// Only where no other field is (AutoRFCA).
        automatic: bool,
        /// On, or off.
        on: bool,
    },
    /// 02: time-outs, 100 us times 2 to the power of the number less one; 0
    /// for none.
    Timings {
        /// Of ATR_RES; 0B, 102.4 ms, after reset.
        atr_res: u8,
        /// Of InCommunicateThru, and of InDataExchange with cards without
        /// ISO/IEC 14443-4; 0A, 51.2 ms, after reset.
        retry: u8,
    },
    /// 04: how often InDataExchange tries again; 0 after reset.
    CommunicationRetries(u8),
    /// 05: retries; FF for without end, 0 for one try only.
    Retries {
        /// Of ATR_REQ; FF after reset.
        atr: u8,
        /// Of PSL_REQ and PPS; 1 after reset.
        psl: u8,
        /// Of InListPassiveTarget; FF after reset: it then waits for a card
        /// without end, which [`Timing::card`] cuts short.
        passive: u8,
    },
}

/// The speeds of HSU in bits a second (7.2.8), by their codes.
pub(super) const BAUDS: [u32; 9] =
    [9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 1_288_000];

/// BRit and BRti.
const fn rate(rate: Rate) -> u8 {
    match rate {
        Rate::R106 => 0,
        Rate::R212 => 1,
        Rate::R424 => 2,
        Rate::R848 => 3,
    }
}

/// What a response says: its data without D5 and code.
pub(super) fn nothing(_: &[u8]) -> Result<(), Fault> {
    Ok(())
}

/// A status without error.
pub(super) fn status(data: &[u8]) -> Result<(), Fault> {
    match data {
        [status, ..] if Status(*status).code() == 0 => Ok(()),
        [status, ..] => Err(Fault::Status(Status(*status))),
        [] => Err(Fault::WrongReply),
    }
}

/// The same, alone: the answer to Diagnose 06, not that of an echo.
pub(super) fn presence(data: &[u8]) -> Result<(), Fault> {
    if data.len() == 1 { status(data) } else { Err(Fault::WrongReply) }
}

pub(super) fn firmware(data: &[u8]) -> Result<Firmware, Fault> {
    match *data {
        [ic, version, revision, support] => {
            Ok(Firmware { ic, version: (version, revision), support })
        }
        _ => Err(Fault::WrongReply),
    }
}

pub(super) fn general(data: &[u8]) -> Result<General, Fault> {
    match *data {
        [error, field, cards, .., sam] if cards <= 2 => {
            Ok(General { error: Status(error), foreign_field: field != 0, cards, sam })
        }
        _ => Err(Fault::WrongReply),
    }
}

pub(super) fn type_a(data: &[u8]) -> Result<Listed, Fault> {
    Listed::decode(data, true).ok_or(Fault::WrongReply)
}

pub(super) fn type_b(data: &[u8]) -> Result<Listed, Fault> {
    Listed::decode(data, false).ok_or(Fault::WrongReply)
}
