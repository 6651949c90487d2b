use super::Script;
use super::matching::Matching;
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::Patience;
use crate::fingerprint::{Event, Match, Slot};
use crate::port::Told;

/// Waits for a finger and searches it, in the whole library or in one slot.
///
/// On a line fault, all begins anew with a fresh capture.
#[derive(Clone, Copy, Debug)]
pub struct Identify {
    slot: Option<Slot>,
    patience: Patience,
    matching: Matching,
}

impl Identify {
    pub(in crate::fingerprint::f5) const fn new(slot: Option<Slot>, patience: Patience) -> Self {
        Self { slot, patience, matching: Matching::new(slot, patience) }
    }

    /// The slot that is compared, if only one is.
    #[must_use]
    pub const fn slot(&self) -> Option<Slot> {
        self.slot
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        if let Some(slot) = self.slot {
            session.check(slot)?;
        }
        self.matching.poll(session)
    }
}

impl Script for Identify {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        let (slot, patience) = (self.slot, self.patience);
        session.persist_from(self, Self::advance, |it| it.matching = Matching::new(slot, patience))
    }
}
