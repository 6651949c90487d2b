mod delete;
mod enrol;
mod identify;
mod image;
mod match_template;
mod matching;
mod presence;
mod read_template;
mod write_template;

pub use delete::{Clear, Delete};
pub use enrol::Enrol;
pub use identify::Identify;
pub use image::Image;
pub use match_template::MatchTemplate;
pub use read_template::ReadTemplate;
pub use write_template::WriteTemplate;

use super::command::{CheckEnrolled, CmosLed, Command, GetEnrollCount, Info, TEMPLATE};
use super::fault::Fault;
use super::nack::Nack;
use super::session::{Answer, Link, Session};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library, SensorId};
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
        self.carry(session, Cargo::Nothing)
    }

    /// The same, with the data that go or come with it.
    fn carry(&mut self, session: &mut Session<'_>, cargo: Cargo<'_>) -> Answer<C::Reply> {
        if self.answer.is_none() {
            self.answer = Some(session.transfer(&self.command, cargo)?);
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

pub(super) fn refused<C: Command>(nack: Nack) -> Fault {
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

/// Asks the module which one it is: its serial number, in a new session.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    anew: bool,
}

impl Identity {
    pub(super) const fn new() -> Self {
        Self { anew: true }
    }
}

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        if core::mem::take(&mut self.anew) {
            session.close();
        }
        let serial = session.info()?.serial;
        // One that was never given is that of many.
        let blank = [0x00, 0xFF, b' ', b'0'];
        let unique = !blank.iter().any(|blank| serial.iter().all(|byte| byte == blank));
        Ok(Told::Done(SensorId::new(&serial, unique)))
    }
}

/// Whether there is a template in a slot.
#[derive(Clone, Copy, Debug)]
pub struct Holds(pub(super) Ask<CheckEnrolled>);

impl Script for Holds {
    type Link = Link;
    type Output = bool;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<bool, Event>, Fault> {
        session.check(self.0.command.0)?;
        session.persist(|session| Ok(self.0.poll(session)?.is_ok()))
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
