use super::presence::Presence;
use super::search::Searching;
use super::{Event, Script};
use crate::fingerprint::script::Patience;
use crate::fingerprint::zfm::command::{Command, GenImg, Img2Tz};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::fingerprint::{Match, Slot};
use crate::port::Told;

/// The buffer that is searched for.
const BUFFER: u8 = 1;

/// Waits for a finger and searches it, in the whole library or in one slot.
///
/// A hit counts only when a second search, of the slot it named, hits too. On
/// a line fault, all begins anew with a fresh image: what was in the buffers
/// may be of somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Identify {
    slot: Option<Slot>,
    finger: Presence,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Finger,
    Extract,
    Search(Searching),
}

impl Identify {
    pub(in crate::fingerprint::zfm) const fn new(slot: Option<Slot>, patience: Patience) -> Self {
        Self { slot, finger: Presence::finger(patience), state: State::Finger }
    }

    /// The slot that is compared, if only one is.
    #[must_use]
    pub const fn slot(&self) -> Option<Slot> {
        self.slot
    }

    /// One command further; the result once there is one.
    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Option<Match>>, Fault> {
        if !self.finger.is_fresh(session) {
            session.close();
            return Err(Fault::Timeout(GenImg::OPCODE).into());
        }
        match &mut self.state {
            State::Finger => {
                if let Some(slot) = self.slot {
                    session.check(slot)?;
                }
                self.finger.poll(session)?;
                self.state = State::Extract;
            }
            State::Extract => {
                session.ask(&Img2Tz { buffer: BUFFER })?.map_err(Img2Tz::fault)?;
                self.state = State::Search(Searching::First);
            }
            State::Search(search) => {
                let (start, count) = match self.slot {
                    None => (0, session.capacity()?),
                    Some(slot) => (slot.0, 1),
                };
                return search.poll(session, start, count).map(Some);
            }
        }
        Ok(None)
    }
}

impl Script for Identify {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        let advance = |it: &mut Self, session: &mut Session<'_>| loop {
            if let Some(result) = it.advance(session)? {
                return Ok(result);
            }
        };
        session.persist_from(self, advance, |it| {
            it.finger.renew();
            it.state = State::Finger;
        })
    }
}
