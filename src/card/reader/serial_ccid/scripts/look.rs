use crate::port::Instant;

use super::super::ReaderError;
use super::super::link::Link;
use super::super::message::{Icc, Request};
use super::super::script::{Act, Heeded, Script};
use super::ask;

/// Looks whether a card is in the slot; the output says so.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Not before it is time, unless a card moves.
    pub(in super::super) patient: bool,
}

impl Script for Look {
    type Output = bool;

    fn begin(&mut self, link: &mut Link, now: Instant) -> Act<bool> {
        if self.patient && now < link.slot.look_at && !link.slot.moved {
            return Act::Listen(link.slot.look_at);
        }
        link.slot.moved = false;
        ask(link, Request::SLOT_STATUS, 0)
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<bool> {
        link.slot.look_at = now + link.config.timing.look;
        let icc = match answer {
            // Readers say "mute" of an empty slot.
            Heeded::Failed(icc, ReaderError::Mute) => Ok(icc),
            other => other.done(),
        };
        if icc.is_ok_and(|icc| icc != Icc::Active) {
            link.deactivated();
        }
        Act::Done(icc.map(|icc| icc != Icc::Absent))
    }
}

/// Takes the power from the card.
#[derive(Clone, Copy, Debug)]
pub struct Deactivate;

impl Script for Deactivate {
    type Output = ();

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<()> {
        link.deactivated();
        ask(link, Request::POWER_OFF, 0)
    }

    fn answered(&mut self, _: &mut Link, answer: Heeded, _: Instant) -> Act<()> {
        Act::Done(match answer {
            // What is not there has no power.
            Heeded::Failed(Icc::Absent, _) => Ok(()),
            other => other.done().map(|_| ()),
        })
    }
}
