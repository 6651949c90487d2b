use core::fmt;

use super::digest::{Digest, RSA, SHA_1};
use super::key::PublicKey;
use super::rsa::{self, RsaFault};
#[cfg(feature = "sm")]
use super::sm::{KEY_LEN, Message};
use crate::civil::Date;
use crate::emv::tlv::{Malformed, Objects, Tag};
use crate::{Error, ErrorKind};

/// A certification authority's public key (EMV Book 2, 5.1 and 11.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Capk<'a> {
    /// Registered Application Provider Identifier: the first five bytes of the
    /// identifiers of the applications it is for.
    pub rid: [u8; 5],
    /// Certification Authority Public Key Index: the card's `8F`.
    pub index: u8,
    /// The modulus, at most 248 bytes; of a key of SM2 the point, X and Y in 64
    /// bytes.
    pub modulus: &'a [u8],
    /// The exponent, `03` or `010001`; a key of SM2 has none.
    pub exponent: &'a [u8],
    /// The last day on which it may be used.
    pub expiry: Option<Date>,
    /// SHA-1 of the four parts, in this order.
    pub checksum: Option<[u8; 20]>,
}

/// An entry of a certification revocation list: an issuer's certificate that is
/// no longer to be trusted (EMV Book 2, 5.1.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Revoked {
    /// The certification authority that signed it.
    pub rid: [u8; 5],
    /// With which of its keys.
    pub index: u8,
    /// The serial number of the certificate.
    pub serial: [u8; 3],
}

/// Whom the terminal trusts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Authorities<'a> {
    /// The keys.
    pub keys: &'a [Capk<'a>],
    /// What is no longer to be trusted, although they signed it.
    pub revoked: &'a [Revoked],
}

impl<'a> Authorities<'a> {
    /// None: no card can be authenticated offline.
    pub const NONE: Self = Self { keys: &[], revoked: &[] };

    /// Whether there is a key of SM2.
    #[cfg(feature = "sm")]
    pub(crate) fn has_sm2(&self) -> bool {
        self.keys.iter().any(|key| key.point().is_some())
    }

    /// The key of this application's provider with this index.
    #[must_use]
    pub fn find(&self, rid: [u8; 5], index: u8) -> Option<&'a Capk<'a>> {
        self.keys.iter().find(|key| key.rid == rid && key.index == index)
    }
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CapkFault {
    /// The key is none.
    Key(RsaFault),
    /// The key of SM2 is no point of the curve: a digit is wrong somewhere.
    Point,
    /// The checksum is not that of the key: a digit is wrong somewhere.
    Checksum,
    /// The bytes are no TLV.
    Malformed(Malformed),
    /// This element is missing.
    Missing(Tag),
    /// This element has a value that it cannot have.
    Value(Tag),
    /// There is no room for one more.
    Full,
}

impl fmt::Display for CapkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(fault) => fault.fmt(f),
            Self::Point => f.write_str("the key is no point of the curve"),
            Self::Checksum => f.write_str("the checksum is another"),
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Missing(tag) => write!(f, "{tag} is missing"),
            Self::Value(tag) => write!(f, "{tag} has a value that cannot be"),
            Self::Full => f.write_str("there is no room for one more"),
        }
    }
}

impl core::error::Error for CapkFault {}

impl Error for CapkFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

const RID: Tag = Tag(0x9F06);
const INDEX: Tag = Tag(0x9F22);
const MODULUS: Tag = Tag(0xDF02);
const CHECKSUM: Tag = Tag(0xDF03);
const EXPONENT: Tag = Tag(0xDF04);
const EXPIRY: Tag = Tag(0xDF05);
const HASH_ALGORITHM: Tag = Tag(0xDF06);
const KEY_ALGORITHM: Tag = Tag(0xDF07);

/// Key algorithm SM2, hash algorithm SM3, and how long X and Y are.
const SM2: u8 = 0x04;
const SM3: u8 = 0x07;
const POINT: usize = 64;

impl<'a> Capk<'a> {
    /// A key without an end and without a checksum.
    #[must_use]
    pub const fn new(rid: [u8; 5], index: u8, modulus: &'a [u8], exponent: &'a [u8]) -> Self {
        Self { rid, index, modulus, exponent, expiry: None, checksum: None }
    }

