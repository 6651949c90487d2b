use super::presence::{Patience, Presence};
use super::{Event, Script};
use crate::fingerprint::zfm::command::{Command, Hit, Img2Tz, Search, TempleteNum};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;
use crate::fingerprint::{Match, Slot};
use crate::port::Told;

/// The buffer that is searched for.
const BUFFER: u8 = 1;

/// Waits for a finger and searches it, in the whole library or in one slot.
///
/// A hit counts only when a second search, of the slot it named, hits too.
/// Between the two stands a command whose answer has another length, so each
/// hit belongs to its own search. On a line fault, all begins anew with a
/// fresh image: what was in the buffers may be of somebody else.
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
    Search,
    /// Between two answers of one length.
    Part(Hit),
    Confirm(Hit),
}

const _: () = {
    assert!(Img2Tz::REPLY != Search::REPLY);
    assert!(Search::REPLY != TempleteNum::REPLY);
};

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
        match self.state {
            State::Finger => {
                if let Some(slot) = self.slot {
                    session.check(slot)?;
                }
                self.finger.poll(session)?;
                self.state = State::Extract;
            }
            State::Extract => {
                let poor = |code| Fault::Poor(Img2Tz::quality(code));
                session.ask(&Img2Tz { buffer: BUFFER })?.map_err(poor)?;
                self.state = State::Search;
            }
            State::Search => {
                let search = self.range(session.capacity()?);
                match found(session, &search)? {
                    None => return Ok(Some(None)),
                    Some(hit) => self.state = State::Part(hit),
                }
            }
            State::Part(hit) => {
                session.ask(&TempleteNum)?.map_err(refused::<TempleteNum>)?;
                self.state = State::Confirm(hit);
            }
            State::Confirm(hit) => return confirm(session, hit).map(Some),
        }
        Ok(None)
    }

    fn range(&self, capacity: u16) -> Search {
        match self.slot {
            None => Search { buffer: BUFFER, start: 0, count: capacity },
            Some(slot) => Search { buffer: BUFFER, start: slot.0, count: 1 },
        }
    }
}

fn found(session: &mut Session<'_>, search: &Search) -> nb::Result<Option<Hit>, Fault> {
    match session.ask(search)? {
        Ok(hit) => Ok(Some(hit)),
        Err(Confirmation::NotFound | Confirmation::LibraryEmpty) => Ok(None),
        Err(code) => Err(refused::<Search>(code).into()),
    }
}

/// A module that does not stand by its hit was not understood.
fn confirm(session: &mut Session<'_>, hit: Hit) -> nb::Result<Option<Match>, Fault> {
    let again = Search { buffer: BUFFER, start: hit.page, count: 1 };
    match found(session, &again)? {
        Some(again) if again == hit => Ok(Some(Match { slot: Slot(hit.page), score: hit.score })),
        _ => {
            session.link().close();
            Err(Fault::OutOfStep(Search::OPCODE).into())
        }
    }
}

fn refused<C: Command>(code: Confirmation) -> Fault {
    Fault::Refused(C::OPCODE, code)
}

impl Script for Identify {
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        loop {
            match self.advance(session) {
                Ok(None) => {}
                Ok(Some(result)) => return Ok(Told::Done(result)),
                Err(nb::Error::Other(fault)) => {
                    session.forgive(fault)?;
                    self.finger.renew();
                    self.state = State::Finger;
                }
                Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            }
        }
    }
}
