mod adjust;
mod delete;
mod enrol;
mod features;
mod identify;
mod image;
mod list;
mod match_template;
mod matching;
mod read_template;
mod write_template;

pub use adjust::{Adjust, Identity, Rename};
pub use delete::{Clear, Delete};
pub use enrol::Enrol;
pub use identify::Identify;
pub use image::Image;
pub use list::{List, Slots};
pub use match_template::{MatchFinger, MatchTemplate};
pub use read_template::{CaptureTemplate, ReadTemplate};
pub use write_template::WriteTemplate;

use super::ack::Ack;
use super::command::{self, Command, TEMPLATE};
use super::fault::Fault;
use super::session::{Answer, Link, Session};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library};
use crate::port::Told;

/// One command whose answer is believed only once that to another has come
/// behind it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<C: Command> {
    command: C,
    answer: Option<Result<C::Reply, Ack>>,
}

impl<C: Command> Ask<C> {
    pub(super) const fn new(command: C) -> Self {
        Self { command, answer: None }
    }

    /// The answer, sealed. After it, or a fault, the command is asked anew.
    fn poll(&mut self, session: &mut Session<'_>) -> Answer<C::Reply> {
        self.carry(session, Cargo::None)
    }

    /// The same, with the data that go or come with it.
    fn carry(&mut self, session: &mut Session<'_>, cargo: Cargo<'_, Fault>) -> Answer<C::Reply> {
        if self.answer.is_none() {
            self.answer = Some(session.transfer(&self.command, cargo)?);
        }
        match session.seal_code(C::CODE) {
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

pub(super) fn refused<C: Command>(ack: Ack) -> Fault {
    Fault::Refused(C::CODE, ack)
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
pub struct Count(Ask<command::Count>);

impl Count {
    pub(super) const fn new() -> Self {
        Self(Ask::new(command::Count))
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
            Told::Done(_) => Err(Fault::OutOfStep(command::Count::CODE).into()),
        }
    }
}

/// One command whose answer is believed as it is: nothing comes behind it.
#[derive(Clone, Copy, Debug)]
pub struct Unsealed<C>(pub(super) C);

impl<C: Command> Script for Unsealed<C> {
    type Link = Link;
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Event>, Fault> {
        let answer = session.ask(&self.0)?.map_err(refused::<C>)?;
        session.close();
        Ok(Told::Done(answer))
    }
}

/// How many bytes a template has: all have as many.
#[derive(Clone, Copy, Debug)]
pub struct Size;

impl Script for Size {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, _session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        Ok(Told::Done(TEMPLATE))
    }
}
