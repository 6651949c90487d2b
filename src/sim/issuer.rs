//! A simulated card issuer: the other end of a card's cryptograms.

use std::vec::Vec;

use aes::Aes128;
use cmac::{Cmac, KeyInit, Mac};

use super::card::applet::wire::{elements, tlv};

/// The elements that a cryptogram is made over, in this order; behind them
/// come the card's profile `82`, its counter `9F36` and its own data `9F10`.
pub(crate) const CRYPTOGRAM_DATA: [u32; 8] =
    [0x9F02, 0x9F03, 0x9F1A, 0x95, 0x5F2A, 0x9A, 0x9C, 0x9F37];

/// A simulated issuer. It gives keys to its [cards](super::card::EmvApplet),
/// verifies their cryptograms and proves itself to them.
///
/// Its cryptograms are AES-CMAC cut to eight bytes: of the strength and shape
/// of a real scheme, and none of the schemes in use.
#[derive(Clone, Debug)]
pub struct Issuer {
    master: [u8; 16],
    answer: [u8; 2],
    forged: bool,
    silent: bool,
}

/// What an issuer answers to an authorisation request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authorisation {
    /// Whether it approves.
    pub approved: bool,
    /// Its response code.
    pub arc: [u8; 2],
    /// Field 55 of the response: Issuer Authentication Data, `91`.
    pub field_55: Vec<u8>,
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new(*b"a synthetic key.")
    }
}

impl Issuer {
    /// An issuer with this master key, that approves every genuine request.
    #[must_use]
    pub const fn new(master: [u8; 16]) -> Self {
        Self { master, answer: *b"00", forged: false, silent: false }
    }

    /// From now on, it answers genuine requests with this code; it approves by
    /// `00`, `10` and `11`.
    pub fn answer(&mut self, arc: [u8; 2]) {
        self.answer = arc;
    }

    /// From now on, somebody in between answers who does not have the key.
    pub fn forge(&mut self) {
        self.forged = true;
    }

    /// From now on, its answers have no Issuer Authentication Data.
    pub fn keep_silent(&mut self) {
        self.silent = true;
    }

    /// The key of a card.
    pub(crate) fn card_key(&self, pan: &str, pan_sequence: u8) -> [u8; 16] {
        mac16(&self.master, &[pan.as_bytes(), &[pan_sequence]])
    }

    /// Authorises a request: the card number, its sequence number, and field
    /// 55. A cryptogram that is not the card's ARQC is declined with `05`.
    #[must_use]
    pub fn authorise(&self, pan: &str, pan_sequence: u8, field_55: &[u8]) -> Authorisation {
        let key = self.card_key(pan, pan_sequence);
        let genuine = self.verify(pan, pan_sequence, field_55) == Some(0x80);
        let arc = if genuine { self.answer } else { *b"05" };
        let arqc = elements(field_55).and_then(|found| value(&found, 0x9F26).cloned());
        let mut proof = mac(&key, &[&arqc.unwrap_or_default(), &arc]).to_vec();
        if let (true, Some(byte)) = (self.forged, proof.first_mut()) {
            *byte ^= 0x01;
        }
        proof.extend(arc);
        let field_55 = if self.silent { Vec::new() } else { tlv(&[0x91], &proof) };
        Authorisation { approved: matches!(&arc, b"00" | b"10" | b"11"), arc, field_55 }
    }

    /// The kind of the cryptogram in field 55, as in `9F27`: `80` for an ARQC,
    /// `40` for a TC, `00` for an AAC; `None` where it is not the card's.
    #[must_use]
    pub fn verify(&self, pan: &str, pan_sequence: u8, field_55: &[u8]) -> Option<u8> {
        let found = elements(field_55)?;
        let kind = value(&found, 0x9F27)?.first()? & 0xC0;
        let mut input = std::vec![kind];
        for tag in CRYPTOGRAM_DATA.into_iter().chain([0x82, 0x9F36, 0x9F10]) {
            input.extend(value(&found, tag)?);
        }
        let key = self.card_key(pan, pan_sequence);
        (mac(&key, &[&input]) == **value(&found, 0x9F26)?).then_some(kind)
    }
}

fn value(found: &[(u32, Vec<u8>)], tag: u32) -> Option<&Vec<u8>> {
    found.iter().find(|(known, _)| *known == tag).map(|(_, value)| value)
}

fn mac16(key: &[u8; 16], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = Cmac::<Aes128>::new(&(*key).into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// A code of eight bytes over these parts.
pub(crate) fn mac(key: &[u8; 16], parts: &[&[u8]]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = mac16(key, parts);
    [a, b, c, d, e, f, g, h]
}
