use super::scan::{capture, scan};
use super::templates;
use crate::fingerprint::script::{Patience, Script, Waiting};
use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::{DT, Request};
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::session::{Link, Session};
use crate::fingerprint::{Enrolment, Event, Quality, Slot};
use crate::port::Told;

/// Captures that may be poor before an enrolment fails.
const POOR: u8 = 8;

/// Enrols a finger: one capture, which the module stores unless it knows the
/// finger; a lift; and a second capture, which has to match. If it does not,
/// the template is deleted again.
///
/// No command says whether a finger is there: it is lifted when an
/// identification ends because none came.
#[derive(Clone, Copy, Debug)]
pub struct Enrol {
    slot: Slot,
    waiting: Waiting,
    /// 1, or 2 for the proof.
    capture: u8,
    poor: u8,
    /// The slot was free, and the finger was asked for.
    asked: bool,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look,
    Ask,
    Store,
    Lift,
    Lifting,
    Prove,
    Undo(Fault),
    Over,
}

type Next = nb::Result<Option<Told<(), Event>>, Fault>;

impl Enrol {
    pub(in crate::fingerprint::sfm) const fn new(slot: Slot, patience: Patience) -> Self {
        let waiting = Waiting::new(patience);
        Self { slot, waiting, capture: 1, poor: POOR, asked: false, state: State::Look }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> Next {
        match self.state {
            State::Look => self.state = self.look(session)?,
            State::Ask => {
                self.asked = true;
                self.waiting.renew();
                self.state = if self.capture == 1 { State::Store } else { State::Prove };
                return tell(Enrolment::Place(self.capture));
            }
            State::Store => return self.store(session),
            State::Lift => {
                self.waiting.renew();
                self.state = State::Lifting;
                return tell(Enrolment::Lift);
            }
            State::Lifting => {
                self.lifted(session)?;
                self.state = State::Ask;
            }
            State::Prove => return self.prove(session),
            State::Undo(fault) => {
                self.undo(session)?;
                return Err(fault.into());
            }
            State::Over => return Ok(Some(Told::Done(()))),
        }
        Ok(None)
    }

    /// Free, or ours: stored before the line failed.
    fn look(&mut self, session: &mut Session<'_>) -> nb::Result<State, Fault> {
        let free = templates(session, self.slot)? == 0;
        match (free, self.asked) {
            (true, false) => Ok(State::Ask),
            (true, true) => Ok(State::Store),
            (false, true) if session.link().unproven == Some(self.slot) => {
                self.capture = 2;
                Ok(State::Lift)
            }
            (false, _) => Err(Fault::Occupied(self.slot).into()),
        }
    }

    fn store(&mut self, session: &mut Session<'_>) -> Next {
        let request = Request::enrol(self.slot);
        session.library()?;
        self.waiting.begin(session.now(), session.config().timing.finger);
        session.link().unproven = Some(self.slot);
        let code = Code::from(session.ask(&request)?.flag);
        if code == Code::Success {
            self.capture = 2;
            self.state = State::Lift;
            return Ok(None);
        }
        // Whatever else it says, a template may be there.
        if let Code::TimeOut
        | Code::ScanFail
        | Code::TryAgain
        | Code::FakeDetected
        | Code::ExistingId = code
        {
            session.link().unproven = None;
        }
        match code {
            Code::TimeOut => {
                self.waiting.again(session.now(), Fault::NoFinger)?;
                Ok(None)
            }
            Code::ExistingFinger | Code::DuressFinger => Err(Fault::Duplicate.into()),
            Code::ExistingId => Err(Fault::Occupied(self.slot).into()),
            code => self.failed(capture(&request, code)),
        }
    }

    fn prove(&mut self, session: &mut Session<'_>) -> Next {
        match scan(session, &Request::verify(self.slot), &mut self.waiting) {
            Ok(Some(hit)) if !hit.duress => {
                session.link().unproven = None;
                self.state = State::Over;
                tell(Enrolment::Stored(self.slot))
            }
            Ok(_) => Err(Fault::DifferentFingers.into()),
            Err(nb::Error::Other(fault)) => self.failed(fault),
            Err(nb::Error::WouldBlock) => Err(nb::Error::WouldBlock),
        }
    }

    /// A capture is poor: the same one again, if there were not too many.
    fn failed(&mut self, fault: Fault) -> Next {
        let Fault::Poor(quality) = fault else { return Err(fault.into()) };
        self.poor(quality)
    }

    fn poor(&mut self, quality: Quality) -> Next {
        self.poor = self.poor.checked_sub(1).ok_or(Fault::Poor(quality))?;
        self.state = State::Lift;
        tell(Enrolment::Poor(quality))
    }

    fn lifted(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        self.waiting.begin(session.now(), session.config().timing.lift);
        while Code::from(session.ask(&Request::identify())?.flag) != Code::TimeOut {
            self.waiting.again(session.now(), Fault::NotLifted)?;
        }
        Ok(())
    }

    fn undo(&self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        match Code::from(session.ask(&Request::delete(self.slot))?.flag) {
            Code::Success | Code::NotFound => session.link().unproven = None,
            code => return Err(Fault::Refused(DT, code).into()),
        }
        Ok(())
    }

    /// Goes on after a fault, where it can: a line fault leads back to where it
    /// is sure; what was stored for nothing is deleted before the others are
    /// told.
    fn recover(&mut self, session: &mut Session<'_>, fault: Fault) -> Result<(), Fault> {
        let forgiven = session.forgive(fault);
        self.state = match self.state {
            state if forgiven.is_ok() => match state {
                State::Store => State::Look,
                state => state,
            },
            State::Undo(_) => return Err(fault),
            _ if session.link().unproven == Some(self.slot) && !fault.is_line() => {
                State::Undo(fault)
            }
            _ => return Err(fault),
        };
        self.waiting.renew();
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
                Err(nb::Error::Other(fault)) => self.recover(session, fault)?,
            }
        }
    }
}
