mod delete;
mod enrol;
mod identify;
mod matching;
pub(super) mod patience;

pub use delete::{Clear, Delete};
pub use enrol::Enrol;
pub use identify::Identify;

use super::ack::Ack;
use super::command::{self, Command};
use super::fault::Fault;
use super::session::{Answer, Link, Session};
use super::wire::Wait;
use crate::fingerprint::{Enrolment, Library};
use crate::port::{Exchange, Instant, Step, StepOf, Told};

/// Which command follows which answer. Scripts see typed answers, never bytes.
pub trait Script {
    /// What it results in.
    type Output;

    /// Goes on as far as it can.
    ///
    /// # Errors
    /// `WouldBlock` when the session does; else the script is over.
    fn run(
        &mut self,
        session: &mut Session<'_>,
    ) -> nb::Result<Told<Self::Output, Enrolment>, Fault>;
}

/// A script that is held with a module.
#[derive(Clone, Debug)]
pub struct Conversation<S> {
    script: S,
    begun: bool,
}

impl<S: Script> Conversation<S> {
    /// A conversation that has not begun.
    pub const fn new(script: S) -> Self {
        Self { script, begun: false }
    }

    pub(super) const fn script(&self) -> &S {
        &self.script
    }
}

impl<S: Script> Exchange for Conversation<S> {
    type Link = Link;
    type Output = S::Output;
    type Fault = Fault;
    type Event = Enrolment;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        if !self.begun {
            self.begun = true;
            link.begin();
        }
        match self.script.run(&mut Session::new(link, now)) {
            Ok(Told::Event(event)) => Step::Event(event),
            Ok(Told::Done(output)) => Step::Done(Ok(output)),
            Err(nb::Error::Other(fault)) => Step::Done(Err(fault)),
            Err(nb::Error::WouldBlock) => match link.wait() {
                Wait::Send(until) => Step::Send { until },
                Wait::Receive(until) => Step::Receive { until },
                Wait::Pause(until) => Step::Pause { until },
            },
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        link.wire().outgoing()
    }

    fn sent(&mut self, link: &mut Link, n: usize, _now: Instant) {
        link.wire_mut().sent(n);
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        link.wire_mut().received(bytes, now)
    }
}

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
        if self.answer.is_none() {
            self.answer = Some(session.ask(&self.command)?);
        }
        match session.seal::<C>() {
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
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Enrolment>, Fault> {
        loop {
            match self.poll(session) {
                Err(nb::Error::Other(fault)) => session.forgive(fault)?,
                answer => return Ok(Told::Done(answer?.map_err(refused::<C>)?)),
            }
        }
    }
}

fn refused<C: Command>(ack: Ack) -> Fault {
    Fault::Refused(C::CODE, ack)
}

/// Opens a session.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Script for Open {
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Enrolment>, Fault> {
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
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Enrolment>, Fault> {
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
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Enrolment>, Fault> {
        let answer = session.ask(&self.0)?.map_err(refused::<C>)?;
        session.close();
        Ok(Told::Done(answer))
    }
}
