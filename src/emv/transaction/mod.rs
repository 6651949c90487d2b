//! The contact payment flow (EMV Book 3, 8 to 10; Book 4, 6.3). Each stage has
//! a file of its own; decisions are taken in the rooms beside this one.

mod authenticate;
mod card;
mod complete;
mod decide;
mod online;
mod open;
mod outcome;
mod risk;
mod script;
mod step;
mod verify;

pub use online::{CONFIRMATION, FIELD_55, OnlineRequest, OnlineResponse, Question, ResponseFault};
pub use outcome::{Approval, Decline, Outcome, Verdict};
pub use step::Step;

use super::command::AnyApdu;
use super::cvm::{Performed, Pin, PinBlock, PinFault};
use super::oda::{Method, OdaFault};
use super::select::{SelectStep, Selection};
use super::store::{Mark, Store};
use super::tlv::{Full, Tag};
use super::{
    Application, Assessment, Cid, Cryptogram, Fault, Findings, Pan, Payment, Rule, ScriptResults,
    Terminal, Tsi, Tvr,
};
use verify::PinEntering;

/// One payment with one card.
///
/// It does no I/O: it [says](Self::step) what to do next, and is resumed with
/// what happened. A resumption out of turn changes nothing.
///
/// However a card behaves, it comes to an end: the commands to the card are at
/// most those that [`most_commands`](Self::most_commands) reckons.
#[derive(Debug)]
pub struct Transaction<'a> {
    payment: Payment,
    terminal: &'a Terminal<'a>,
    selection: Selection<'a>,
    /// The application that was selected, as the terminal has it.
    application: Option<&'a Application<'a>>,
    store: Store<'a>,
    /// What came before the application.
    base: Mark,
    /// What came before the records.
    records: Mark,
    stage: Stage,
    apdu: AnyApdu,
    findings: Findings,
    method: Option<Method>,
    /// Why offline data authentication failed.
    oda_fault: Option<OdaFault>,
    /// Whether cryptograms are to be signed: CDA is possible so far.
    combined: bool,
    pin: PinEntering,
    pin_block: Option<PinBlock>,
    /// What the card was last asked for.
    asked: Cryptogram,
    script_results: ScriptResults,
    issuer: Issuer,
    cid: Option<Cid>,
    removed: bool,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Selecting,
    Options,
    Record(open::Place),
    /// INTERNAL AUTHENTICATE.
    Authenticating,
    /// GET DATA of the PIN Try Counter.
    PinTries,
    /// GET CHALLENGE.
    Challenge,
    /// The PIN is asked for: for the issuer, or for the card.
    Pin {
        online: bool,
    },
    Verify,
    Assess,
    /// GET DATA of the Application Transaction Counter.
    Counter,
    /// GET DATA of the Last Online ATC Register.
    LastOnline {
        counter: Option<u16>,
    },
    FirstAc,
    Online,
    /// EXTERNAL AUTHENTICATE.
    IssuerAuthentication,
    /// An issuer script runs: before the second GENERATE AC, or after it, when
    /// all is decided.
    Script {
        run: script::Run,
        verdict: Option<Verdict>,
    },
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
    /// So many records are read at most. Cards have a dozen.
    pub const MOST_RECORDS: u8 = 255;

    /// A transaction at its beginning, with a card that has just been
    /// activated. `arena` holds its data; [`Store::ROOM`] bytes are enough.
    // It needs room for a second one, which the caller's stack is not to keep.
    #[must_use]
    #[inline(never)]
    pub fn new(terminal: &'a Terminal<'a>, payment: Payment, arena: &'a mut [u8]) -> Self {
        let store = Store::new(arena);
        let mut transaction = Self {
            payment,
            terminal,
            selection: Selection::new(terminal),
            application: None,
            base: store.mark(),
            records: store.mark(),
            store,
            stage: Stage::Selecting,
            apdu: AnyApdu::new(),
            findings: Findings::new(),
            method: None,
            oda_fault: None,
            combined: false,
            pin: PinEntering::default(),
            pin_block: None,
            asked: Cryptogram::Aac,
            script_results: ScriptResults::new(),
            issuer: Issuer::NotAsked,
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
            Stage::Pin { online } => Step::EnterPin(self.pin_request(online)),
            Stage::Verify => Step::Verify(self.apdu.secret()),
            Stage::Assess => Step::Assess(Question { store: &self.store }),
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
            Stage::Record(place) => self.record(place, response),
            Stage::Authenticating => self.signed(response),
            Stage::PinTries => self.pin_tries(response),
            Stage::Challenge => self.challenge(response),
            Stage::Verify => self.verified(response),
            Stage::Counter => self.counter(response),
            Stage::LastOnline { counter } => self.last_online(counter, response),
            Stage::FirstAc => self.first_cryptogram(response),
            Stage::IssuerAuthentication => self.issuer_authenticated(response),
            Stage::Script { run, verdict } => self.script_answered(run, verdict, response),
            Stage::SecondAc => self.second_cryptogram(response),
            Stage::Pin { .. } | Stage::Assess | Stage::Online | Stage::Done(_) => return,
        };
        self.settle(result);
    }

    /// The cardholder chose the candidate at this index.
    pub fn choose(&mut self, index: usize) {
        self.selection.choose(index);
    }

    /// The cardholder, or whoever attends, wants to end the payment: when an
    /// application is to be chosen, a PIN to be entered, or lists are asked.
    pub fn cancel(&mut self) {
        self.selection.cancel();
        let asked = matches!(self.stage, Stage::Pin { .. } | Stage::Assess);
        self.settle(if asked { Err(Fault::Cancelled) } else { Ok(()) });
    }

    /// The cardholder entered this PIN, for the card to verify. It goes into a
    /// command at once, and is kept nowhere else.
    ///
    /// `random` fills bytes from a random number generator that the card cannot
    /// guess; they are asked for if the PIN goes enciphered, and hide it (EMV
    /// Book 2, 7.2).
    ///
    /// # Errors
    /// It is no PIN, and is still to be entered; or the card's key cannot
    /// encipher it, which counts as a PIN that failed.
    pub fn pin(&mut self, pin: &Pin, random: impl FnOnce(&mut [u8])) -> Result<(), PinFault> {
        if !matches!(self.stage, Stage::Pin { online: false }) {
            return Ok(());
        }
        let entered = self.pin_entered(pin, random);
        if entered == Err(PinFault::Key) {
            self.pin_not_entered(Performed::Failed);
        }
        entered
    }

    /// The cardholder entered a PIN, for the issuer to verify.
    pub fn online_pin(&mut self, block: PinBlock) {
        if matches!(self.stage, Stage::Pin { online: true }) {
            let result = self.online_pin_entered(block);
            self.settle(result);
        }
    }

    /// The cardholder, or the merchant for them, wants no PIN to be entered.
    /// That is told to the issuer; the card is not asked for another PIN in this
    /// transaction (EMV Book 4, 6.3.4.3).
    pub fn pin_bypassed(&mut self) {
        self.pin_not_entered(Performed::Bypassed);
    }

    /// There is no PIN pad, or it does not work.
    pub fn pin_pad_failed(&mut self) {
        self.pin_not_entered(Performed::PadAbsentOrBroken);
    }

    /// What the terminal's own lists have on the card.
    pub fn assessed(&mut self, assessment: &Assessment) {
        if matches!(self.stage, Stage::Assess) {
            let result = self.manage_risk(assessment);
            self.settle(result);
        }
    }

    /// The issuer answered.
    pub fn online(&mut self, response: &OnlineResponse<'_>) {
        if matches!(self.stage, Stage::Online) {
            self.issuer = if response.is_approved() { Issuer::Approved } else { Issuer::Declined };
            let result = self.answered(response);
            self.settle(result);
        }
    }

    /// No answer of the issuer can be had. The action codes for that case say
    /// whether the card is asked to approve or to decline.
    ///
    /// If a request was sent that got no answer, reversing it is for the
    /// payment protocol; nothing here knows of it.
    pub fn unable_to_go_online(&mut self) {
        if matches!(self.stage, Stage::Online) {
            let result = self.unreachable();
            self.settle(result);
        }
    }

    /// The card was taken out.
    ///
    /// While the issuer is being asked, its answer is still needed: it says
    /// whether a reversal is due. So the step stays [`Step::GoOnline`].
    pub fn card_removed(&mut self) {
        self.removed = true;
        match self.stage {
            Stage::Online => {}
            // All is decided; the scripts that are left were not run.
            Stage::Script { run, verdict: Some(verdict) } => self.script_torn(run, verdict),
            Stage::Verify => {
                self.apdu.forget();
                self.settle(Err(Fault::Removed));
            }
            _ => self.settle(Err(Fault::Removed)),
        }
    }
}

