//! The contact payment flow (EMV Book 3, 8 to 10; Book 4, 6.3).

mod card;
mod flow;
mod online;
mod outcome;

use core::fmt;

pub use online::{FIELD_55, OnlineRequest, OnlineResponse, ResponseFault};
pub use outcome::{Decline, Outcome, Verdict};

use super::command::AnyApdu;
use super::select::{Candidate, SelectStep, Selection};
use super::store::{Mark, Store};
use super::tlv::{Full, Tag};
use super::{Cid, Fault, Findings, Pan, Payment, Record, Rule, Terminal, Tsi, Tvr};

/// What a [`Transaction`] wants next.
#[derive(Clone, Copy)]
pub enum Step<'t> {
    /// Send this command to the card, and resume with the
    /// [response](Transaction::response), or say that the card
    /// [is gone](Transaction::card_removed).
    Transmit(&'t [u8]),
    /// Have the cardholder [choose](Transaction::choose) one of these, in this
    /// order, or [cancel](Transaction::cancel). One alone is to be confirmed.
    Choose(&'t [Candidate]),
    /// Ask the issuer, and resume with its [answer](Transaction::online), or
    /// say that there is [none](Transaction::unable_to_go_online).
    GoOnline(OnlineRequest<'t>),
    /// It is over.
    Done(Outcome),
}

/// Shows no command: it may hold a card number.
impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transmit(command) => write!(f, "Transmit({} bytes)", command.len()),
            Self::Choose(candidates) => f.debug_tuple("Choose").field(candidates).finish(),
            Self::GoOnline(_) => f.write_str("GoOnline"),
            Self::Done(outcome) => f.debug_tuple("Done").field(outcome).finish(),
        }
    }
}

/// One payment with one card.
///
/// It does no I/O: it [says](Self::step) what to do next, and is resumed with
/// what happened. A resumption out of turn changes nothing.
#[derive(Debug)]
pub struct Transaction<'a> {
    payment: Payment,
    terminal: &'a Terminal<'a>,
    selection: Selection<'a>,
    store: Store<'a>,
    /// What came before the application.
    base: Mark,
    /// What came before the records.
    records: Mark,
    stage: Stage,
    apdu: AnyApdu,
    issuer: Issuer,
    findings: Findings,
    cid: Option<Cid>,
    removed: bool,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Selecting,
    Options,
    Record { index: usize, record: Record },
    FirstAc,
    Online,
    Authenticate,
    SecondAc,
    Done(Outcome),
}

/// What the issuer said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Issuer {
    NotAsked,
    Approved,
    Declined,
    Unreachable,
}

impl<'a> Transaction<'a> {
    /// A transaction at its beginning, with a card that has just been
    /// activated. `arena` holds its data; [`Store::ROOM`] bytes are enough.
    #[must_use]
    pub fn new(terminal: &'a Terminal<'a>, payment: Payment, arena: &'a mut [u8]) -> Self {
        let store = Store::new(arena);
        let mut transaction = Self {
            payment,
            terminal,
            selection: Selection::new(terminal),
            base: store.mark(),
            records: store.mark(),
            store,
            stage: Stage::Selecting,
            apdu: AnyApdu::new(),
            issuer: Issuer::NotAsked,
            findings: Findings::new(),
            cid: None,
            removed: false,
        };
        let begun = transaction.begin();
        transaction.settle(begun);
        transaction
    }

    /// What to do next.
    #[must_use]
    pub fn step(&self) -> Step<'_> {
        match self.stage {
            Stage::Selecting => match self.selection.step() {
                SelectStep::Transmit(apdu) => Step::Transmit(apdu),
                SelectStep::Choose(candidates) => Step::Choose(candidates),
                SelectStep::Selected(_) => Step::Transmit(self.apdu.bytes()),
                SelectStep::Failed(fault) => Step::Done(self.failed(fault)),
            },
            Stage::Online => Step::GoOnline(self.view()),
            Stage::Done(outcome) => Step::Done(outcome),
            _ => Step::Transmit(self.apdu.bytes()),
        }
    }

    /// The card answered, with these bytes: data and status word.
    pub fn response(&mut self, response: &[u8]) {
        let result = match self.stage {
            Stage::Selecting => self.selecting(response),
            Stage::Options => self.options(response),
            Stage::Record { index, record } => self.record(index, record, response),
            Stage::FirstAc => self.first_cryptogram(response),
            Stage::Authenticate => self.authenticated(response),
            Stage::SecondAc => self.second_cryptogram(response),
            Stage::Online | Stage::Done(_) => return,
        };
        self.settle(result);
    }

    /// The cardholder chose the candidate at this index.
    pub fn choose(&mut self, index: usize) {
        self.selection.choose(index);
    }

    /// The cardholder chose none.
    pub fn cancel(&mut self) {
        self.selection.cancel();
        self.settle(Ok(()));
    }

    /// The issuer answered.
    pub fn online(&mut self, response: &OnlineResponse) {
        if matches!(self.stage, Stage::Online) {
            self.issuer = if response.is_approved() { Issuer::Approved } else { Issuer::Declined };
            let result = self.answered(response);
            self.settle(result);
        }
    }

    /// No answer of the issuer can be had. The card is asked to decline.
    ///
    /// If a request was sent that got no answer, reversing it is for the
    /// payment protocol; nothing here knows of it.
    pub fn unable_to_go_online(&mut self) {
        if matches!(self.stage, Stage::Online) {
            self.issuer = Issuer::Unreachable;
            // EMV Book 4, annex A6: unable to go online, declined offline.
            let result = self.conclude(*b"Z3");
            self.settle(result);
        }
    }

    /// The card was taken out.
    ///
    /// While the issuer is being asked, its answer is still needed: it says
    /// whether a reversal is due. So the step stays [`Step::GoOnline`].
    pub fn card_removed(&mut self) {
        self.removed = true;
        if !matches!(self.stage, Stage::Online) {
            self.settle(Err(Fault::Removed));
        }
    }

    /// Whether an application that was chosen could not be used, so that the
    /// next choice is to be headed "try again" (EMV Book 4, 11.3).
    #[must_use]
    pub const fn again(&self) -> bool {
        self.selection.again()
    }

    /// An element of the transaction, also when it is over: for the slip and
    /// for the record of it.
    #[must_use]
    pub fn data(&self, tag: Tag) -> Option<&[u8]> {
        self.store.get(tag)
    }

    /// The card number.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        self.view().pan()
    }

    /// As [`OnlineRequest::field_55`], at any time: with the TC, for the
    /// settlement; with what there is, for a reversal.
    ///
    /// # Errors
    /// The elements do not fit `out`.
    pub fn field_55(&self, tags: &[Tag], out: &mut [u8]) -> Result<usize, Full> {
        self.view().field_55(tags, out)
    }

    /// What the terminal found, `95`.
    #[must_use]
    pub fn tvr(&self) -> Tvr {
        self.findings.tvr()
    }

    /// What was done, `9B`.
    #[must_use]
    pub fn tsi(&self) -> Tsi {
        self.findings.tsi()
    }

    /// The rules of EMV that found something so far: why each bit of the
    /// results is set.
    pub fn why(&self) -> impl Iterator<Item = Rule> {
        self.findings.rules()
    }

    fn view(&self) -> OnlineRequest<'_> {
        OnlineRequest { payment: &self.payment, store: &self.store }
    }
}
