//! Terminal action analysis and the first GENERATE AC (EMV Book 3, 9.2, 9.3,
//! 10.7 and 10.8).

use super::open::answer;
use super::{Approval, Decline, Stage, Transaction, Verdict, card};
use crate::emv::action::{Action, first_action};
use crate::emv::command::Instruction;
use crate::emv::tlv::Tag;
use crate::emv::{Cryptogram, Dol, DolFault, Fault, Rule, oda};

// Authorisation Response Codes of the terminal (EMV Book 4, annex A6).
/// Approved offline.
const APPROVED: [u8; 2] = *b"Y1";
/// Declined offline.
pub(super) const DECLINED: [u8; 2] = *b"Z1";

impl Transaction<'_> {
    /// Decides by what was found, and asks the card for it.
    pub(super) fn decide(&mut self) -> Result<(), Fault> {
        // No certificate is about them any more.
        self.store.remove(Tag::STATIC_DATA);
        let hashed = self.asks_hash(Tag::CDOL1) || self.asks_hash(Tag::CDOL2);
        if hashed && self.store.get(Tag::TDOL).is_none() {
            self.findings.note(Rule::DefaultTdol);
        }
        let known = self.application()?;
        let tvr = self.findings.tvr();
        let (action, rule) = first_action(&self.store, self.terminal, known, tvr);
        self.findings.note(rule);
        if self.combined && action == Action::Decline {
            // An AAC is never signed.
            self.findings.note(Rule::NothingToSign);
        }
        let (cryptogram, code) = match action {
            Action::Approve => (Cryptogram::Tc, Some(APPROVED)),
            Action::GoOnline => (Cryptogram::Arqc, None),
            Action::Decline => (Cryptogram::Aac, Some(DECLINED)),
        };
        if let Some(code) = code {
            self.store.set(Tag::ARC, &code)?;
        }
        self.write_results()?;
        self.generate(Tag::CDOL1, cryptogram, Stage::FirstAc)
    }

    fn asks_hash(&self, list: Tag) -> bool {
        Dol::new(self.store.get(list).unwrap_or_default()).asks_for(Tag::TC_HASH)
    }

    /// GENERATE AC, with what this list asks for. A TC and an ARQC are to be
    /// signed if combined data authentication goes on (EMV Book 2, 6.6).
    pub(super) fn generate(
        &mut self,
        list: Tag,
        asked: Cryptogram,
        stage: Stage,
    ) -> Result<(), Fault> {
        if self.asks_hash(list) {
            self.hash()?;
        }
        let signed = self.combined && asked != Cryptogram::Aac;
        let store = &self.store;
        self.apdu.generate_ac(asked, signed, |out| answer(store, list, out))?;
        if self.combined {
            let kept = if list == Tag::CDOL1 { Tag::CDOL1_DATA } else { Tag::CDOL2_DATA };
            self.store.set(kept, self.apdu.data())?;
        }
        self.asked = asked;
        self.stage = stage;
        Ok(())
    }

    /// The TC hash: over what the TDOL asks for, or the terminal's (EMV Book 3,
    /// 9.2.2).
    fn hash(&mut self) -> Result<(), Fault> {
        let default = self.application()?.default_tdol;
        let list = Dol::new(self.store.get(Tag::TDOL).unwrap_or(default));
        let mut hash = oda::Sha1::new();
        list.feed(|tag| self.store.get(tag), |piece| hash.add(piece))
            .map_err(|fault| Fault::List(Tag::TDOL, DolFault::Malformed(fault)))?;
        Ok(self.store.set(Tag::TC_HASH, &hash.finish())?)
    }

    /// The card gave a cryptogram: the one that was asked for or a lesser one
    /// (EMV Book 3, 9.3); and whether, if it had to be signed, it was.
    pub(super) fn cryptogram(
        &mut self,
        command: Instruction,
        response: &[u8],
    ) -> Result<(Cryptogram, bool), Fault> {
        let signed = self.combined && self.asked != Cryptogram::Aac;
        let (cid, content) = card::cryptogram(&mut self.store, command, response, signed)?;
        self.cid = Some(cid);
        let (asked, second) = (self.asked, command == Instruction::GenerateAc(2));
        let allowed = |&given: &Cryptogram| match given {
            Cryptogram::Aac => true,
            Cryptogram::Arqc => asked != Cryptogram::Aac && !second,
            Cryptogram::Tc => asked == Cryptogram::Tc,
        };
        let fault = Fault::Cryptogram { asked, given: cid.0 };
        let given = cid.cryptogram().filter(allowed).ok_or(fault)?;
        let good = match content {
            Some(content) => self.combine(cid, second, content)?,
            None => true,
        };
        Ok((given, good))
    }

    pub(super) fn first_cryptogram(&mut self, response: &[u8]) -> Result<(), Fault> {
        let (given, good) = self.cryptogram(Instruction::GenerateAc(1), response)?;
        self.findings.note(Rule::CardRiskManagementPerformed);
        self.write_results()?;
        match (given, good) {
            (Cryptogram::Aac, _) => {
                self.store.set(Tag::ARC, &DECLINED)?;
                let terminal = self.asked == Cryptogram::Aac;
                self.finish(Verdict::Declined(if terminal {
                    Decline::Terminal
                } else {
                    Decline::Card
                }));
            }
            (Cryptogram::Tc, true) => self.finish(Verdict::Approved(Approval::Offline)),
            // EMV Book 2, 6.6.2: the certificate of a card that is not authentic
            // is none.
            (Cryptogram::Tc, false) => {
                self.store.set(Tag::ARC, &DECLINED)?;
                self.finish(Verdict::Declined(Decline::Authentication));
            }
            (Cryptogram::Arqc, false) => {
                self.store.set(Tag::ARC, &DECLINED)?;
                return self.generate(Tag::CDOL2, Cryptogram::Aac, Stage::SecondAc);
            }
            (Cryptogram::Arqc, true) => {
                self.store.remove(Tag::ARC);
                if self.terminal.is_offline_only() {
                    return self.unreachable();
                }
                self.stage = Stage::Online;
            }
        }
        Ok(())
    }
}
