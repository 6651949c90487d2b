use super::refused;
use crate::fingerprint::Event;
use crate::fingerprint::f5::command::{self, Command};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::f5::speed::Speed;
use crate::fingerprint::script::Script;
use crate::port::Told;

const CODE: u8 = command::SetBaud::CODE;
const SPEEDS: &[u32] = command::SetBaud::SPEEDS;

/// Changes the speed: see [`F5::set_baud`](crate::fingerprint::f5::F5::set_baud).
#[derive(Clone, Copy, Debug)]
pub struct SetBaud {
    set: command::SetBaud,
    step: Step,
    /// Why it may not have been taken.
    refused: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    Send,
    Prove,
}

impl SetBaud {
    pub(in crate::fingerprint::f5) const fn new(baud: u32) -> Self {
        Self { set: command::SetBaud(baud), step: Step::Begin, refused: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            match self.step {
                Step::Begin => {
                    if !SPEEDS.contains(&self.set.0) {
                        return Err(Fault::Value(CODE).into());
                    }
                    session.open()?;
                    self.step = Step::Send;
                    // A port that cannot be set is found out before anything
                    // is sent.
                    let now = session.speed().baud();
                    return session.set_port(now);
                }
                Step::Send => {
                    self.send(session)?;
                    session.close();
                    self.step = Step::Prove;
                }
                Step::Prove => {
                    session.open()?;
                    let not_taken = self.refused.unwrap_or(Fault::NotTaken(CODE));
                    let taken = session.speed().baud() == self.set.0;
                    return if taken { Ok(()) } else { Err(not_taken.into()) };
                }
            }
        }
    }

    fn send(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.speed().doubt(self.set.0);
        match session.ask(&self.set) {
            Ok(Ok(())) => _ = session.speed().swap(),
            Ok(Err(ack)) => self.refused = Some(refused::<command::SetBaud>(ack)),
            Err(nb::Error::Other(fault)) if fault.is_line() => {
                self.refused = Some(fault);
                session.speed().swap();
            }
            Err(nb::Error::Other(fault)) => self.refused = Some(fault),
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
        }
        Ok(())
    }
}

impl Script for SetBaud {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        self.advance(session).map(Told::Done)
    }
}

/// Looks for the module at every speed: see [`F5::recover`](crate::fingerprint::f5::F5::recover).
#[derive(Clone, Copy, Debug)]
pub struct Recover {
    /// The speed of the port.
    before: Option<u32>,
    /// Which of the speeds is next; the port's own comes before the first.
    next: usize,
    tuned: bool,
    /// Why the last one was not it.
    missed: Option<Fault>,
}

impl Recover {
    pub(in crate::fingerprint::f5) const fn new() -> Self {
        Self { before: None, next: 0, tuned: false, missed: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<u32, Fault> {
        loop {
            if !self.tuned {
                self.tuned = true;
                return self.tune(session);
            }
            if let (true, Some(fault)) = (self.is_over(), self.missed) {
                return Err(fault.into());
            }
            match session.open() {
                Err(nb::Error::Other(fault)) if fault.is_line() => {
                    (self.tuned, self.missed) = (false, Some(fault));
                }
                result => return result.map(|()| session.speed().baud()),
            }
        }
    }

    /// All speeds were tried, and the port has its own again.
    fn is_over(&self) -> bool {
        self.next > SPEEDS.len().saturating_add(1)
    }

    fn tune<T>(&mut self, session: &mut Session<'_>) -> nb::Result<T, Fault> {
        let before = *self.before.get_or_insert(session.speed().baud());
        let next = self.next.checked_sub(1).and_then(|at| SPEEDS.get(at));
        let baud = *next.unwrap_or(&before);
        self.next = self.next.saturating_add(1);
        *session.speed() = Speed::new(baud);
        session.close();
        session.set_port(baud)
    }
}

impl Script for Recover {
    type Link = Link;
    type Output = u32;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<u32, Event>, Fault> {
        self.advance(session).map(Told::Done)
    }
}
