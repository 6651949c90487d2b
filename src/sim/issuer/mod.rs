//! A simulated card issuer: the other end of a card's cryptograms.
//!
//! An [`Issuer`] has three master keys: for cryptograms, for the MACs of scripts
//! and to encipher what is in them. Those of a card come from them by option A
//! (B for longer card numbers) and those of a transaction in the EMV common
//! way, with triple DES; with AES as EMV has it beside ([`Scheme`]). It refuses a
//! cryptogram that is not the card's, and one whose transaction counter it saw.
//!
//! [`MasterKey`] and [`SessionKey`] are those steps one by one.
//!
//! ```
//! use embedded_pos::sim::issuer::{Cipher, Derivation, MasterKey};
//!
//! let issuer = MasterKey::new(Cipher::TripleDes, *b"a synthetic key.");
//! let card = issuer.of_card(Derivation::A, "6200000000000005", 1);
//! let session = card.cryptogram_session(0x0012);
//! let arqc = session.cryptogram(b"what the card was told");
//! assert_ne!(session.response(arqc, *b"00"), session.response(arqc, *b"05"));
//! ```

mod block;
mod key;
mod scheme;
mod script;

use std::collections::BTreeMap;
use std::string::String;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::Vec;

pub use self::block::Cipher;
pub use self::key::{Derivation, MasterKey, SessionKey};
pub use self::scheme::{ResponseMethod, Scheme};
use self::script::Sealing;
pub use self::script::{Script, ScriptCommand};
use super::card::applet::wire::{elements, tlv, value};

/// The elements that a cryptogram is made over, in this order; behind them
/// come the card's profile `82`, its counter `9F36` and its own data `9F10`.
pub(crate) const CRYPTOGRAM_DATA: [u32; 8] =
    [0x9F02, 0x9F03, 0x9F1A, 0x95, 0x5F2A, 0x9A, 0x9C, 0x9F37];

/// The master keys of a card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct CardKeys {
    pub(crate) cryptogram: MasterKey,
    pub(crate) integrity: MasterKey,
    pub(crate) confidentiality: MasterKey,
}

/// A simulated issuer. It gives keys to its [cards](super::card::EmvApplet),
/// verifies their cryptograms, proves itself to them and sends them scripts.
///
/// A clone is the same issuer: it knows of the transactions of the other.
#[derive(Clone, Debug)]
pub struct Issuer {
    keys: Keys,
    answer: [u8; 2],
    status: [u8; 4],
    forged: bool,
    silent: bool,
    spoiled: bool,
    scripts: Vec<Script>,
    /// The last transaction counter of each card.
    seen: Arc<Mutex<BTreeMap<(String, u8), u16>>>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
struct Keys([[u8; 16]; 3]);

impl core::fmt::Debug for Keys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// What an issuer answers to an authorisation request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authorisation {
    /// Whether it approves.
    pub approved: bool,
    /// Its response code.
    pub arc: [u8; 2],
    /// Field 55 of the response: Issuer Authentication Data, `91`, and issuer
    /// scripts, `71` and `72`. Empty where the request was not the card's.
    pub field_55: Vec<u8>,
}

/// What an issuer finds in a field 55.
struct Request {
    kind: u8,
    counter: u16,
    cryptogram: [u8; 8],
    scheme: Scheme,
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new(*b"a synthetic key.")
    }
}

impl Issuer {
    /// An issuer with this master key for cryptograms, that approves every
    /// genuine request. Its keys for scripts are other ones of the same strength.
    #[must_use]
    pub fn new(master: [u8; 16]) -> Self {
        let keys = [master, master.map(|byte| byte ^ 0x5A), master.map(|byte| byte ^ 0xA6)];
        Self {
            keys: Keys(keys),
            answer: *b"00",
            status: [0; 4],
            forged: false,
            silent: false,
            spoiled: false,
            scripts: Vec::new(),
            seen: Arc::default(),
        }
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

    /// From now on, its answers carry this script as well.
    pub fn send(&mut self, script: Script) {
        self.scripts.push(script);
    }

    /// From now on, the MACs in its scripts are wrong.
    pub fn spoil_scripts(&mut self) {
        self.spoiled = true;
    }

    /// From now on, its Card Status Updates have these bits as well as "issuer
    /// approves", which it sets itself (EMV Book 3, annex C10).
    pub fn update_status(&mut self, csu: [u8; 4]) {
        self.status = csu;
    }

    /// Gives out a card that had so many transactions: another one with this
    /// number, if there was one, counts no more.
    pub(crate) fn give_out(&self, pan: &str, pan_sequence: u8, counter: u16) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert((pan.into(), pan_sequence), counter);
    }

