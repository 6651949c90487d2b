use core::fmt;

use zeroize::Zeroize;

use super::exposure::Exposure;
use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{
    CheckEnrolled, GetTemplate, MakeTemplate, SetTemplate, TEMPLATE,
};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::{Answer, Link};
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Match, Quality, Slot};
use crate::port::Told;

/// How many bytes a template has; no I/O.
#[derive(Clone, Copy, Debug)]
pub struct Size;

impl Script for Size {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, _session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        Ok(Told::Done(TEMPLATE))
    }
}

/// Reads a template out of the library, or makes one of the finger that is on
/// the sensor.
///
/// A line fault begins all anew; dropped half way, or failed, the buffer is
/// erased.
pub struct ReadTemplate<'b> {
    source: Source,
    buffer: &'b mut [u8],
    step: Step,
    meter: Meter,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Slot(Slot),
    Finger,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Prepare(Exposure),
    Fetch,
    /// Was that the answer to this command?
    Seal(Result<(), Nack>),
}

const PREPARE: Step = Step::Prepare(Exposure::new());

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, buffer: &'b mut [u8]) -> Self {
        Self::of(Source::Slot(slot), buffer)
    }

    pub(in crate::fingerprint::gt511) const fn of_finger(buffer: &'b mut [u8]) -> Self {
        Self::of(Source::Finger, buffer)
    }

    const fn of(source: Source, buffer: &'b mut [u8]) -> Self {
        Self { source, buffer, step: PREPARE, meter: Meter::of(Some(TEMPLATE)), whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        loop {
            self.step = match &mut self.step {
                Step::Prepare(exposure) => {
                    match self.source {
                        Source::Slot(slot) => session.check(slot)?,
                        Source::Finger => exposure.poll(session)?,
                    }
                    Step::Fetch
                }
                Step::Fetch => Step::Seal(self.fetch(session)?),
                Step::Seal(answer) => {
                    let answer = *answer;
                    session.seal()?;
                    answer.map_err(|nack| self.refused(nack))?;
                    self.whole = true;
                    return Ok(TEMPLATE);
                }
            }
        }
    }

    fn fetch(&mut self, session: &mut Session<'_>) -> Answer<()> {
        let (buffer, meter) = (&mut *self.buffer, &mut self.meter);
        let mut take = |piece: &[u8]| {
            let room = buffer.get_mut(meter.done..).unwrap_or_default();
            room.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
            meter.done = meter.done.saturating_add(piece.len());
            Ok(())
        };
        let cargo = Cargo::In(&mut take);
        match self.source {
            Source::Slot(slot) => session.transfer(&GetTemplate(slot), cargo),
            Source::Finger => session.transfer(&MakeTemplate, cargo),
        }
    }

    fn refused(&self, nack: Nack) -> Fault {
        match (self.source, nack) {
            (Source::Slot(slot), Nack::NotUsed) => Fault::Empty(slot),
            (Source::Slot(_), nack) => refused::<GetTemplate>(nack),
            (Source::Finger, Nack::BadFinger) => Fault::Poor(Quality::Unclear),
            (Source::Finger, nack) => refused::<MakeTemplate>(nack),
        }
    }

    fn again(&mut self) {
        (self.step, self.meter.done) = (PREPARE, 0);
    }
}

impl Script for ReadTemplate<'_> {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        if self.buffer.len() < TEMPLATE {
            return Err(Fault::Room(TEMPLATE).into());
        }
        let read = session.persist_from(self, Self::advance, Self::again);
        self.meter.tell(read)
    }
}

/// Without the template.
impl fmt::Debug for ReadTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadTemplate({:?}, {:?})", self.source, self.meter)
    }
}

impl Drop for ReadTemplate<'_> {
    fn drop(&mut self) {
        if !self.whole {
            self.buffer.zeroize();
        }
    }
}

/// Writes a template and reads it back.
///
/// After a line fault nobody knows whether the module stored it: the slot is
/// looked at, which was free. Only one that is still free is written again.
pub struct WriteTemplate<'b> {
    slot: Slot,
    template: &'b [u8],
    state: State,
    back: Meter,
    same: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look(Ask<CheckEnrolled>),
    Send,
    Seal(Result<(), Nack>),
    /// Is it still free?
    Check(Ask<CheckEnrolled>),
    Compare,
    SealBack(Result<(), Nack>),
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        let state = State::Look(Ask::new(CheckEnrolled(slot)));
        Self { slot, template, state, back: Meter::of(Some(TEMPLATE)), same: true }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            self.state = match &mut self.state {
                State::Look(look) => match look.poll(session)? {
                    Ok(()) => return Err(Fault::Occupied(self.slot).into()),
                    Err(_) => State::Send,
                },
                State::Send => {
                    let cargo = Cargo::Out(self.template, &mut 0);
                    State::Seal(session.transfer(&SetTemplate(self.slot), cargo)?)
                }
                State::Seal(answer) => {
                    let answer = *answer;
                    session.seal()?;
                    self.judge(answer)?;
                    State::Compare
                }
                State::Check(check) => match check.poll(session)? {
                    Ok(()) => State::Compare,
                    Err(_) => State::Send,
                },
                State::Compare => State::SealBack(self.compare(session)?),
                State::SealBack(answer) => {
                    let answer = *answer;
                    session.seal()?;
                    return Ok(self.compared(answer)?);
                }
            }
        }
    }

    /// A slot that was free and is in use has what an answer that was lost
    /// would have told of.
    fn judge(&self, answer: Result<(), Nack>) -> Result<(), Fault> {
        match answer {
            Ok(()) | Err(Nack::Used) => Ok(()),
            Err(Nack::Duplicate(slot)) if Slot(slot) == self.slot => Ok(()),
            Err(Nack::Duplicate(slot)) => {
                Err(Fault::Duplicate(Match { slot: Slot(slot), score: 0 }))
            }
            Err(nack) => Err(refused::<SetTemplate>(nack)),
        }
    }

    fn compare(&mut self, session: &mut Session<'_>) -> Answer<()> {
        let (template, back, same) = (self.template, &mut self.back, &mut self.same);
        let mut take = |piece: &[u8]| {
            let written = template.get(back.done..).unwrap_or_default();
            *same &= written.starts_with(piece);
            back.done = back.done.saturating_add(piece.len());
            Ok(())
        };
        session.transfer(&GetTemplate(self.slot), Cargo::In(&mut take))
    }

    fn compared(&self, answer: Result<(), Nack>) -> Result<(), Fault> {
        match answer {
            Ok(()) if self.same => Ok(()),
            Ok(()) | Err(Nack::NotUsed) => Err(Fault::Unlike(self.slot)),
            Err(nack) => Err(refused::<GetTemplate>(nack)),
        }
    }

    fn again(&mut self) {
        let ask = Ask::new(CheckEnrolled(self.slot));
        self.state = match self.state {
            State::Look(_) => State::Look(ask),
            State::Compare | State::SealBack(_) => State::Compare,
            State::Send | State::Seal(_) | State::Check(_) => State::Check(ask),
        };
        (self.back.done, self.same) = (0, true);
    }
}

impl Script for WriteTemplate<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        if self.template.len() != TEMPLATE {
            return Err(Fault::Template(self.template.len()).into());
        }
        session.check(self.slot)?;
        let written = session.persist_from(self, Self::advance, Self::again);
        self.back.tell(written)
    }
}

/// Without the template.
impl fmt::Debug for WriteTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriteTemplate({}, {:?})", self.slot, self.state)
    }
}
