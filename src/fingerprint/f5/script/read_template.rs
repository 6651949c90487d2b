use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::features::Features;
use super::{Command, refused};
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{CaptureFeatures, ReadFeatures, TEMPLATE};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::{Patience, Script, Waiting};
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Quality, Slot};
use crate::port::Told;

/// Reads a template out, twice: the check of a long frame has eight bits, and
/// any two flips of the same bit pass it.
///
/// A line fault begins all anew; unless the script ends well, the buffer is
/// erased.
pub struct ReadTemplate<'b> {
    slot: Slot,
    buffer: &'b mut [u8],
    features: Features<ReadFeatures>,
    /// For the second time.
    second: bool,
    same: bool,
    meter: Meter,
    whole: bool,
}

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::f5) const fn new(slot: Slot, buffer: &'b mut [u8]) -> Self {
        let (features, meter) = (Features::of(ReadFeatures(slot)), Meter::of(Some(TEMPLATE)));
        Self { slot, buffer, features, second: false, same: true, meter, whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        let room = self.buffer.get_mut(..TEMPLATE).ok_or(Fault::Room(TEMPLATE))?;
        session.check(self.slot)?;
        if !self.second {
            let meter = &mut self.meter;
            let mut put = |at: usize, piece: &[u8]| {
                let to = room.get_mut(at..).unwrap_or_default();
                to.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
                meter.done = at.saturating_add(piece.len());
            };
            let read = self.features.poll(session, &mut put)?;
            read.map_err(|ack| absent(self.slot, ack))?;
            self.features.check(self.slot, session)?;
            (self.features, self.second) = (Features::of(ReadFeatures(self.slot)), true);
        }
        compare(&mut self.features, self.slot, session, room, &mut self.same)?;
        if !self.same {
            session.close();
            return Err(Fault::Damaged(ReadFeatures::CODE).into());
        }
        self.whole = true;
        Ok(TEMPLATE)
    }

    fn again(&mut self) {
        self.features = Features::of(ReadFeatures(self.slot));
        (self.second, self.same, self.meter.done) = (false, true, 0);
    }
}

fn absent(slot: Slot, ack: Ack) -> Fault {
    match ack {
        Ack::NoUser => Fault::Empty(slot),
        ack => refused::<ReadFeatures>(ack),
    }
}

/// Reads the features of a slot; whether they are these is in `same`.
pub(super) fn compare(
    features: &mut Features<ReadFeatures>,
    slot: Slot,
    session: &mut Session<'_>,
    wanted: &[u8],
    same: &mut bool,
) -> nb::Result<(), Fault> {
    let mut put = |at: usize, piece: &[u8]| {
        let wanted = wanted.get(at..at.saturating_add(piece.len())).unwrap_or(&[]);
        *same &= bool::from(wanted.ct_eq(piece));
    };
    let read = features.poll(session, &mut put)?;
    read.map_err(|ack| absent(slot, ack))?;
    Ok(features.check(slot, session)?)
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
        f.debug_struct("ReadTemplate").field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// Waits for a finger and reads its features out, which are stored nowhere.
///
/// A line fault begins all anew; unless the script ends well, the buffer is
/// erased.
pub struct CaptureTemplate<'b> {
    buffer: &'b mut [u8],
    features: Features<CaptureFeatures>,
    waiting: Waiting,
    whole: bool,
}

impl<'b> CaptureTemplate<'b> {
    pub(in crate::fingerprint::f5) const fn new(buffer: &'b mut [u8]) -> Self {
        let (features, waiting) = (Features::of(CaptureFeatures), Waiting::new(Patience::Timed));
        Self { buffer, features, waiting, whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        let room = self.buffer.get_mut(..TEMPLATE).ok_or(Fault::Room(TEMPLATE))?;
        self.waiting.begin(session.now(), session.config().timing.finger);
        let mut put = |at: usize, piece: &[u8]| {
            let to = room.get_mut(at..).unwrap_or_default();
            to.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        };
        loop {
            match self.features.poll(session, &mut put)? {
                Ok(()) => break,
                Err(ack) if ack.is_nobody() => {
                    self.waiting.again(session.now(), Fault::NoFinger)?;
                }
                Err(_) => return Err(Fault::Poor(Quality::Unclear).into()),
            }
        }
        self.whole = true;
        Ok(TEMPLATE)
    }
}

impl Script for CaptureTemplate<'_> {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.features = Features::of(CaptureFeatures))
    }
}

impl Drop for CaptureTemplate<'_> {
    fn drop(&mut self) {
        if !self.whole {
            self.buffer.zeroize();
        }
    }
}

/// Without the bytes, which are a person's.
impl fmt::Debug for CaptureTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureTemplate").finish_non_exhaustive()
    }
}
