//! Selection of the application (EMV Book 1, 12).

mod candidate;

use heapless::Vec;

pub use candidate::Candidate;

use super::command::{INVALIDATED, Instruction, NOT_FOUND, NOT_SUPPORTED, SelectApdu, status};
use super::template::{Fci, only, value, within};
use super::tlv::Tag;
use super::{Fault, Terminal};
use crate::card::StatusWord;

/// The directory of a contact card.
const DIRECTORY: &[u8] = b"1PAY.SYS.DDF01";

/// How often one name is asked for again. A card that always has a next
/// application would never end.
const OCCURRENCES: u8 = 16;

/// Finds the applications that card and terminal both have, has the
/// cardholder choose, and selects.
///
/// It does no I/O: it [says](Self::step) what to do next, and is resumed with
/// what happened. A resumption out of turn changes nothing.
#[derive(Debug)]
pub struct Selection<'a> {
    terminal: &'a Terminal<'a>,
    stage: Stage,
    apdu: SelectApdu,
    candidates: Vec<Candidate, { Selection::MOST }>,
    code_table: Option<u8>,
    again: bool,
    /// Why there may be no application left.
    reason: Fault,
}

/// What a [`Selection`] wants next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SelectStep<'s> {
    /// Send this command, and resume with the [response](Selection::response).
    Transmit(&'s [u8]),
    /// Have the cardholder [choose](Selection::choose) one of these, in this
    /// order, or [cancel](Selection::cancel). One alone is to be confirmed.
    Choose(&'s [Candidate]),
    /// This application is selected; the last response describes it.
    Selected(&'s Candidate),
    /// There is none.
    Failed(Fault),
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Directory,
    Record { sfi: u8, record: u8 },
    List { application: usize, occurrence: u8 },
    Choice,
    Final(usize),
    Selected(usize),
    Failed(Fault),
}

impl<'a> Selection<'a> {
    /// How many applications it can hold.
    pub const MOST: usize = 10;

    /// So many commands it sends at most to find and select one application, for
    /// a terminal with so many: whatever the card answers. Each application that
    /// is rejected takes one more.
    pub(crate) const fn most_commands(applications: usize) -> usize {
        // The directory and its records, the list with every next occurrence,
        // the selection itself.
        1 + 255 + applications * (1 + OCCURRENCES as usize) + Self::MOST
    }

    /// A selection among the applications of this terminal.
    #[must_use]
    pub fn new(terminal: &'a Terminal<'a>) -> Self {
        let mut selection = Self {
            terminal,
            stage: Stage::Directory,
            apdu: SelectApdu::new(),
            candidates: Vec::new(),
            code_table: None,
            again: false,
            reason: Fault::NoApplication,
        };
        if terminal.directory {
            selection.apdu.select(DIRECTORY, false);
        } else {
            selection.list(0);
        }
        selection
    }

    /// What to do next.
    #[must_use]
    pub fn step(&self) -> SelectStep<'_> {
        match self.stage {
            Stage::Choice => SelectStep::Choose(&self.candidates),
            Stage::Selected(index) => match self.candidates.get(index) {
                Some(candidate) => SelectStep::Selected(candidate),
                None => SelectStep::Failed(self.reason),
            },
            Stage::Failed(fault) => SelectStep::Failed(fault),
            _ => SelectStep::Transmit(self.apdu.bytes()),
        }
    }

    /// Whether an application that was selected could not be used, so that
    /// the choice is to be headed "try again" (EMV Book 4, 11.3).
    #[must_use]
    pub const fn again(&self) -> bool {
        self.again
    }

    /// The card answered.
    pub fn response(&mut self, response: &[u8]) {
        let result = match self.stage {
            Stage::Directory => self.directory(response),
            Stage::Record { sfi, record } => self.record(sfi, record, response),
            Stage::List { application, occurrence } => {
                self.listed(application, occurrence, response)
            }
            Stage::Final(index) => self.selected(index, response),
            Stage::Choice | Stage::Selected(_) | Stage::Failed(_) => return,
        };
        if let Err(fault) = result {
            self.stage = Stage::Failed(fault);
        }
    }

    /// The cardholder chose the candidate at this index.
    pub fn choose(&mut self, index: usize) {
        if matches!(self.stage, Stage::Choice) {
            self.select(index);
        }
    }

    /// The cardholder chose none.
    pub fn cancel(&mut self) {
        if matches!(self.stage, Stage::Choice) {
            self.stage = Stage::Failed(Fault::Cancelled);
        }
    }

    /// The selected application cannot be used after all, for this reason: go
    /// on with those that are left (EMV Book 3, 10.1).
    pub fn reject(&mut self, reason: Fault) {
        if let Stage::Selected(index) = self.stage {
            self.drop_candidate(index, reason);
        }
    }

    /// The directory answered. Whatever is wrong with it but a blocked card,
    /// there is the other way to find applications (EMV Book 1, 12.3.2).
    fn directory(&mut self, response: &[u8]) -> Result<(), Fault> {
        let (data, sw) = status(Instruction::Select, response)?;
        if sw == NOT_SUPPORTED {
            return Err(Fault::CardBlocked);
        }
        let fci = if sw == StatusWord::SUCCESS { Fci::parse(data).ok() } else { None };
        let first = |tag| {
            let found = fci.as_ref()?.proprietary.clone().find(tag).ok().flatten();
            found?.value.first().copied()
        };
        self.code_table = first(Tag::CODE_TABLE);
        match first(Tag::SFI).filter(|sfi| (1..=10).contains(sfi)) {
            Some(sfi) => self.read(sfi, 1),
            None => self.list(0),
        }
        Ok(())
    }

    fn read(&mut self, sfi: u8, record: u8) {
        self.apdu.read_record(sfi, record);
        self.stage = Stage::Record { sfi, record };
    }

    /// A record of the directory. What is no entry in it is passed over (EMV
    /// Book 1, 12.2.3). One that cannot be read may have held an application:
    /// the list of the terminal's finds it.
    fn record(&mut self, sfi: u8, record: u8, response: &[u8]) -> Result<(), Fault> {
        let command = Instruction::ReadRecord { sfi, record };
        let (data, sw) = status(command, response)?;
        if sw == StatusWord::SUCCESS {
            self.enter(command, data)?;
        }
        match record.checked_add(1) {
            Some(next) if sw == StatusWord::SUCCESS => self.read(sfi, next),
            _ if self.candidates.is_empty() || sw != NOT_FOUND => self.list(0),
            _ => self.offer(),
        }
        Ok(())
    }

    fn enter(&mut self, command: Instruction, data: &[u8]) -> Result<(), Fault> {
        let Ok(template) = only(command, data, Tag::RECORD, None) else { return Ok(()) };
        let applications = self.terminal.applications;
        let known = |name: &[u8]| applications.iter().position(|known| known.matches(name));
        for entry in within(template).map_while(Result::ok) {
            if entry.tag != Tag::APPLICATION {
                continue;
            }
            if let Some(found) = Candidate::from_directory(entry, self.code_table, known) {
                self.add(found)?;
            }
        }
        Ok(())
    }

    /// Tries the terminal's applications one after the other, from this one.
    fn list(&mut self, application: usize) {
        match self.terminal.applications.get(application) {
            Some(known) => {
                self.apdu.select(known.aid, false);
                self.stage = Stage::List { application, occurrence: 0 };
            }
            None => self.offer(),
        }
    }

    /// One of the terminal's applications answered, or not (EMV Book 1,
    /// 12.3.3).
    fn listed(&mut self, application: usize, occurrence: u8, response: &[u8]) -> Result<(), Fault> {
        let (data, sw) = status(Instruction::Select, response)?;
        if sw == NOT_SUPPORTED && occurrence == 0 {
            return Err(Fault::CardBlocked);
        }
        match self.terminal.applications.get(application) {
            Some(known) if self.found(known.aid, application, data, sw)? => {
                self.next(known.aid, application, occurrence);
            }
            _ => self.list(application + 1),
        }
        Ok(())
    }

    /// Takes in an application of the card; whether more can have this name.
    fn found(
        &mut self,
        aid: &[u8],
        application: usize,
        data: &[u8],
        sw: StatusWord,
    ) -> Result<bool, Fault> {
        let known = self.terminal.applications.get(application);
        let fci = match sw {
            StatusWord::SUCCESS | INVALIDATED => Fci::parse(data).ok(),
            _ => None,
        };
        let matching = |fci: &Fci<'_>| known.is_some_and(|known| known.matches(fci.name.value));
        let Some(fci) = fci.filter(matching) else { return Ok(false) };
        if sw == INVALIDATED {
            self.reason = Fault::ApplicationBlocked;
        } else if let Some(candidate) = Candidate::from_fci(&fci, application) {
            self.add(candidate)?;
        }
        Ok(fci.name.value.len() > aid.len())
    }

    fn next(&mut self, aid: &[u8], application: usize, occurrence: u8) {
        if occurrence == OCCURRENCES {
            return self.list(application + 1);
        }
        self.apdu.select(aid, true);
        self.stage = Stage::List { application, occurrence: occurrence + 1 };
    }

    /// Adds a candidate behind those of the same or a better priority. One
    /// that is there already is there by another of the terminal's names.
    fn add(&mut self, candidate: Candidate) -> Result<(), Fault> {
        if self.candidates.iter().any(|known| known.name() == candidate.name()) {
            return Ok(());
        }
        let rank = candidate.rank();
        let place = self.candidates.iter().position(|known| known.rank() > rank);
        let place = place.unwrap_or(self.candidates.len());
        self.candidates.insert(place, candidate).map_err(|_| Fault::TooManyApplications)
    }

    /// Has the cardholder choose, or chooses (EMV Book 1, 12.4).
    fn offer(&mut self) {
        let free = self.candidates.iter().position(|candidate| !candidate.needs_confirmation());
        match (self.candidates.len(), free) {
            (0, _) => self.stage = Stage::Failed(self.reason),
            (1, Some(index)) => self.select(index),
            _ if self.terminal.cardholder_choice => self.stage = Stage::Choice,
            (_, Some(index)) => self.select(index),
            (_, None) => self.stage = Stage::Failed(self.reason),
        }
    }

    fn select(&mut self, index: usize) {
        if let Some(candidate) = self.candidates.get(index) {
            self.apdu.select(candidate.name(), false);
            self.stage = Stage::Final(index);
        }
    }

    /// The chosen application answered.
    fn selected(&mut self, index: usize, response: &[u8]) -> Result<(), Fault> {
        let (data, sw) = status(Instruction::Select, response)?;
        match self.check(index, data, sw) {
            Ok(()) => self.stage = Stage::Selected(index),
            Err(Fault::CardBlocked) => return Err(Fault::CardBlocked),
            Err(reason) => self.drop_candidate(index, reason),
        }
        Ok(())
    }

    fn check(&self, index: usize, data: &[u8], sw: StatusWord) -> Result<(), Fault> {
        match sw {
            StatusWord::SUCCESS => {}
            NOT_SUPPORTED => return Err(Fault::CardBlocked),
            INVALIDATED => return Err(Fault::ApplicationBlocked),
            _ => return Err(Fault::Refused(Instruction::Select, sw)),
        }
        let name = Fci::parse(data)?.name;
        match self.candidates.get(index) {
            Some(candidate) if candidate.name() == name.value => Ok(()),
            _ => Err(value(Instruction::Select, name)),
        }
    }

    fn drop_candidate(&mut self, index: usize, reason: Fault) {
        self.reason = reason;
        self.again = true;
        if index < self.candidates.len() {
            self.candidates.remove(index);
        }
        self.offer();
    }
}
