use core::fmt;

use crate::{Error, ErrorKind};

use super::ats::CardRates;

/// What a card of type B answers to WUPB (ISO/IEC 14443-3:2011, 7.9).
///
/// ```
/// use embedded_pos::card::contactless::Atqb;
///
/// let atqb = [0x50, 1, 2, 3, 4, 0xAA, 0xBB, 0xCC, 0xDD, 0x00, 0x81, 0x81];
/// let atqb = Atqb::parse(&atqb)?;
/// assert_eq!((atqb.fsci, atqb.fwi, atqb.sfgi), (8, 8, 0));
/// assert!(atqb.iso_dep && atqb.cid);
/// # Ok::<(), embedded_pos::card::contactless::AtqbError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Atqb<'a> {
    /// What the card goes by: its pseudo-unique identifier, often a new one
    /// each time.
    pub pupi: &'a [u8; 4],
    /// What applications it has.
    pub application: &'a [u8; 4],
    /// The protocol info, as it came: 3 bytes, or 4 when extended.
    pub protocol: &'a [u8],
    /// Its bit rates.
    pub rates: CardRates,
    /// How long frames may be that it takes: 0 to 8 for 16 to 256 bytes.
    pub fsci: u8,
    /// It speaks ISO/IEC 14443-4.
    pub iso_dep: bool,
    /// Its frame waiting time is 302 us times two to this power.
    pub fwi: u8,
    /// So long it is to be left alone after its answer to ATTRIB, coded alike;
    /// only the extended ATQB has it, and 0 is for not at all.
    pub sfgi: u8,
    /// It takes a card identifier.
    pub cid: bool,
    /// It takes a node address.
    pub nad: bool,
}

impl<'a> Atqb<'a> {
    /// Takes an ATQB apart, basic or extended, without CRC.
    ///
    /// # Errors
    /// [`AtqbError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, AtqbError> {
        let (&first, rest) = bytes.split_first().ok_or(AtqbError::Length)?;
        if first != 0x50 {
            return Err(AtqbError::Head(first));
        }
        let (pupi, rest) = rest.split_first_chunk().ok_or(AtqbError::Length)?;
        let (application, protocol) = rest.split_first_chunk().ok_or(AtqbError::Length)?;
        let (rates, types, options, sfgi) = match protocol {
            [rates, types, options] => (rates, types, options, 0),
            [rates, types, options, extended] => (rates, types, options, extended >> 4),
            _ => return Err(AtqbError::Length),
        };
        Ok(Self {
            pupi,
            application,
            protocol,
            rates: CardRates { raw: *rates },
            fsci: types >> 4,
            iso_dep: types & 0x01 != 0,
            fwi: options >> 4,
            sfgi,
            cid: options & 0x01 != 0,
            nad: options & 0x02 != 0,
        })
    }
}

/// Shows nothing of what tells whose card it is.
impl fmt::Debug for Atqb<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Atqb")
            .field("rates", &self.rates)
            .field("fsci", &self.fsci)
            .field("iso_dep", &self.iso_dep)
            .field("fwi", &self.fwi)
            .field("sfgi", &self.sfgi)
            .field("cid", &self.cid)
            .field("nad", &self.nad)
            .finish_non_exhaustive()
    }
}

/// What is wrong with an ATQB.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AtqbError {
    /// It is neither 12 bytes long nor 13.
    Length,
    /// It does not begin with 50h.
    Head(u8),
}

impl Error for AtqbError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

impl core::error::Error for AtqbError {}

impl fmt::Display for AtqbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("the ATQB has the wrong length"),
            Self::Head(byte) => write!(f, "the ATQB begins with {byte:02X}"),
        }
    }
}
