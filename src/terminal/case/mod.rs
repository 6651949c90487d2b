mod dossier;
mod fields;
mod flow;
mod step;

use core::mem;

pub use dossier::{
    Choice, Confirmation, Decision, Delivery, Measure, MeasureKind, Outcome, Paper, Place,
    Printing, Settlement, Signature, Tender,
};
use dossier::{Dossier, Matter};
use flow::permitted;
use step::Phase;
pub use step::{Rules, Step};

use super::payment::{self, Answer, History};
use super::record::Outbox;
use super::{
    Docket, Event, Fault, Fen, Finding, Kept, Moment, Note, Query, Rights, Seq, Series, Session,
    Subject, Taken, Text, fee,
};

/// One case, from the plate to the archive.
///
/// Ask [`step`](Self::step) what to do, do it, say what came of it with the
/// method the step names. A method that is not asked for fails with
/// [`Fault::OutOfOrder`] and changes nothing.
#[derive(Debug)]
pub struct Case<'a> {
    rules: &'a Rules<'a>,
    session: Session<'a>,
    docket: Docket,
    outbox: Outbox,
    phase: Phase,
    dossier: Dossier<'a>,
    last: Seq,
}

impl<'a> Case<'a> {
    /// A new case of the officer who is signed in. `case` is never used again
    /// at this terminal: take one more than the last in the records.
    ///
    /// # Errors
    /// [`Fault::NotPermitted`].
    pub fn new(rules: &'a Rules<'a>, session: Session<'a>, case: u32) -> Result<Self, Fault> {
        permitted(&session, Rights::QUERY)?;
        Ok(Self {
            rules,
            session,
            docket: Docket::new(case, Some(session.officer().id)),
            outbox: Outbox::empty(),
            phase: Phase::Identify,
            dossier: Dossier::EMPTY,
            last: Seq(0),
        })
    }

