//! From the first byte to the last record (EMV Book 1, 12; Book 3, 10.1 and
//! 10.2).

use super::{Stage, Transaction, card};
use crate::emv::command::{Instruction, NOT_SATISFIED, status};
use crate::emv::select::SelectStep;
use crate::emv::tlv::Tag;
use crate::emv::{Application, Capabilities, Dol, Fault, Record, Store, Terminal};

impl Transaction<'_> {
    /// So many commands a transaction with this terminal sends to the card at
    /// most, whatever the card answers, and apart from those of issuer scripts,
    /// each of which has six bytes or more in the issuer's answer.
    #[must_use]
    pub const fn most_commands(terminal: &Terminal<'_>) -> usize {
        // Data authentication, tries, challenges and VERIFY, two counters, two
        // cryptograms, issuer authentication.
        let rest = 1 + 1 + 2 * super::verify::MOST_ENTRIES as usize + 2 + 2 + 1;
        super::Selection::most_commands(terminal.applications.len())
            // Each candidate can be selected, and refuse its options.
            + super::Selection::MOST
            + Self::MOST_RECORDS as usize
            + rest
    }
}

impl<'a> Transaction<'a> {
    pub(super) fn begin(&mut self) -> Result<(), Fault> {
        self.terminal.store(&mut self.store)?;
        self.payment.store(&mut self.store)?;
        // EMV Book 4, 6.3.4.5: no cardholder verification performed so far.
        self.store.add(Tag::CVM_RESULTS, &[0x3F, 0x00, 0x00])?;
        self.write_results()?;
        self.base = self.store.mark();
        Ok(())
    }

    /// Puts what was found into the data elements that the card and the issuer
    /// are told.
    pub(super) fn write_results(&mut self) -> Result<(), Fault> {
        self.store.set(Tag::TVR, &self.findings.tvr().to_bytes())?;
        self.store.set(Tag::TSI, &self.findings.tsi().bits().to_be_bytes())?;
        Ok(())
    }

    /// The application that was selected, as the terminal has it.
    pub(super) fn application(&self) -> Result<&'a Application<'a>, Fault> {
        self.application.ok_or(Fault::NoApplication)
    }

    pub(super) fn selecting(&mut self, response: &[u8]) -> Result<(), Fault> {
        self.selection.response(response);
        let SelectStep::Selected(candidate) = self.selection.step() else { return Ok(()) };
        self.application = self.terminal.applications.get(candidate.application());
        if let Err(fault) = self.open(response) {
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
    fn open(&mut self, response: &[u8]) -> Result<(), Fault> {
        let known = self.application()?;
        self.store.add(Tag::VERSION_TERMINAL, &known.version.to_be_bytes())?;
        if let Some(floor) = known.limits.floor.to_binary() {
            self.store.add(Tag::FLOOR_LIMIT, &floor)?;
        }
        card::described(&mut self.store, response)?;
        let store = &self.store;
        self.apdu.get_processing_options(|out| answer(store, Tag::PDOL, out))?;
        if self.terminal.capabilities.contains(Capabilities::CDA) {
            // Combined data authentication is about what was sent here as well.
            self.store.add(Tag::PDOL_DATA, self.apdu.options())?;
        }
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
        self.choose_method();
        self.records = self.store.mark();
        self.read(Place::default(), command)
    }

    /// Reads the record at this place, or goes on after the `last`.
    fn read(&mut self, place: Place, last: Instruction) -> Result<(), Fault> {
        let locator = self.store.get(Tag::AFL).unwrap_or_default();
        if let Some(record) = place.record(locator) {
            if place.count == Self::MOST_RECORDS {
                return Err(Fault::TooManyRecords);
            }
            self.apdu.read_record(record.sfi, record.number);
            self.stage = Stage::Record(place);
            return Ok(());
        }
        card::complete(&self.store, last, self.records)?;
        self.authenticate()
    }

    pub(super) fn record(&mut self, place: Place, response: &[u8]) -> Result<(), Fault> {
        let locator = self.store.get(Tag::AFL).unwrap_or_default();
        let Some(record) = place.record(locator) else { return Ok(()) };
        let next = place.next(locator);
        let authenticated = record.authenticated && self.keeps_records();
        let record = Record { authenticated, ..record };
        card::record(&mut self.store, record, response, self.records)?;
        self.read(next, Instruction::ReadRecord { sfi: record.sfi, record: record.number })
    }
}

/// A place in the file locator, which was checked when it came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Which entry.
    entry: u8,
    /// Which of its records.
    index: u8,
    /// How many records stand before.
    count: u8,
}

impl Place {
    fn entry(self, locator: &[u8]) -> Option<[u8; 4]> {
        locator.as_chunks().0.get(usize::from(self.entry)).copied()
    }

    fn record(self, locator: &[u8]) -> Option<Record> {
        let [file, first, _, authenticated] = self.entry(locator)?;
        let number = first.saturating_add(self.index);
        Some(Record { sfi: file >> 3, number, authenticated: self.index < authenticated })
    }

    fn next(self, locator: &[u8]) -> Self {
        let Self { entry, index, count } = self;
        let count = count.saturating_add(1);
        match self.entry(locator) {
            Some([_, first, last, _]) if index < last.saturating_sub(first) => {
                Self { entry, index: index + 1, count }
            }
            _ => Self { entry: entry.saturating_add(1), index: 0, count },
        }
    }
}

/// Writes what a list of the card asks for to the front of `out`; returns its
/// length.
pub(super) fn answer(store: &Store<'_>, list: Tag, out: &mut [u8]) -> Result<usize, Fault> {
    let dol = Dol::new(store.get(list).unwrap_or_default());
    dol.fill(out, |tag| store.get(tag)).map_err(|fault| Fault::List(list, fault))
}
