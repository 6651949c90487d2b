mod auto;
mod change;
mod enrol;
mod identify;
mod identity;
mod image;
mod light;
mod list;
mod load;
mod notepad;
mod page;
mod power;
mod presence;
mod probe;
mod read_template;
mod recover;
mod search;
mod shape;
mod write_image;
mod write_template;

pub use auto::{AutoEnrol, AutoSearch};
pub use change::{Change, SetParameter};
pub use enrol::Enrol;
pub use identify::Identify;
pub use identity::Identity;
pub use image::Image;
pub use light::Shine;
pub use list::{FreeSlot, List, Slots};
pub use notepad::{IsPinned, Pin};
pub use page::ReadPage;
pub use power::{Restart, Sleep};
pub use probe::Probe;
pub use read_template::ReadTemplate;
pub use recover::{Candidates, Recover, Recovered};
pub use shape::Size;
pub use write_image::WriteImage;
pub use write_template::WriteTemplate;

use super::command::{Command, HandShake, Order, TempleteNum, synochip};
use super::confirmation::Confirmation;
use super::dialect::Dialect;
use super::fault::Fault;
use super::link::Link;
use super::session::{Keep, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Library, Slot};
use crate::port::Told;

/// One command whose answer is believed only once the answer to another one,
/// of another length, has come behind it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<C: Command> {
    command: C,
    asking: Asking,
    reply: Option<C::Reply>,
}

impl<C: Command> Ask<C> {
    pub(super) const fn new(command: C) -> Self {
        Self { command, asking: Asking { slot: None, asked: false }, reply: None }
    }

    /// The same, after making sure that the library has this slot.
    pub(super) const fn of_slot(command: C, slot: Slot) -> Self {
        Self { command, asking: Asking { slot: Some(slot), asked: false }, reply: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<C::Reply, Fault> {
        self.hold(session, Asking::advance)?;
        self.reply.take().ok_or(nb::Error::Other(Fault::OutOfStep(C::OPCODE)))
    }

    /// Has it asked one way or another.
    fn hold(&mut self, session: &mut Session<'_>, ask: Way) -> nb::Result<Option<Event>, Fault> {
        let Self { command, asking, reply } = self;
        let mut keep = |answer: Result<&[u8], Confirmation>| {
            *reply = match answer {
                Ok(bytes) => command.decode(bytes),
                Err(code) => command.already(code),
            };
            reply.is_some()
        };
        ask(asking, session, command, &mut keep)
    }
}

impl<C: Command> Script for Ask<C> {
    type Link = Link;
    type Output = C::Reply;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<C::Reply, Event>, Fault> {
        self.hold(session, Asking::persist)?;
        self.reply.take().map(Told::Done).ok_or(nb::Error::Other(Fault::OutOfStep(C::OPCODE)))
    }

    fn run_aside(
        &mut self,
        session: &mut Session<'_>,
        output: &mut Option<C::Reply>,
    ) -> nb::Result<Option<Event>, Fault> {
        let result = self.hold(session, Asking::persist);
        if result.is_ok() {
            *output = self.reply.take();
        }
        result
    }
}

/// How far an [`Ask`] is, whatever it asks.
#[derive(Clone, Copy, Debug)]
struct Asking {
    slot: Option<Slot>,
    asked: bool,
}

type Way =
    fn(&mut Asking, &mut Session<'_>, &dyn Order, Keep<'_>) -> nb::Result<Option<Event>, Fault>;

impl Asking {
    /// Nothing is told.
    fn advance(
        &mut self,
        session: &mut Session<'_>,
        order: &dyn Order,
        keep: Keep<'_>,
    ) -> nb::Result<Option<Event>, Fault> {
        if let Some(slot) = self.slot {
            session.check(slot)?;
        }
        if !self.asked {
            session.demand_order(order, keep)?;
            self.asked = true;
        }
        session.seal_terms(order.terms())?;
        self.asked = false;
        Ok(None)
    }

    /// The same, again after a line fault; but what runs is not started twice.
    fn persist(
        &mut self,
        session: &mut Session<'_>,
        order: &dyn Order,
        keep: Keep<'_>,
    ) -> nb::Result<Option<Event>, Fault> {
        loop {
            match self.advance(session, order, &mut *keep) {
                Err(nb::Error::Other(fault)) if !order.terms().runs => session.forgive(fault)?,
                result => return result,
            }
            self.asked = false;
        }
    }
}

/// Asks whether the module is there, in whichever way it has.
#[derive(Clone, Copy, Debug)]
pub struct Greet;

impl Script for Greet {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist(|session| match session.config().dialect {
            Dialect::Synochip => session.demand(&synochip::HandShake),
            _ => session.demand(&HandShake),
        })
    }
}

/// Opens a session: the password, the capacity.
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