    /// Whom the case is about, as far as it is known.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.dossier.subject
    }

    /// What is due, once it is chosen.
    #[must_use]
    pub const fn due(&self) -> Fen {
        self.dossier.matter.due()
    }

    /// What to do now. The same until it is done, except for a charge, which is
    /// given out once.
    pub fn step(&mut self, now: Moment) -> Step<'_> {
        self.advance(now);
        if let Some(entry) = self.outbox.entry() {
            return Step::Append(entry);
        }
        match &mut self.phase {
            Phase::Identify => Step::Identify,
            Phase::Query(query) => Step::Query(*query),
            Phase::Choose => Step::Choose,
            Phase::Confirm => Step::Confirm,
            Phase::Authorise(..) => Step::Authorise,
            Phase::Number(series) => Step::Number(*series),
            Phase::Recall(number) => Step::Recall(self.rules.terminal, *number),
            Phase::Tender(purchase) => Step::Tender { due: purchase.amount() },
            Phase::Intended(intent) => Step::Append(intent.entry()),
            Phase::Paying(payment) => match payment.step(now) {
                payment::Step::Append(entry) => Step::Append(entry),
                payment::Step::Ask(request) => Step::Ask(request),
                payment::Step::Complete(approval) => Step::Complete(approval),
                payment::Step::Wait { until } => Step::Wait { until },
                // Taken over above; kept for the compiler.
                payment::Step::Done => Step::Wait { until: now.at },
            },
            Phase::Print(paper, copy) => Step::Print { paper: *paper, copy: *copy },
            Phase::Sign => Step::Sign,
            Phase::Deliver => Step::Deliver,
            Phase::Closing | Phase::Upload => Step::Upload { upto: self.last },
            Phase::Done => Step::Done(self.dossier.outcome()),
        }
    }

    /// The record was kept.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] or [`Fault::WrongEntry`].
    pub fn appended(&mut self, kept: Kept, now: Moment) -> Result<(), Fault> {
        let seq = kept.seq();
        match &mut self.phase {
            _ if self.outbox.clear().is_err() => self.outbox.kept(&kept)?,
            Phase::Paying(payment) => payment.appended(&kept)?,
            Phase::Intended(intent) if !intent.is_kept_by(&kept) => return Err(Fault::WrongEntry),
            Phase::Intended(_) => self.send(kept, now)?,
            _ => return Err(Fault::OutOfOrder),
        }
        self.last = seq;
        Ok(())
    }

    /// The vehicle or the driver was identified.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`], or [`Fault::NoSubject`] if it is neither.
    pub fn identified(&mut self, subject: Subject, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Identify))?;
        self.dossier.subject = subject.checked()?;
        self.go(Phase::Query(Query::Violations), Event::Identified(subject), now);
        Ok(())
    }

    /// What the platform said.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn queried(&mut self, finding: Finding, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let Phase::Query(query) = self.phase else { return Err(Fault::OutOfOrder) };
        let next = match query {
            Query::Violations if self.dossier.subject.vehicle.is_some() => {
                Phase::Query(Query::Inspection)
            }
            Query::Violations => Phase::Choose,
            Query::Inspection => {
                self.dossier.inspection = Some(finding);
                Phase::Query(Query::Insurance)
            }
            Query::Insurance => {
                self.dossier.insurance = Some(finding);
                Phase::Choose
            }
        };
        self.go(next, Event::Queried { query, finding }, now);
        Ok(())
    }

    /// What the officer does about it.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`], [`Fault::NotPermitted`], or what
    /// [`PenaltyTable::find`](super::PenaltyTable::find) says.
    pub fn chosen(&mut self, choice: Choice<'_>, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Choose))?;
        self.dossier.matter = match choice {
            Choice::Penalty { behaviour, time, place, violation } => {
                permitted(&self.session, Rights::PENALTY)?;
                let penalty = self.rules.table.find(behaviour, time.date())?;
                Text::<5>::new(penalty.behaviour)?;
                Matter::Penalty { penalty, time, place, violation }
            }
            Choice::Settle(decided) => {
                permitted(&self.session, Rights::COLLECT)?;
                let days = now.civil.date().days_since(decided.delivered);
                Matter::Claim { decided, late_fee: fee::late_fee(decided.fine, days), days }
            }
            Choice::Measure { kind, items, place, come_to, come_by } => {
                permitted(&self.session, Rights::MEASURE)?;
                Matter::Measure { kind, items, place, come_to, come_by }
            }
            Choice::Nothing => {
                self.phase = Phase::Closing;
                return Ok(());
            }
        };
        self.phase = Phase::Confirm;
        Ok(())
    }

    /// What the person said.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn confirmed(&mut self, confirmation: Confirmation, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Confirm))?;
        self.dossier.confirmation = confirmation;
        let next = match self.dossier.matter {
            Matter::Measure { .. } => self.number(Series::Measure, now),
            Matter::Claim { decided, .. } => Phase::Recall(decided.number),
            _ => self.number(Series::Decision, now),
        };
        self.go(next, Event::Confirmed(confirmation), now);
        Ok(())
    }

    /// The number was taken. The record that says so is the pointer of its
    /// block: it is kept before anything is paid or printed.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`]: the number is then lost.
    pub fn numbered(&mut self, taken: Taken, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Number(_)))?;
        let number = taken.number();
        let (next, event) = match self.dossier.matter {
            Matter::Penalty { penalty, time, place, violation } => {
                let behaviour = Text::new(penalty.behaviour)?;
                let (table, points, fine) =
                    (self.rules.table.version, penalty.points, penalty.fine);
                let decision =
                    Decision { number, behaviour, table, points, fine, time, place, violation };
                let next = if fine.0 > 0 {
                    self.tender(&History::new(self.rules.terminal, number))?
                } else {
                    self.paper_after(None)
                };
                (next, Event::Decided(decision))
            }
            Matter::Measure { kind, items, place, come_to, come_by } => {
                let time = now.civil;
                let measure = Measure { number, kind, items, time, place, come_to, come_by };
                (self.paper_after(None), Event::Measured(measure))
            }
            Matter::Nothing | Matter::Claim { .. } => return Err(Fault::OutOfOrder),
        };
        self.dossier.number = Some(number);
        self.dossier.issued = Some(now.civil);
        self.go(next, event, now);
        Ok(())
    }

    /// What the records say of earlier payments of the decision. If it is paid,
    /// the papers of that payment are printed, and nothing more is charged.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`], [`Fault::WrongEntry`] for another decision's
    /// history, or what [`History::purchase`] says of one that is not paid.
    pub fn recalled(&mut self, history: &History, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Recall(_)))?;
        let Matter::Claim { decided, late_fee, days } = self.dossier.matter else {
            return Err(Fault::OutOfOrder);
        };
        let (number, fine) = (decided.number, decided.fine);
        if !history.is_of(self.rules.terminal, number) {
            return Err(Fault::WrongEntry);
        }
        let late_fee = match history.paid() {
            Some((paid, at)) => {
                // What was due on that day, not today.
                let late_fee = Fen(paid.approval.amount.0.saturating_sub(fine.0));
                self.dossier.matter = Matter::Claim { decided, late_fee, days };
                self.settle(Settlement::Paid(paid), at);
                late_fee
            }
            None => {
                self.phase =
                    if self.due() == Fen::ZERO { Phase::Closing } else { self.tender(history)? };
                late_fee
            }
        };
        let event = Event::Claimed { number, fine, late_fee, days };
        self.outbox.put(self.docket.record(now, event));
        Ok(())
    }

    /// How the person pays.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] or [`Fault::NotPermitted`].
    pub fn tendered(&mut self, tender: Tender, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Tender(_)))?;
        match tender {
            Tender::Later => self.defer(now),
            Tender::Now(method) => {
                permitted(&self.session, Rights::COLLECT)?;
                if let Phase::Tender(purchase) = mem::replace(&mut self.phase, Phase::Done) {
                    self.phase = Phase::Intended(purchase.intend(method, self.docket, now));
                }
            }
        }
        Ok(())
    }

    /// What the acquirer answered.
    ///
    /// # Errors
    /// As [`Payment::answered`](payment::Payment::answered).
    pub fn answered(&mut self, answer: Answer, now: Moment) -> Result<(), Fault> {
        self.payment()?.answered(answer, now)
    }

    /// Whether the card agreed with the host's approval.
    ///
    /// # Errors
    /// As [`Payment::completed`](payment::Payment::completed).
    pub fn completed(&mut self, agreed: bool, now: Moment) -> Result<(), Fault> {
        self.payment()?.completed(agreed, now)
    }

    /// The payer calls a wallet payment off.
    ///
    /// # Errors
    /// As [`Payment::abandon`](payment::Payment::abandon).
    pub fn abandon(&mut self, now: Moment) -> Result<(), Fault> {
        self.payment()?.abandon(now)
    }

    /// How printing went.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn printed(&mut self, printing: Printing, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let Phase::Print(paper, copy) = self.phase else { return Err(Fault::OutOfOrder) };
        let next = match printing {
            Printing::Failed(_) => Phase::Print(paper, copy.saturating_add(1)),
            _ => self.paper_after(Some(paper)),
        };
        self.go(next, Event::Printed { paper, copy, printing }, now);
        Ok(())
    }

    /// Whether the person signed.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn signed(&mut self, signature: Signature, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Sign))?;
        self.dossier.signature = Some(signature);
        self.go(Phase::Deliver, Event::Signature(signature), now);
        Ok(())
    }

    /// Whether the person took the papers.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn delivered(&mut self, delivery: Delivery, now: Moment) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Deliver))?;
        self.go(Phase::Closing, Event::Delivery(delivery), now);
        Ok(())
    }

    /// The officer withdraws the case, before it is paid. A number that was
    /// taken becomes void, which needs the right to do that.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] while or after it is paid or printed, or
    /// [`Fault::NotPermitted`].
    pub fn withdraw(&mut self, note: Note, now: Moment) -> Result<(), Fault> {
        use Phase::{Authorise, Choose, Confirm, Identify, Number, Query, Recall, Tender};
        self.expect(|phase| {
            matches!(
                phase,
                Identify
                    | Query(_)
                    | Choose
                    | Confirm
                    | Authorise(..)
                    | Number(_)
                    | Recall(_)
                    | Tender(_)
            )
        })?;
        let event = match self.dossier.number {
            None => Event::Withdrawn(note),
            Some(number) => {
                permitted(&self.session, Rights::VOID)?;
                Event::Voided { number, note }
            }
        };
        self.dossier.withdrawn = true;
        self.go(Phase::Closing, event, now);
        Ok(())
    }

    /// The last record the archive has, or `None` if it cannot be reached: the
    /// records then leave later.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn uploaded(&mut self, acked: Option<Seq>) -> Result<(), Fault> {
        self.expect(|phase| matches!(phase, Phase::Upload))?;
        self.dossier.uploaded = acked.is_some_and(|acked| acked >= self.last);
        self.phase = Phase::Done;
        Ok(())
    }
}
