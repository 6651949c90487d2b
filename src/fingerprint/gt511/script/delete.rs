use super::{Ask, Script, refused};
use crate::fingerprint::gt511::command::{CheckEnrolled, DeleteAll, DeleteId};
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
    look: Ask<CheckEnrolled>,
    delete: Option<Ask<DeleteId>>,
}

impl Delete {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot) -> Self {
        Self { slot, look: Ask::new(CheckEnrolled(slot)), delete: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.check(self.slot)?;
        let delete = match &mut self.delete {
            Some(delete) => delete,
            none => match self.look.poll(session)? {
                Err(_) => return Ok(()),
                Ok(()) => none.insert(Ask::new(DeleteId(self.slot))),
            },
        };
        match delete.poll(session)? {
            Ok(()) | Err(Nack::NotUsed | Nack::Empty) => Ok(()),
            Err(nack) => Err(refused::<DeleteId>(nack).into()),
        }
    }
}

impl Script for Delete {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.delete = None)
    }
}

/// Deletes all templates; there need not be any.
#[derive(Clone, Copy, Debug)]
pub struct Clear(Ask<DeleteAll>);

impl Clear {
    pub(in crate::fingerprint::gt511) const fn new() -> Self {
        Self(Ask::new(DeleteAll))
    }
}

impl Script for Clear {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        match self.0.run(session) {
            Err(nb::Error::Other(Fault::Refused(_, Nack::Empty))) => Ok(Told::Done(())),
            result => result,
        }
    }
}