/// What is known, at any time and also when it is over.
impl Transaction<'_> {
    /// Whether an application that was chosen could not be used, so that the
    /// next choice is to be headed "try again" (EMV Book 4, 11.3).
    #[must_use]
    pub const fn again(&self) -> bool {
        self.selection.again()
    }

    /// The languages of the cardholder in their order, two letters of ISO 639
    /// each, `*b"zh"`: as soon as the application is selected (EMV Book 1,
    /// 11.3.4; Book 4, 11.1).
    pub fn languages(&self) -> impl Iterator<Item = [u8; 2]> {
        self.data(Tag::LANGUAGES).unwrap_or_default().as_chunks().0.iter().copied()
    }

    /// An element of the transaction: for the slip and for the record of it.
    #[must_use]
    pub fn data(&self, tag: Tag) -> Option<&[u8]> {
        self.store.get(tag)
    }

    /// The card number.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        self.view().pan()
    }

    /// As [`OnlineRequest::field_55`]: with the TC, for the settlement; with
    /// what there is, for a reversal or a [`CONFIRMATION`].
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

    /// The rules of EMV that found something so far.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        self.findings
    }

    /// The rules of EMV that found something so far: why each bit of the
    /// results is set, and why the card was asked for what it was.
    pub fn why(&self) -> impl Iterator<Item = Rule> {
        self.findings.rules()
    }

    /// How the card's data are authenticated offline; `None` before the records
    /// are read, and where card and terminal have no method in common.
    #[must_use]
    pub const fn method_of_authentication(&self) -> Option<Method> {
        self.method
    }

    /// What was wrong when offline data authentication failed.
    #[must_use]
    pub const fn fault_of_authentication(&self) -> Option<OdaFault> {
        self.oda_fault
    }

    /// Whether the cardholder is to sign: one of the methods of verification
    /// that count is a signature (EMV Book 4, 6.3.4.4).
    #[must_use]
    pub fn needs_signature(&self) -> bool {
        verify::signs(&self.store)
    }

    fn view(&self) -> OnlineRequest<'_> {
        OnlineRequest {
            payment: &self.payment,
            store: &self.store,
            pin_block: self.pin_block.as_ref(),
        }
    }
}
