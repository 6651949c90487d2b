//! Cardholder verification (EMV Book 3, 10.5): what of it is commands and a PIN.

use super::{Stage, Transaction};
use crate::card::StatusWord;
use crate::emv::command::{Instruction, status};
use crate::emv::cvm::{
    CvmMethod, CvmNext, CvmRule, Performed, Pin, PinBlock, PinFault, PinRequest, Verification,
    Verified,
};
use crate::emv::oda::{self, rsa};
use crate::emv::tlv::Tag;
use crate::emv::{Fault, Store, template};

/// So often a PIN is asked for, for the card, in one transaction: as many tries
/// as a card can tell of.
pub(super) const MOST_ENTRIES: u8 = 15;

/// How far the entry of a PIN is.
#[derive(Debug, Default)]
pub(super) struct PinEntering {
    walk: Option<Verification>,
    /// Whether the PIN goes enciphered.
    enciphered: bool,
    /// Whether the card was asked how many tries are left,
    counted: bool,
    /// and what it said to that, or to the last wrong PIN.
    tries: Option<u8>,
    entries: u8,
    again: bool,
    challenge: [u8; 8],
}

impl Transaction<'_> {
    pub(super) fn verify_cardholder(&mut self) -> Result<(), Fault> {
        let findings = &mut self.findings;
        let begun = Verification::begin(&self.store, self.terminal, &self.payment, findings);
        let (walk, next) = begun.map_err(Fault::CvmList)?;
        self.pin.walk = Some(walk);
        self.verify(next)
    }

    /// Goes on with the walk over the list, to its end or until something is to
    /// be done.
    fn verify(&mut self, mut next: CvmNext) -> Result<(), Fault> {
        loop {
            let went = match next {
                CvmNext::Done(results) => {
                    self.store.set(Tag::CVM_RESULTS, &results)?;
                    return self.assess();
                }
                CvmNext::OnlinePin => {
                    self.stage = Stage::Pin { online: true };
                    return Ok(());
                }
                CvmNext::OfflinePin { enciphered } => {
                    self.pin.enciphered = enciphered;
                    match self.prepare()? {
                        Some(failed) => failed,
                        None => return Ok(()),
                    }
                }
            };
            next = self.walk_on(went);
        }
    }

    fn walk_on(&mut self, went: Performed) -> CvmNext {
        let Self { pin, store, terminal, payment, findings, .. } = self;
        match &mut pin.walk {
            Some(walk) => walk.went(store, terminal, payment, went, findings),
            None => CvmNext::Done([0x3F, 0x00, 0x00]),
        }
    }

    /// That is what came of the PIN.
    fn went(&mut self, went: Performed) -> Result<(), Fault> {
        let next = self.walk_on(went);
        self.verify(next)
    }

    /// Before the cardholder is asked: are there tries left, and is there a key
    /// to encipher the PIN with? Returns why not.
    fn prepare(&mut self) -> Result<Option<Performed>, Fault> {
        if self.pin.enciphered && !self.has_pin_key() {
            return Ok(Some(Performed::Failed));
        }
        if !self.pin.counted {
            self.pin.counted = true;
            self.apdu.get_data(Tag::PIN_TRY_COUNTER);
            self.stage = Stage::PinTries;
            return Ok(None);
        }
        Ok(self.ask_pin())
    }

    /// Where the key for enciphering a PIN is: it is the card's own key where
    /// there is no other (EMV Book 2, 7.1).
    fn pin_key(&self) -> Tag {
        let own = self.store.get(Tag::PIN_CERTIFICATE).is_none();
        if own && self.store.get(Tag::ICC_KEY).is_some() { Tag::ICC_KEY } else { Tag::PIN_KEY }
    }

    /// Recovers that key, once: its absence is kept as a key of no bytes.
    fn has_pin_key(&mut self) -> bool {
        if self.store.get(self.pin_key()).is_none() {
            let (authorities, date) = (&self.terminal.authorities, self.payment.time.date());
            let recovered = oda::recover_pin_key(&mut self.store, authorities, date);
            if recovered.is_err() && self.store.add(Tag::PIN_KEY, &[]).is_err() {
                return false;
            }
        }
        self.store.get(self.pin_key()).is_some_and(|key| !key.is_empty())
    }

    /// The card said how many tries are left; it need not.
    pub(super) fn pin_tries(&mut self, response: &[u8]) -> Result<(), Fault> {
        let command = Instruction::GetData(Tag::PIN_TRY_COUNTER);
        let (data, sw) = status(command, response)?;
        if sw == StatusWord::SUCCESS {
            let counter = template::only(command, data, Tag::PIN_TRY_COUNTER, None)?;
            self.pin.tries = counter.value.first().copied();
        }
        let failed = match self.pin.tries {
            Some(0) => Some(Performed::TryLimitExceeded),
            _ => self.ask_pin(),
        };
        failed.map_or(Ok(()), |failed| self.went(failed))
    }

    /// Has the PIN entered; before, the card's number that it is enciphered
    /// with, so that the PIN need not wait for that.
    fn ask_pin(&mut self) -> Option<Performed> {
        if self.pin.entries == MOST_ENTRIES {
            return Some(Performed::Failed);
        }
        self.pin.entries += 1;
        if self.pin.enciphered {
            self.apdu.get_challenge();
            self.stage = Stage::Challenge;
        } else {
            self.stage = Stage::Pin { online: false };
        }
        None
    }

    /// The card gave its number. If not, the PIN cannot be verified (EMV Book 3,
    /// 10.5.1).
    pub(super) fn challenge(&mut self, response: &[u8]) -> Result<(), Fault> {
        let (data, sw) = status(Instruction::GetChallenge, response)?;
        match data.try_into() {
            Ok(challenge) if sw == StatusWord::SUCCESS => {
                self.pin.challenge = challenge;
                self.stage = Stage::Pin { online: false };
                Ok(())
            }
            _ => self.went(Performed::Failed),
        }
    }

    pub(super) fn pin_request(&self, online: bool) -> PinRequest<'_> {
        let (amount, currency) = (self.payment.amount, self.payment.currency);
        if online {
            let account = self.store.get(Tag::PAN).unwrap_or_default();
            return PinRequest::online(amount, currency, account);
        }
        let mut request = PinRequest::offline(amount, currency);
        (request.tries, request.again) = (self.pin.tries, self.pin.again);
        request
    }

    pub(super) fn pin_entered(
        &mut self,
        pin: &Pin,
        random: impl FnOnce(&mut [u8]),
    ) -> Result<(), PinFault> {
        let kept = self.pin_key();
        let Self { apdu, store, pin: entering, .. } = self;
        if entering.enciphered {
            let key = store.get(kept).unwrap_or_default();
            apdu.verify_enciphered(pin, key, &entering.challenge, random, rsa::recover)?;
        } else {
            apdu.verify(pin)?;
        }
        self.stage = Stage::Verify;
        Ok(())
    }

    /// The card answered VERIFY (EMV Book 3, 6.5.12.5).
    pub(super) fn verified(&mut self, response: &[u8]) -> Result<(), Fault> {
        self.apdu.forget();
        let (_, sw) = status(Instruction::Verify, response)?;
        let went = match Verified::of(sw) {
            Verified::Right => Performed::Successful,
            Verified::NoTries => Performed::TryLimitExceeded,
            Verified::Other(_) => Performed::Failed,
            Verified::Wrong(tries) => {
                self.pin.tries = Some(tries);
                self.pin.again = true;
                match self.ask_pin() {
                    Some(failed) => failed,
                    None => return Ok(()),
                }
            }
        };
        self.went(went)
    }

    pub(super) fn online_pin_entered(&mut self, block: PinBlock) -> Result<(), Fault> {
        self.pin_block = Some(block);
        self.went(Performed::OnlineEntered)
    }

    pub(super) fn pin_not_entered(&mut self, went: Performed) {
        if matches!(self.stage, Stage::Pin { .. }) {
            let result = self.went(went);
            self.settle(result);
        }
    }
}

/// Whether one of the methods that count is a signature.
pub(super) fn signs(store: &Store<'_>) -> bool {
    const FAILED: u8 = 0x01;
    let Some(&[code, condition, result]) = store.get(Tag::CVM_RESULTS) else { return false };
    let signature = matches!(
        CvmRule::new(code, condition).method(),
        CvmMethod::Signature
            | CvmMethod::PlaintextPinAndSignature
            | CvmMethod::EncipheredPinAndSignature
    );
    signature && result != FAILED
}
