use super::Script;
use super::presence::Presence;
use super::search::Searching;
use crate::fingerprint::script::Patience;
use crate::fingerprint::zfm::command::{Command, Img2Tz, ReadIndexTable, RegModel, Store};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::fingerprint::{Enrolment, Event, Quality, Slot};
use crate::port::Told;

/// Captures that may be poor before an enrolment fails.
const POOR: u8 = 8;

/// The buffer of the first capture, and of the template.
const BUFFER: u8 = 1;

/// Enrols a finger: so many captures as the configuration says, the finger
/// lifted in between; refuses a slot in use and a finger in the library.
#[derive(Clone, Copy, Debug)]
pub struct Enrol {
    slot: Slot,
    patience: Patience,
    /// From 1.
    capture: u8,
    poor: u8,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look,
    /// It is or is not, if that answer was to this look.
    Looked {
        free: bool,
    },
    Ask,
    Finger(Presence),
    Extract,
    Seal,
    /// Is the finger new?
    Twin(Searching),
    Lift,
    NoFinger(Presence),
    Merge,
    Merged,
    Store,
    Stored,
    Over,
}

type Next = nb::Result<Option<Told<(), Event>>, Fault>;

impl Enrol {
    pub(in crate::fingerprint::zfm) const fn new(slot: Slot, patience: Patience) -> Self {
        Self { slot, patience, capture: 1, poor: POOR, state: State::Look }
    }

    /// Where the template is to go.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    fn advance(&mut self, session: &mut Session<'_>) -> Next {
        match &mut self.state {
            State::Look => self.state = State::Looked { free: !session.is_used(self.slot)? },
            State::Looked { free } => {
                session.seal::<ReadIndexTable>()?;
                if !*free {
                    return Err(Fault::Occupied(self.slot).into());
                }
                self.state = State::Ask;
            }
            State::Ask => {
                self.state = State::Finger(Presence::finger(self.patience));
                return tell(Enrolment::Place(self.capture));
            }
            State::Finger(finger) => {
                match finger.poll(session) {
                    Err(nb::Error::Other(Fault::Poor(quality))) => return self.poor(quality),
                    result => result?,
                }
                self.state = State::Extract;
            }
            State::Extract => return self.extract(session),
            State::Seal => {
                session.seal::<Img2Tz>()?;
                self.state = match self.capture {
                    1 => State::Twin(Searching::First),
                    _ => self.captured(session),
                };
            }
            State::Twin(search) => {
                let count = session.capacity()?;
                if let Some(twin) = search.poll(session, 0, count)? {
                    return Err(Fault::Duplicate(twin).into());
                }
                self.state = self.captured(session);
            }
            State::Lift => {
                self.state = State::NoFinger(Presence::no_finger(self.patience));
                return tell(Enrolment::Lift);
            }
            State::NoFinger(lift) => {
                lift.poll(session)?;
                self.state = State::Ask;
            }
            _ => return self.finish(session),
        }
        Ok(None)
    }

    /// What follows the last capture.
    fn finish(&mut self, session: &mut Session<'_>) -> Next {
        match self.state {
            State::Merge => {
                session.ask(&RegModel)?.map_err(|code| match code {
                    Confirmation::MergeFailed => Fault::DifferentFingers,
                    code => Fault::Refused(RegModel::OPCODE, code),
                })?;
                self.state = State::Merged;
            }
            State::Merged => {
                session.seal::<RegModel>()?;
                self.state = State::Store;
            }
            State::Store => {
                let store = Store { buffer: BUFFER, slot: self.slot };
                session.demand(&store)?;
                self.state = State::Stored;
            }
            State::Stored => {
                session.seal::<Store>()?;
                self.state = State::Over;
                return tell(Enrolment::Stored(self.slot));
            }
            _ => return Ok(Some(Told::Done(()))),
        }
        Ok(None)
    }

    fn extract(&mut self, session: &mut Session<'_>) -> Next {
        match session.ask(&Img2Tz { buffer: self.capture })? {
            Ok(()) => {
                self.state = State::Seal;
                Ok(None)
            }
            Err(code) => match Img2Tz::fault(code) {
                Fault::Poor(quality) => self.poor(quality),
                fault => Err(fault.into()),
            },
        }
    }

    /// A capture is poor: the same one again, if there were not too many.
    fn poor(&mut self, quality: Quality) -> Next {
        self.poor = self.poor.checked_sub(1).ok_or(Fault::Poor(quality))?;
        self.state = State::Lift;
        tell(Enrolment::Poor(quality))
    }

    /// A capture is good: on to the next one, or to the template.
    fn captured(&mut self, session: &Session<'_>) -> State {
        if self.capture >= session.config().captures() {
            return State::Merge;
        }
        self.capture = self.capture.saturating_add(1);
        State::Lift
    }

    /// Where a line fault leads back to: to before the last thing that is not
    /// sure. A merge cannot be told to be undone.
    fn resume(&self) -> Option<State> {
        match self.state {
            State::Look | State::Looked { .. } => Some(State::Look),
            State::Finger(_) | State::Extract | State::Seal | State::Twin(_) => {
                Some(State::Finger(Presence::finger(self.patience)))
            }
            State::NoFinger(_) => Some(State::NoFinger(Presence::no_finger(self.patience))),
            State::Store | State::Stored => Some(State::Store),
            _ => None,
        }
    }
}

fn tell(step: Enrolment) -> Next {
    Ok(Some(Told::Event(Event::Enrolment(step))))
}

impl Script for Enrol {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        loop {
            match self.advance(session) {
                Ok(None) => {}
                Ok(Some(told)) => return Ok(told),
                Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                Err(nb::Error::Other(fault)) => {
                    let state = self.resume().ok_or(fault)?;
                    session.forgive(fault)?;
                    self.state = state;
                }
            }
        }
    }
}
