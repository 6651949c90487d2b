use core::fmt;

use zeroize::Zeroize;

use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{
    CaptureFinger, Command, GetTemplate, MakeTemplate, TEMPLATE,
};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::{Answer, Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Quality, Slot};
use crate::port::Told;

/// Reads a template out: that of a slot, or that of the finger on the sensor.
///
/// A line fault begins all anew; unless the script ends well, the buffer is
/// erased.
pub struct ReadTemplate<'b> {
    buffer: &'b mut [u8],
    source: Source,
    meter: Meter,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Slot(Ask<GetTemplate>),
    Capture(Ask<CaptureFinger>),
    Finger(Ask<MakeTemplate>),
}

const CAPTURE: Source = Source::Capture(Ask::new(CaptureFinger { best: true }));

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn of(slot: Slot, buffer: &'b mut [u8]) -> Self {
        Self::new(Source::Slot(Ask::new(GetTemplate(slot))), buffer)
    }

    pub(in crate::fingerprint::gt511) const fn made(buffer: &'b mut [u8]) -> Self {
        Self::new(CAPTURE, buffer)
    }

    const fn new(source: Source, buffer: &'b mut [u8]) -> Self {
        Self { buffer, source, meter: Meter::of(Some(TEMPLATE)), whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        let room = self.buffer.get_mut(..TEMPLATE).ok_or(Fault::Room(TEMPLATE))?;
        let meter = &mut self.meter;
        match &mut self.source {
            Source::Slot(get) => {
                let slot = get.command.0;
                session.check(slot)?;
                fill(get, session, room, meter)?.map_err(|nack| match nack {
                    Nack::NotUsed | Nack::Empty => Fault::Empty(slot),
                    nack => refused::<GetTemplate>(nack),
                })?;
            }
            Source::Capture(capture) => {
                captured(capture, session)?;
                self.source = Source::Finger(Ask::new(MakeTemplate));
                return self.advance(session);
            }
            Source::Finger(make) => {
                let poor = |_| Fault::Poor(Quality::Unclear);
                fill(make, session, room, meter)?.map_err(poor)?;
            }
        }
        self.whole = true;
        Ok(TEMPLATE)
    }

    fn again(&mut self) {
        self.meter.done = 0;
        if let Source::Finger(_) = self.source {
            self.source = CAPTURE;
        }
    }
}

fn fill<C: Command>(
    ask: &mut Ask<C>,
    session: &mut Session<'_>,
    room: &mut [u8],
    meter: &mut Meter,
) -> Answer<C::Reply> {
    let mut take = |piece: &[u8]| {
        let to = room.get_mut(meter.done..).unwrap_or_default();
        to.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        meter.done = meter.done.saturating_add(piece.len());
    };
    ask.carry(session, Cargo::In(&mut take))
}

/// Takes an image of the finger that is there now, under the light.
pub(super) fn captured(
    capture: &mut Ask<CaptureFinger>,
    session: &mut Session<'_>,
) -> nb::Result<(), Fault> {
    session.light(false)?;
    Ok(capture.poll(session)?.map_err(|nack| match nack {
        Nack::NotPressed => Fault::NoFinger,
        _ => Fault::Poor(Quality::Unclear),
    })?)
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
        f.debug_struct("ReadTemplate").field("source", &self.source).finish_non_exhaustive()
    }
}
