use super::scan::{Hit, scan};
use super::templates;
use crate::fingerprint::script::{Patience, Script, Waiting};
use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::Request;
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::session::{Link, Session};
use crate::fingerprint::{Event, Match, Slot};
use crate::port::Told;

/// Waits for a finger and searches it, in the whole library or in one slot.
///
/// A hit counts only when the finger, still on the sensor, is compared again
/// with the slot that the hit named, and matches again. On a line fault, all
/// begins anew.
#[derive(Clone, Copy, Debug)]
pub struct Identify {
    slot: Option<Slot>,
    waiting: Waiting,
    hit: Option<Hit>,
    /// The slot of the hit has a template.
    held: bool,
}

impl Identify {
    pub(in crate::fingerprint::sfm) const fn new(slot: Option<Slot>, patience: Patience) -> Self {
        Self { slot, waiting: Waiting::new(patience), hit: None, held: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        let hit = match self.hit {
            Some(hit) => hit,
            None => {
                if let Some(slot) = self.slot {
                    session.check(slot)?;
                }
                let request = self.slot.map_or(Request::identify(), Request::verify);
                match scan(session, &request, &mut self.waiting)? {
                    None => return Ok(None),
                    Some(hit) => *self.hit.insert(hit),
                }
            }
        };
        if !self.held && templates(session, hit.found.slot)? == 0 {
            return Err(Fault::Unconfirmed(hit.found.slot).into());
        }
        self.held = true;
        confirm(session, hit).map(Some)
    }
}

/// The same finger once more, against the one slot.
fn confirm(session: &mut Session<'_>, hit: Hit) -> nb::Result<Match, Fault> {
    let request = Request::verify(hit.found.slot);
    let reply = session.ask(&request)?;
    match Code::from(reply.flag) {
        Code::Success if !hit.duress => Ok(hit.found),
        Code::DuressFinger if hit.duress => Err(Fault::Duress(hit.found).into()),
        Code::FakeDetected => Err(Fault::Fake.into()),
        _ => Err(Fault::Unconfirmed(hit.found.slot).into()),
    }
}

impl Script for Identify {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        session.persist_from(self, Self::advance, |identify| {
            identify.waiting.renew();
            (identify.hit, identify.held) = (None, false);
        })
    }
}
