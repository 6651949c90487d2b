mod capture;
mod enrol;
mod identify;

pub(super) use capture::Patience;
pub use enrol::Enrol;
pub use identify::Identify;

use super::command::{Answer, Outcome, Request, STORAGE};
use super::fault::Fault;
use super::session::{Link, Session};
use super::wire::Wait;
use crate::fingerprint::{Enrolment, Library, Slot};
use crate::port::{Exchange, Instant, Step, StepOf, Told};

/// Which command follows which answer.
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

/// Goes on with a script that has one result; on a line fault, from its start.
fn persist<T>(
    session: &mut Session<'_>,
    mut run: impl FnMut(&mut Session<'_>) -> nb::Result<T, Fault>,
) -> nb::Result<Told<T, Enrolment>, Fault> {
    loop {
        match run(session) {
            Err(nb::Error::Other(fault)) => session.forgive(fault)?,
            result => return result.map(Told::Done),
        }
    }
}

/// One command, that is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Ask(pub(super) Request);

impl Script for Ask {
    type Output = Answer;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Answer, Enrolment>, Fault> {
        persist(session, |session| session.demand(&self.0))
    }
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
pub struct Count;

impl Script for Count {
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Enrolment>, Fault> {
        persist(session, |session| {
            let request = Request::count();
            let Some(count) = session.demand(&request)?.count else {
                return Err(session.out_of_step(&request));
            };
            let stored = u16::try_from(count).unwrap_or(u16::MAX);
            Ok(Library { stored, capacity: session.config().slots() })
        })
    }
}

/// Whether there is a template in a slot.
#[derive(Clone, Copy, Debug)]
pub struct Holds(pub(super) Slot);

impl Script for Holds {
    type Output = bool;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<bool, Enrolment>, Fault> {
        persist(session, |session| holds(session, self.0))
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
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Enrolment>, Fault> {
        persist(session, |session| {
            session.check(self.0)?;
            match session.ask(&Request::delete(self.0))?.outcome {
                Outcome::OK | Outcome::ID_NOT_FOUND | Outcome::MISSING_TEMPLATE => Ok(()),
                outcome => Err(Fault::Refused(STORAGE, outcome).into()),
            }
        })
    }
}