    /// The key alone.
    pub(super) const fn public_key(&self) -> PublicKey<'a> {
        PublicKey { modulus: self.modulus, exponent: self.exponent }
    }

    /// A key of SM2: X and Y of a point of its curve, 32 bytes each.
    #[cfg(feature = "sm")]
    #[must_use]
    pub const fn sm2(rid: [u8; 5], index: u8, point: &'a [u8; KEY_LEN]) -> Self {
        Self::new(rid, index, point, &[])
    }

    /// The point, if it is a key of SM2.
    #[cfg(feature = "sm")]
    pub(super) fn point(&self) -> Option<&'a [u8; KEY_LEN]> {
        self.modulus.try_into().ok().filter(|_| self.exponent.is_empty())
    }

    /// Whether its numbers can be a key.
    fn check_numbers(&self) -> Result<(), CapkFault> {
        #[cfg(feature = "sm")]
        if let Some(point) = self.point() {
            return Message::new(point).map(|_| ()).ok_or(CapkFault::Point);
        }
        rsa::check(self.modulus, self.exponent).map_err(CapkFault::Key)
    }

    /// Whether it can be a key, and its checksum, if it has one, is right.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), CapkFault> {
        self.check_numbers()?;
        let Some(checksum) = self.checksum else { return Ok(()) };
        let mut digest = Digest::of(SHA_1).ok_or(CapkFault::Checksum)?;
        for piece in [&self.rid, &[self.index][..], self.modulus, self.exponent] {
            digest.add(piece);
        }
        digest.is(&checksum).then_some(()).ok_or(CapkFault::Checksum)
    }

    /// A key as UnionPay's hosts hand it out to terminals, and those of others
    /// after them: `9F06` RID, `9F22` index, `DF05` last day, `DF06` hash
    /// algorithm, `DF07` key algorithm, `DF02` modulus, `DF04` exponent, `DF03`
    /// checksum, in any order. The day is four bytes of digits or eight
    /// characters, YYYYMMDD; it and the algorithms may be absent. It is
    /// [checked](Self::check).
    ///
    /// With the feature `sm`, key algorithm `04` is SM2, hash algorithm `07` SM3:
    /// the modulus is X and Y. Exponent and checksum are passed over; a point
    /// with a wrong digit is none of the curve.
    ///
    /// # Errors
    /// What is wrong with it; a key of RSA without checksum is refused.
    pub fn from_tlv(bytes: &'a [u8]) -> Result<Self, CapkFault> {
        let find = |tag| {
            let found = Objects::new(bytes).find(tag).map_err(CapkFault::Malformed)?;
            Ok(found.map(|object| object.value))
        };
        let need = |tag| find(tag)?.ok_or(CapkFault::Missing(tag));
        let is_sm2 = cfg!(feature = "sm") && find(KEY_ALGORITHM)? == Some(&[SM2]);
        let (hash, algorithm) = if is_sm2 { (SM3, SM2) } else { (SHA_1, RSA) };
        for (tag, known) in [(HASH_ALGORITHM, hash), (KEY_ALGORITHM, algorithm)] {
            find(tag)?
                .is_none_or(|value| value == [known])
                .then_some(())
                .ok_or(CapkFault::Value(tag))?;
        }
        let expiry = match find(EXPIRY)? {
            Some(value) => Some(day(value).ok_or(CapkFault::Value(EXPIRY))?),
            None => None,
        };
        let key = Self {
            rid: sized(RID, need(RID)?)?,
            index: u8::from_be_bytes(sized(INDEX, need(INDEX)?)?),
            modulus: need(MODULUS)?,
            exponent: if is_sm2 { &[] } else { need(EXPONENT)? },
            expiry,
            checksum: match is_sm2 {
                true => None,
                false => Some(sized(CHECKSUM, need(CHECKSUM)?)?),
            },
        };
        if is_sm2 && key.modulus.len() != POINT {
            return Err(CapkFault::Value(MODULUS));
        }
        key.check()?;
        Ok(key)
    }
}

fn sized<const N: usize>(tag: Tag, value: &[u8]) -> Result<[u8; N], CapkFault> {
    value.try_into().map_err(|_| CapkFault::Value(tag))
}

/// A day as YYYYMMDD, in digits of half a byte or in characters.
fn day(value: &[u8]) -> Option<Date> {
    let number = match value.len() {
        4 => value.iter().try_fold(0_u32, |number, byte| {
            let (tens, ones) = (byte >> 4, byte & 0x0F);
            (tens < 10 && ones < 10).then_some(number * 100 + u32::from(tens * 10 + ones))
        })?,
        8 => value.iter().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit().then_some(number * 10 + u32::from(byte - b'0'))
        })?,
        _ => return None,
    };
    let year = u16::try_from(number / 10_000).ok()?;
    let [month, day] = [number / 100 % 100, number % 100].map(u8::try_from);
    Date::new(year, month.ok()?, day.ok()?).ok()
}
