use core::fmt;

use crate::{Error, ErrorKind};

/// What a block is for: its protocol control byte (ISO/IEC 14443-4:2008,
/// 7.1.1.1), without what says which fields follow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pcb {
    /// An I-block: a part of an APDU.
    I {
        /// Its number.
        number: bool,
        /// More of the chain follows.
        more: bool,
    },
    /// R(ACK).
    Ack {
        /// Its number.
        number: bool,
    },
    /// R(NAK); only the reader sends it.
    Nak {
        /// Its number.
        number: bool,
    },
    /// S(WTX): request or response, by who sends it.
    Wtx,
    /// S(DESELECT): request or response, by who sends it.
    Deselect,
}

impl Pcb {
    const fn code(self) -> u8 {
        match self {
            Self::I { number, more } => 0x02 | number as u8 | (more as u8) << 4,
            Self::Ack { number } => 0xA2 | number as u8,
            Self::Nak { number } => 0xB2 | number as u8,
            Self::Wtx => 0xF2,
            Self::Deselect => 0xC2,
        }
    }
}

/// A block: PCB, card identifier, information field. No node address: nobody
/// uses it, and EMV forbids it.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Block<'a> {
    /// What it is for.
    pub pcb: Pcb,
    /// The card identifier, if blocks have one.
    pub cid: Option<u8>,
    /// The information field.
    pub inf: &'a [u8],
}

/// A CID byte or a NAD byte follows.
const CID_FOLLOWS: u8 = 0x08;
const NAD_FOLLOWS: u8 = 0x04;

impl<'a> Block<'a> {
    /// Writes the block to the front of `out`; returns its length, `None` if it
    /// does not fit.
    pub fn encode(&self, out: &mut [u8]) -> Option<usize> {
        let follows = if self.cid.is_some() { CID_FOLLOWS } else { 0 };
        let (pcb, rest) = out.split_first_mut()?;
        *pcb = self.pcb.code() | follows;
        let cid = self.cid.as_slice();
        let (to, rest) = rest.split_at_mut_checked(cid.len())?;
        to.copy_from_slice(cid);
        rest.get_mut(..self.inf.len())?.copy_from_slice(self.inf);
        Some(1 + cid.len() + self.inf.len())
    }

    /// Takes a block apart.
    ///
    /// # Errors
    /// [`BlockError`]: it breaks the coding of 7.1.1.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, BlockError> {
        let (pcb, rest) = bytes.split_first().ok_or(BlockError::Short)?;
        let (cid, inf) = match (pcb & CID_FOLLOWS, rest) {
            (0, inf) => (None, inf),
            (_, [cid, inf @ ..]) => (Some(cid & 0x0F), inf),
            (_, []) => return Err(BlockError::Short),
        };
        let number = pcb & 0x01 != 0;
        let kind = match pcb & !(CID_FOLLOWS | 0x01) {
            0x02 => Pcb::I { number, more: false },
            0x12 => Pcb::I { number, more: true },
            0xA2 if inf.is_empty() => Pcb::Ack { number },
            0xB2 if inf.is_empty() => Pcb::Nak { number },
            0xC2 if !number && inf.is_empty() => Pcb::Deselect,
            0xF2 if !number && inf.len() == 1 => Pcb::Wtx,
            nad if nad & (0xE0 | NAD_FOLLOWS) == NAD_FOLLOWS => return Err(BlockError::Nad),
            _ => return Err(BlockError::Pcb(*pcb)),
        };
        Ok(Self { pcb: kind, cid, inf })
    }
}

/// The information field can be card data: only its length shows.
impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("pcb", &self.pcb)
            .field("cid", &self.cid)
            .field("inf", &format_args!("{} bytes", self.inf.len()))
            .finish()
    }
}

/// What is wrong with a block.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BlockError {
    /// It ends before its fields do.
    Short,
    /// This PCB is not one, or does not go with the length of the information
    /// field.
    Pcb(u8),
    /// It has a node address, which was not agreed.
    Nad,
}

impl Error for BlockError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

impl core::error::Error for BlockError {}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("the block is cut short"),
            Self::Pcb(pcb) => write!(f, "PCB {pcb:02X} is none, or not with this length"),
            Self::Nad => f.write_str("the block has a node address"),
        }
    }
}
