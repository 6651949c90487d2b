mod enrol;
mod identify;
mod identity;
mod image;
mod scan;
mod transfer;

use core::marker::PhantomData;

pub use enrol::Enrol;
pub use identify::Identify;
pub use identity::Identity;
pub use image::Image;
pub use transfer::{ReadTemplate, Size, WriteTemplate};

use super::code::Code;
use super::command::{CT, DA, DT, Parameter, Request, SR, Setting};
use super::fault::Fault;
use super::packet::Packet;
use super::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library, Slot};
use crate::port::Told;

/// One command, that is to succeed.
#[derive(Clone, Copy, Debug)]
pub struct Ask(pub(super) Request);

impl Script for Ask {
    type Link = Link;
    type Output = Packet;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Packet, Event>, Fault> {
        session.persist(|session| session.demand(&self.0))
    }
}

/// Opens a session: cancels what is going on, sets what the driver relies on.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Script for Open {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.library().map(|_| Told::Done(()))
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
    type Link = Link;
    type Output = u32;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<u32, Event>, Fault> {
        session.persist(|session| templates(session, self.0))
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
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist(|session| {
            session.check(self.0)?;
            let reply = session.ask(&Request::delete(self.0))?;
            match Code::from(reply.flag) {
                Code::Success | Code::NotFound => Ok(()),
                code => Err(Fault::Refused(DT, code).into()),
            }
        })
    }
}

/// Deletes all templates, if there are any.
#[derive(Clone, Copy, Debug)]
pub struct Clear;

impl Script for Clear {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist(|session| match Code::from(session.ask(&Request::clear())?.flag) {
            Code::Success | Code::NotFound => Ok(()),
            code => Err(Fault::Refused(DA, code).into()),
        })
    }
}

/// Reads a setting.
#[derive(Clone, Copy, Debug)]
pub struct Get<V>(pub(super) PhantomData<V>);

impl<V: Setting> Script for Get<V> {
    type Link = Link;
    type Output = V;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<V, Event>, Fault> {
        session.persist(|session| {
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
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist(|session| {
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
