use heapless::Vec;

use super::fault::OdaFault;
use super::rsa::MODULUS_MAX;
use crate::emv::store::Store;
use crate::emv::tlv::Tag;

/// An RSA public key.
#[derive(Clone, Copy)]
pub(super) struct PublicKey<'a> {
    /// The modulus, 1 to 248 bytes.
    pub(super) modulus: &'a [u8],
    /// The exponent, `03` or `010001`.
    pub(super) exponent: &'a [u8],
}

impl<'a> PublicKey<'a> {
    /// A key as it is kept among the elements: the length of the exponent, the
    /// exponent, the modulus.
    pub(super) fn from_element(element: &'a [u8]) -> Option<Self> {
        let (&length, rest) = element.split_first()?;
        let (exponent, modulus) = rest.split_at_checked(length.into())?;
        Some(Self { modulus, exponent })
    }
}

/// A public key out of a certificate.
pub(super) struct RecoveredKey(Vec<u8, { 1 + 3 + MODULUS_MAX }>);

impl RecoveredKey {
    /// A key whose modulus comes in two parts.
    pub(super) fn new(exponent: &[u8], digits: &[u8], remainder: &[u8]) -> Option<Self> {
        let mut element = Vec::new();
        element.push(u8::try_from(exponent.len()).ok()?).ok()?;
        for part in [exponent, digits, remainder] {
            element.extend_from_slice(part).ok()?;
        }
        Some(Self(element))
    }

    /// As it is kept among the elements.
    pub(super) fn element(&self) -> &[u8] {
        &self.0
    }
}

/// A key that was recovered before.
pub(super) fn kept<'s>(store: &'s Store<'_>, which: Tag) -> Result<PublicKey<'s>, OdaFault> {
    store.get(which).and_then(PublicKey::from_element).ok_or(OdaFault::Missing(which))
}
