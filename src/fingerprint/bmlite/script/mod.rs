mod capture;
mod enrol;
mod identify;
mod image;
mod transfer;

pub use enrol::Enrol;
pub use identify::Identify;
pub use image::Image;
pub use transfer::{ReadTemplate, Size, WriteTemplate};

use super::answer::Answer;
use super::command::{Request, STORAGE};
use super::fault::Fault;
use super::outcome::Outcome;
use super::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library, SensorId, Slot};
use crate::port::Told;

/// One command, that is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Ask(pub(super) Request);

impl Script for Ask {
    type Link = Link;
    type Output = Answer;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Answer, Event>, Fault> {
        session.persist(|session| session.demand(&self.0))
    }
}

/// Opens a session.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Script for Open {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.open().map(Told::Done)
    }
}

/// How full the library is.
#[derive(Clone, Copy, Debug)]
pub struct Count;

impl Script for Count {
    type Link = Link;
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Event>, Fault> {
        session.persist(|session| {
            let request = Request::count();
            let Some(count) = session.demand(&request)?.count else {
                return Err(session.out_of_step(&request));
            };
            let stored = u16::try_from(count).unwrap_or(u16::MAX);
            Ok(Library { stored, capacity: session.config().capacity })
        })
    }
}

/// Whether there is a template in a slot.
#[derive(Clone, Copy, Debug)]
pub struct Holds(pub(super) Slot);

impl Script for Holds {
    type Link = Link;
    type Output = bool;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<bool, Event>, Fault> {
        session.persist(|session| holds(session, self.0))
    }
}

fn holds(session: &mut Session<'_>, slot: Slot) -> nb::Result<bool, Fault> {
    session.check(slot)?;
    let request = Request::holds(slot);
    match session.demand(&request)?.holds {
        Some(holds) => Ok(holds),
        None => Err(session.out_of_step(&request)),
    }
}

/// Deletes what is in a slot, if anything.
#[derive(Clone, Copy, Debug)]
pub struct Delete(pub(super) Slot);

impl Script for Delete {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist(|session| {
            session.check(self.0)?;
            match session.ask(&Request::delete(self.0))?.outcome {
                Outcome::Ok | Outcome::IdNotFound | Outcome::MissingTemplate => Ok(()),
                outcome => Err(Fault::Refused(STORAGE, outcome).into()),
            }
        })
    }
}

/// Asks for the module's number.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        session.persist(|session| {
            let request = Request::unique_id();
            let Some(id) = session.demand(&request)?.unique_id else {
                return Err(session.out_of_step(&request));
            };
            let id = SensorId::new(&id, true);
            session.recognise(id);
            Ok(id)
        })
    }
}

/// One command that ends what the module was at, and the session with it.
#[derive(Clone, Copy, Debug)]
pub struct Interrupt(pub(super) Request);

impl Script for Interrupt {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.interrupt(&self.0).map(|_| Told::Done(()))
    }
}
