//! The issuer's answer and the second GENERATE AC (EMV Book 3, 10.9 to 10.11).

use super::{
    Approval, Decline, Issuer, OnlineResponse, Outcome, Stage, Transaction, Verdict, card,
};
use crate::card::StatusWord;
use crate::emv::action::{Action, unable_online};
use crate::emv::command::{Instruction, status};
use crate::emv::select::SelectStep;
use crate::emv::tlv::Tag;
use crate::emv::{Aip, Cryptogram, Fault, Rule};

// Authorisation Response Codes of the terminal (EMV Book 4, annex A6).
/// Unable to go online, approved offline.
const ALONE_APPROVED: [u8; 2] = *b"Y3";
/// Unable to go online, declined offline.
const ALONE_DECLINED: [u8; 2] = *b"Z3";

impl Transaction<'_> {
    pub(super) fn answered(&mut self, response: &OnlineResponse<'_>) -> Result<(), Fault> {
        self.store.set(Tag::ARC, &response.arc())?;
        let authentication = response.issuer_authentication();
        if let Some(data) = authentication {
            self.store.set(Tag::ISSUER_AUTHENTICATION, data)?;
        }
        self.keep_scripts(response);
        if self.removed {
            return Err(Fault::Removed);
        }
        match authentication {
            Some(data) if card::profile(&self.store).contains(Aip::ISSUER_AUTHENTICATION) => {
                self.apdu.external_authenticate(data);
                self.stage = Stage::IssuerAuthentication;
                Ok(())
            }
            _ => self.run_scripts(None),
        }
    }

    /// EMV Book 3, 10.9: a failure is noted, and the card decides.
    pub(super) fn issuer_authenticated(&mut self, response: &[u8]) -> Result<(), Fault> {
        let (_, sw) = status(Instruction::ExternalAuthenticate, response)?;
        self.findings.note(Rule::IssuerAuthenticationPerformed);
        if sw != StatusWord::SUCCESS {
            self.findings.note(Rule::IssuerAuthenticationFailed);
        }
        self.run_scripts(None)
    }

    /// There is no answer of the issuer (EMV Book 3, 10.7).
    pub(super) fn unreachable(&mut self) -> Result<(), Fault> {
        self.issuer = Issuer::Unreachable;
        if self.removed {
            return Err(Fault::Removed);
        }
        let (known, tvr) = (self.application()?, self.findings.tvr());
        let (action, rule) = unable_online(&self.store, self.terminal, known, tvr);
        self.findings.note(rule);
        let (cryptogram, code) = match action {
            Action::Approve => (Cryptogram::Tc, ALONE_APPROVED),
            _ => (Cryptogram::Aac, ALONE_DECLINED),
        };
        self.store.set(Tag::ARC, &code)?;
        self.generate(Tag::CDOL2, cryptogram, Stage::SecondAc)
    }

    /// Tells the card what the issuer said (EMV Book 3, 9.3.2).
    pub(super) fn conclude(&mut self) -> Result<(), Fault> {
        self.write_results()?;
        let asked = match self.issuer {
            Issuer::Approved => Cryptogram::Tc,
            _ => Cryptogram::Aac,
        };
        self.generate(Tag::CDOL2, asked, Stage::SecondAc)
    }

    pub(super) fn second_cryptogram(&mut self, response: &[u8]) -> Result<(), Fault> {
        let (given, good) = self.cryptogram(Instruction::GenerateAc(2), response)?;
        let approval = match self.issuer {
            Issuer::Approved => Approval::Online,
            _ => Approval::UnableOnline,
        };
        let verdict = match (self.issuer, given) {
            (Issuer::Declined, _) => Verdict::Declined(Decline::Issuer),
            (Issuer::NotAsked, _) => Verdict::Declined(Decline::Authentication),
            (_, Cryptogram::Tc) if good => Verdict::Approved(approval),
            (_, Cryptogram::Tc) => Verdict::Declined(Decline::Authentication),
            (Issuer::Approved, _) => Verdict::Declined(Decline::CardAfterIssuer),
            (Issuer::Unreachable, _) if self.asked == Cryptogram::Tc => {
                Verdict::Declined(Decline::Card)
            }
            (Issuer::Unreachable, _) => Verdict::Declined(Decline::NotOnline),
        };
        if let (Issuer::Unreachable, Verdict::Declined(_)) = (self.issuer, verdict) {
            // What goes to the host is what came of it, and not what was asked for.
            self.store.set(Tag::ARC, &ALONE_DECLINED)?;
        }
        self.write_results()?;
        self.run_scripts(Some(verdict))
    }

    /// Ends the transaction if it, or the selection, failed.
    pub(super) fn settle(&mut self, result: Result<(), Fault>) {
        let selection = match (self.stage, self.selection.step()) {
            (Stage::Selecting, SelectStep::Failed(fault)) => Err(fault),
            _ => Ok(()),
        };
        if let (Err(fault), false) = (selection.and(result), matches!(self.stage, Stage::Done(_))) {
            self.stage = Stage::Done(self.failed(fault));
        }
    }

    /// What was declined stays declined, whatever the card does after that.
    pub(super) fn failed(&self, fault: Fault) -> Outcome {
        let refused = matches!(self.stage, Stage::SecondAc) && self.issuer == Issuer::NotAsked;
        self.outcome(match self.issuer {
            Issuer::Declined => Verdict::Declined(Decline::Issuer),
            _ if refused => Verdict::Declined(Decline::Authentication),
            _ => Verdict::Failed(fault),
        })
    }

    pub(super) fn finish(&mut self, result: Verdict) {
        self.stage = Stage::Done(self.outcome(result));
    }

    fn outcome(&self, result: Verdict) -> Outcome {
        let approved = matches!(result, Verdict::Approved(_));
        let reversal_due = self.issuer == Issuer::Approved && !approved;
        Outcome { result, reversal_due, cid: self.cid }
    }
}
