use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::load::Load;
use super::shape::Shape;
use super::{Event, Link, Script, Session, Slot, Told};
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::zfm::command::{Command, UpChar};
use crate::fingerprint::zfm::fault::Fault;

/// Reads a template out.
///
/// Packets have no numbers: that one is missing shows only by the size. Where
/// that is not known, the template is read a second time and compared. A line
/// fault begins all anew; unless the script ends well, the buffer is erased.
pub struct ReadTemplate<'b> {
    slot: Slot,
    buffer: &'b mut [u8],
    shape: Shape,
    state: State,
    meter: Meter,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Size,
    /// The size, if it is known.
    Read(Option<u16>, Load),
    /// Of so many bytes, for the second time.
    Again(u16, Load),
}

const MISSING: Fault = Fault::Incomplete(UpChar::OPCODE);

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::zfm) const fn new(slot: Slot, buffer: &'b mut [u8]) -> Self {
        let (shape, meter) = (Shape::new(), Meter::of(None));
        Self { slot, buffer, shape, state: State::Size, meter, whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        loop {
            match self.state {
                State::Size => {
                    let size = self.size(session)?;
                    self.meter = Meter::of(size.map(usize::from));
                    self.state = State::Read(size, Load::Ask);
                }
                State::Read(size, _) => {
                    self.read(session)?;
                    match (size, u16::try_from(self.meter.done)) {
                        (None, Ok(came)) => {
                            self.meter = Meter::of(Some(came.into()));
                            self.state = State::Again(came, Load::Ask);
                        }
                        _ => return Ok(self.done()),
                    }
                }
                State::Again(came, _) => {
                    self.compare(session)?;
                    session.learn_template(came);
                    return Ok(self.done());
                }
            }
        }
    }

    /// The size, if it is known; no byte of a template is asked for if there is
    /// no room for it.
    fn size(&mut self, session: &mut Session<'_>) -> nb::Result<Option<u16>, Fault> {
        session.check(self.slot)?;
        let size = self.shape.template(session)?;
        match size.filter(|size| usize::from(*size) > self.buffer.len()) {
            Some(size) => Err(Fault::Room(size).into()),
            None => Ok(size),
        }
    }

    fn read(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let State::Read(size, load) = &mut self.state else { return Ok(()) };
        let (buffer, meter) = (&mut *self.buffer, &mut self.meter);
        let room = buffer.len().min(size.map_or(usize::MAX, usize::from));
        let mut take = |piece: &[u8]| {
            let end = meter.done.saturating_add(piece.len());
            let short =
                u16::try_from(end).ok().filter(|_| size.is_none()).map_or(MISSING, Fault::Room);
            let to = buffer.get_mut(..room).and_then(|buffer| buffer.get_mut(meter.done..end));
            to.ok_or(short)?.copy_from_slice(piece);
            meter.done = end;
            Ok(())
        };
        load.poll(session, self.slot, &mut take)?;
        let whole = size.is_none_or(|size| meter.done == usize::from(size));
        if whole { Ok(()) } else { Err(MISSING.into()) }
    }

    fn compare(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let State::Again(came, load) = &mut self.state else { return Ok(()) };
        let first = self.buffer.get(..usize::from(*came)).unwrap_or(&[]);
        compare(session, self.slot, load, first, &mut self.meter)
    }

    fn done(&mut self) -> usize {
        self.whole = true;
        self.meter.done
    }

    fn again(&mut self) {
        self.shape.again();
        self.state = State::Size;
    }
}

/// Makes sure that what is in a slot, or in the buffer, is this.
pub(super) fn compare(
    session: &mut Session<'_>,
    slot: Slot,
    load: &mut Load,
    wanted: &[u8],
    meter: &mut Meter,
) -> nb::Result<(), Fault> {
    let mut take = |piece: &[u8]| {
        let end = meter.done.saturating_add(piece.len());
        let same = wanted.get(meter.done..end).is_some_and(|wanted| wanted.ct_eq(piece).into());
        meter.done = end;
        if same { Ok(()) } else { Err(MISSING) }
    };
    load.poll(session, slot, &mut take)?;
    if meter.done == wanted.len() { Ok(()) } else { Err(MISSING.into()) }
}

impl Script for ReadTemplate<'_> {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        let read = session.persist_from(self, Self::advance, Self::again);
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

/// Without the bytes, which are a person's.
impl fmt::Debug for ReadTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadTemplate").field("state", &self.state).finish_non_exhaustive()
    }
}
