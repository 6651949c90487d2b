use crate::port::Instant;
use crate::terminal::payment::{Approval, Intent, Payment, Purchase, Request, Timing};
use crate::terminal::{DecisionNumber, Entry, Fen, PenaltyTable, Query, Seq, Series, TerminalId};

use super::{Outcome, Paper};

/// What all cases of a terminal have in common.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The terminal's number at the acquirer.
    pub terminal: TerminalId,
    /// The authority that decides, for the papers.
    pub authority: &'a str,
    /// What behaviours cost.
    pub table: PenaltyTable<'a>,
    /// A decision or certificate is only made when the officer lays the finger
    /// anew for it.
    pub authorise: bool,
    /// The times of payments.
    pub timing: Timing,
    /// More fields for the templates: name and text.
    pub terms: &'a [(&'a str, &'a str)],
}

/// What a case wants next.
#[non_exhaustive]
#[derive(Debug)]
pub enum Step<'m> {
    /// Keep this record: [`Case::appended`](super::Case::appended).
    Append(Entry<'m>),
    /// Identify the vehicle or the driver: [`Case::identified`](super::Case::identified).
    Identify,
    /// Ask the platform: [`Case::queried`](super::Case::queried).
    Query(Query),
    /// The officer decides what to do: [`Case::chosen`](super::Case::chosen).
    Choose,
    /// Tell the person the facts, the basis, the penalty and the rights, and
    /// hear the defence: [`Case::confirmed`](super::Case::confirmed).
    Confirm,
    /// The officer lays the finger anew: sign in as the same officer, in a case
    /// number of its own, then [`Case::authorised`](super::Case::authorised).
    Authorise,
    /// Take a number out of its block: [`Case::numbered`](super::Case::numbered).
    Number(Series),
    /// Look for payments of this decision: [`History::read`](crate::terminal::payment::History::read), then
    /// [`Case::recalled`](super::Case::recalled).
    Recall(TerminalId, DecisionNumber),
    /// The person chooses how to pay: [`Case::tendered`](super::Case::tendered). Asked again after an
    /// attempt that charged nothing.
    Tender {
        /// What is due.
        due: Fen,
    },
    /// Ask the acquirer: [`Case::answered`](super::Case::answered).
    Ask(Request),
    /// The host approved, let the card finish: [`Case::completed`](super::Case::completed).
    Complete(Approval),
    /// Nothing to do before this time, except that a payer may call off a wallet
    /// payment: [`Case::abandon`](super::Case::abandon).
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// Print a paper; its fields are the case's: [`Case::printed`](super::Case::printed).
    Print {
        /// Which.
        paper: Paper,
        /// The first is 1; more are marked as reprints.
        copy: u8,
    },
    /// Put the paper before the person to sign: [`Case::signed`](super::Case::signed).
    Sign,
    /// Hand the paper over: [`Case::delivered`](super::Case::delivered).
    Deliver,
    /// Send records until the archive has this one: [`Case::uploaded`](super::Case::uploaded).
    Upload {
        /// The last record of the case.
        upto: Seq,
    },
    /// It is over.
    Done(Outcome),
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // there is no heap to put the payment on
pub(super) enum Phase {
    Identify,
    Query(Query),
    Choose,
    Confirm,
    /// For a number of this series; the finger is laid after that time.
    Authorise(Series, Instant),
    Number(Series),
    Recall(DecisionNumber),
    Tender(Purchase),
    Intended(Intent),
    Paying(Payment),
    Print(Paper, u8),
    Sign,
    Deliver,
    Closing,
    Upload,
    Done,
}
