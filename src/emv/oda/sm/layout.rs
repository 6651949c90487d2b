//! Where things stand in the objects of a card, by JR/T 0025.17. What of it is
//! known and what inferred, the page of the module says.

use super::message::SIGNATURE_LEN;
use crate::emv::oda::certificate::Holder;
use crate::emv::oda::ensure;
use crate::emv::oda::fault::{Check, OdaFault};
use crate::emv::tlv::Tag;

/// The first byte of each object.
pub(super) const STATIC_SIGNATURE: u8 = 0x13;
pub(super) const DYNAMIC_SIGNATURE: u8 = 0x15;
const ISSUER_CERTIFICATE: u8 = 0x12;
const ICC_CERTIFICATE: u8 = 0x14;

/// The signature algorithm SM2 with SM3.
pub(super) const SM2: u8 = 0x04;

/// How long a hash of SM3 is.
pub(super) const HASH: usize = 32;

/// An object and its signature.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    object: Tag,
    /// What was signed of it, from its first byte.
    pub(super) body: &'a [u8],
    pub(super) signature: &'a [u8; SIGNATURE_LEN],
}

impl<'a> Signed<'a> {
    pub(super) fn parse(object: Tag, bytes: &'a [u8], format: u8) -> Result<Self, OdaFault> {
        ensure(bytes.first() == Some(&format), object, Check::Format)?;
        let parts = bytes.split_last_chunk();
        let (body, signature) = parts.ok_or(OdaFault::Failed(object, Check::Fields))?;
        Ok(Self { object, body, signature })
    }

    pub(super) fn certificate(holder: Holder, bytes: &'a [u8]) -> Result<Self, OdaFault> {
        let format = match holder {
            Holder::Issuer => ISSUER_CERTIFICATE,
            Holder::Icc | Holder::Pin => ICC_CERTIFICATE,
        };
        Self::parse(holder.certificate(), bytes, format)
    }

    pub(super) const fn failed(&self, check: Check) -> OdaFault {
        OdaFault::Failed(self.object, check)
    }
}

/// The fields of a certificate.
pub(super) struct Fields<'a> {
    pub(super) subject: &'a [u8],
    pub(super) expiry: [u8; 2],
    pub(super) serial: [u8; 3],
    /// That of the key, and of the signatures made with it.
    pub(super) algorithm: u8,
    pub(super) length: u8,
    pub(super) key: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn parse(body: &'a [u8], holder: Holder) -> Option<Self> {
        let (_format, rest) = body.split_first()?;
        let (subject, rest) = rest.split_at_checked(holder.subject())?;
        let (fixed, key) = rest.split_first_chunk()?;
        let &[month, year, a, b, c, algorithm, _encipherment, _curve, length] = fixed;
        Some(Self { subject, expiry: [month, year], serial: [a, b, c], algorithm, length, key })
    }
}

/// The Data Authentication Code of signed static data.
pub(super) fn authentication_code(body: &[u8]) -> Option<[u8; 2]> {
    match *body {
        [_format, a, b] => Some([a, b]),
        _ => None,
    }
}

/// The ICC dynamic data of signed dynamic data.
pub(super) fn dynamic_data(body: &[u8]) -> Option<&[u8]> {
    match body {
        [_format, length, data @ ..] if data.len() == usize::from(*length) => Some(data),
        _ => None,
    }
}
