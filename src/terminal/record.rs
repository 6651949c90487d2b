use super::{CivilTime, Event, Fault, Field, Moment, OfficerId, Seq};
use super::{OrderKey, Payment, RecordSink, payment::Doubt};

/// One thing that happened and must be kept.
///
/// `case` and `line` name it: a sink that failed is tried again and may then
/// hold the same record twice. What a record can say is the closed list of
/// [`Event`], and none of its fields is for a card number, a track, a PIN
/// block or a payment code; a card appears as [`MaskedPan`](super::MaskedPan).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record {
    /// The case, or the sign-in.
    pub case: u32,
    /// Which record of the case, from 0.
    pub line: u16,
    /// When, by the wall clock.
    pub at: CivilTime,
    /// Who was signed in.
    pub officer: Option<OfficerId>,
    /// What.
    pub event: Event,
}

impl Record {
    /// Tells each field with its name, in a fixed order: what JSON lines, a
    /// table or a log are made of. The kind is `kind`.
    pub fn visit<'r>(&'r self, each: &mut dyn FnMut(&'static str, Field<'r>)) {
        each("case", self.case.into());
        each("line", self.line.into());
        each("at", self.at.into());
        each("officer", self.officer.as_ref().map(|id| id.as_str()).into());
        each("kind", self.event.kind().into());
        self.event.visit(each);
    }
}

/// Numbers the records of one case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Docket {
    case: u32,
    line: u16,
    pub(super) officer: Option<OfficerId>,
}

impl Docket {
    /// An empty docket. The number is never used again at this terminal: take
    /// one more than the last in the journal.
    #[must_use]
    pub const fn new(case: u32, officer: Option<OfficerId>) -> Self {
        Self { case, line: 0, officer }
    }

    pub(super) fn record(&mut self, now: Moment, event: Event) -> Record {
        let Self { case, line, officer } = *self;
        self.line = line.saturating_add(1);
        Record { case, line, at: now.civil, officer, event }
    }

    /// Goes on after a record of this case that was kept earlier.
    pub(super) const fn after(record: &Record) -> Self {
        let Record { case, line, officer, .. } = *record;
        Self { case, line: line.saturating_add(1), officer }
    }
}

/// A record that is to be kept before anything else happens.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'m>(&'m Record);

/// The proof that an [`Entry`] is kept: made by [`Entry::append`] alone.
#[derive(Debug, Eq, PartialEq)]
pub struct Kept {
    case: u32,
    line: u16,
    /// So that the proof of one payment is none of another, should two dockets
    /// have the same number.
    order: Option<OrderKey>,
    seq: Seq,
}

impl<'m> Entry<'m> {
    pub(super) const fn new(record: &'m Record) -> Self {
        Self(record)
    }

    /// The record.
    #[must_use]
    pub const fn record(self) -> &'m Record {
        self.0
    }

    /// Keeps the record. Before a payment starts, or is taken up again after a
    /// restart, the sink is asked for room for all its records, so that none
    /// lacks room for its end.
    ///
    /// # Errors
    /// The sink's; the record may or may not be kept. Try again.
    pub fn append<S: RecordSink>(self, sink: &mut S) -> Result<Kept, S::Error> {
        if self.begins_payment() {
            sink.reserve(Payment::RECORDS)?;
        }
        sink.append(self.0).map(|seq| self.kept(seq))
    }

    /// As [`append`](Self::append).
    ///
    /// # Errors
    /// The same.
    #[cfg(feature = "async")]
    pub async fn append_async<S: super::AsyncRecordSink>(
        self,
        sink: &mut S,
    ) -> Result<Kept, S::Error> {
        if self.begins_payment() {
            sink.reserve(Payment::RECORDS).await?;
        }
        sink.append(self.0).await.map(|seq| self.kept(seq))
    }

    const fn begins_payment(self) -> bool {
        matches!(
            self.0.event,
            Event::PaymentIntended { .. } | Event::PaymentDoubted { doubt: Doubt::Restart, .. }
        )
    }

    const fn kept(self, seq: Seq) -> Kept {
        let Record { case, line, event, .. } = self.0;
        Kept { case: *case, line: *line, order: event.order(), seq }
    }
}

impl Kept {
    /// The number the sink gave the record.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    pub(super) fn is_for(&self, record: &Record) -> bool {
        (self.case, self.line, self.order) == (record.case, record.line, record.event.order())
    }
}

/// The record a machine waits for.
#[derive(Debug, Default)]
pub(super) struct Outbox(Option<Record>);

impl Outbox {
    pub(super) const fn empty() -> Self {
        Self(None)
    }

    pub(super) const fn put(&mut self, record: Record) {
        self.0 = Some(record);
    }

    pub(super) fn entry(&self) -> Option<Entry<'_>> {
        self.0.as_ref().map(Entry::new)
    }

    /// Fails if a record must be kept first.
    pub(super) const fn clear(&self) -> Result<(), Fault> {
        if self.0.is_some() { Err(Fault::OutOfOrder) } else { Ok(()) }
    }

    pub(super) fn kept(&mut self, kept: &Kept) -> Result<(), Fault> {
        let record = self.0.as_ref().ok_or(Fault::OutOfOrder)?;
        if !kept.is_for(record) {
            return Err(Fault::WrongEntry);
        }
        self.0 = None;
        Ok(())
    }
}
