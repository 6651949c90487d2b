use super::capture::Looking;
use crate::fingerprint::bmlite::fault::Fault;
use crate::fingerprint::bmlite::session::{Link, Session};
use crate::fingerprint::script::{Patience, Script, Waiting};
use crate::fingerprint::{Event, Match, Slot};
use crate::port::Told;

/// Waits for a finger and searches it.
///
/// A hit counts only when the finger, still on the sensor, is captured and
/// searched again, and found in the same slot. On a line fault, all begins
/// anew.
#[derive(Clone, Copy, Debug)]
pub struct Identify {
    slot: Option<Slot>,
    waiting: Waiting,
    looking: Looking,
    hit: Option<Match>,
}

impl Identify {
    pub(in crate::fingerprint::bmlite) const fn new(
        slot: Option<Slot>,
        patience: Patience,
    ) -> Self {
        Self { slot, waiting: Waiting::new(patience), looking: Looking::Capture, hit: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        if let Some(slot) = self.slot {
            session.check(slot)?;
        }
        let hit = match self.hit {
            Some(hit) => hit,
            None => match self.looking.poll(session, &mut self.waiting)? {
                Some(hit) if self.slot.is_none_or(|slot| slot == hit.slot) => *self.hit.insert(hit),
                _ => return Ok(None),
            },
        };
        match self.looking.poll(session, &mut Waiting::over()) {
            Err(nb::Error::WouldBlock) => Err(nb::Error::WouldBlock),
            Ok(Some(again)) if again == hit => {
                session.check(hit.slot).map_err(|_| Fault::Stranger(hit.slot))?;
                Ok(Some(hit))
            }
            Err(nb::Error::Other(fault)) if fault.is_line() => Err(fault.into()),
            _ => Err(Fault::Unconfirmed(hit.slot).into()),
        }
    }
}

impl Script for Identify {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        session.persist_from(self, Self::advance, |identify| {
            identify.waiting.renew();
            (identify.looking, identify.hit) = (Looking::Capture, None);
        })
    }
}
