use super::{
    Answer, Approval, Charge, Code, Doubt, Method, Purchase, Request, Reversal, Timing, Tries,
    Undo, Unpaid, Wallet,
};
use crate::port::Instant;
use crate::terminal::record::Outbox;
use crate::terminal::{Docket, Entry, Event, Fault, Kept, Moment, OrderKey};

/// What a payment wants next.
#[derive(Debug)]
pub enum Step<'m> {
    /// Keep this record and say so with [`Payment::appended`].
    Append(Entry<'m>),
    /// Ask the acquirer, answer with [`Payment::answered`]. A charge is given
    /// out once.
    Ask(Request),
    /// The host approved: let the card finish (second GENERATE AC), then
    /// [`Payment::completed`].
    Complete(Approval),
    /// Nothing to do before this time. The payer may call a wallet payment off:
    /// [`Payment::abandon`].
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// It is over: [`Payment::into_outcome`].
    Done,
}

/// A payment that was made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Paid {
    /// Its key.
    pub key: OrderKey,
    /// How.
    pub method: Method,
    /// What the acquirer said.
    pub approval: Approval,
}

/// How a payment ended.
#[derive(Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The amount is charged.
    Approved(Paid),
    /// Nothing is charged.
    Unpaid(Unpaid),
    /// It is not known for now. There is no second attempt;
    /// [`Replay`](super::Replay) takes it up again.
    Unresolved(OrderKey),
}

/// One attempt to be paid, by card or by QR code.
///
/// ```text
/// Intent (kept) -> Sent -> Approved | Declined
///                   |-> not known -> card:    reversing n times -> Reversed | Unresolved
///                                 -> scanned: asking n times -> Approved | cancelling n times -> Closed | Unresolved
///                   |-> shown     -> asking n times -> Approved | closing, asking once more -> Approved | Closed | Unresolved
/// ```
#[derive(Debug)]
pub struct Payment {
    pub(super) purchase: Purchase,
    pub(super) method: Method,
    pub(super) docket: Docket,
    pub(super) timing: Timing,
    /// When it was sent.
    pub(super) opened: Instant,
    /// Why it is not known; the reason of a reversal.
    pub(super) doubt: Doubt,
    /// The acquirer said that the order is closed.
    pub(super) closed: bool,
    pub(super) outbox: Outbox,
    pub(super) state: State,
}

#[derive(Debug)]
pub(super) enum State {
    Ready,
    Sent { until: Instant },
    Completing(Approval),
    Asking { ask: Ask, tries: u8, at: Instant },
    Ended(Ending),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ask {
    Poll,
    Cancel,
    Close,
    /// The last question, after closing.
    Recheck,
    Reverse,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    Approved(Approval),
    Unpaid,
    Unresolved,
}

impl Payment {
    /// The most records a payment appends from its intent, or from being taken
    /// up again, to its end.
    pub const RECORDS: usize = 4;

    pub(super) fn start(
        purchase: Purchase,
        method: Method,
        docket: Docket,
        timing: Timing,
        now: Moment,
    ) -> Self {
        Self {
            purchase,
            method,
            docket,
            timing,
            opened: now.at,
            doubt: Doubt::NoAnswer,
            closed: false,
            outbox: Outbox::empty(),
            state: State::Ready,
        }
    }

    /// Takes a payment up again of which the records have no end.
    pub(super) fn resume(mut self, cancelling: bool, now: Moment) -> Self {
        self.doubt(Doubt::Restart, now);
        match self.method {
            Method::Card => {}
            Method::Scanned(_) if cancelling => self.ask(Ask::Cancel, 1, now.at),
            Method::Scanned(_) => self.ask(Ask::Poll, 1, now.at),
            // Nobody sees the code any more: one question, then it is closed.
            Method::Shown(_) => self.ask(Ask::Poll, self.polling().most, now.at),
        }
        self
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        self.purchase.key()
    }

    /// How it is paid.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    pub(in crate::terminal) const fn docket(&self) -> Docket {
        self.docket
    }

