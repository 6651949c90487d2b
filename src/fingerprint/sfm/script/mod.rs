mod enrol;
mod identify;
mod scan;

use core::marker::PhantomData;

pub use enrol::Enrol;
pub use identify::Identify;
pub(super) use scan::Patience;

use super::code::Code;
use super::command::{CT, DT, Parameter, Request, SR, Setting};
use super::fault::Fault;
use super::packet::Packet;
use super::session::{Link, Session};
use super::wire::Wait;
use crate::fingerprint::{Event, Library, Slot};
use crate::port::{Exchange, Instant, Step, StepOf, Told};

/// Which command follows which response.
pub trait Script {
    /// What it results in.
    type Output;

    /// Goes on as far as it can.
    ///
    /// # Errors
    /// `WouldBlock` when the session does; else the script is over.
    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Self::Output, Event>, Fault>;
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
    type Event = Event;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        if !self.begun {
            self.begun = true;
            link.begin();
        }
        let result = self.script.run(&mut Session::new(link, now));
        match result {
            Ok(Told::Event(event)) => Step::Event(event),
            Ok(Told::Done(output)) => Step::Done(Ok(output)),
            Err(nb::Error::Other(fault)) => Step::Done(Err(fault)),
            Err(nb::Error::WouldBlock) if link.wire_mut().take_scanned() => {
                Step::Event(Event::Scanned)
            }
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
) -> nb::Result<Told<T, Event>, Fault> {
    loop {
        match run(session) {
            Err(nb::Error::Other(fault)) => session.forgive(fault)?,
            result => return result.map(Told::Done),
        }
    }
}

/// One command, that is to succeed.
#[derive(Clone, Copy, Debug)]
pub struct Ask(pub(super) Request);

impl Script for Ask {
    type Output = Packet;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Packet, Event>, Fault> {
        persist(session, |session| session.demand(&self.0))
    }
}

/// Opens a session: cancels what is going on, sets what the driver relies on.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Script for Open {
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.library().map(|_| Told::Done(()))
    }
}

/// How full the library is.
#[derive(Clone, Copy, Debug)]
pub struct Count;

impl Script for Count {
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Event>, Fault> {
        persist(session, |session| {
            let capacity = session.library()?.capacity;
            let stored = session.demand(&Request::read(Parameter::ENROLLED_FINGER))?.size;
            let stored = u16::try_from(stored).unwrap_or(u16::MAX);
            Ok(Library { stored, capacity: capacity.max(stored) })
        })
    }
}

/// How many templates there are in a slot.
#[derive(Clone, Copy, Debug)]
pub struct Check(pub(super) Slot);

impl Script for Check {
    type Output = u32;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<u32, Event>, Fault> {
        persist(session, |session| templates(session, self.0))
    }
}

fn templates(session: &mut Session<'_>, slot: Slot) -> nb::Result<u32, Fault> {
    session.check(slot)?;
    let reply = session.ask(&Request::check(slot))?;
    match Code::from(reply.flag) {
        // Some firmware says 6Eh and no number.
        Code::ExistingId | Code::Success => Ok(reply.size.max(1)),
        Code::NotFound => Ok(0),
        code => Err(Fault::Refused(CT, code).into()),
    }
}

/// Deletes what is in a slot, if anything.
#[derive(Clone, Copy, Debug)]
pub struct Delete(pub(super) Slot);

impl Script for Delete {
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        persist(session, |session| {
            session.check(self.0)?;
            let reply = session.ask(&Request::delete(self.0))?;
            match Code::from(reply.flag) {
                Code::Success | Code::NotFound => Ok(()),
                code => Err(Fault::Refused(DT, code).into()),
            }
        })
    }
}

/// Reads a setting.
#[derive(Clone, Copy, Debug)]
pub struct Get<V>(pub(super) PhantomData<V>);

impl<V: Setting> Script for Get<V> {
    type Output = V;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<V, Event>, Fault> {
        persist(session, |session| {
            let value = session.demand(&Request::read(V::PARAMETER))?.size;
            V::from_value(value).ok_or(nb::Error::Other(Fault::Unsupported(SR)))
        })
    }
}

/// Sets a setting, and reads it back.
#[derive(Clone, Copy, Debug)]
pub struct Set<V> {
    value: V,
    written: bool,
}

impl<V: Setting> Set<V> {
    pub(super) const fn new(value: V) -> Self {
        Self { value, written: false }
    }
}

impl<V: Setting> Script for Set<V> {
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        persist(session, |session| {
            if !self.written {
                session.demand(&Request::write(V::PARAMETER, self.value.value()))?;
                self.written = true;
            }
            let read = session.demand(&Request::read(V::PARAMETER))?.size;
            self.written = V::from_value(read) == Some(self.value);
            if self.written { Ok(()) } else { Err(Fault::OutOfStep(SR).into()) }
        })
    }
}
