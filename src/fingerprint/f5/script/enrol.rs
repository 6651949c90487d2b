use super::matching::Matching;
use super::{Ask, Script};
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{Add, Command, Privilege, Search};
use crate::fingerprint::f5::config::Lift;
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Answer, Link, Session};
use crate::fingerprint::script::{Patience, Waiting};
use crate::fingerprint::{Enrolment, Event, Quality, Slot};
use crate::port::{Instant, Told};

/// Captures that may be poor before an enrolment fails.
const POOR: u8 = 8;

/// Enrols a finger by three captures, the finger lifted in between; refuses a
/// slot in use and a finger in the library.
///
/// A line fault is survived before the first capture is taken in, and after the
/// last: then the slot is looked at, which was free. In between, nobody knows
/// what the module has.
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
    Look(Ask<Privilege>),
    Ask,
    /// Is the finger new?
    Twin(Matching),
    Add(Waiting),
    Third(Waiting, Ask<Add<3>>),
    Lift,
    NoFinger(Waiting, Ask<Search>),
    Pause(Option<Instant>),
    /// Is the template there? If not, this was why.
    Check(Ask<Privilege>, Fault),
    Over,
}

type Next = nb::Result<Option<Told<(), Event>>, Fault>;

impl Enrol {
    pub(in crate::fingerprint::f5) const fn new(slot: Slot, patience: Patience) -> Self {
        let state = State::Look(Ask::new(Privilege(slot)));
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
                self.state = self.placed(session);
                return tell(Enrolment::Place(self.capture));
            }
            State::Twin(twin) => match twin.poll(session) {
                Ok(None) => self.state = State::Add(Waiting::new(self.patience)),
                Ok(Some(twin)) => return Err(Fault::Duplicate(twin).into()),
                Err(nb::Error::Other(Fault::Poor(quality))) => return self.poor(quality),
                Err(error) => return Err(error),
            },
            State::Add(_) | State::Third(..) => return self.take_in(session),
            State::Lift => {
                self.state = match session.config().lift {
                    Lift::Sensed => State::NoFinger(Waiting::new(self.patience), Ask::new(Search)),
                    Lift::Waited(length) => State::Pause(Some(session.now() + length)),
                };
                return tell(Enrolment::Lift);
            }
            State::NoFinger(waiting, search) => {
                waiting.begin(session.now(), session.config().timing.lift);
                match search.poll(session)? {
                    Err(ack) if ack.is_nobody() => self.state = State::Ask,
                    _ => waiting.again(session.now(), Fault::NotLifted)?,
                }
            }
            State::Pause(until) => {
                session.wait_until(until.unwrap_or(Instant::ZERO))?;
                self.state = State::Ask;
            }
            State::Check(check, fault) => {
                check.poll(session)?.map_err(|_| *fault)?;
                self.state = State::Over;
                return tell(Enrolment::Stored(self.slot));
            }
            State::Over => return Ok(Some(Told::Done(()))),
        }
        Ok(None)
    }

    /// The first finger is searched before it is taken in.
    fn placed(&self, session: &Session<'_>) -> State {
        let waiting = Waiting::new(self.patience);
        match self.capture {
            1 => State::Twin(Matching::new(None, self.patience)),
            2 => State::Add(waiting),
            _ => State::Third(waiting, Ask::new(self.add(session))),
        }
    }

    fn add<const N: u8>(&self, session: &Session<'_>) -> Add<N> {
        Add { slot: self.slot, permission: session.config().permission }
    }

    /// A capture becomes one of the three. The answers to the first two are
    /// sealed by those to the commands behind them, for nothing is to come
    /// between.
    fn take_in(&mut self, session: &mut Session<'_>) -> Next {
        let (first, second) = (self.add::<1>(session), self.add::<2>(session));
        let (waiting, answer): (_, Answer<()>) = match &mut self.state {
            State::Third(waiting, third) => {
                waiting.begin(session.now(), session.config().timing.finger);
                (*waiting, third.poll(session))
            }
            State::Add(waiting) => {
                waiting.begin(session.now(), session.config().timing.finger);
                let answer = match self.capture {
                    1 => session.ask(&first),
                    _ => session.ask(&second),
                };
                (*waiting, answer)
            }
            _ => return Ok(None),
        };
        match answer? {
            Ok(()) => self.taken(),
            Err(ack) if ack.is_nobody() => waiting.again(session.now(), Fault::NoFinger)?,
            Err(Ack::Fail) => return self.poor(Quality::Unclear),
            Err(Ack::FingerOccupied) => return Err(Fault::AlreadyEnrolled.into()),
            Err(Ack::UserOccupied) => return Err(Fault::Occupied(self.slot).into()),
            Err(ack) => return Err(Fault::Refused(self.capture, ack).into()),
        }
        Ok(None)
    }

    fn taken(&mut self) {
        if self.capture < 3 {
            self.capture = self.capture.saturating_add(1);
            self.state = State::Lift;
        } else {
            self.state = self.check(Fault::OutOfStep(Add::<3>::CODE));
        }
    }

    fn check(&self, fault: Fault) -> State {
        State::Check(Ask::new(Privilege(self.slot)), fault)
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
            State::Look(_) => Some(State::Look(Ask::new(Privilege(self.slot)))),
            State::Third(..) => Some(self.check(fault)),
            State::Check(_, fault) => Some(self.check(fault)),
            State::Twin(_) | State::Add(_) if self.capture == 1 => {
                Some(State::Twin(Matching::new(None, self.patience)))
            }
            State::NoFinger(waiting, _) if self.capture == 1 => {
                Some(State::NoFinger(waiting, Ask::new(Search)))
            }
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
