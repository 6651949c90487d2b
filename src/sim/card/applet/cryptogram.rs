//! Cryptograms, signatures, and the issuer's proof.

use std::vec::Vec;

use super::risk::{self, AAC, ARQC};
use super::session::At;
use super::wire::{Command, answered, element, tlv, value};
use super::{CardApplication, EmvApplet, Layout, Misbehaviour};
use crate::sim::card::pki::{Flaw, Pki, Signed, Signer};
use crate::sim::issuer::{CRYPTOGRAM_DATA, ResponseMethod};

/// What the terminal told, by tags.
type Told = [(u32, Vec<u8>)];

/// A cryptogram and what comes with it.
struct Made {
    information: u8,
    counter: [u8; 2],
    cryptogram: [u8; 8],
    issuer_data: [u8; 8],
}

impl EmvApplet {
    /// GENERATE AC (EMV Book 3, 6.5.5).
    pub(super) fn generate(&mut self, command: &Command<'_>, asked: u8) -> Result<Vec<u8>, u16> {
        let (index, first) = match self.session.at {
            At::Opened(index) => (index, true),
            At::Asked(index) => (index, false),
            _ => return Err(0x6985),
        };
        let application = self.application(index)?.clone();
        let (asked, signed) = (asked & 0xC0, asked & 0x10 != 0);
        let can_sign = application.profile[0] & 0x01 != 0;
        if (signed && !can_sign) || (asked == ARQC && !first) {
            return Err(0x6A86);
        }
        let list = if first { &application.cdol1 } else { &application.cdol2 };
        let told = answered(list, command.data).filter(|_| command.expects).ok_or(0x6700_u16)?;
        let amount = risk::amount(&told);
        let information = if first {
            self.first(asked, amount, &application)
        } else {
            self.second(asked, &told, index, &application)?
        };
        let goes_on = first && information & 0xC0 == ARQC;
        self.session.at = if goes_on { At::Asked(index) } else { At::Done(index) };
        self.remember(information, amount, first || risk::is_unreached(&told));
        let made = self.cryptogram(index, &application, information, &told, first)?;
        if first {
            self.session.first = Some((made.cryptogram, information));
            self.session.cdol1_data = command.data.to_vec();
            self.session.unpredictable = value(&told, 0x9F37).cloned().unwrap_or_default();
        }
        let cdol2_data = if first { &[][..] } else { command.data };
        if signed && information & 0xC0 != AAC {
            return Ok(self.signed(&application, &made, &told, cdol2_data));
        }
        Ok(plain(&application, &made))
    }

    fn cryptogram(
        &self,
        index: usize,
        application: &CardApplication,
        information: u8,
        told: &Told,
        first: bool,
    ) -> Result<Made, u16> {
        let counter = self.memory.counter;
        let [a, b, c] = self.results(information, told, first);
        let issuer_data = [0x07, 0x01, application.scheme.version(), 0x03, a, b, c, 0x01];
        let values = CRYPTOGRAM_DATA.iter().filter_map(|&tag| value(told, tag));
        let input: Vec<u8> = values.flatten().copied().collect();
        let parts = [&input, &application.profile[..], &counter.to_be_bytes(), &issuer_data];
        let key = self.keys(index)?.cryptogram.cryptogram_session(counter);
        let mut cryptogram = key.cryptogram(&parts.concat());
        if self.misbehaviour.contains(&Misbehaviour::FalseCryptogram) {
            cryptogram.reverse();
        }
        Ok(Made { information, counter: counter.to_be_bytes(), cryptogram, issuer_data })
    }

    /// Card Verification Results.
    fn results(&self, information: u8, told: &Told, first: bool) -> [u8; 3] {
        let (session, memory) = (&self.session, &self.memory);
        let bit = |is: bool, bit: u8| if is { bit } else { 0 };
        let kinds = match session.first {
            Some((_, kind)) if !first => information & 0xC0 | (kind & 0xC0) >> 2,
            _ => 0x80 | (information & 0xC0) >> 2,
        };
        let tries = self.personal.pin.as_ref().map_or(1, |pin| pin.tries);
        [
            kinds
                | bit(session.trusted == Some(false), 0x08)
                | bit(session.verified.is_some(), 0x04)
                | bit(session.verified == Some(false), 0x02)
                | bit(risk::is_unreached(told), 0x01),
            bit(tries == 0, 0x40)
                | bit(memory.last_online == 0, 0x10)
                | bit(!first && session.trusted.is_none(), 0x04),
            session.scripts << 4 | bit(session.script_failed, 0x08),
        ]
    }

    /// A cryptogram in a signature (EMV Book 2, 6.6.1 and tables 19 to 22).
    fn signed(
        &mut self,
        application: &CardApplication,
        made: &Made,
        told: &Told,
        cdol2_data: &[u8],
    ) -> Vec<u8> {
        let front = [element(0x9F27, &[made.information]), element(0x9F36, &made.counter)].concat();
        let issuer_data = element(0x9F10, &made.issuer_data);
        let session = &self.session;
        let pki = application.authentication.clone().unwrap_or_default();
        let hash = self.signer(&pki, &[]).hash(&[
            &session.pdol_data,
            &session.cdol1_data,
            cdol2_data,
            &front,
            &issuer_data,
        ]);
        let said = value(told, 0x9F37).unwrap_or(&session.unpredictable).clone();
        let number = self.drawn();
        let dynamic = [&[0x08][..], &number, &[made.information], &made.cryptogram, &hash];
        let signature = self.signature(application, Signed::Cryptogram, &dynamic.concat(), &said);
        tlv(&[0x77], &[front, element(0x9F4B, &signature), issuer_data].concat())
    }