    /// The keys of a card.
    pub(crate) fn card_keys(&self, cipher: Cipher, pan: &str, pan_sequence: u8) -> CardKeys {
        let derivation = Derivation::of(cipher, pan);
        let [cryptogram, integrity, confidentiality] = self
            .keys
            .0
            .map(|key| MasterKey::new(cipher, key).of_card(derivation, pan, pan_sequence));
        CardKeys { cryptogram, integrity, confidentiality }
    }

    /// Authorises a request: the card number, its sequence number, and field
    /// 55. A cryptogram that is not the card's ARQC, or that is of a transaction
    /// counter which is not above all it saw, is declined with `05`.
    #[must_use]
    pub fn authorise(&self, pan: &str, pan_sequence: u8, field_55: &[u8]) -> Authorisation {
        let request = self.genuine(pan, pan_sequence, field_55);
        let request = request.filter(|request| {
            request.kind == 0x80 && self.is_new(pan, pan_sequence, request.counter)
        });
        let Some(request) = request else {
            return Authorisation { approved: false, arc: *b"05", field_55: Vec::new() };
        };
        let arc = self.answer;
        let approved = matches!(&arc, b"00" | b"10" | b"11");
        let keys = self.card_keys(request.scheme.cipher, pan, pan_sequence);
        let mut field_55 = Vec::new();
        if !self.silent {
            field_55.extend(tlv(&[0x91], &self.proof(&keys, &request, arc, approved)));
        }
        let sealing = Sealing {
            integrity: keys.integrity.script_session(request.cryptogram),
            confidentiality: keys.confidentiality.script_session(request.cryptogram),
            counter: request.counter,
            cryptogram: request.cryptogram,
            spoiled: self.spoiled,
        };
        field_55.extend(self.scripts.iter().flat_map(|script| script.template(&sealing)));
        Authorisation { approved, arc, field_55 }
    }

    /// The kind of the cryptogram in field 55, as in `9F27`: `80` for an ARQC,
    /// `40` for a TC, `00` for an AAC; `None` where it is not the card's.
    #[must_use]
    pub fn verify(&self, pan: &str, pan_sequence: u8, field_55: &[u8]) -> Option<u8> {
        self.genuine(pan, pan_sequence, field_55).map(|request| request.kind)
    }

    fn genuine(&self, pan: &str, pan_sequence: u8, field_55: &[u8]) -> Option<Request> {
        let found = elements(field_55)?;
        let issuer_data = value(&found, 0x9F10)?;
        let kind = value(&found, 0x9F27)?.first()? & 0xC0;
        if cryptogram_kind(issuer_data)? != kind {
            return None;
        }
        let mut input = Vec::new();
        for tag in CRYPTOGRAM_DATA.into_iter().chain([0x82, 0x9F36, 0x9F10]) {
            input.extend(value(&found, tag)?);
        }
        let scheme = Scheme::of(issuer_data)?;
        let counter = u16::from_be_bytes(value(&found, 0x9F36)?.as_slice().try_into().ok()?);
        let cryptogram = value(&found, 0x9F26)?.as_slice().try_into().ok()?;
        let key = self.card_keys(scheme.cipher, pan, pan_sequence).cryptogram;
        let genuine = key.cryptogram_session(counter).cryptogram(&input) == cryptogram;
        genuine.then_some(Request { kind, counter, cryptogram, scheme })
    }

    /// Whether the counter is above all that came of this card.
    fn is_new(&self, pan: &str, pan_sequence: u8, counter: u16) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let last = seen.entry((pan.into(), pan_sequence)).or_default();
        let is_new = counter > *last;
        *last = counter.max(*last);
        is_new
    }

    /// Issuer Authentication Data.
    fn proof(&self, keys: &CardKeys, request: &Request, arc: [u8; 2], approved: bool) -> Vec<u8> {
        let key = keys.cryptogram.cryptogram_session(request.counter);
        let mut proof = match request.scheme.response {
            ResponseMethod::Code => [&key.response(request.cryptogram, arc)[..], &arc].concat(),
            ResponseMethod::StatusUpdate => {
                let [tries, status, rest @ ..] = self.status;
                let [third, fourth] = rest;
                let csu = [tries, status | if approved { 0x80 } else { 0 }, third, fourth];
                [&key.status_update(request.cryptogram, csu, &[])[..], &csu].concat()
            }
        };
        if let (true, Some(byte)) = (self.forged, proof.first_mut()) {
            *byte ^= 0x01;
        }
        proof
    }
}

/// Which cryptogram the card says it made: the second of the transaction, or
/// the first where no second was asked for (bits 8 to 5 of the first byte of
/// the Card Verification Results).
fn cryptogram_kind(issuer_data: &[u8]) -> Option<u8> {
    let results = *issuer_data.get(4)?;
    let (second, first) = (results & 0xC0, (results & 0x30) << 2);
    Some(if second == 0x80 { first } else { second })
}
