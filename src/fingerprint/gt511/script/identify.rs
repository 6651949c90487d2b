use super::Script;
use super::matching::Matching;
use super::presence::Presence;
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::Link;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::Patience;
use crate::fingerprint::{Event, Match, Slot};
use crate::port::Told;

/// Waits for a finger and searches it, in the whole library or in one slot.
///
/// On a line fault, all begins anew with a fresh image.
#[derive(Clone, Copy, Debug)]
pub struct Identify {
    slot: Option<Slot>,
    finger: Presence,
    matching: Option<Matching>,
}

impl Identify {
    pub(in crate::fingerprint::gt511) const fn new(slot: Option<Slot>, patience: Patience) -> Self {
        Self { slot, finger: Presence::finger(patience), matching: None }
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
        let matching = match &mut self.matching {
            Some(matching) => matching,
            none => {
                self.finger.poll(session)?;
                self.finger.renew();
                none.insert(Matching::new(self.slot))
            }
        };
        matching.poll(session)
    }
}

impl Script for Identify {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.matching = None)
    }
}
