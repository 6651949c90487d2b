use super::payment::{Approval, Code, Doubt, Method};
use super::{
    Confirmation, Decision, DecisionNumber, Delivery, Driver, Factor, Fen, Field, Finding, Measure,
    Note, OfficerId, OrderKey, Paper, Printing, Query, Role, Signature, Source, Standing, Subject,
    Vehicle,
};
use crate::fingerprint::trust::{Denied, Evidence};

/// What a [`Record`](super::Record) says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// A sign-in attempt was counted as failed, before it is made.
    AttemptCounted {
        /// Failed attempts, with this one.
        failures: u16,
    },
    /// The attempt was not made: nobody came.
    AttemptReturned {
        /// Failed attempts, without it.
        failures: u16,
    },
    /// An attempt was in vain.
    AttemptDenied {
        /// Why: a match that failed, an alarm, a sensor that may be another.
        denied: Denied,
    },
    /// Too many attempts failed.
    LockedOut {
        /// Failed attempts.
        failures: u16,
        /// For how long nobody can sign in.
        seconds: u32,
    },
    /// An officer signed in. Failed attempts are forgiven.
    SignedIn {
        /// What the officer is.
        role: Role,
        /// The second factor that was shown.
        second: Option<Factor>,
        /// How it is known who it is: template, score, sensor.
        evidence: Evidence<OfficerId>,
    },
    /// A vehicle or a driver was identified.
    Identified(Subject),
    /// A database was asked.
    Queried {
        /// For what.
        query: Query,
        /// What it said.
        finding: Finding,
    },
    /// The driver heard the facts and was heard.
    Confirmed(Confirmation),
    /// The officer laid the finger anew, for the decision that follows.
    Authorised(Evidence<OfficerId>),
    /// A decision was made under this number; the pointer of its block moves.
    Decided(Decision),
    /// A compulsory measure was taken under this number.
    Measured(Measure),
    /// A decision of earlier is to be paid.
    Claimed {
        /// The decision.
        number: DecisionNumber,
        /// The fine.
        fine: Fen,
        /// The fee for being late.
        late_fee: Fen,
        /// Days since it was delivered.
        days: u32,
    },
    /// The fine is not paid here.
    Deferred,
    /// A payment is about to be sent.
    PaymentIntended {
        /// Its key.
        key: OrderKey,
        /// How.
        method: Method,
        /// How much.
        amount: Fen,
    },
    /// It is not known whether the payment was made.
    PaymentDoubted {
        /// Its key.
        key: OrderKey,
        /// Why.
        doubt: Doubt,
    },
    /// A wallet is about to be told to take the payment back.
    PaymentCancelling {
        /// Its key.
        key: OrderKey,
    },
    /// The payment was made.
    PaymentApproved {
        /// Its key.
        key: OrderKey,
        /// What the acquirer said.
        approval: Approval,
    },
    /// The payment was refused; nothing is charged.
    PaymentDeclined {
        /// Its key.
        key: OrderKey,
        /// The acquirer's code.
        code: Code,
    },
    /// The payment was reversed at the card's host; nothing is charged.
    PaymentReversed {
        /// Its key.
        key: OrderKey,
        /// Reversals that were sent.
        tries: u8,
    },
    /// The order was closed or cancelled; nothing is charged.
    PaymentClosed {
        /// Its key.
        key: OrderKey,
        /// Closings that were sent.
        tries: u8,
    },
    /// It is still not known, for now: it will be tried again, and people are
    /// told.
    PaymentUnresolved {
        /// Its key.
        key: OrderKey,
        /// What was tried, how often.
        tries: u8,
    },
    /// A paper was printed, or not.
    Printed {
        /// Which.
        paper: Paper,
        /// The first is 1.
        copy: u8,
        /// How it went.
        printing: Printing,
    },
    /// The paper was put before the person to sign.
    Signature(Signature),
    /// The paper was handed over.
    Delivery(Delivery),
    /// The case ends without a decision.
    Withdrawn(Note),
    /// The number was taken and no decision stands under it.
    Voided {
        /// The number.
        number: DecisionNumber,
        /// Why.
        note: Note,
    },
    /// The case is closed.
    Finished,
}

