use super::matching::Matching;
use super::presence::Presence;
use super::{Ask, Script, refused};
use crate::fingerprint::gt511::command::{
    CaptureFinger, CheckEnrolled, Command, Enroll, EnrollStart,
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
    Look(Ask<CheckEnrolled>),
    Ask,
    Finger(Presence),
    /// Is the finger new?
    Twin(Matching),
    Start(Ask<EnrollStart>),
    Capture(Ask<CaptureFinger>),
    First(Ask<Enroll<1>>),
    Second(Ask<Enroll<2>>),
    Third(Ask<Enroll<3>>),
    Lift,
    NoFinger(Presence),
    /// Is the template there? If not, this was why.
    Check(Ask<CheckEnrolled>, Fault),
    Over,
}

type Next = nb::Result<Option<Told<(), Event>>, Fault>;

impl Enrol {
    pub(in crate::fingerprint::gt511) const fn new(slot: Slot, patience: Patience) -> Self {
        let state = State::Look(Ask::new(CheckEnrolled(slot)));
        Self { slot, patience, capture: 1, poor: POOR, state }
    }

    /// Where the template is to go.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    fn advance(&mut self, session: &mut Session<'_>) -> Next {
        match &mut self.state {
            State::Look(look) => {
                session.check(self.slot)?;
                if look.poll(session)?.is_ok() {
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
                    _ => State::Capture(Ask::new(CaptureFinger { best: true })),
                };
            }
            State::Twin(twin) => {
                let twin = twin.poll(session);
                return self.twin(twin);
            }
            State::Start(start) => {
                start.poll(session)?.map_err(refused::<EnrollStart>)?;
                self.state = State::Capture(Ask::new(CaptureFinger { best: true }));
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
        let answer = match &mut self.state {
            State::Capture(capture) => {
                if capture.poll(session)?.is_err() {
                    return self.poor(Quality::Unclear);
                }
                self.state = match self.capture {
                    1 => State::First(Ask::new(Enroll)),
                    2 => State::Second(Ask::new(Enroll)),
                    _ => State::Third(Ask::new(Enroll)),
                };
                return Ok(None);
            }
            State::First(first) => first.poll(session)?,
            State::Second(second) => second.poll(session)?,
            State::Third(third) => third.poll(session)?,
            State::Check(check, fault) => {
                check.poll(session)?.map_err(|_| *fault)?;
                self.state = State::Over;
                return tell(Enrolment::Stored(self.slot));
            }
            _ => return Ok(Some(Told::Done(()))),
        };
        match answer {
            Ok(()) => self.taken(),
            Err(nack) => self.rejected(nack),
        }
    }

    fn taken(&mut self) -> Next {
        if self.capture < 3 {
            self.capture = self.capture.saturating_add(1);
            self.state = State::Lift;
        } else {
            self.state = self.check(Fault::OutOfStep(Enroll::<3>::CODE));
        }
        Ok(None)
    }

    fn check(&self, fault: Fault) -> State {
        State::Check(Ask::new(CheckEnrolled(self.slot)), fault)
    }

    fn rejected(&mut self, nack: Nack) -> Next {
        match nack {
            Nack::BadFinger => self.poor(Quality::Unclear),
            Nack::EnrolFailed => Err(Fault::DifferentFingers.into()),
            Nack::Duplicate(slot) => {
                Err(Fault::Duplicate(Match { slot: Slot(slot), score: 0 }).into())
            }
            nack => Err(Fault::Refused(0x22 + u16::from(self.capture), nack).into()),
        }
    }

    fn twin(&mut self, twin: nb::Result<Option<Match>, Fault>) -> Next {
        match twin {
            Ok(None) => {
                self.state = State::Start(Ask::new(EnrollStart(self.slot)));
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
            State::Look(_) => Some(State::Look(Ask::new(CheckEnrolled(self.slot)))),
            State::Third(_) => Some(self.check(fault)),
            State::Check(_, fault) => Some(self.check(fault)),
            _ if self.capture > 1 => None,
            State::Finger(_) | State::Twin(_) | State::Start(_) | State::Capture(_) => {
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
