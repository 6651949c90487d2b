use super::{Method, Payment, Timing};
use crate::terminal::{
    DecisionNumber, Docket, Entry, Event, Fault, Fen, Kept, Moment, OrderKey, Record, TerminalId,
};

/// The right to try once to be paid for a decision: made by its
/// [`History`](super::History), spent by an [`Intent`]. It comes back only with
/// the proof that nothing was charged: [`Unpaid`].
#[derive(Debug, Eq, PartialEq)]
pub struct Purchase {
    terminal: TerminalId,
    decision: DecisionNumber,
    amount: Fen,
    attempt: u8,
}

impl Purchase {
    pub(super) const fn attempt(
        terminal: TerminalId,
        decision: DecisionNumber,
        amount: Fen,
        attempt: u8,
    ) -> Self {
        Self { terminal, decision, amount, attempt }
    }

    /// The key of this attempt.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        OrderKey::new(self.terminal, self.decision, self.attempt)
    }

    /// What is to be paid.
    #[must_use]
    pub const fn amount(&self) -> Fen {
        self.amount
    }

    /// Chooses a method. Nothing is sent yet.
    #[must_use]
    pub fn intend(self, method: Method, mut docket: Docket, now: Moment) -> Intent {
        let event = Event::PaymentIntended { key: self.key(), method, amount: self.amount };
        let record = docket.record(now, event);
        Intent { purchase: self, method, docket, record }
    }

    pub(super) fn of_key(key: OrderKey, amount: Fen) -> Result<Self, Fault> {
        let part = |range| key.as_str().get(range).ok_or(Fault::Malformed);
        let terminal = TerminalId::new(part(0..8)?)?;
        let decision = DecisionNumber::new(part(8..24)?)?;
        Ok(Self { terminal, decision, amount, attempt: key.attempt() })
    }
}

/// The proof that an attempt charged nothing: it was declined, reversed or
/// closed. Only a [`Payment`] makes one.
#[derive(Debug, Eq, PartialEq)]
pub struct Unpaid(pub(super) Purchase);

impl Unpaid {
    /// The key of the attempt that charged nothing.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        self.0.key()
    }

    /// Another attempt, by any method.
    ///
    /// # Errors
    /// [`Fault::Exhausted`] after the 99th.
    pub fn again(self) -> Result<Purchase, Fault> {
        if self.0.attempt >= OrderKey::ATTEMPTS {
            return Err(Fault::Exhausted);
        }
        let attempt = self.0.attempt.saturating_add(1);
        Ok(Purchase { attempt, ..self.0 })
    }
}

/// What is about to be paid. It must be kept before it can be sent.
///
/// ```
/// use embedded_pos::sim::records::MemorySink;
/// # use embedded_pos::port::Instant;
/// use embedded_pos::terminal::payment::{History, Method, Timing};
/// use embedded_pos::terminal::{CivilTime, Date, DecisionNumber, Docket, Fen, Moment, TerminalId};
///
/// # let date = Date::new(2026, 3, 2)?;
/// # let now = Moment { at: Instant::ZERO, civil: CivilTime::new(date, 8, 5, 0)? };
/// let number = DecisionNumber::new("1201011500000007")?;
/// let purchase = History::new(TerminalId::new("TJ000123")?, number).purchase(Fen::yuan(200))?;
/// let intent = purchase.intend(Method::Card, Docket::new(1, None), now);
/// let kept = intent.entry().append(&mut MemorySink::new())?;
/// let payment = intent.send(kept, Timing::PUBLISHED, now)?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// Nothing else makes the proof that `send` takes; so this does not compile:
///
/// ```compile_fail,E0451
/// # use embedded_pos::port::Instant;
/// # use embedded_pos::terminal::payment::{History, Method, Timing};
/// # use embedded_pos::terminal::{CivilTime, Date, DecisionNumber, Docket, Fen, Kept, Moment, Seq, TerminalId};
/// # let date = Date::new(2026, 3, 2).unwrap();
/// # let now = Moment { at: Instant::ZERO, civil: CivilTime::new(date, 8, 5, 0).unwrap() };
/// # let number = DecisionNumber::new("1201011500000007").unwrap();
/// # let purchase = History::new(TerminalId::new("TJ000123").unwrap(), number).purchase(Fen::yuan(200)).unwrap();
/// # let intent = purchase.intend(Method::Card, Docket::new(1, None), now);
/// let payment = intent.send(Kept { case: 1, line: 0, order: None, seq: Seq(0) }, Timing::PUBLISHED, now);
/// ```
///
/// and neither does sending without a proof:
///
/// ```compile_fail,E0061
/// # use embedded_pos::port::Instant;
/// # use embedded_pos::terminal::payment::{History, Method, Timing};
/// # use embedded_pos::terminal::{CivilTime, Date, DecisionNumber, Docket, Fen, Moment, TerminalId};
/// # let date = Date::new(2026, 3, 2).unwrap();
/// # let now = Moment { at: Instant::ZERO, civil: CivilTime::new(date, 8, 5, 0).unwrap() };
/// # let number = DecisionNumber::new("1201011500000007").unwrap();
/// # let purchase = History::new(TerminalId::new("TJ000123").unwrap(), number).purchase(Fen::yuan(200)).unwrap();
/// # let intent = purchase.intend(Method::Card, Docket::new(1, None), now);
/// let payment = intent.send(Timing::PUBLISHED, now);
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct Intent {
    purchase: Purchase,
    method: Method,
    docket: Docket,
    record: Record,
}

impl Intent {
    /// The record that must be kept first.
    #[must_use]
    pub const fn entry(&self) -> Entry<'_> {
        Entry::new(&self.record)
    }

    pub(in crate::terminal) fn is_kept_by(&self, kept: &Kept) -> bool {
        kept.is_for(&self.record)
    }

    /// Starts the payment.
    ///
    /// # Errors
    /// [`Fault::WrongEntry`] if another record was kept: nothing is sent, and
    /// the purchase is given up.
    pub fn send(self, kept: Kept, timing: Timing, now: Moment) -> Result<Payment, Fault> {
        if !self.is_kept_by(&kept) {
            return Err(Fault::WrongEntry);
        }
        Ok(Payment::start(self.purchase, self.method, self.docket, timing, now))
    }
}
