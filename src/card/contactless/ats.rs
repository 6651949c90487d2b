use crate::card::contactless::front_end::Rate;
use crate::port::Duration;
use crate::{Error, ErrorKind};
use core::fmt;

use super::iso_dep::Session;

/// Frame sizes by FSDI or FSCI (ISO/IEC 14443-4:2008, table 1).
const SIZES: [u16; 9] = [16, 24, 32, 40, 48, 64, 96, 128, 256];

/// The frame size of an FSCI. Longer ones than ours (9 to 12 in later editions,
/// and what is reserved) count as 256.
pub(super) fn frame_size(fsci: u8) -> usize {
    SIZES.get(usize::from(fsci)).copied().unwrap_or(256).into()
}

/// The FSDI of the longest frame we take.
pub(super) fn fsdi(frame: usize) -> u8 {
    let fitting = SIZES.iter().filter(|size| usize::from(**size) <= frame).count();
    u8::try_from(fitting.saturating_sub(1)).unwrap_or(0)
}

/// The guard time of a start-up frame guard time integer (5.2.5): none for 0,
/// nor for 15, which is reserved.
pub(super) const fn guard(sfgi: u8) -> Duration {
    match sfgi {
        1..=14 => Session::fwt(sfgi),
        _ => Duration::ZERO,
    }
}

/// Bit rates that a card can, as TA of an ATS has them (5.2.4, bits 1 to 7);
/// the first protocol byte of an ATQB is coded alike.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CardRates {
    /// The byte.
    pub raw: u8,
}

impl CardRates {
    /// Only one rate for both directions.
    #[must_use]
    pub const fn same_only(self) -> bool {
        self.raw & 0x80 != 0
    }

    /// Whether the card hears this rate.
    #[must_use]
    pub const fn hears(self, rate: Rate) -> bool {
        self.has(rate, 0)
    }

    /// Whether the card speaks at this rate.
    #[must_use]
    pub const fn speaks(self, rate: Rate) -> bool {
        self.has(rate, 4)
    }

    /// With bit 4 set the byte is reserved: 106 kbit/s alone (5.2.4).
    const fn has(self, rate: Rate, from: u8) -> bool {
        match rate {
            Rate::R106 => true,
            _ if self.raw & 0x08 != 0 => false,
            higher => self.raw >> from >> (higher as u8 - 1) & 1 != 0,
        }
    }
}

/// What a card of type A answers to RATS (ISO/IEC 14443-4:2008, 5.2).
///
/// ```
/// use embedded_pos::card::contactless::Ats;
///
/// let ats = Ats::parse(&[0x08, 0x78, 0x80, 0x81, 0x02, b'P', b'O', b'S'])?;
/// assert_eq!((ats.fsci, ats.fwi, ats.sfgi), (8, 8, 1));
/// assert!(ats.cid && !ats.nad);
/// assert_eq!(ats.historical, b"POS");
/// # Ok::<(), embedded_pos::card::contactless::AtsError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Ats<'a> {
    /// How long frames may be that it takes: 0 to 8 for 16 to 256 bytes.
    pub fsci: u8,
    /// TA: its bit rates.
    pub rates: CardRates,
    /// TB: its frame waiting time is 302 us times two to this power.
    pub fwi: u8,
    /// TB: so long it is to be left alone after the ATS, coded alike; 0 for not
    /// at all.
    pub sfgi: u8,
    /// TC: it takes a card identifier.
    pub cid: bool,
    /// TC: it takes a node address.
    pub nad: bool,
    /// Its historical bytes.
    pub historical: &'a [u8],
}

impl<'a> Ats<'a> {
    /// Takes an ATS apart, without CRC.
    ///
    /// # Errors
    /// [`AtsError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, AtsError> {
        let (tl, rest) = bytes.split_first().ok_or(AtsError::Length)?;
        if usize::from(*tl) != bytes.len() {
            return Err(AtsError::Length);
        }
        let mut ats = Self {
            // The defaults of 5.2.2 to 5.2.6.
            fsci: 2,
            rates: CardRates { raw: 0 },
            fwi: 4,
            sfgi: 0,
            cid: true,
            nad: false,
            historical: &[],
        };
        let Some((t0, mut rest)) = rest.split_first() else { return Ok(ats) };
        let mut next = |bit: u8| match (t0 & bit, rest) {
            (0, _) => Ok(None),
            (_, [byte, behind @ ..]) => {
                rest = behind;
                Ok(Some(*byte))
            }
            (_, []) => Err(AtsError::Length),
        };
        let (ta, tb, tc) = (next(0x10)?, next(0x20)?, next(0x40)?);
        ats.fsci = t0 & 0x0F;
        ats.rates.raw = ta.unwrap_or(0);
        if let Some(tb) = tb {
            (ats.fwi, ats.sfgi) = (tb >> 4, tb & 0x0F);
        }
        if let Some(tc) = tc {
            (ats.cid, ats.nad) = (tc & 0x02 != 0, tc & 0x01 != 0);
        }
        ats.historical = rest;
        Ok(ats)
    }
}

/// Historical bytes can tell whose card it is: only their length shows.
impl fmt::Debug for Ats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ats")
            .field("fsci", &self.fsci)
            .field("rates", &self.rates)
            .field("fwi", &self.fwi)
            .field("sfgi", &self.sfgi)
            .field("cid", &self.cid)
            .field("nad", &self.nad)
            .field("historical", &format_args!("{} bytes", self.historical.len()))
            .finish()
    }
}

/// What is wrong with an ATS.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AtsError {
    /// It is not as long as its first byte says, or shorter than what its
    /// second announces.
    Length,
}

impl Error for AtsError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

impl core::error::Error for AtsError {}

impl fmt::Display for AtsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the ATS has the wrong length")
    }
}
