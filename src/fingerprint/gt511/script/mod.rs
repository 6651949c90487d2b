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

use super::command::{CmosLed, Command, GetEnrollCount, Info, Reply, Request};
use super::fault::Fault;
use super::link::Link;
use super::session::Session;
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library};
use crate::port::Told;

/// One command, that is to succeed.
#[derive(Clone, Copy, Debug)]
pub struct Ask<C>(pub(super) C);

impl<C: Command> Script for Ask<C> {
    type Link = Link;
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Event>, Fault> {
        let request = self.0.request();
        let parameter = insist(session, &request)?;
        let reply = C::Reply::read(parameter, session.data());
        Ok(Told::Done(reply.ok_or(request.out_of_step())?))
    }
}

/// Asks until there is an answer, or a fault too many.
fn insist(session: &mut Session<'_>, request: &Request) -> nb::Result<u32, Fault> {
    loop {
        match session.demand(request) {
            Err(nb::Error::Other(fault)) => session.forgive(fault)?,
            result => return result,
        }
    }
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
pub struct Count;

impl Script for Count {
    type Link = Link;
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Event>, Fault> {
        let (request, capacity) = (GetEnrollCount.request(), session.config().capacity);
        let stored = u16::try_from(insist(session, &request)?).ok();
        let stored = stored.filter(|stored| *stored <= capacity).ok_or(request.out_of_step())?;
        Ok(Told::Done(Library { stored, capacity }))
    }
}

/// Switches the light under the glass.
#[derive(Clone, Copy, Debug)]
pub struct Led(pub(super) bool);

impl Script for Led {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        insist(session, &CmosLed(self.0).request())?;
        session.set_lit(self.0);
        Ok(Told::Done(()))
    }
}
