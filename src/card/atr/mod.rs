//! The answer to reset, and what a payment terminal makes of it.

use core::fmt;

use super::t1::Edc;
use crate::{Error, ErrorKind};

mod emv;
mod groups;
mod speed;

pub use crate::port::Convention;
pub use emv::{Character, Refusal, Reset, Terms, Verdict};
pub use groups::{Group, Groups};
pub(super) use speed::{DEFAULT_TA1, di, fi, fmax};

/// The check byte of an ATR (8.2.5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Tck {
    /// There is none, and none is asked for: the card offers T=0 only.
    Absent,
    /// It fits.
    Valid,
    /// It does not fit.
    Invalid,
    /// It should be there and is not.
    Missing,
}

impl fmt::Display for Tck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Missing => "missing",
        })
    }
}

/// What TA2 says: the card is in specific mode (8.3, 6.3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SpecificMode {
    /// The only protocol.
    pub protocol: u8,
    /// Bit 5: speed and clock are not those of TA1, but known otherwise.
    pub implicit: bool,
    /// Bit 8: a warm reset does not bring negotiable mode.
    pub fixed: bool,
}

/// What an ATR says about T=1 (11.4): the first TA, TB, TC for T=1, from the
/// third group on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct T1Parameters {
    /// Largest information field the card takes. 00 and FF are reserved.
    pub ifsc: u8,
    /// Block waiting integer.
    pub bwi: u8,
    /// Character waiting integer.
    pub cwi: u8,
    /// The check of the blocks.
    pub edc: Edc,
}

impl Default for T1Parameters {
    fn default() -> Self {
        Self { ifsc: 32, bwi: 4, cwi: 13, edc: Edc::Lrc }
    }
}

/// An answer to reset (ISO/IEC 7816-3:2006, clause 8).
///
/// Strict about its frame, silent about the rest: whether a wrong check byte
/// or a reserved value matters is the caller's decision.
///
/// ```
/// use embedded_pos::card::{Atr, Tck};
///
/// let atr = Atr::new(&[0x3B, 0x84, 0x80, 0x01, 0x01, 0x10, 0x00, 0x09, 0x1D])?;
/// assert!(atr.offers(1) && atr.first_protocol() == 0);
/// assert_eq!(atr.historical(), [0x01, 0x10, 0x00, 0x09]);
/// assert_eq!(atr.tck(), Tck::Valid);
/// # Ok::<(), embedded_pos::card::AtrError>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Atr {
    bytes: [u8; Self::MAX],
    len: usize,
    /// Where the historical bytes begin.
    historical: usize,
}

impl Atr {
    /// TS and at most 32 bytes (8.2.1).
    pub const MAX: usize = 33;

    /// Takes an ATR apart.
    ///
    /// # Errors
    /// TS is neither 3B nor 3F; bytes are missing; bytes are left over.
    pub fn new(atr: &[u8]) -> Result<Self, AtrError> {
        match atr.first() {
            None => return Err(AtrError::Truncated { offset: 0 }),
            Some(0x3B | 0x3F) => {}
            Some(found) => return Err(AtrError::Ts { found: *found }),
        }
        let truncated = AtrError::Truncated { offset: atr.len() };
        let t0 = *atr.get(1).ok_or(truncated)?;
        let mut groups = Groups::of(atr);
        while groups.next().is_some() {}
        if !groups.is_whole() {
            return Err(truncated);
        }
        let historical = atr.len() - groups.rest().len();
        let end = historical + usize::from(t0 & 0x0F);
        match atr.len().checked_sub(end) {
            None => return Err(truncated),
            Some(0 | 1) => {}
            Some(_) => return Err(AtrError::LeftOver { offset: end + 1 }),
        }
        let mut bytes = [0; Self::MAX];
        let too_long = AtrError::LeftOver { offset: Self::MAX };
        bytes.get_mut(..atr.len()).ok_or(too_long)?.copy_from_slice(atr);
        Ok(Self { bytes, len: atr.len(), historical })
    }

    /// The ATR as it came.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The convention: TS.
    #[must_use]
    pub fn convention(&self) -> Convention {
        match self.bytes {
            [0x3F, ..] => Convention::Inverse,
            _ => Convention::Direct,
        }
    }