    fn signature(
        &self,
        application: &CardApplication,
        signed: Signed,
        dynamic: &[u8],
        said: &[u8],
    ) -> Vec<u8> {
        let pki = application.authentication.clone().unwrap_or_default();
        self.signer(&pki, &self.flaws()).dynamic_data(signed, dynamic, said)
    }

    fn signer<'a>(&'a self, pki: &'a Pki, flaws: &'a [(Signed, Flaw)]) -> Signer<'a> {
        Signer::new(pki, &self.personal.pan, flaws, self.session.algorithm)
    }

    /// INTERNAL AUTHENTICATE (EMV Book 3, 6.5.9; Book 2, 6.5.1): over what its
    /// list asked for, whatever that is.
    pub(super) fn sign(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let At::Opened(index) = self.session.at else { return Err(0x6985) };
        let application = self.application(index)?.clone();
        if application.profile[0] & 0x20 == 0 {
            return Err(0x6985);
        }
        let list = value(&application.elements, 0x9F49).filter(|list| !list.is_empty());
        let list = list.map_or(&[0x9F, 0x37, 0x04][..], Vec::as_slice);
        answered(list, command.data).filter(|_| command.expects).ok_or(0x6700_u16)?;
        let number = self.drawn();
        let dynamic = [&[0x08][..], &number].concat();
        let signature = self.signature(&application, Signed::DynamicData, &dynamic, command.data);
        Ok(match application.layout {
            Layout::Values => tlv(&[0x80], &signature),
            Layout::Elements => tlv(&[0x77], &element(0x9F4B, &signature)),
        })
    }

    /// EXTERNAL AUTHENTICATE (EMV Book 3, 6.5.4).
    pub(super) fn authenticate(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let At::Asked(index) = self.session.at else { return Err(0x6985) };
        if self.application(index)?.profile[0] & 0x04 == 0 || self.session.trusted.is_some() {
            return Err(0x6985);
        }
        if command.expects || !(8..=16).contains(&command.data.len()) {
            return Err(0x6700);
        }
        if self.prove(index, command.data)? { Ok(Vec::new()) } else { Err(0x6300) }
    }

    /// Whether the issuer proved to be the issuer; does what it says then.
    pub(super) fn prove(&mut self, index: usize, data: &[u8]) -> Result<bool, u16> {
        let (arqc, _) = self.session.first.ok_or(0x6985_u16)?;
        let key = self.keys(index)?.cryptogram.cryptogram_session(self.memory.counter);
        let proven = match self.application(index)?.scheme.response {
            ResponseMethod::Code => data.split_first_chunk::<8>().and_then(|(code, arc)| {
                let wanted = key.response(arqc, arc.try_into().ok()?);
                (wanted == *code).then_some(None)
            }),
            ResponseMethod::StatusUpdate => {
                data.split_first_chunk::<4>().and_then(|(code, rest)| {
                    let (csu, proprietary) = rest.split_first_chunk::<4>()?;
                    let wanted = key.status_update(arqc, *csu, proprietary);
                    (wanted == *code).then_some(Some(*csu))
                })
            }
        };
        let proven = proven.filter(|_| !self.misbehaviour.contains(&Misbehaviour::Distrusting));
        self.session.trusted = Some(proven.is_some());
        if let Some(Some(csu)) = proven {
            self.update(index, csu)?;
        }
        Ok(proven.is_some())
    }

    /// Card Status Update (EMV Book 3, annex C10): card block, application
    /// block, PIN Try Counter.
    fn update(&mut self, index: usize, csu: [u8; 4]) -> Result<(), u16> {
        let [tries, bits, ..] = csu;
        self.session.status = Some(csu);
        self.memory.blocked |= bits & 0x40 != 0;
        if bits & 0x20 != 0 {
            self.block(index, true)?;
        }
        if let (true, Some(pin)) = (bits & 0x10 != 0, &mut self.personal.pin) {
            pin.tries = tries & 0x0F;
        }
        Ok(())
    }
}

/// A cryptogram in the card's layout.
fn plain(application: &CardApplication, made: &Made) -> Vec<u8> {
    let Made { information, counter, cryptogram, issuer_data } = made;
    match application.layout {
        Layout::Values => {
            let values = [&[*information][..], counter, cryptogram, issuer_data].concat();
            tlv(&[0x80], &values)
        }
        Layout::Elements => {
            let elements = [
                element(0x9F27, &[*information]),
                element(0x9F36, counter),
                element(0x9F26, cryptogram),
                element(0x9F10, issuer_data),
            ];
            tlv(&[0x77], &elements.concat())
        }
    }
}
