use super::Script;
use super::matching::Matching;
use super::presence::Presence;
use crate::fingerprint::gt511::command::{
    CaptureFinger, CheckEnrolled, Command, Enroll, EnrollStart, Request,
};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::Link;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::Patience;
use crate::fingerprint::{Enrolment, Event, Match, Quality, Slot};
use crate::port::Told;

/// Captures that may be poor before an enrolment fails.
const POOR: u8 = 8;

/// Enrols a finger by three captures, the finger lifted in between; refuses a
/// slot in use and a finger in the library.
///
/// A line fault makes the driver open a new session, which may make the module
/// forget what was captured. So it is survived before the first capture is
/// taken in, and after the last: then the slot is looked at, which was free.
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
    Ask,
    Finger(Presence),
    /// Is the finger new?
    Twin(Matching),
    Start,
    Capture,
    /// The image becomes one of the three.
    TakeIn,
    Lift,
    NoFinger(Presence),
    /// Is the template there? If not, this was why.
    Check(Fault),
    Over,
}

type Next = nb::Result<Option<Told<(), Event>>, Fault>;

impl Enrol {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, patience: Patience) -> Self {
        Self { slot, patience, capture: 1, poor: POOR, state: State::Look }
    }

    /// Where the template is to go.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    fn advance(&mut self, session: &mut Session<'_>) -> Next {
        match &mut self.state {
            State::Look => {
                session.check(self.slot)?;
                if session.ask(&self.look())?.is_ok() {
                    return Err(Fault::Occupied(self.slot).into());
                }
                self.state = State::Ask;
            }
            State::Ask => {
                self.state = State::Finger(Presence::finger(self.patience));
                return tell(Enrolment::Place(self.capture));
            }
            State::Finger(finger) => {
                finger.poll(session)?;
                self.state = match self.capture {
                    1 => State::Twin(Matching::new(None)),
                    _ => State::Capture,
                };
            }
            State::Twin(twin) => {
                let twin = twin.poll(session);
                return self.twin(twin);
            }
            State::Start => {
                session.demand(&EnrollStart(self.slot).request())?;
                self.state = State::Capture;
            }
            State::Lift => {
                self.state = State::NoFinger(Presence::no_finger(self.patience));
                return tell(Enrolment::Lift);
            }
            State::NoFinger(lift) => {
                lift.poll(session)?;
                self.state = State::Ask;
            }
            _ => return self.take_in(session),
        }
        Ok(None)
    }

    /// An image becomes one of the three.
    fn take_in(&mut self, session: &mut Session<'_>) -> Next {
        match self.state {
            State::Capture => {
                if session.ask(&CaptureFinger { best: true }.request())?.is_err() {
                    return self.poor(Quality::Unclear);
                }
                self.state = State::TakeIn;
                Ok(None)
            }
            State::TakeIn => {
                let enroll = self.enroll();
                match session.ask(&enroll)? {
                    Ok(_) => self.taken(),
                    Err(nack) => self.rejected(&enroll, nack),
                }
            }
            State::Check(fault) => {
                session.ask(&self.look())?.map_err(|_| fault)?;
                self.state = State::Over;
                tell(Enrolment::Stored(self.slot))
            }
            _ => Ok(Some(Told::Done(()))),
        }
    }

    fn look(&self) -> Request {
        CheckEnrolled(self.slot).request()
    }

    fn enroll(&self) -> Request {
        match self.capture {
            1 => Enroll::<1>.request(),
            2 => Enroll::<2>.request(),
            _ => Enroll::<3>.request(),
        }
    }

    fn taken(&mut self) -> Next {
        if self.capture < 3 {
            self.capture = self.capture.saturating_add(1);
            self.state = State::Lift;
        } else {
            self.state = State::Check(self.enroll().out_of_step());
        }
        Ok(None)
    }

    fn rejected(&mut self, enroll: &Request, nack: Nack) -> Next {
        match nack {
            Nack::BadFinger => self.poor(Quality::Unclear),
            Nack::EnrolFailed => Err(Fault::DifferentFingers.into()),
            Nack::Duplicate(slot) => {
                Err(Fault::Duplicate(Match { slot: Slot(slot), score: 0 }).into())
            }
            nack => Err(enroll.refused(nack).into()),
        }
    }

    fn twin(&mut self, twin: nb::Result<Option<Match>, Fault>) -> Next {
        match twin {
            Ok(None) => {
                self.state = State::Start;
                Ok(None)
            }
            Ok(Some(twin)) => Err(Fault::Duplicate(twin).into()),
            Err(nb::Error::Other(Fault::Poor(quality))) => self.poor(quality),
            Err(error) => Err(error),
        }
    }

    /// A capture is poor: the same one again, if there were not too many.
    fn poor(&mut self, quality: Quality) -> Next {
        self.poor = self.poor.checked_sub(1).ok_or(Fault::Poor(quality))?;
        self.state = State::Lift;
        tell(Enrolment::Poor(quality))
    }

    /// Where a line fault leads back to: to before the last thing that is not
    /// sure.
    fn resume(&self, fault: Fault) -> Option<State> {
        match self.state {
            State::Look => Some(State::Look),
            State::TakeIn if self.capture == 3 => Some(State::Check(fault)),
            State::Check(fault) => Some(State::Check(fault)),
            _ if self.capture > 1 => None,
            State::Finger(_) | State::Twin(_) | State::Start | State::Capture => {
                Some(State::Finger(Presence::finger(self.patience)))
            }
            State::NoFinger(_) => Some(State::NoFinger(Presence::no_finger(self.patience))),
            _ => None,
        }
    }

    fn recover(&mut self, fault: Fault, session: &mut Session<'_>) -> Result<(), Fault> {
        let state = self.resume(fault).ok_or(fault)?;
        session.forgive(fault)?;
        self.state = state;
        Ok(())
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
                    if let Err(fault) = self.recover(fault, session) {
                        // The next session begins without half an enrolment.
                        session.close();
                        return Err(fault.into());
                    }
                }
            }
        }
    }
}
