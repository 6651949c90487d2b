use super::capk::Revoked;
use super::digest::{Digest, RSA};
use super::ensure;
use super::fault::{Check, OdaFault};
use super::key::{PublicKey, RecoveredKey};
use super::rsa::MODULUS_MAX;
use super::signed::open;
use crate::civil::Date;
use crate::emv::tlv::Tag;

/// Whose key a certificate is about.
///
/// The certificates of all three are laid out alike. That of an issuer names
/// digits of card numbers, and is signed by a certification authority; those of
/// a card name the card number, and are signed by its issuer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Holder {
    /// The issuer (EMV Book 2, 5.3 and 6.3, table 6).
    Issuer,
    /// The card, for its signatures (EMV Book 2, 6.4, table 14).
    Icc,
    /// The card, for the PIN that is enciphered for it (EMV Book 2, 7.1).
    Pin,
}

impl Holder {
    /// Where the certificate stands.
    pub(super) const fn certificate(self) -> Tag {
        match self {
            Self::Issuer => Tag::ISSUER_CERTIFICATE,
            Self::Icc => Tag::ICC_CERTIFICATE,
            Self::Pin => Tag::PIN_CERTIFICATE,
        }
    }

    /// Where the exponent stands.
    pub(super) const fn exponent(self) -> Tag {
        match self {
            Self::Issuer => Tag::ISSUER_EXPONENT,
            Self::Icc => Tag::ICC_EXPONENT,
            Self::Pin => Tag::PIN_EXPONENT,
        }
    }

    /// Where the part of the modulus stands that the certificate had no room
    /// for.
    pub(super) const fn remainder(self) -> Tag {
        match self {
            Self::Issuer => Tag::ISSUER_REMAINDER,
            Self::Icc => Tag::ICC_REMAINDER,
            Self::Pin => Tag::PIN_REMAINDER,
        }
    }

    const fn format(self) -> u8 {
        match self {
            Self::Issuer => 0x02,
            Self::Icc | Self::Pin => 0x04,
        }
    }

    /// How many bytes name the holder.
    pub(super) const fn subject(self) -> usize {
        match self {
            Self::Issuer => 4,
            Self::Icc | Self::Pin => 10,
        }
    }
}

/// A certificate as the card sent it.
///
/// What stands outside the part that is signed comes with it. That an element is
/// missing and that it is empty is not the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Certificate<'a> {
    /// Whose key it is about.
    pub(super) holder: Holder,
    /// The certificate.
    pub(super) signature: &'a [u8],
    /// What it had no room for.
    pub(super) remainder: Option<&'a [u8]>,
    /// The exponent.
    pub(super) exponent: &'a [u8],
}

/// What a certificate is held against.
pub(super) struct Expected<'a> {
    /// Application PAN, `5A`.
    pub(super) pan: &'a [u8],
    /// The day of the transaction.
    pub(super) date: Date,
    /// The certification authority's key it was signed with, if one was, and the
    /// revocation list.
    pub(super) authority: Option<([u8; 5], u8)>,
    pub(super) revoked: &'a [Revoked],
}

/// The fields in the signed part of a certificate.
struct Fields<'r> {
    subject: &'r [u8],
    expiry: [u8; 2],
    serial: [u8; 3],
    hash_algorithm: u8,
    key_algorithm: u8,
    /// Of the whole modulus.
    length: usize,
    /// Its beginning, or all of it and padding behind.
    digits: &'r [u8],
}

impl<'r> Fields<'r> {
    fn parse(data: &'r [u8], holder: Holder) -> Option<Self> {
        let (_format, rest) = data.split_first()?;
        let (subject, rest) = rest.split_at_checked(holder.subject())?;
        let (fixed, digits) = rest.split_first_chunk()?;
        let &[month, year, a, b, c, hash_algorithm, key_algorithm, length, _exponent] = fixed;
        Some(Self {
            subject,
            expiry: [month, year],
            serial: [a, b, c],
            hash_algorithm,
            key_algorithm,
            length: length.into(),
            digits,
        })
    }

    /// The key; `None` if its parts do not have its length.
    fn key(&self, exponent: &[u8], remainder: &[u8]) -> Option<RecoveredKey> {
        match self.digits.get(..self.length) {
            Some(whole) => RecoveredKey::new(exponent, whole, &[]),
            None if self.digits.len() + remainder.len() == self.length => {
                RecoveredKey::new(exponent, self.digits, remainder)
            }
            None => None,
        }
    }
}

