//! The signatures of a payment system with SM2 and SM3 (PBOC 3.0).

use std::vec::Vec;

use sm2::dsa::signature::MultipartSigner;
use sm2::dsa::{Signature, SigningKey};
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm3::{Digest, Sm3};

use super::{Flaw, Pki, Signed};
use crate::sim::card::applet::wire::compressed;

/// Whose key it is. The keys are drawn from SM3 over these names, so that
/// everybody knows them: they protect nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Owner {
    Authority,
    Issuer,
    Card,
}

impl Owner {
    fn key(self) -> Option<SigningKey> {
        let name: &[u8] = match self {
            Self::Authority => b"simulated authority, SM2",
            Self::Issuer => b"simulated issuer, SM2",
            Self::Card => b"simulated card, SM2",
        };
        SigningKey::from_slice("1234567812345678", &Sm3::digest(name)).ok()
    }

    /// X and Y.
    pub(super) fn point(self) -> [u8; 64] {
        let key = self.key().map(|key| key.verifying_key().to_sec1_point(false));
        let point = key.and_then(|key| key.as_bytes().get(1..)?.try_into().ok());
        point.unwrap_or([0; 64])
    }

    fn sign(self, parts: &[&[u8]]) -> [u8; 64] {
        let signature = self.key().and_then(|key| key.try_multipart_sign(parts).ok());
        signature.map_or([0; 64], |signature: Signature| signature.to_bytes().into())
    }
}

/// A Certification Authority Public Key of SM2, as terminals are loaded with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sm2AuthorityKey {
    /// Registered Application Provider Identifier.
    pub rid: [u8; 5],
    /// Certification Authority Public Key Index.
    pub index: u8,
    /// X and Y of the point.
    pub point: [u8; 64],
}

/// Certification Authority Public Key Index of the key of SM2.
pub(super) const INDEX: u8 = 0xE8;

impl Pki {
    /// With keys of SM2 beside those of RSA.
    #[must_use]
    pub const fn with_sm2(mut self) -> Self {
        self.sm2 = true;
        self
    }

    /// The key of SM2 by which a terminal authenticates the cards of this
    /// payment system.
    #[must_use]
    pub fn sm2_authority_key(&self, rid: [u8; 5]) -> Sm2AuthorityKey {
        Sm2AuthorityKey { rid, index: INDEX, point: Owner::Authority.point() }
    }
}

/// SM3 over these parts.
pub(super) fn sm3(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sm3::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

pub(super) fn issuer_certificate(pki: &Pki, pan: &str, flaws: &[Flaw]) -> Vec<u8> {
    let mut issuer = compressed(pan.get(..6).unwrap_or(pan));
    issuer.resize(4, 0xFF);
    let data = [&[0x12], &issuer[..], &pki.expires, &pki.serial].concat();
    certificate(Signed::IssuerCertificate, Owner::Issuer, Owner::Authority, data, &[], flaws)
}

pub(super) fn card_certificate(
    pki: &Pki,
    pan: &str,
    static_data: &[u8],
    flaws: &[Flaw],
) -> Vec<u8> {
    let mut pan = compressed(pan);
    pan.resize(10, 0xFF);
    let data = [&[0x14], &pan[..], &pki.expires, &[0x00, 0x20, 0x02]].concat();
    certificate(Signed::CardCertificate, Owner::Card, Owner::Issuer, data, static_data, flaws)
}

pub(super) fn static_data(code: [u8; 2], static_data: &[u8], flaws: &[Flaw]) -> Vec<u8> {
    let data = [&[0x13][..], &code].concat();
    sign(Signed::StaticData, Owner::Issuer, data, static_data, flaws)
}

pub(super) fn dynamic_data(signed: Signed, dynamic: &[u8], said: &[u8], flaws: &[Flaw]) -> Vec<u8> {
    let length = u8::try_from(dynamic.len()).unwrap_or(u8::MAX);
    sign(signed, Owner::Card, [&[0x15, length], dynamic].concat(), said, flaws)
}

fn certificate(
    signed: Signed,
    of: Owner,
    by: Owner,
    mut data: Vec<u8>,
    last: &[u8],
    flaws: &[Flaw],
) -> Vec<u8> {
    data.extend([0x04, 0x00, 0x11, 0x40]);
    data.extend(of.point());
    sign(signed, by, data, last, flaws)
}

/// The data and the signature over them and what comes last.
fn sign(signed: Signed, by: Owner, mut data: Vec<u8>, last: &[u8], flaws: &[Flaw]) -> Vec<u8> {
    flaws.iter().for_each(|flaw| flaw.spoil_sm2(signed, &mut data));
    let stale: &[u8] = if flaws.contains(&Flaw::Stale) { b"of another time" } else { &[] };
    let mut signature = by.sign(&[&data, last, stale]);
    if let (true, [.., byte]) = (flaws.contains(&Flaw::Hash), &mut signature) {
        *byte ^= 0x01;
    }
    data.extend(signature);
    if flaws.contains(&Flaw::Short) {
        data.pop();
    }
    if flaws.contains(&Flaw::Long) {
        data.push(0);
    }
    data
}

impl Flaw {
    /// Whether that can be wrong in a signature of this kind with SM2, which has
    /// neither header nor trailer, nor an indicator of a hash.
    #[must_use]
    pub const fn fits_sm2(self, signed: Signed) -> bool {
        let other = matches!(
            self,
            Self::Header | Self::Trailer | Self::HashAlgorithm | Self::ExponentLength
        );
        !other && !matches!(signed, Signed::PinCertificate) && self.fits(signed)
    }

    /// Spoils what is signed, before it is signed; from the format octet on.
    fn spoil_sm2(self, signed: Signed, data: &mut [u8]) {
        let expiry = if signed == Signed::IssuerCertificate { 5 } else { 11 };
        let number = data.get(2).map_or(0, |&length| usize::from(length));
        let (at, mask) = match self {
            Self::Format => (0, 0x10),
            Self::Subject => (2, 0x01),
            Self::KeyAlgorithm => (expiry + 5, 0x05),
            Self::KeyLength => (expiry + 8, 0x01),
            Self::DynamicLength => (1, 0xF0),
            Self::DynamicNumber => (2, data.get(2).map_or(0xFF, |length| !length)),
            Self::Information => (3 + number, 0xC0),
            Self::Cryptogram => (4 + number, 0x01),
            Self::DataHash => (12 + number, 0x01),
            Self::Expired => {
                let date = data.get_mut(expiry..expiry + 2).unwrap_or_default();
                date.iter_mut().zip([0x01, 0x15]).for_each(|(to, byte)| *to = byte);
                return;
            }
            _ => return,
        };
        data.get_mut(at).into_iter().for_each(|byte| *byte ^= mask);
    }
}
