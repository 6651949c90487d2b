use core::fmt;

use zeroize::Zeroize;

use super::exposure::expose;
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{
    CheckEnrolled, Command, GetTemplate, MakeTemplate, Request, SetTemplate, TEMPLATE,
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
    /// The template is there to be fetched.
    ready: bool,
    meter: Meter,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Slot(Slot),
    Finger,
}

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, buffer: &'b mut [u8]) -> Self {
        Self::of(Source::Slot(slot), buffer)
    }

    pub(in crate::fingerprint::gt511) const fn of_finger(buffer: &'b mut [u8]) -> Self {
        Self::of(Source::Finger, buffer)
    }

    const fn of(source: Source, buffer: &'b mut [u8]) -> Self {
        Self { source, buffer, ready: false, meter: Meter::of(Some(TEMPLATE)), whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        if !self.ready {
            match self.source {
                Source::Slot(slot) => session.check(slot)?,
                Source::Finger => expose(session)?,
            }
            self.ready = true;
        }
        let request = match self.source {
            Source::Slot(slot) => GetTemplate(slot).request(),
            Source::Finger => MakeTemplate.request(),
        };
        let fetched = self.fetch(&request, session)?;
        fetched.map_err(|nack| match (self.source, nack) {
            (Source::Slot(slot), Nack::NotUsed) => Fault::Empty(slot),
            (Source::Finger, Nack::BadFinger) => Fault::Poor(Quality::Unclear),
            (_, nack) => request.refused(nack),
        })?;
        self.whole = true;
        Ok(TEMPLATE)
    }

    fn fetch(&mut self, request: &Request, session: &mut Session<'_>) -> Answer {
        let (buffer, meter) = (&mut *self.buffer, &mut self.meter);
        let mut take = |piece: &[u8]| {
            let room = buffer.get_mut(meter.done..).unwrap_or_default();
            room.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
            meter.done = meter.done.saturating_add(piece.len());
            Ok(())
        };
        session.transfer(request, Cargo::In(&mut take))
    }

    fn again(&mut self) {
        (self.ready, self.meter.done) = (false, 0);
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
    Look,
    Send,
    /// Is it still free?
    Check,
    Compare,
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        Self { slot, template, state: State::Look, back: Meter::of(Some(TEMPLATE)), same: true }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let look = CheckEnrolled(self.slot).request();
        loop {
            self.state = match self.state {
                State::Look if session.ask(&look)?.is_ok() => {
                    return Err(Fault::Occupied(self.slot).into());
                }
                State::Check if session.ask(&look)?.is_ok() => State::Compare,
                State::Look | State::Check => State::Send,
                State::Send => {
                    self.send(session)?;
                    State::Compare
                }
                State::Compare => return self.compare(session),
            }
        }
    }

    /// A slot that was free and is in use has what an answer that was lost
    /// would have told of.
    fn send(&self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let set = SetTemplate(self.slot).request();
        match session.transfer(&set, Cargo::Out(self.template, &mut 0))? {
            Ok(_) | Err(Nack::Used) => Ok(()),
            Err(Nack::Duplicate(slot)) if Slot(slot) == self.slot => Ok(()),
            Err(Nack::Duplicate(slot)) => {
                Err(Fault::Duplicate(Match { slot: Slot(slot), score: 0 }).into())
            }
            Err(nack) => Err(set.refused(nack).into()),
        }
    }

    fn compare(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let (template, back, same) = (self.template, &mut self.back, &mut self.same);
        let mut take = |piece: &[u8]| {
            let written = template.get(back.done..).unwrap_or_default();
            *same &= written.starts_with(piece);
            back.done = back.done.saturating_add(piece.len());
            Ok(())
        };
        let get = GetTemplate(self.slot).request();
        match session.transfer(&get, Cargo::In(&mut take))? {
            Ok(_) if self.same => Ok(()),
            Ok(_) | Err(Nack::NotUsed) => Err(Fault::Unlike(self.slot).into()),
            Err(nack) => Err(get.refused(nack).into()),
        }
    }

    fn again(&mut self) {
        self.state = match self.state {
            State::Send => State::Check,
            state => state,
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
