use core::fmt;

use super::load::Load;
use super::read_template::compare;
use super::shape::{BUFFER, Shape};
use super::{Event, Link, Script, Session, Slot, Told};
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::zfm::bulk::out;
use crate::fingerprint::zfm::command::{Command, DeletChar, DownChar, ReadIndexTable, Store};
use crate::fingerprint::zfm::fault::Fault;

/// Writes a template into an empty slot.
///
/// The module does not say whether packets arrived, and what it misses leaves
/// in its buffer what was there before: perhaps the finger of somebody else. So
/// the buffer is read back before it is stored, and the slot after.
pub struct WriteTemplate<'b> {
    slot: Slot,
    template: &'b [u8],
    shape: Shape,
    state: State,
    sent: Meter,
    back: Meter,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Size,
    /// Is the slot free?
    Look,
    /// It is or is not, if that answer was to this look.
    Looked {
        used: bool,
    },
    Packet,
    Send(u16),
    Sent,
    Check(Load),
    Store,
    Stored,
    Compare(Load),
    /// What is in the slot is something else.
    Undo,
    Undone,
    Over,
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::zfm) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        let sent = Meter::of(Some(template.len()));
        let (shape, back) = (Shape::new(), Meter::of(None));
        Self { slot, template, shape, state: State::Size, sent, back }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        while let Some(next) = self.next(session)? {
            self.state = next;
        }
        Ok(())
    }

    fn next(&mut self, session: &mut Session<'_>) -> nb::Result<Option<State>, Fault> {
        Ok(Some(match self.state {
            State::Size => self.size(session)?,
            State::Look => State::Looked { used: session.is_used(self.slot)? },
            State::Looked { used } => {
                session.seal::<ReadIndexTable>()?;
                if used {
                    return Err(Fault::Occupied(self.slot).into());
                }
                State::Packet
            }
            State::Packet => State::Send(self.shape.packet(session)?),
            State::Send(packet) => {
                let mut cargo = out(self.template, packet, &mut self.sent);
                session.transfer(&DownChar { buffer: BUFFER }, &mut cargo)?;
                State::Sent
            }
            State::Sent => {
                session.seal::<DownChar>()?;
                self.back = Meter::of(None);
                State::Check(Load::Send)
            }
            State::Check(_) => match self.compare(session) {
                Err(nb::Error::Other(Fault::Incomplete(_))) => {
                    return Err(Fault::Incomplete(DownChar::OPCODE).into());
                }
                result => result.map(|()| State::Store)?,
            },
            _ => return self.keep(session),
        }))
    }

    /// Once the template is in the module's buffer.
    fn keep(&mut self, session: &mut Session<'_>) -> nb::Result<Option<State>, Fault> {
        Ok(Some(match self.state {
            State::Store => {
                session.demand(&Store { buffer: BUFFER, slot: self.slot })?;
                State::Stored
            }
            State::Stored => {
                session.seal::<Store>()?;
                self.back = Meter::of(None);
                State::Compare(Load::Ask)
            }
            State::Compare(_) => match self.compare(session) {
                Err(nb::Error::Other(Fault::Incomplete(_) | Fault::Empty(_))) => State::Undo,
                result => result.map(|()| State::Over)?,
            },
            State::Undo => {
                session.demand(&DeletChar { slot: self.slot, count: 1 })?;
                State::Undone
            }
            State::Undone => {
                session.seal::<DeletChar>()?;
                return Err(Fault::Unlike(self.slot).into());
            }
            _ => return Ok(None),
        }))
    }

    /// Nothing is sent if no template of the model has this size.
    fn size(&mut self, session: &mut Session<'_>) -> nb::Result<State, Fault> {
        session.check(self.slot)?;
        let bytes = self.template.len();
        let fits = match self.shape.template(session)? {
            Some(size) => bytes == usize::from(size),
            None => bytes > 0,
        };
        if fits { Ok(State::Look) } else { Err(Fault::Template(bytes).into()) }
    }

    fn compare(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        match &mut self.state {
            State::Check(load) | State::Compare(load) => {
                compare(session, self.slot, load, self.template, &mut self.back)
            }
            _ => Ok(()),
        }
    }

    /// Where a line fault leads back to. Once the slot may be in use, to what
    /// finds out what is in it.
    fn again(&mut self) {
        self.shape.again();
        self.back = Meter::of(None);
        self.state = match self.state {
            State::Size | State::Look | State::Looked { .. } => State::Size,
            State::Store | State::Stored | State::Compare(_) => State::Compare(Load::Ask),
            State::Undo => State::Undo,
            _ => State::Packet,
        };
    }
}

impl Script for WriteTemplate<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        let written = session.persist_from(self, Self::advance, Self::again);
        self.sent.tell(written)
    }
}

/// Without the bytes, which are a person's.
impl fmt::Debug for WriteTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteTemplate").field("state", &self.state).finish_non_exhaustive()
    }
}
