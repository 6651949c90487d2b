use super::Script;
use crate::fingerprint::gt511::command::{CheckEnrolled, Command, DeleteAll, DeleteId};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::Link;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::{Event, Slot};
use crate::port::Told;

/// Deletes a template, if there is one: models differ in how they refuse to
/// delete none, so it is looked for first.
#[derive(Clone, Copy, Debug)]
pub struct Delete {
    slot: Slot,
    /// There is one.
    found: bool,
}

impl Delete {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot) -> Self {
        Self { slot, found: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.check(self.slot)?;
        if !self.found {
            if session.ask(&CheckEnrolled(self.slot).request())?.is_err() {
                return Ok(());
            }
            self.found = true;
        }
        let delete = DeleteId(self.slot).request();
        match session.ask(&delete)? {
            Ok(_) | Err(Nack::NotUsed | Nack::Empty) => Ok(()),
            Err(nack) => Err(delete.refused(nack).into()),
        }
    }
}

impl Script for Delete {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.found = false)
    }
}

/// Deletes all templates; there need not be any.
#[derive(Clone, Copy, Debug)]
pub struct Clear;

impl Script for Clear {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        match super::insist(session, &DeleteAll.request()) {
            Ok(_) | Err(nb::Error::Other(Fault::Refused(_, Nack::Empty))) => Ok(Told::Done(())),
            Err(error) => Err(error),
        }
    }
}
