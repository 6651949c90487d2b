use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::templates;
use crate::fingerprint::script::Script;
use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::{DT, Parameter, Request, SR};
use crate::fingerprint::sfm::data::{ETX, RTX};
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::session::{Link, Session};
use crate::fingerprint::sfm::transfer::Cargo;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Slot};
use crate::port::Told;

/// How many bytes a template has: a setting of the module.
#[derive(Clone, Copy, Debug)]
pub struct Size;

impl Script for Size {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        session.persist(|session| size(session).map(usize::from))
    }
}

fn size(session: &mut Session<'_>) -> nb::Result<u16, Fault> {
    let bytes = session.demand(&Request::read(Parameter::TEMPLATE_SIZE))?.size;
    let bytes = u16::try_from(bytes).ok().filter(|bytes| *bytes > 0);
    bytes.ok_or(nb::Error::Other(Fault::Unsupported(SR)))
}

/// Reads the template of a slot out. A line fault begins all anew; unless the
/// script ends well, the buffer is erased.
pub struct ReadTemplate<'b> {
    slot: Slot,
    buffer: &'b mut [u8],
    state: Reading,
    meter: Meter,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum Reading {
    /// Is there one?
    Look,
    Size,
    /// Of so many bytes.
    Read(u16),
}

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::sfm) const fn new(slot: Slot, buffer: &'b mut [u8]) -> Self {
        Self { slot, buffer, state: Reading::Look, meter: Meter::of(None), whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        loop {
            self.state = match self.state {
                Reading::Look => match templates(session, self.slot)? {
                    0 => return Err(Fault::Empty(self.slot).into()),
                    1 => Reading::Size,
                    _ => return Err(Fault::Several(self.slot).into()),
                },
                Reading::Size => {
                    let bytes = size(session)?;
                    if usize::from(bytes) > self.buffer.len() {
                        return Err(Fault::Room(bytes).into());
                    }
                    self.meter = Meter::of(Some(bytes.into()));
                    Reading::Read(bytes)
                }
                Reading::Read(bytes) => return self.read(session, bytes),
            }
        }
    }

    fn read(&mut self, session: &mut Session<'_>, bytes: u16) -> nb::Result<usize, Fault> {
        let (buffer, meter) = (&mut *self.buffer, &mut self.meter);
        let mut take = |piece: &[u8]| {
            let end = meter.done.saturating_add(piece.len());
            let room = buffer.get_mut(..bytes.into()).unwrap_or_default();
            let to = room.get_mut(meter.done..end).ok_or(Fault::OutOfStep(RTX))?;
            to.copy_from_slice(piece);
            meter.done = end;
            Ok(())
        };
        session.transfer(&Request::read_template(self.slot, bytes), Cargo::In(&mut take))?;
        if self.meter.done != usize::from(bytes) {
            return Err(session.out_of_step(RTX));
        }
        self.whole = true;
        Ok(self.meter.done)
    }
}

impl Script for ReadTemplate<'_> {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        let read = session.persist_from(self, Self::advance, |read| read.state = Reading::Look);
        self.meter.tell(read)
    }
}

impl Drop for ReadTemplate<'_> {
    fn drop(&mut self) {
        if !self.whole {
            self.buffer.zeroize();
        }
    }
}

/// Without the template.
impl fmt::Debug for ReadTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadTemplate({}, {:?})", self.slot, self.state)
    }
}

/// Writes a template into a free slot, and reads it back.
///
/// What was not read back is deleted: at once if it is another one, by the next
/// call if the line died or this one was dropped.
pub struct WriteTemplate<'b> {
    slot: Slot,
    template: &'b [u8],
    state: Writing,
    meter: Meter,
    /// How much was read back, and whether it is the same.
    back: (usize, bool),
}

#[derive(Clone, Copy, Debug)]
enum Writing {
    Size,
    /// Is the slot free, or was it we who wrote to it?
    Look,
    Send,
    Compare,
    Undo,
    Over,
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::sfm) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        let meter = Meter::of(Some(template.len()));
        Self { slot, template, state: Writing::Size, meter, back: (0, true) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            self.state = match self.state {
                Writing::Size => {
                    session.check(self.slot)?;
                    self.size(size(session)?)?;
                    Writing::Look
                }
                Writing::Look => self.look(session)?,
                Writing::Send => self.send(session)?,
                Writing::Compare => self.compare(session)?,
                Writing::Undo => return self.undo(session),
                Writing::Over => return Ok(()),
            }
        }
    }

    fn bytes(&self) -> u16 {
        // Cannot fail: it has the size of a template.
        u16::try_from(self.template.len()).unwrap_or(u16::MAX)
    }

    fn size(&self, bytes: u16) -> Result<(), Fault> {
        let len = self.template.len();
        if len == usize::from(bytes) { Ok(()) } else { Err(Fault::Template(len)) }
    }

    fn look(&mut self, session: &mut Session<'_>) -> nb::Result<Writing, Fault> {
        match templates(session, self.slot)? {
            0 => Ok(Writing::Send),
            _ if session.link().unproven == Some(self.slot) => {
                self.back = (0, true);
                Ok(Writing::Compare)
            }
            _ => Err(Fault::Occupied(self.slot).into()),
        }
    }

    fn send(&mut self, session: &mut Session<'_>) -> nb::Result<Writing, Fault> {
        session.open()?;
        session.link().unproven = Some(self.slot);
        let request = Request::write_template(self.slot, self.bytes());
        let sent = session.transfer(&request, Cargo::Out(self.template, &mut self.meter));
        match sent {
            Ok(_) => {
                self.back = (0, true);
                Ok(Writing::Compare)
            }
            // Somebody else was faster; what is there is not ours.
            Err(nb::Error::Other(Fault::Refused(ETX, Code::ExistingId))) => {
                session.link().unproven = None;
                Err(Fault::Occupied(self.slot).into())
            }
            Err(error) => Err(error),
        }
    }

    fn compare(&mut self, session: &mut Session<'_>) -> nb::Result<Writing, Fault> {
        let request = Request::read_template(self.slot, self.bytes());
        let (template, (back, same)) = (self.template, &mut self.back);
        let mut take = |piece: &[u8]| {
            let end = back.saturating_add(piece.len());
            let written = template.get(*back..end);
            *same &= written.is_some_and(|written| written.ct_eq(piece).into());
            *back = end;
            Ok(())
        };
        session.transfer(&request, Cargo::In(&mut take))?;
        if self.back != (self.template.len(), true) {
            return Ok(Writing::Undo);
        }
        session.link().unproven = None;
        Ok(Writing::Over)
    }

    fn undo(&self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        match Code::from(session.ask(&Request::delete(self.slot))?.flag) {
            Code::Success | Code::NotFound => session.link().unproven = None,
            code => return Err(Fault::Refused(DT, code).into()),
        }
        Err(Fault::Unlike(self.slot).into())
    }

    fn again(&mut self) {
        self.state = match self.state {
            Writing::Size => Writing::Size,
            Writing::Undo => Writing::Undo,
            _ => Writing::Look,
        };
    }
}

impl Script for WriteTemplate<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        let written = session.persist_from(self, Self::advance, Self::again);
        self.meter.tell(written)
    }
}

/// Without the template.
impl fmt::Debug for WriteTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriteTemplate({}, {:?})", self.slot, self.state)
    }
}