    /// The interface bytes.
    #[must_use]
    pub fn groups(&self) -> Groups<'_> {
        Groups::of(self.as_bytes())
    }

    #[inline(never)]
    fn group(&self, index: u8) -> Option<Group> {
        self.groups().find(|group| group.index == index)
    }

    /// The protocols offered, in the order of the TD bytes, each once, without
    /// T=15, which is not a protocol; T=0 if none is left (8.2.3).
    pub fn protocols(&self) -> impl Iterator<Item = u8> {
        let (protocols, len) = self.offered();
        protocols.into_iter().take(len)
    }

    /// Not inlined: there are several who ask.
    #[inline(never)]
    fn offered(&self) -> ([u8; 15], usize) {
        let (mut protocols, mut len, mut seen) = ([0; 15], 0, 1 << 15);
        for td in self.groups().filter_map(|group| group.td) {
            let bit = 1_u16 << (td & 0x0F);
            if let Some(room) = protocols.get_mut(len).filter(|_| seen & bit == 0) {
                *room = td & 0x0F;
                (len, seen) = (len + 1, seen | bit);
            }
        }
        (protocols, len.max(1))
    }

    /// The first protocol offered: the one a card in negotiable mode speaks
    /// if nothing is negotiated.
    #[must_use]
    pub fn first_protocol(&self) -> u8 {
        self.protocols().next().unwrap_or(0)
    }

    /// Whether the card offers a protocol.
    #[must_use]
    pub fn offers(&self, protocol: u8) -> bool {
        self.protocols().any(|offered| offered == protocol)
    }

    /// TA2, if the card is in specific mode; else it is in negotiable mode.
    #[must_use]
    pub fn specific_mode(&self) -> Option<SpecificMode> {
        let ta2 = self.group(2)?.ta?;
        Some(SpecificMode {
            protocol: ta2 & 0x0F,
            implicit: ta2 & 0x10 != 0,
            fixed: ta2 & 0x80 != 0,
        })
    }

    /// TA1: clock rate and baud rate adjustment.
    #[must_use]
    pub fn ta1(&self) -> Option<u8> {
        self.group(1)?.ta
    }

    /// The clock rate conversion integer of TA1; 372 without TA1; `None` for
    /// a reserved value (8.3, table 7).
    #[must_use]
    pub fn fi(&self) -> Option<u16> {
        fi(self.ta1().unwrap_or(DEFAULT_TA1))
    }

    /// The baud rate adjustment integer of TA1; 1 without TA1; `None` for a
    /// reserved value (8.3, table 8).
    #[must_use]
    pub fn di(&self) -> Option<u8> {
        di(self.ta1().unwrap_or(DEFAULT_TA1))
    }

    /// TB1: programming voltage, of no meaning today.
    #[must_use]
    pub fn tb1(&self) -> Option<u8> {
        self.group(1)?.tb
    }

    /// TC1: the extra guard time N; FF asks for the least the protocol allows.
    #[must_use]
    pub fn tc1(&self) -> Option<u8> {
        self.group(1)?.tc
    }

    /// The work waiting integer of T=0, TC2; 10 without it.
    #[must_use]
    pub fn wi(&self) -> u8 {
        self.group(2).and_then(|group| group.tc).unwrap_or(10)
    }

    /// What it says about T=1, with the standard's values for what it does
    /// not say.
    #[must_use]
    pub fn t1(&self) -> T1Parameters {
        let (mut ta, mut tb, mut tc) = (None, None, None);
        for group in self.groups().filter(|g| g.index > 2 && g.protocol == Some(1)) {
            (ta, tb, tc) = (ta.or(group.ta), tb.or(group.tb), tc.or(group.tc));
        }
        let default = T1Parameters::default();
        T1Parameters {
            ifsc: ta.unwrap_or(default.ifsc),
            bwi: tb.map_or(default.bwi, |tb| tb >> 4),
            cwi: tb.map_or(default.cwi, |tb| tb & 0x0F),
            edc: tc.map_or(default.edc, |tc| if tc & 1 == 0 { Edc::Lrc } else { Edc::Crc }),
        }
    }

    /// The historical bytes (ISO/IEC 7816-4, 8.1.1).
    #[must_use]
    pub fn historical(&self) -> &[u8] {
        let [_, t0, ..] = self.bytes;
        let end = self.historical + usize::from(t0 & 0x0F);
        self.bytes.get(self.historical..end).unwrap_or_default()
    }

    /// The check byte. A card that offers T=0 only need not send one; if it
    /// does, it is checked all the same.
    #[must_use]
    pub fn tck(&self) -> Tck {
        let needed = self.groups().any(|group| group.td.is_some_and(|td| td & 0x0F != 0));
        let is_there = self.len > self.historical + self.historical().len();
        let sum = self.as_bytes().iter().skip(1).fold(0, |sum, byte| sum ^ byte);
        match (is_there, needed) {
            (true, _) if sum == 0 => Tck::Valid,
            (true, _) => Tck::Invalid,
            (false, true) => Tck::Missing,
            (false, false) => Tck::Absent,
        }
    }
}

impl fmt::Debug for Atr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Atr(")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))?;
        f.write_str(")")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Atr {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Atr({=[u8]:02X})", self.as_bytes());
    }
}

impl TryFrom<&[u8]> for Atr {
    type Error = AtrError;

    fn try_from(atr: &[u8]) -> Result<Self, AtrError> {
        Self::new(atr)
    }
}

/// Why bytes are not an ATR.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AtrError {
    /// The first byte is neither 3B nor 3F.
    Ts {
        /// The first byte.
        found: u8,
    },
    /// It ends before its bytes do.
    Truncated {
        /// Where a byte is missing.
        offset: usize,
    },
    /// It goes on after its end, or is longer than 33 bytes.
    LeftOver {
        /// The first byte too many.
        offset: usize,
    },
}

impl AtrError {
    /// Which byte is wrong, missing or too many.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            Self::Ts { .. } => 0,
            Self::Truncated { offset } | Self::LeftOver { offset } => offset,
        }
    }
}

impl fmt::Display for AtrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ts { found } => write!(f, "TS is {found:02X}, not 3B or 3F"),
            Self::Truncated { offset } => write!(f, "the ATR ends early, at byte {offset}"),
            Self::LeftOver { offset } => write!(f, "the ATR goes on after its end, at {offset}"),
        }
    }
}

impl core::error::Error for AtrError {}

impl Error for AtrError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}
