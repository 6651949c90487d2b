use super::capture::{Looking, capture, lifted};
use super::holds;
use crate::fingerprint::bmlite::command::Request;
use crate::fingerprint::bmlite::fault::Fault;
use crate::fingerprint::bmlite::session::{Link, Session};
use crate::fingerprint::script::{Patience, Script, Waiting};
use crate::fingerprint::{Enrolment, Event, Quality, Slot};
use crate::port::Told;

/// Captures that may be poor before an enrolment fails.
const POOR: u8 = 8;

/// Enrols a finger: so many captures as the module asks for, the finger lifted
/// in between; refuses a slot in use and a finger in the library.
///
/// Until the template is saved, nothing is stored. A line fault before that
/// ends the enrolment, except while the slot and the finger are looked up: the
/// module may have begun anew.
#[derive(Clone, Copy, Debug)]
pub struct Enrol {
    slot: Slot,
    waiting: Waiting,
    /// From 1.
    capture: u8,
    poor: u8,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look,
    Ask,
    /// Is the finger new?
    Twin(Looking),
    Start,
    Finger,
    Add,
    Lift,
    Lifting,
    Finish,
    Save,
    Saved,
    Over,
}

type Next = nb::Result<Option<Told<(), Event>>, Fault>;

impl Enrol {
    pub(in crate::fingerprint::bmlite) const fn new(slot: Slot, patience: Patience) -> Self {
        let waiting = Waiting::new(patience);
        Self { slot, waiting, capture: 1, poor: POOR, state: State::Look }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> Next {
        match &mut self.state {
            State::Look => {
                if holds(session, self.slot)? {
                    return Err(Fault::Occupied(self.slot).into());
                }
                self.state = State::Ask;
            }
            State::Ask => {
                self.waiting.renew();
                self.state = match self.capture {
                    1 => State::Twin(Looking::Capture),
                    _ => State::Finger,
                };
                return tell(Enrolment::Place(self.capture));
            }
            State::Twin(looking) => match looking.poll(session, &mut self.waiting) {
                Ok(None) => self.state = State::Start,
                Ok(Some(found)) => return Err(Fault::Duplicate(found).into()),
                Err(error) => return self.failed(error),
            },
            State::Start => {
                session.demand(&Request::start())?;
                self.state = State::Finger;
            }
            State::Finger => match capture(session, &mut self.waiting) {
                Ok(()) => self.state = State::Add,
                Err(error) => return self.failed(error),
            },
            State::Add => match session.demand(&Request::add()) {
                Ok(answer) => {
                    let request = Request::add();
                    let left = answer.count.ok_or_else(|| session.out_of_step(&request))?;
                    self.added(left);
                }
                Err(error) => return self.failed(error),
            },
            State::Lift => {
                self.waiting.renew();
                self.state = State::Lifting;
                return tell(Enrolment::Lift);
            }
            State::Lifting => {
                lifted(session, &mut self.waiting)?;
                self.state = State::Ask;
            }
            _ => return self.finish(session),
        }
        Ok(None)
    }

    /// A capture is in the template; so many are still to come.
    fn added(&mut self, left: u32) {
        self.state = State::Finish;
        if left > 0 {
            self.capture = self.capture.saturating_add(1);
            self.state = State::Lift;
        }
    }

    /// What follows the last capture.
    fn finish(&mut self, session: &mut Session<'_>) -> Next {
        match self.state {
            State::Finish => {
                session.demand(&Request::finish())?;
                self.state = State::Save;
            }
            State::Save => {
                session.demand(&Request::save(self.slot))?;
                self.state = State::Saved;
            }
            State::Saved => {
                if !holds(session, self.slot)? {
                    return Err(session.out_of_step(&Request::save(self.slot)));
                }
                self.state = State::Over;
                return tell(Enrolment::Stored(self.slot));
            }
            _ => return Ok(Some(Told::Done(()))),
        }
        Ok(None)
    }

    /// A poor capture: the same one again, if there were not too many.
    fn failed(&mut self, error: nb::Error<Fault>) -> Next {
        match error {
            nb::Error::Other(Fault::Poor(quality)) => self.poor(quality),
            error => Err(error),
        }
    }

    fn poor(&mut self, quality: Quality) -> Next {
        self.poor = self.poor.checked_sub(1).ok_or(Fault::Poor(quality))?;
        self.state = State::Lift;
        tell(Enrolment::Poor(quality))
    }

    /// Where a line fault leads back to. A module that lost power in between
    /// would have forgotten the captures.
    fn resume(&self) -> Option<State> {
        match self.state {
            State::Look => Some(State::Look),
            State::Twin(_) => Some(State::Twin(Looking::Capture)),
            State::Save | State::Saved => Some(State::Saved),
            State::Lifting if self.capture == 1 => Some(State::Lifting),
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
