use std::vec::Vec;

#[cfg(feature = "sm")]
use super::sm;
use super::{Algorithm, Flaw, Pki, RsaKey, Signed, primes, sha1};
use crate::sim::card::applet::wire::compressed;

/// Signs for one card.
#[derive(Clone, Debug)]
pub(crate) struct Signer<'a> {
    pki: &'a Pki,
    pan: &'a str,
    flaws: &'a [(Signed, Flaw)],
    algorithm: Algorithm,
}

/// A certificate and what it has no room for. With SM2 there is nothing beside
/// it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Certificate {
    pub(crate) certificate: Vec<u8>,
    pub(crate) remainder: Vec<u8>,
    pub(crate) exponent: Vec<u8>,
}

impl<'a> Signer<'a> {
    pub(crate) const fn new(
        pki: &'a Pki,
        pan: &'a str,
        flaws: &'a [(Signed, Flaw)],
        algorithm: Algorithm,
    ) -> Self {
        Self { pki, pan, flaws, algorithm }
    }

    /// Certification Authority Public Key Index.
    pub(crate) const fn index(&self) -> u8 {
        match self.algorithm {
            Algorithm::Rsa => self.pki.index(),
            #[cfg(feature = "sm")]
            Algorithm::Sm2 => sm::INDEX,
        }
    }

    /// The hash of the algorithm over these parts.
    pub(crate) fn hash(&self, parts: &[&[u8]]) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Rsa => sha1(parts).into(),
            #[cfg(feature = "sm")]
            Algorithm::Sm2 => sm::sm3(parts).into(),
        }
    }

    /// What is wrong in signatures of this kind.
    fn flaws(&self, signed: Signed) -> Vec<Flaw> {
        let flaws = self.flaws.iter().filter(|(on, _)| *on == signed);
        flaws.map(|(_, flaw)| *flaw).collect()
    }

    /// Book 2, 5.1 and table 2.
    pub(crate) fn issuer_certificate(&self) -> Certificate {
        #[cfg(feature = "sm")]
        if self.algorithm == Algorithm::Sm2 {
            let flaws = self.flaws(Signed::IssuerCertificate);
            let certificate = sm::issuer_certificate(self.pki, self.pan, &flaws);
            return Certificate { certificate, ..Certificate::default() };
        }
        let mut issuer = compressed(self.pan.get(..6).unwrap_or(self.pan));
        issuer.resize(4, 0xFF);
        let signing = RsaKey::new(&primes::AUTHORITY, self.pki.authority);
        let data = [&[0x02], &issuer[..], &self.pki.expires, &self.pki.serial].concat();
        self.certificate(Signed::IssuerCertificate, &signing, data, &self.issuer(), &[])
    }

    /// Book 2, 6.1 and table 14: with the static data to be authenticated.
    pub(crate) fn card_certificate(&self, static_data: &[u8]) -> Certificate {
        #[cfg(feature = "sm")]
        if self.algorithm == Algorithm::Sm2 {
            let flaws = self.flaws(Signed::CardCertificate);
            let certificate = sm::card_certificate(self.pki, self.pan, static_data, &flaws);
            return Certificate { certificate, ..Certificate::default() };
        }
        let key = RsaKey::new(&primes::CARD, self.pki.card);
        self.of_card(Signed::CardCertificate, &key, static_data)
    }

    /// Book 2, 7.1 and table 23; `None` when the card has no such key.
    pub(crate) fn pin_certificate(&self) -> Option<Certificate> {
        let pin = self.pki.pin.filter(|_| self.algorithm == Algorithm::Rsa)?;
        let key = RsaKey::new(&primes::PIN, pin);
        Some(self.of_card(Signed::PinCertificate, &key, &[]))
    }

    /// Signed Static Application Data (Book 2, 5.3 and table 3).
    pub(crate) fn static_data(&self, code: [u8; 2], static_data: &[u8]) -> Vec<u8> {
        #[cfg(feature = "sm")]
        if self.algorithm == Algorithm::Sm2 {
            return sm::static_data(code, static_data, &self.flaws(Signed::StaticData));
        }
        let data = [&[0x03, 0x01][..], &code].concat();
        self.sign(Signed::StaticData, &self.issuer(), data, &[], static_data)
    }

    /// Signed Dynamic Application Data (Book 2, 6.5 and 6.6, tables 17 and 22)
    /// over these dynamic data and what the terminal said.
    pub(crate) fn dynamic_data(&self, signed: Signed, dynamic: &[u8], said: &[u8]) -> Vec<u8> {
        #[cfg(feature = "sm")]
        if self.algorithm == Algorithm::Sm2 {
            return sm::dynamic_data(signed, dynamic, said, &self.flaws(signed));
        }
        let length = u8::try_from(dynamic.len()).unwrap_or(u8::MAX);
        let data = [&[0x05, 0x01, length], dynamic].concat();
        self.sign(signed, &RsaKey::new(&primes::CARD, self.pki.card), data, &[], said)
    }

    fn issuer(&self) -> RsaKey {
        RsaKey::new(&primes::ISSUER, self.pki.issuer)
    }

    fn of_card(&self, signed: Signed, key: &RsaKey, static_data: &[u8]) -> Certificate {
        let mut pan = compressed(self.pan);
        pan.resize(10, 0xFF);
        let data = [&[0x04], &pan[..], &self.pki.expires, &[0x00, 0x20, 0x02]].concat();
        self.certificate(signed, &self.issuer(), data, key, static_data)
    }

    fn certificate(
        &self,
        signed: Signed,
        signing: &RsaKey,
        mut data: Vec<u8>,
        key: &RsaKey,
        static_data: &[u8],
    ) -> Certificate {
        let (modulus, exponent) = (key.modulus(), key.exponent().to_vec());
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        data.extend([0x01, 0x01, length(&modulus), length(&exponent)]);
        // Header, hash and trailer take 22 bytes.
        let room = signing.len().saturating_sub(22 + data.len()).min(modulus.len());
        let (inside, remainder) = modulus.split_at_checked(room).unwrap_or_default();
        data.extend(inside);
        let beside = [remainder, &exponent].concat();
        let certificate = self.sign(signed, signing, data, &beside, static_data);
        Certificate { certificate, remainder: remainder.to_vec(), exponent }
    }

    /// `6A`, the data filled up with `BB`, the hash over them and what is
    /// beside, `BC`; signed (Book 2, annex A2.1).
    fn sign(
        &self,
        signed: Signed,
        key: &RsaKey,
        mut data: Vec<u8>,
        beside: &[u8],
        last: &[u8],
    ) -> Vec<u8> {
        let flaws = self.flaws(signed);
        data.resize(key.len().saturating_sub(22), 0xBB);
        flaws.iter().for_each(|flaw| flaw.spoil(signed, &mut data));
        let stale: &[u8] = if flaws.contains(&Flaw::Stale) { b"of another time" } else { &[] };
        let mut hash = sha1(&[&data, beside, last, stale]);
        if let (true, [.., byte]) = (flaws.contains(&Flaw::Hash), &mut hash) {
            *byte ^= 0x01;
        }
        let header = if flaws.contains(&Flaw::Header) { 0x6B } else { 0x6A };
        let trailer = if flaws.contains(&Flaw::Trailer) { 0xBD } else { 0xBC };
        let mut signature = key.sign(&[&[header], &data[..], &hash, &[trailer]].concat());
        if flaws.contains(&Flaw::Short) {
            signature.pop();
        }
        if flaws.contains(&Flaw::Long) {
            signature.push(0);
        }
        signature
    }
}
