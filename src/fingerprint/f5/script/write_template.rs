use core::fmt;

use super::features::Features;
use super::read_template::compare;
use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{Delete, Privilege, ReadFeatures, TEMPLATE, WriteFeatures};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Slot};
use crate::port::Told;

/// Writes a template into an empty slot, with the permission that is
/// configured, and reads it back.
///
/// A line fault begins anew with looking at the slot: what is there once a
/// template was sent is compared, and deleted if it is another.
pub struct WriteTemplate<'b> {
    slot: Slot,
    template: &'b [u8],
    state: State,
    /// It may be in the slot.
    sent: bool,
    gone: Meter,
    same: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look(Ask<Privilege>),
    Send(Ask<WriteFeatures>),
    Compare(Features<ReadFeatures>),
    /// What is in the slot is something else.
    Undo(Ask<Delete>),
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::f5) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        let state = State::Look(Ask::new(Privilege(slot)));
        Self { slot, template, state, sent: false, gone: Meter::of(Some(TEMPLATE)), same: true }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.check(self.slot)?;
        if self.template.len() != TEMPLATE {
            return Err(Fault::Template(self.template.len()).into());
        }
        let (slot, permission) = (self.slot, session.config().permission);
        loop {
            self.state = match &mut self.state {
                State::Look(look) => match (look.poll(session)?.is_ok(), self.sent) {
                    (true, false) => return Err(Fault::Occupied(slot).into()),
                    (true, true) => self.compare(),
                    (false, _) => State::Send(Ask::new(WriteFeatures { slot, permission })),
                },
                State::Send(send) => {
                    self.sent = true;
                    let cargo = Cargo::Out(self.template, &mut self.gone.done);
                    send.carry(session, cargo)?.map_err(|ack| rejected(slot, ack))?;
                    self.compare()
                }
                State::Compare(features) => {
                    match compare(features, slot, session, self.template, &mut self.same) {
                        Ok(()) if self.same => return Ok(()),
                        Ok(()) | Err(nb::Error::Other(Fault::Empty(_))) => {
                            State::Undo(Ask::new(Delete(slot)))
                        }
                        Err(error) => return Err(error),
                    }
                }
                State::Undo(delete) => {
                    // Refused: there is none any more.
                    let _ = delete.poll(session)?;
                    return Err(Fault::Unlike(slot).into());
                }
            }
        }
    }

    fn compare(&mut self) -> State {
        self.same = true;
        State::Compare(Features::of(ReadFeatures(self.slot)))
    }

    fn again(&mut self) {
        self.state = State::Look(Ask::new(Privilege(self.slot)));
    }
}

fn rejected(slot: Slot, ack: Ack) -> Fault {
    match ack {
        Ack::FingerOccupied => Fault::AlreadyEnrolled,
        Ack::UserOccupied => Fault::Occupied(slot),
        ack => refused::<WriteFeatures>(ack),
    }
}

impl Script for WriteTemplate<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        let written = session.persist_from(self, Self::advance, Self::again);
        self.gone.tell(written)
    }
}

/// Without the bytes, which are a person's.
impl fmt::Debug for WriteTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteTemplate").field("state", &self.state).finish_non_exhaustive()
    }
}