type Each<'e, 'r> = &'e mut dyn FnMut(&'static str, Field<'r>);

impl Event {
    /// What kind of event, as a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AttemptCounted { .. } => "attempt-counted",
            Self::AttemptReturned { .. } => "attempt-returned",
            Self::AttemptDenied { .. } => "attempt-denied",
            Self::LockedOut { .. } => "locked-out",
            Self::SignedIn { .. } => "signed-in",
            Self::Identified(_) => "identified",
            Self::Queried { .. } => "queried",
            Self::Confirmed(_) => "confirmed",
            Self::Authorised(_) => "authorised",
            Self::Decided(_) => "decided",
            Self::Measured(_) => "measured",
            Self::Claimed { .. } => "claimed",
            Self::Deferred => "deferred",
            Self::PaymentIntended { .. } => "payment-intended",
            Self::PaymentDoubted { .. } => "payment-doubted",
            Self::PaymentCancelling { .. } => "payment-cancelling",
            Self::PaymentApproved { .. } => "payment-approved",
            Self::PaymentDeclined { .. } => "payment-declined",
            Self::PaymentReversed { .. } => "payment-reversed",
            Self::PaymentClosed { .. } => "payment-closed",
            Self::PaymentUnresolved { .. } => "payment-unresolved",
            Self::Printed { .. } => "printed",
            Self::Signature(_) => "signature",
            Self::Delivery(_) => "delivery",
            Self::Withdrawn(_) => "withdrawn",
            Self::Voided { .. } => "voided",
            Self::Finished => "finished",
        }
    }

    /// The payment the event is about.
    #[must_use]
    pub const fn order(&self) -> Option<OrderKey> {
        match self {
            Self::PaymentIntended { key, .. }
            | Self::PaymentDoubted { key, .. }
            | Self::PaymentCancelling { key }
            | Self::PaymentApproved { key, .. }
            | Self::PaymentDeclined { key, .. }
            | Self::PaymentReversed { key, .. }
            | Self::PaymentClosed { key, .. }
            | Self::PaymentUnresolved { key, .. } => Some(*key),
            _ => None,
        }
    }

    /// The number the event takes out of a block.
    #[must_use]
    pub const fn number(&self) -> Option<DecisionNumber> {
        match self {
            Self::Decided(Decision { number, .. }) | Self::Measured(Measure { number, .. }) => {
                Some(*number)
            }
            _ => None,
        }
    }

    pub(super) fn visit<'r>(&'r self, each: Each<'_, 'r>) {
        if let Some(key) = self.order() {
            each("order", key.into());
        }
        match self {
            Self::AttemptCounted { failures } | Self::AttemptReturned { failures } => {
                each("failures", (*failures).into());
            }
            Self::LockedOut { failures, seconds } => {
                each("failures", (*failures).into());
                each("seconds", (*seconds).into());
            }
            Self::AttemptDenied { denied } => each("why", denied.name().into()),
            Self::SignedIn { role, second, evidence } => {
                each("role", role.name().into());
                visit_evidence(evidence, each);
                each("second", second.map(Factor::name).into());
            }
            Self::Authorised(evidence) => visit_evidence(evidence, each),
            Self::Identified(subject) => visit_subject(subject, each),
            Self::Queried { query, finding } => {
                each("query", query.name().into());
                visit_finding(finding, each);
            }
            Self::Confirmed(confirmation) => {
                each("contested", matches!(confirmation, Confirmation::Contested(_)).into());
                each("note", confirmation.note().into());
            }
            Self::Decided(decision) => visit_decision(decision, each),
            Self::Measured(measure) => visit_measure(measure, each),
            Self::Claimed { number, fine, late_fee, days } => {
                each("number", (*number).into());
                each("fine", (*fine).into());
                each("late_fee", (*late_fee).into());
                each("days", (*days).into());
            }
            Self::Printed { paper, copy, printing } => {
                each("paper", paper.name().into());
                each("copy", (*copy).into());
                each("printing", printing.name().into());
            }
            Self::Signature(signature) => {
                each("signed", matches!(signature, Signature::Signed).into());
                each("note", signature.note().into());
            }
            Self::Delivery(delivery) => {
                each("accepted", matches!(delivery, Delivery::Accepted).into());
                each("note", delivery.note().into());
            }
            Self::Withdrawn(note) => each("note", note.as_str().into()),
            Self::Voided { number, note } => {
                each("number", (*number).into());
                each("note", note.as_str().into());
            }
            other => other.visit_payment(each),
        }
    }

    fn visit_payment<'r>(&'r self, each: Each<'_, 'r>) {
        match self {
            Self::PaymentIntended { method, amount, .. } => {
                each("method", method.name().into());
                each("amount", (*amount).into());
            }
            Self::PaymentDoubted { doubt, .. } => {
                each("doubt", doubt.name().into());
                each("code", doubt.code().into());
            }
            Self::PaymentApproved { approval, .. } => visit_approval(approval, each),
            Self::PaymentDeclined { code, .. } => each("code", code.as_str().into()),
            Self::PaymentReversed { tries, .. }
            | Self::PaymentClosed { tries, .. }
            | Self::PaymentUnresolved { tries, .. } => each("tries", (*tries).into()),
            _ => {}
        }
    }
}

