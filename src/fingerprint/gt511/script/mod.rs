mod delete;
mod enrol;
mod exposure;
mod identify;
mod identity;
mod image;
mod matching;
mod presence;
mod transfer;

pub use delete::{Clear, Delete};
pub use enrol::Enrol;
pub use identify::Identify;
pub use identity::Identity;
pub use image::Image;
pub use transfer::{ReadTemplate, Size, WriteTemplate};

use super::command::{CmosLed, Command, GetEnrollCount, Info};
use super::fault::Fault;
use super::link::{Answer, Link};
use super::nack::Nack;
use super::session::Session;
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library};
use crate::port::Told;

/// One command whose answer is believed only once that to the probe has come
/// behind it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<C: Command> {
    command: C,
    answer: Option<Result<C::Reply, Nack>>,
}

impl<C: Command> Ask<C> {
    pub(super) const fn new(command: C) -> Self {
        Self { command, answer: None }
    }

    /// The answer, sealed. After it, or a fault, the command is asked anew.
    fn poll(&mut self, session: &mut Session<'_>) -> Answer<C::Reply> {
        if self.answer.is_none() {
            self.answer = Some(session.ask(&self.command)?);
        }
        match session.seal() {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Err(fault) => {
                self.answer = None;
                return Err(fault);
            }
            Ok(()) => {}
        }
        self.answer.take().ok_or(nb::Error::Other(Fault::OutOfStep(C::CODE)))
    }
}

impl<C: Command> Script for Ask<C> {
    type Link = Link;
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Event>, Fault> {
        session.persist(|session| Ok(self.poll(session)?.map_err(refused::<C>)?))
    }
}

fn refused<C: Command>(nack: Nack) -> Fault {
    Fault::Refused(C::CODE, nack)
}

/// Opens a session.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Script for Open {
    type Link = Link;
    type Output = Info;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Info, Event>, Fault> {
        session.info().map(Told::Done)
    }
}

/// How full the library is.
#[derive(Clone, Copy, Debug)]
pub struct Count(Ask<GetEnrollCount>);

impl Count {
    pub(super) const fn new() -> Self {
        Self(Ask::new(GetEnrollCount))
    }
}

impl Script for Count {
    type Link = Link;
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Event>, Fault> {
        let capacity = session.config().capacity;
        match self.0.run(session)? {
            Told::Event(event) => Ok(Told::Event(event)),
            Told::Done(stored) if stored <= capacity => {
                Ok(Told::Done(Library { stored, capacity }))
            }
            Told::Done(_) => Err(Fault::OutOfStep(GetEnrollCount::CODE).into()),
        }
    }
}

/// Switches the light under the glass.
#[derive(Clone, Copy, Debug)]
pub struct Led(Ask<CmosLed>);

impl Led {
    pub(super) const fn new(on: bool) -> Self {
        Self(Ask::new(CmosLed(on)))
    }
}

impl Script for Led {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        let told = self.0.run(session)?;
        session.set_lit(self.0.command.0);
        Ok(told)
    }
}