    /// What to do now.
    pub fn step(&mut self, now: Moment) -> Step<'_> {
        self.expire(now);
        if let Some(entry) = self.outbox.entry() {
            return Step::Append(entry);
        }
        match self.state {
            State::Ready => {
                self.opened = now.at;
                self.state = State::Sent { until: now.at + self.timing.answer };
                Step::Ask(self.charge())
            }
            State::Sent { until } => Step::Wait { until },
            State::Completing(approval) => Step::Complete(approval),
            State::Asking { at, .. } if now.at < at => Step::Wait { until: at },
            State::Asking { ask, .. } => Step::Ask(self.question(ask)),
            State::Ended(_) => Step::Done,
        }
    }

    /// The record was kept.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] or [`Fault::WrongEntry`]; nothing changes.
    pub fn appended(&mut self, kept: &Kept) -> Result<(), Fault> {
        self.outbox.kept(kept)
    }

    /// What came of the request. A missing or wrong answer is never taken for
    /// a refusal.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] if it is no answer to the last request, such as a
    /// late one; nothing changes.
    pub fn answered(&mut self, answer: Answer, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        match (&self.state, answer) {
            (State::Sent { .. }, Answer::NotSent(charge)) if charge.key == self.key() => {
                self.declined(Code::new("NOT-SENT")?, now);
            }
            (State::Sent { .. }, Answer::Shown(_)) if self.is_shown() => {
                self.ask(Ask::Poll, 1, now.at + self.polling().interval);
            }
            (State::Sent { .. }, Answer::Reply(reply)) => self.paid(reply, now),
            (State::Sent { .. }, Answer::Nothing(doubt)) => self.doubt(doubt, now),
            (State::Asking { ask: Ask::Poll, tries, .. }, Answer::Reply(reply)) => {
                self.polled(Some(reply), *tries, now);
            }
            (State::Asking { ask: Ask::Poll, tries, .. }, Answer::Nothing(_)) => {
                self.polled(None, *tries, now);
            }
            (State::Asking { ask: Ask::Recheck, tries, .. }, Answer::Reply(reply)) => {
                self.rechecked(Some(reply), *tries, now);
            }
            (State::Asking { ask: Ask::Recheck, tries, .. }, Answer::Nothing(_)) => {
                self.rechecked(None, *tries, now);
            }
            (State::Asking { ask, tries, .. }, Answer::Undo(undo)) => {
                self.undone(*ask, undo == Undo::Done, *tries, now)?;
            }
            (State::Asking { ask, tries, .. }, Answer::Nothing(_)) => {
                self.undone(*ask, false, *tries, now)?;
            }
            _ => return Err(Fault::OutOfOrder),
        }
        Ok(())
    }

    /// Whether the card agreed with the host's approval.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`]; nothing changes.
    pub fn completed(&mut self, agreed: bool, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let State::Completing(approval) = self.state else { return Err(Fault::OutOfOrder) };
        if agreed {
            self.approved(approval, now);
        } else {
            self.doubt(Doubt::CardRefused, now);
        }
        Ok(())
    }

    /// The payer does not want to pay by wallet after all. The order is
    /// cancelled or closed; it may turn out to be paid already.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] unless a wallet is being waited for.
    pub fn abandon(&mut self, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let State::Asking { ask: Ask::Poll, .. } = self.state else {
            return Err(Fault::OutOfOrder);
        };
        self.give_up_polling(now);
        Ok(())
    }

    /// How it ended.
    ///
    /// # Errors
    /// Gives the payment back if it has not.
    #[allow(clippy::result_large_err)] // it is not an error, it is the payment
    pub fn into_outcome(self) -> Result<Outcome, Self> {
        let key = self.key();
        match self.state {
            State::Ended(ending) if self.outbox.clear().is_ok() => Ok(match ending {
                Ending::Approved(approval) => {
                    Outcome::Approved(Paid { key, method: self.method, approval })
                }
                Ending::Unpaid => Outcome::Unpaid(Unpaid(self.purchase)),
                Ending::Unresolved => Outcome::Unresolved(key),
            }),
            _ => Err(self),
        }
    }

    fn expire(&mut self, now: Moment) {
        if matches!(self.state, State::Sent { until } if until <= now.at) {
            self.doubt(Doubt::NoAnswer, now);
        }
    }

    fn charge(&self) -> Request {
        let (method, amount) = (self.method, self.purchase.amount());
        let charge = Charge { key: self.key(), method, amount };
        if self.is_shown() { Request::Show(charge) } else { Request::Pay(charge) }
    }

    fn question(&self, ask: Ask) -> Request {
        let key = self.key();
        match ask {
            Ask::Poll | Ask::Recheck => Request::Query(key),
            Ask::Cancel => Request::Cancel(key),
            Ask::Close => Request::Close(key),
            Ask::Reverse => {
                let amount = self.purchase.amount();
                Request::Reverse(Reversal { key, amount, reason: self.doubt })
            }
        }
    }

    pub(super) const fn is_shown(&self) -> bool {
        matches!(self.method, Method::Shown(_))
    }

    pub(super) const fn wallet(&self) -> Wallet {
        match self.method {
            Method::Scanned(wallet) | Method::Shown(wallet) => wallet,
            // A card is reversed, none of the wallet's times apply.
            Method::Card => Wallet::UnionPay,
        }
    }

    pub(super) const fn polling(&self) -> Tries {
        let timing = self.timing.of(self.wallet());
        if self.is_shown() { timing.shown } else { timing.poll }
    }

    pub(super) const fn undoing(&self) -> Tries {
        match self.method {
            Method::Card => self.timing.reverse,
            Method::Scanned(wallet) | Method::Shown(wallet) => self.timing.of(wallet).undo,
        }
    }

    pub(super) const fn ask(&mut self, ask: Ask, tries: u8, at: Instant) {
        self.state = State::Asking { ask, tries, at };
    }

    pub(super) fn end(&mut self, ending: Ending, event: Event, now: Moment) {
        self.outbox.put(self.docket.record(now, event));
        self.state = State::Ended(ending);
    }

    pub(super) fn approved(&mut self, approval: Approval, now: Moment) {
        let event = Event::PaymentApproved { key: self.key(), approval };
        self.end(Ending::Approved(approval), event, now);
    }

    pub(super) fn declined(&mut self, code: Code, now: Moment) {
        let event = Event::PaymentDeclined { key: self.key(), code };
        self.end(Ending::Unpaid, event, now);
    }

    pub(super) fn unresolved(&mut self, tries: u8, now: Moment) {
        let event = Event::PaymentUnresolved { key: self.key(), tries };
        self.end(Ending::Unresolved, event, now);
    }

    pub(super) fn closed(&mut self, tries: u8, now: Moment) {
        let event = Event::PaymentClosed { key: self.key(), tries };
        self.end(Ending::Unpaid, event, now);
    }

    pub(super) fn reversed(&mut self, tries: u8, now: Moment) {
        let event = Event::PaymentReversed { key: self.key(), tries };
        self.end(Ending::Unpaid, event, now);
    }
}
