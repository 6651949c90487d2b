mod enrol;
mod identify;
mod password;
mod presence;
mod search;

pub use enrol::Enrol;
pub use identify::Identify;
pub use password::ChangePassword;

use super::command::{Command, GetRandomCode, TempleteNum};
use super::confirmation::Confirmation;
use super::fault::Fault;
use super::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library, Slot};
use crate::port::Told;

/// One command whose answer is believed only once the answer to another one,
/// of another length, has come behind it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<C: Command> {
    command: C,
    slot: Option<Slot>,
    reply: Option<C::Reply>,
}

impl<C: Command> Ask<C> {
    pub(super) const fn new(command: C) -> Self {
        Self { command, slot: None, reply: None }
    }

    /// The same, after making sure that the library has this slot.
    pub(super) const fn of_slot(command: C, slot: Slot) -> Self {
        Self { command, slot: Some(slot), reply: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<C::Reply, Fault> {
        if let Some(slot) = self.slot {
            session.check(slot)?;
        }
        if self.reply.is_none() {
            let answer = session.ask(&self.command)?;
            self.reply = Some(answer.map_err(refused::<C>)?);
        }
        seal::<C>(session)?;
        self.reply.take().ok_or(nb::Error::Other(Fault::OutOfStep(C::OPCODE)))
    }
}

impl<C: Command> Script for Ask<C> {
    type Link = Link;
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Event>, Fault> {
        loop {
            match self.advance(session) {
                Err(nb::Error::Other(fault)) => {
                    session.forgive(fault)?;
                    self.reply = None;
                }
                result => return result.map(Told::Done),
            }
        }
    }
}

/// The answer to `C` is believed only if this passes behind it: had another one
/// taken its place, it would itself now stand where one of another length is
/// due.
fn seal<C: Command>(session: &mut Session<'_>) -> nb::Result<(), Fault> {
    if C::REPLY == GetRandomCode::REPLY {
        session.ask(&TempleteNum)?.map(drop).map_err(refused::<TempleteNum>)?;
    } else {
        session.ask(&GetRandomCode)?.map(drop).map_err(refused::<GetRandomCode>)?;
    }
    Ok(())
}

fn refused<C: Command>(code: Confirmation) -> Fault {
    Fault::Refused(C::OPCODE, code)
}

/// Opens a session: the password, the capacity.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Script for Open {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.capacity().map(|_| Told::Done(()))
    }
}

/// How full the library is.
#[derive(Clone, Copy, Debug)]
pub struct Count(Ask<TempleteNum>);

impl Count {
    pub(super) const fn new() -> Self {
        Self(Ask::new(TempleteNum))
    }
}

impl Script for Count {
    type Link = Link;
    type Output = Library;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Library, Event>, Fault> {
        match self.0.run(session)? {
            Told::Event(event) => Ok(Told::Event(event)),
            Told::Done(stored) => Ok(Told::Done(Library { stored, capacity: session.capacity()? })),
        }
    }
}
