//! How a case goes on.

use core::mem;

use super::{Case, Matter, Paper, Phase, Settlement};
use crate::terminal::payment::{History, Outcome, Payment};
use crate::terminal::{
    Authorisation, CivilTime, Event, Fault, Kept, Moment, Rights, Series, Session,
};

impl Case<'_> {
    /// The officer laid the finger anew, which is used up.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`]; [`Fault::NotAuthorised`] if it is another officer,
    /// or the finger was laid before it was asked for.
    pub fn authorised(&mut self, by: Authorisation, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let Phase::Authorise(series, asked) = self.phase else { return Err(Fault::OutOfOrder) };
        let Authorisation(evidence) = by;
        if evidence.who != self.session.officer().id || evidence.at < asked {
            return Err(Fault::NotAuthorised);
        }
        self.go(Phase::Number(series), Event::Authorised(evidence), now);
        Ok(())
    }

    /// A number is taken next, once the officer has authorised that.
    pub(super) const fn number(&self, series: Series, now: Moment) -> Phase {
        if self.rules.authorise { Phase::Authorise(series, now.at) } else { Phase::Number(series) }
    }

    pub(super) fn expect(&self, is_asked: impl FnOnce(&Phase) -> bool) -> Result<(), Fault> {
        self.outbox.clear()?;
        if is_asked(&self.phase) { Ok(()) } else { Err(Fault::OutOfOrder) }
    }

    pub(super) fn go(&mut self, next: Phase, event: Event, now: Moment) {
        self.outbox.put(self.docket.record(now, event));
        self.phase = next;
    }

    pub(super) fn tender(&self, history: &History) -> Result<Phase, Fault> {
        history.purchase(self.due()).map(Phase::Tender)
    }

    pub(super) fn payment(&mut self) -> Result<&mut Payment, Fault> {
        self.outbox.clear()?;
        match &mut self.phase {
            Phase::Paying(payment) => Ok(payment),
            _ => Err(Fault::OutOfOrder),
        }
    }

    pub(super) fn send(&mut self, kept: Kept, now: Moment) -> Result<(), Fault> {
        if let Phase::Intended(intent) = mem::replace(&mut self.phase, Phase::Done) {
            self.phase = Phase::Paying(intent.send(kept, self.rules.timing, now)?);
        }
        Ok(())
    }

    pub(super) fn defer(&mut self, now: Moment) {
        self.dossier.settlement = Settlement::Deferred;
        let next = self.paper_after(None);
        self.go(next, Event::Deferred, now);
    }

    /// Goes on where nobody has to be asked.
    pub(super) fn advance(&mut self, now: Moment) {
        self.collect(now);
        if matches!(self.phase, Phase::Closing) && self.outbox.clear().is_ok() {
            self.go(Phase::Upload, Event::Finished, now);
        }
    }

    /// Takes over from a payment that has ended.
    fn collect(&mut self, now: Moment) {
        let payment = match mem::replace(&mut self.phase, Phase::Done) {
            Phase::Paying(payment) => payment,
            other => return self.phase = other,
        };
        let docket = payment.docket();
        let outcome = match payment.into_outcome() {
            Ok(outcome) => outcome,
            Err(payment) => return self.phase = Phase::Paying(payment),
        };
        self.docket = docket;
        match outcome {
            Outcome::Approved(paid) => self.settle(Settlement::Paid(paid), now.civil),
            Outcome::Unresolved(key) => self.settle(Settlement::Unresolved(key), now.civil),
            Outcome::Unpaid(unpaid) => match unpaid.again() {
                Ok(purchase) => self.phase = Phase::Tender(purchase),
                Err(_) => self.defer(now),
            },
        }
    }

    pub(super) fn settle(&mut self, settlement: Settlement, at: CivilTime) {
        self.dossier.settlement = settlement;
        if matches!(settlement, Settlement::Paid(_)) {
            self.dossier.paid_at = Some(at);
        }
        self.phase = self.paper_after(None);
    }

    /// The next paper that this case needs; after the last, what comes then.
    pub(super) fn paper_after(&self, paper: Option<Paper>) -> Phase {
        let papers = Paper::ALL.into_iter();
        let mut rest = papers.skip_while(|next| paper.is_some() && Some(*next) != paper);
        if paper.is_some() {
            rest.next();
        }
        match rest.find(|paper| self.needs(*paper)) {
            Some(paper) => Phase::Print(paper, 1),
            // Slip and receipt are not served.
            None if matches!(self.dossier.matter, Matter::Claim { .. }) => Phase::Closing,
            None => Phase::Sign,
        }
    }

    const fn needs(&self, paper: Paper) -> bool {
        match paper {
            Paper::Decision => matches!(self.dossier.matter, Matter::Penalty { .. }),
            Paper::Measure => matches!(self.dossier.matter, Matter::Measure { .. }),
            Paper::Slip | Paper::Receipt => matches!(self.dossier.settlement, Settlement::Paid(_)),
        }
    }
}

pub(super) fn permitted(session: &Session<'_>, rights: Rights) -> Result<(), Fault> {
    let lacking = rights.difference(session.officer().role.rights());
    if lacking.is_empty() { Ok(()) } else { Err(Fault::NotPermitted(lacking)) }
}