impl<'a> Certificate<'a> {
    /// Recovers what the key `by` signed, and makes the checks up to the hash.
    pub(super) fn open<'r>(
        &self,
        by: PublicKey<'_>,
        room: &'r mut [u8; MODULUS_MAX],
    ) -> Result<Opened<'r>, OdaFault>
    where
        'a: 'r,
    {
        let object = self.holder.certificate();
        let failed = |check| OdaFault::Failed(object, check);
        let signed = open(object, self.signature, by, self.holder.format(), room)?;
        let fields = Fields::parse(signed.data, self.holder).ok_or(failed(Check::Fields))?;
        let digest = Digest::of(fields.hash_algorithm).ok_or(failed(Check::HashAlgorithm))?;
        if self.remainder.is_none() && fields.length > fields.digits.len() {
            return Err(OdaFault::Missing(self.holder.remainder()));
        }
        let remainder = self.remainder.unwrap_or_default();
        let mut opened = Opened {
            holder: self.holder,
            fields,
            remainder,
            exponent: self.exponent,
            hash: signed.hash,
            digest,
        };
        for piece in [signed.data, remainder, self.exponent] {
            opened.add(piece);
        }
        Ok(opened)
    }
}

/// A certificate of which the hash is still to be compared.
pub(super) struct Opened<'r> {
    holder: Holder,
    fields: Fields<'r>,
    remainder: &'r [u8],
    exponent: &'r [u8],
    hash: &'r [u8],
    digest: Digest,
}

impl Opened<'_> {
    /// Takes in a piece of what was signed besides: for [`Holder::Icc`] the
    /// static data, for the others nothing.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.digest.add(piece);
    }

    /// Makes the other checks, and gives the key.
    pub(super) fn close(self, expected: &Expected<'_>) -> Result<RecoveredKey, OdaFault> {
        let Self { holder, fields, remainder, exponent, hash, digest } = self;
        let object = holder.certificate();
        ensure(digest.is(hash), object, Check::Hash)?;
        ensure(is_for(holder, fields.subject, expected.pan), object, Check::Subject)?;
        ensure(is_current(fields.expiry, expected.date), object, Check::Expiry)?;
        ensure(!expected.is_revoked(fields.serial), object, Check::Revocation)?;
        ensure(fields.key_algorithm == RSA, object, Check::KeyAlgorithm)?;
        let key = fields.key(exponent, remainder);
        key.ok_or(OdaFault::Failed(object, Check::KeyLength))
    }
}

impl Expected<'_> {
    pub(super) fn is_revoked(&self, serial: [u8; 3]) -> bool {
        self.authority
            .is_some_and(|(rid, index)| self.revoked.contains(&Revoked { rid, index, serial }))
    }
}

/// Whether a certificate names this card number: an issuer's its first three to
/// eight digits, a card's all of them. Both are padded with `F`.
pub(super) fn is_for(holder: Holder, subject: &[u8], pan: &[u8]) -> bool {
    let mut place = 0;
    loop {
        match (digit(subject, place), digit(pan, place)) {
            (Some(named), Some(its)) if named == its => place += 1,
            (None, _) if holder == Holder::Issuer => return place >= 3,
            (None, None) => return true,
            _ => return false,
        }
    }
}

/// The digit at this place; `None` at the padding, and behind the end.
fn digit(compressed: &[u8], place: usize) -> Option<u8> {
    let byte = compressed.get(place / 2)?;
    let digit = if place.is_multiple_of(2) { byte >> 4 } else { byte & 0x0F };
    (digit < 10).then_some(digit)
}

/// Whether the month, as MMYY, is not over. A month that is none is.
pub(super) fn is_current([month, year]: [u8; 2], date: Date) -> bool {
    let decimal = |byte: u8| {
        let (tens, ones) = (byte >> 4, byte & 0x0F);
        (tens < 10 && ones < 10).then_some(tens * 10 + ones)
    };
    let (Some(month @ 1..=12), Some(year)) = (decimal(month), decimal(year)) else { return false };
    // EMV Book 4, 6.7.3: years from 50 are of the century before.
    let century = if year < 50 { 2000 } else { 1900 };
    (century + u16::from(year), month) >= (date.year(), date.month())
}
