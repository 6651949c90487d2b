use super::refused;
use crate::fingerprint::Event;
use crate::fingerprint::gt511::command::{ChangeBaud, Command};
use crate::fingerprint::gt511::config::SPEEDS;
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::link::Link;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::Script;
use crate::port::Told;

/// Changes the speed of module and port.
///
/// Whatever becomes of the answer, a session is opened at the new speed; if
/// nobody answers there, at the old one. Until one of them is proven, in this
/// call or another one, neither is forgotten.
#[derive(Clone, Copy, Debug)]
pub struct SetBaud {
    new: u32,
    state: State,
    refused: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Begin,
    Send,
    Prove,
}

impl SetBaud {
    pub(in crate::fingerprint::gt511) const fn new(new: u32) -> Self {
        Self { new, state: State::Begin, refused: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            match self.state {
                State::Begin => self.begin(session)?,
                State::Send => {
                    self.send(session)?;
                    session.close();
                    self.state = State::Prove;
                }
                State::Prove => {
                    session.open()?;
                    let fault = self.refused.unwrap_or(Fault::NotTaken(ChangeBaud::CODE));
                    let taken = session.config().baud == self.new;
                    return if taken { Ok(()) } else { Err(fault.into()) };
                }
            }
        }
    }

    /// A port whose speed cannot be set is found out before anything is sent.
    fn begin(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        if !SPEEDS.contains(&self.new) {
            return Err(Fault::Baud(self.new).into());
        }
        session.open()?;
        self.state = State::Send;
        session.tune(session.config().baud)
    }

    fn send(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.doubt(Some(self.new));
        match session.ask(&ChangeBaud(self.new)) {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Ok(Ok(())) => session.swap(),
            Ok(Err(nack)) => self.refused = Some(refused::<ChangeBaud>(nack)),
            Err(nb::Error::Other(fault)) => {
                self.refused = Some(fault);
                if fault.is_line() {
                    session.swap();
                }
            }
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

/// Looks for the module at each of its speeds, once.
#[derive(Clone, Copy, Debug)]
pub struct Recover {
    /// Speeds that were begun with.
    begun: usize,
    before: Option<u32>,
    state: Seek,
}

#[derive(Clone, Copy, Debug)]
enum Seek {
    Next,
    Call,
    Open,
    GiveUp,
}

impl Recover {
    pub(in crate::fingerprint::gt511) const fn new() -> Self {
        Self { begun: 0, before: None, state: Seek::Next }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<u32, Fault> {
        loop {
            match self.state {
                Seek::Next => self.next(session)?,
                Seek::Call => match session.call() {
                    Ok(()) => self.state = Seek::Open,
                    Err(nb::Error::Other(fault)) if fault.is_line() => self.state = Seek::Next,
                    Err(error) => return Err(error),
                },
                Seek::Open => {
                    session.open()?;
                    return Ok(session.config().baud);
                }
                Seek::GiveUp => return Err(Fault::Nowhere.into()),
            }
        }
    }

    /// The next speed; behind the last one, that from before again.
    fn next(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let before = *self.before.get_or_insert(session.config().baud);
        session.close();
        session.doubt(None);
        let next = SPEEDS.get(self.begun).copied();
        self.begun = self.begun.saturating_add(1);
        self.state = if next.is_some() { Seek::Call } else { Seek::GiveUp };
        session.tune(next.unwrap_or(before))
    }
}

impl Script for Recover {
    type Link = Link;
    type Output = u32;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<u32, Event>, Fault> {
        self.advance(session).map(Told::Done)
    }
}