fn visit_subject<'r>(subject: &'r Subject, each: Each<'_, 'r>) {
    if let Some((Vehicle { plate, hpzl, hphm }, source)) = &subject.vehicle {
        each("plate", plate.as_str().into());
        each("hpzl", (*hpzl).into());
        each("hphm", hphm.as_str().into());
        each("plate_source", source.name().into());
    }
    if let Some((Driver { licence, name }, source)) = &subject.driver {
        each("licence", licence.as_str().into());
        each("name", name.as_str().into());
        each("licence_source", Source::name(*source).into());
    }
}

fn visit_evidence<'r>(evidence: &'r Evidence<OfficerId>, each: Each<'_, 'r>) {
    each("slot", evidence.found.slot.0.into());
    each("score", evidence.found.score.into());
    each("method", evidence.method.name().into());
    each("level", evidence.level().name().into());
    each("sensor", evidence.sensor.into());
    each("duress", evidence.duress.into());
}

fn visit_finding<'r>(finding: &'r Finding, each: Each<'_, 'r>) {
    match finding {
        Finding::Violations(count) => each("violations", (*count).into()),
        Finding::Standing(Standing::Until(last)) => each("until", (*last).into()),
        Finding::Standing(Standing::None) => each("until", Field::Empty),
        Finding::Unknown(_) => each("answered", false.into()),
    }
}

fn visit_decision<'r>(decision: &'r Decision, each: Each<'_, 'r>) {
    each("number", decision.number.into());
    each("behaviour", decision.behaviour.as_str().into());
    each("table", decision.table.into());
    each("points", decision.points.into());
    each("fine", decision.fine.into());
    each("time", decision.time.into());
    each("place_code", decision.place.code.as_str().into());
    each("place", decision.place.text.as_str().into());
    each("violation", decision.violation.as_ref().map(|number| number.as_str()).into());
}

fn visit_measure<'r>(measure: &'r Measure, each: Each<'_, 'r>) {
    each("number", measure.number.into());
    each("measure", measure.kind.name().into());
    each("items", measure.items.as_str().into());
    each("time", measure.time.into());
    each("place_code", measure.place.code.as_str().into());
    each("place", measure.place.text.as_str().into());
    each("come_to", measure.come_to.as_str().into());
    each("come_by", measure.come_by.into());
}

fn visit_approval<'r>(approval: &'r Approval, each: Each<'_, 'r>) {
    each("amount", approval.amount.into());
    each("reference", approval.reference.as_str().into());
    each("authorisation", approval.authorisation.as_str().into());
    each("batch", approval.batch.into());
    each("trace", approval.trace.into());
    each("pan", approval.pan.into());
}
