use super::{Ask, Script, refused};
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{self, Command, Count, DeleteAll, Privilege};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::{Event, Slot};
use crate::port::Told;

/// Deletes a template, if there is one: the manual does not say how a module
/// refuses to delete none, so it is looked for first.
#[derive(Clone, Copy, Debug)]
pub struct Delete {
    slot: Slot,
    look: Ask<Privilege>,
    delete: Option<Ask<command::Delete>>,
}

impl Delete {
    pub(in crate::fingerprint::f5) const fn new(slot: Slot) -> Self {
        Self { slot, look: Ask::new(Privilege(slot)), delete: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.check(self.slot)?;
        let delete = match &mut self.delete {
            Some(delete) => delete,
            none => match self.look.poll(session)? {
                Err(_) => return Ok(()),
                Ok(_) => none.insert(Ask::new(command::Delete(self.slot))),
            },
        };
        Ok(delete.poll(session)?.map_err(refused::<command::Delete>)?)
    }
}

impl Script for Delete {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.delete = None)
    }
}

/// Deletes all templates; there need not be any. The manual does not say how a
/// module refuses to delete none, so what counts is that none is left.
#[derive(Clone, Copy, Debug)]
pub struct Clear {
    delete: Ask<DeleteAll>,
    answer: Option<Result<(), Ack>>,
    left: Ask<Count>,
}

impl Clear {
    pub(in crate::fingerprint::f5) const fn new() -> Self {
        Self { delete: Ask::new(DeleteAll), answer: None, left: Ask::new(Count) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let answer = match self.answer {
            Some(answer) => answer,
            None => *self.answer.insert(self.delete.poll(session)?),
        };
        match (self.left.poll(session)?.map_err(refused::<Count>)?, answer) {
            (0, _) => Ok(()),
            (_, Err(ack)) => Err(refused::<DeleteAll>(ack).into()),
            (_, Ok(())) => Err(Fault::NotTaken(DeleteAll::CODE).into()),
        }
    }
}

impl Script for Clear {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.answer = None)
    }
}
