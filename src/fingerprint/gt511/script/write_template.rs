use core::fmt;

use subtle::ConstantTimeEq;

use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{
    CheckEnrolled, DeleteId, GetTemplate, SetTemplate, TEMPLATE,
};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Match, Slot};
use crate::port::Told;

/// Writes a template into an empty slot and reads it back.
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
    back: usize,
    same: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look(Ask<CheckEnrolled>),
    Send(Ask<SetTemplate>),
    Compare(Ask<GetTemplate>),
    /// What is in the slot is something else.
    Undo(Ask<DeleteId>),
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        let state = State::Look(Ask::new(CheckEnrolled(slot)));
        let gone = Meter::of(Some(TEMPLATE));
        Self { slot, template, state, sent: false, gone, back: 0, same: true }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.check(self.slot)?;
        if self.template.len() != TEMPLATE {
            return Err(Fault::Template(self.template.len()).into());
        }
        loop {
            self.state = match &mut self.state {
                State::Look(look) => match (look.poll(session)?.is_ok(), self.sent) {
                    (true, false) => return Err(Fault::Occupied(self.slot).into()),
                    (true, true) => self.compare(),
                    (false, _) => State::Send(Ask::new(SetTemplate(self.slot))),
                },
                State::Send(send) => {
                    self.sent = true;
                    let cargo = Cargo::Out(self.template, &mut self.gone.done);
                    send.carry(session, cargo)?.map_err(|nack| self.rejected(nack))?;
                    self.compare()
                }
                State::Compare(_) => match self.is_there(session)? {
                    true => return Ok(()),
                    false => State::Undo(Ask::new(DeleteId(self.slot))),
                },
                State::Undo(delete) => {
                    // Refused: there is none any more.
                    let _ = delete.poll(session)?;
                    return Err(Fault::Unlike(self.slot).into());
                }
            }
        }
    }

    fn rejected(&self, nack: Nack) -> Fault {
        match nack {
            Nack::Duplicate(slot) => Fault::Duplicate(Match { slot: Slot(slot), score: 0 }),
            Nack::Used => Fault::Occupied(self.slot),
            nack => refused::<SetTemplate>(nack),
        }
    }

    fn compare(&mut self) -> State {
        (self.back, self.same) = (0, true);
        State::Compare(Ask::new(GetTemplate(self.slot)))
    }

    fn is_there(&mut self, session: &mut Session<'_>) -> nb::Result<bool, Fault> {
        let State::Compare(get) = &mut self.state else { return Ok(false) };
        let (template, back, same) = (self.template, &mut self.back, &mut self.same);
        let mut take = |piece: &[u8]| {
            let end = back.saturating_add(piece.len());
            let wanted = template.get(*back..end).unwrap_or(&[]);
            *same &= bool::from(wanted.ct_eq(piece));
            *back = end;
        };
        let there = get.carry(session, Cargo::In(&mut take))?.is_ok();
        Ok(there && self.same)
    }

    fn again(&mut self) {
        self.state = State::Look(Ask::new(CheckEnrolled(self.slot)));
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
