use super::{Method, Paid, Purchase};
use crate::terminal::{
    CivilTime, DecisionNumber, Event, Fault, Fen, OrderKey, Record, RecordStore, Seq, TerminalId,
};

/// What the records say of the payments of one decision. Only a history makes
/// a [`Purchase`]: so a decision that was paid before a power cut, or before
/// the server heard of it, is not paid again.
#[derive(Clone, Debug)]
pub struct History {
    terminal: TerminalId,
    decision: DecisionNumber,
    /// The attempt that was begun last, its method and its state.
    last: Option<(OrderKey, Method, State)>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Open,
    Unpaid,
    Paid(Paid, CivilTime),
}

impl State {
    const fn after(event: Event, key: OrderKey, method: Method, at: CivilTime) -> Option<Self> {
        match event {
            Event::PaymentApproved { approval, .. } => {
                Some(Self::Paid(Paid { key, method, approval }, at))
            }
            Event::PaymentDeclined { .. }
            | Event::PaymentReversed { .. }
            | Event::PaymentClosed { .. } => Some(Self::Unpaid),
            _ => None,
        }
    }
}

impl History {
    /// Nothing was ever tried: true for a number that was just taken. For any
    /// other decision, feed it [all records](Self::record), or
    /// [read](Self::read) it.
    #[must_use]
    pub const fn new(terminal: TerminalId, decision: DecisionNumber) -> Self {
        Self { terminal, decision, last: None }
    }

    /// Reads the history of a decision.
    ///
    /// # Errors
    /// The store's.
    pub fn read<S: RecordStore>(
        terminal: TerminalId,
        decision: DecisionNumber,
        store: &mut S,
    ) -> Result<Self, S::Error> {
        let mut history = Self::new(terminal, decision);
        store.replay(&mut |_: Seq, record: &Record| history.record(record))?;
        Ok(history)
    }

    /// Takes the next record.
    pub fn record(&mut self, record: &Record) {
        let Some(key) = record.event.order().filter(|key| self.is_about(*key)) else { return };
        if self.paid().is_some() {
            return;
        }
        let newer = self.last.is_none_or(|(last, ..)| key > last);
        match (record.event, self.last) {
            (Event::PaymentIntended { method, .. }, _) if newer => {
                self.last = Some((key, method, State::Open));
            }
            (event, Some((last, method, _))) if key == last => {
                if let Some(state) = State::after(event, key, method, record.at) {
                    self.last = Some((key, method, state));
                }
            }
            _ => {}
        }
    }

    pub(in crate::terminal) fn is_of(
        &self,
        terminal: TerminalId,
        decision: DecisionNumber,
    ) -> bool {
        (self.terminal, self.decision) == (terminal, decision)
    }

    fn is_about(&self, key: OrderKey) -> bool {
        OrderKey::new(self.terminal, self.decision, key.attempt()) == key
    }

    /// The payment, if it was made, and when.
    #[must_use]
    pub const fn paid(&self) -> Option<(Paid, CivilTime)> {
        match self.last {
            Some((_, _, State::Paid(paid, at))) => Some((paid, at)),
            _ => None,
        }
    }

    /// The right to the next attempt.
    ///
    /// # Errors
    /// [`Fault::AlreadyPaid`]; [`Fault::StillOpen`] while it is not known how
    /// the last attempt ended: drive what [`Replay`](super::Replay) finds to
    /// its end first; [`Fault::Exhausted`] after the 99th attempt.
    pub fn purchase(&self, amount: Fen) -> Result<Purchase, Fault> {
        let attempt = match self.last {
            None => 1,
            Some((key, _, State::Unpaid)) if key.attempt() < OrderKey::ATTEMPTS => {
                key.attempt().saturating_add(1)
            }
            Some((_, _, State::Unpaid)) => return Err(Fault::Exhausted),
            Some((_, _, State::Open)) => return Err(Fault::StillOpen),
            Some((_, _, State::Paid(..))) => return Err(Fault::AlreadyPaid),
        };
        Ok(Purchase::attempt(self.terminal, self.decision, amount, attempt))
    }
}
