//! What follows on what.

use zeroize::Zeroizing;

use super::{Decline, Issuer, OnlineResponse, Outcome, Stage, Transaction, Verdict, card};
use crate::card::StatusWord;
use crate::emv::command::{Instruction, MOST, NOT_SATISFIED, status};
use crate::emv::select::SelectStep;
use crate::emv::tlv::Tag;
use crate::emv::{Afl, Aip, Cryptogram, Dol, Fault, Record, Rule, Store};

impl Transaction<'_> {
    pub(super) fn begin(&mut self) -> Result<(), Fault> {
        self.terminal.store(&mut self.store)?;
        self.payment.store(&mut self.store)?;
        // EMV Book 4, 6.3.4.5: no cardholder verification performed.
        self.store.add(Tag::CVM_RESULTS, &[0x3F, 0x00, 0x00])?;
        self.findings.note(Rule::NoCommonMethod);
        self.write_results()?;
        self.base = self.store.mark();
        Ok(())
    }

    fn write_results(&mut self) -> Result<(), Fault> {
        self.store.set(Tag::TVR, &self.findings.tvr().to_bytes())?;
        self.store.set(Tag::TSI, &self.findings.tsi().bits().to_be_bytes())?;
        Ok(())
    }

    pub(super) fn selecting(&mut self, response: &[u8]) -> Result<(), Fault> {
        self.selection.response(response);
        let SelectStep::Selected(candidate) = self.selection.step() else { return Ok(()) };
        let application = candidate.application();
        if let Err(fault) = self.open(application, response) {
            self.pass_over(fault);
        }
        Ok(())
    }

    /// Goes back to the selection: this application cannot be used.
    fn pass_over(&mut self, reason: Fault) {
        self.store.back_to(self.base);
        self.selection.reject(reason);
        self.stage = Stage::Selecting;
    }

    /// Opens the application that was selected (EMV Book 3, 10.1).
    fn open(&mut self, application: usize, response: &[u8]) -> Result<(), Fault> {
        let known = self.terminal.applications.get(application);
        let version = known.map_or(0, |known| known.version);
        self.store.add(Tag::VERSION_TERMINAL, &version.to_be_bytes())?;
        card::described(&mut self.store, response)?;
        let mut data = Zeroizing::new([0; MOST - 3]);
        let length = answer(&self.store, Tag::PDOL, data.as_mut_slice())?;
        self.apdu.get_processing_options(data.get(..length).unwrap_or_default())?;
        self.stage = Stage::Options;
        Ok(())
    }

    pub(super) fn options(&mut self, response: &[u8]) -> Result<(), Fault> {
        let command = Instruction::GetProcessingOptions;
        let (_, sw) = status(command, response)?;
        if sw == NOT_SATISFIED {
            self.pass_over(Fault::Refused(command, sw));
            return Ok(());
        }
        card::options(&mut self.store, response)?;
        self.records = self.store.mark();
        self.read(0, command)
    }

    /// Reads the record of this index, or goes on after the `last`.
    fn read(&mut self, index: usize, last: Instruction) -> Result<(), Fault> {
        let afl = Afl::new(self.store.get(Tag::AFL).unwrap_or_default());
        let record = afl.map_err(Fault::Locator)?.records().nth(index);
        if let Some(record) = record {
            self.apdu.read_record(record.sfi, record.number);
            self.stage = Stage::Record { index, record };
            return Ok(());
        }
        card::complete(&self.store, last, self.records)?;
        self.generate(Tag::CDOL1, Cryptogram::Arqc, Stage::FirstAc)
    }

    pub(super) fn record(
        &mut self,
        index: usize,
        record: Record,
        response: &[u8],
    ) -> Result<(), Fault> {
        card::record(&mut self.store, record, response, self.records)?;
        let last = Instruction::ReadRecord { sfi: record.sfi, record: record.number };
        self.read(index + 1, last)
    }

    fn generate(&mut self, list: Tag, asked: Cryptogram, stage: Stage) -> Result<(), Fault> {
        let store = &self.store;
        self.apdu.generate_ac(asked, |out| answer(store, list, out))?;
        self.stage = stage;
        Ok(())
    }

    /// The card gave a cryptogram: the one that was asked for, or it declines
    /// (EMV Book 3, 9.3).
    fn cryptogram(
        &mut self,
        command: Instruction,
        asked: Cryptogram,
        response: &[u8],
    ) -> Result<Cryptogram, Fault> {
        let cid = card::cryptogram(&mut self.store, command, response)?;
        self.cid = Some(cid);
        let allowed = |given: &Cryptogram| *given == asked || *given == Cryptogram::Aac;
        let fault = Fault::Cryptogram { asked, given: cid.0 };
        cid.cryptogram().filter(allowed).ok_or(fault)
    }

    pub(super) fn first_cryptogram(&mut self, response: &[u8]) -> Result<(), Fault> {
        let command = Instruction::GenerateAc(1);
        let given = self.cryptogram(command, Cryptogram::Arqc, response)?;
        // EMV Book 3, 10.8.
        self.findings.note(Rule::CardRiskManagementPerformed);
        self.write_results()?;
        if given == Cryptogram::Aac {
            self.finish(Verdict::Declined(Decline::Card));
        } else {
            self.stage = Stage::Online;
        }
        Ok(())
    }

    pub(super) fn answered(&mut self, response: &OnlineResponse) -> Result<(), Fault> {
        let authentication = response.issuer_authentication();
        if let Some(data) = authentication {
            self.store.set(Tag::ISSUER_AUTHENTICATION, data)?;
        }
        let supported = card::profile(&self.store).contains(Aip::ISSUER_AUTHENTICATION);
        match authentication {
            Some(data) if supported && !self.removed => {
                self.store.set(Tag::ARC, &response.arc())?;
                self.apdu.external_authenticate(data);
                self.stage = Stage::Authenticate;
                Ok(())
            }
            _ => self.conclude(response.arc()),
        }
    }

    /// EMV Book 3, 10.9: a failure is noted, and the card decides.
    pub(super) fn authenticated(&mut self, response: &[u8]) -> Result<(), Fault> {
        let (_, sw) = status(Instruction::ExternalAuthenticate, response)?;
        self.findings.note(Rule::IssuerAuthenticationPerformed);
        if sw != StatusWord::SUCCESS {
            self.findings.note(Rule::IssuerAuthenticationFailed);
        }
        self.write_results()?;
        self.second()
    }

    /// Tells the card what the issuer said.
    pub(super) fn conclude(&mut self, arc: [u8; 2]) -> Result<(), Fault> {
        self.store.set(Tag::ARC, &arc)?;
        if self.removed { Err(Fault::Removed) } else { self.second() }
    }

    fn second(&mut self) -> Result<(), Fault> {
        self.generate(Tag::CDOL2, self.asked(), Stage::SecondAc)
    }

    /// What the card is asked for in the end (EMV Book 3, 9.3.2).
    const fn asked(&self) -> Cryptogram {
        match self.issuer {
            Issuer::Approved => Cryptogram::Tc,
            Issuer::NotAsked | Issuer::Declined | Issuer::Unreachable => Cryptogram::Aac,
        }
    }

    pub(super) fn second_cryptogram(&mut self, response: &[u8]) -> Result<(), Fault> {
        let command = Instruction::GenerateAc(2);
        let given = self.cryptogram(command, self.asked(), response)?;
        self.finish(match (self.issuer, given) {
            (Issuer::Approved, Cryptogram::Tc) => Verdict::Approved,
            (Issuer::Approved, _) => Verdict::Declined(Decline::CardAfterIssuer),
            (Issuer::Declined, _) => Verdict::Declined(Decline::Issuer),
            _ => Verdict::Declined(Decline::NotOnline),
        });
        Ok(())
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

    /// A transaction that the issuer declined stays declined, whatever the
    /// card does after that.
    pub(super) fn failed(&self, fault: Fault) -> Outcome {
        self.outcome(match self.issuer {
            Issuer::Declined => Verdict::Declined(Decline::Issuer),
            _ => Verdict::Failed(fault),
        })
    }

    fn finish(&mut self, result: Verdict) {
        self.stage = Stage::Done(self.outcome(result));
    }

    fn outcome(&self, result: Verdict) -> Outcome {
        let approved = self.issuer == Issuer::Approved;
        Outcome { result, reversal_due: approved && result != Verdict::Approved, cid: self.cid }
    }
}

/// Writes what a list of the card asks for to the front of `out`; returns its
/// length.
fn answer(store: &Store<'_>, list: Tag, out: &mut [u8]) -> Result<usize, Fault> {
    let dol = Dol::new(store.get(list).unwrap_or_default());
    dol.fill(out, |tag| store.get(tag)).map_err(|fault| Fault::List(list, fault))
}
