use super::{Event, Script};
use crate::fingerprint::zfm::config::Password;
use crate::fingerprint::zfm::doubt::Doubt;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::port::Told;

/// What is tried to find a module again. Of an empty list, only what the host
/// has now.
#[derive(Clone, Copy, Debug)]
pub struct Candidates<'a> {
    /// Speeds, in bits a second; the first one is set again if none fits. Empty
    /// for a port whose speed cannot be set.
    pub bauds: &'a [u32],
    /// Addresses. That of a module that answers with another one is tried too.
    pub addresses: &'a [u32],
    /// Passwords.
    pub passwords: &'a [Password],
}

/// Where a module was found; the driver's configuration says the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Recovered {
    /// Its speed, if speeds were tried.
    pub baud: Option<u32>,
    /// Its address.
    pub address: u32,
    /// Which of the passwords is its.
    pub password: usize,
}

/// Tries speeds, addresses and passwords until a session can be opened: each
/// combination once at most.
#[derive(Clone, Debug)]
pub struct Recover<'a> {
    candidates: Candidates<'a>,
    /// Indices of the next combination.
    baud: usize,
    address: usize,
    password: usize,
    /// The address that a module answered with at this speed.
    hint: Option<u32>,
    /// The configuration as it was.
    before: Option<(u32, Password, Option<Doubt>)>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Tune,
    Try,
    Open,
    GiveUp,
}

impl<'a> Recover<'a> {
    pub(in crate::fingerprint::zfm) const fn new(candidates: Candidates<'a>) -> Self {
        Self {
            candidates,
            baud: 0,
            address: 0,
            password: 0,
            hint: None,
            before: None,
            state: State::Tune,
        }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Recovered, Fault> {
        loop {
            match self.state {
                State::Tune => {
                    self.state = State::Try;
                    if let Some(baud) = self.candidates.bauds.get(self.baud) {
                        session.tune(*baud)?;
                    }
                }
                State::Try => self.aim(session),
                State::Open => match session.open() {
                    Ok(()) => return Ok(self.found(session)),
                    Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                    Err(nb::Error::Other(fault)) => self.missed(fault, session)?,
                },
                State::GiveUp => return Err(Fault::Nowhere.into()),
            }
            if let State::GiveUp = self.state {
                self.restore(session)?;
            }
        }
    }

    /// Takes the next combination for the configuration.
    fn aim(&mut self, session: &mut Session<'_>) {
        session.close();
        let doubt = session.link().doubt.take();
        let config = session.link().config_mut();
        let before = self.before.get_or_insert((config.address, config.password.clone(), doubt));
        let address = self.candidates.addresses.get(self.address).copied();
        config.address = self.hint.or(address).unwrap_or(before.0);
        let password = self.candidates.passwords.get(self.password);
        config.password = password.unwrap_or(&before.1).clone();
        self.state = State::Open;
    }

    /// What to try next.
    fn missed(&mut self, fault: Fault, session: &mut Session<'_>) -> Result<(), Fault> {
        self.state = State::Try;
        match fault {
            Fault::Password => {
                self.password += 1;
                if self.password >= self.candidates.passwords.len() {
                    self.keep_password(session);
                    return Err(fault);
                }
            }
            Fault::Foreign(address) if self.hint.is_none() => self.hint = Some(address),
            fault if fault.is_line() || fault == Fault::Restarted => self.next_address(),
            fault => return Err(fault),
        }
        Ok(())
    }

    fn next_address(&mut self) {
        self.hint = None;
        self.address += 1;
        self.password = 0;
        if self.address >= self.candidates.addresses.len().max(1) {
            self.address = 0;
            self.baud += 1;
            self.state = State::Tune;
        }
        if self.baud >= self.candidates.bauds.len().max(1) {
            self.state = State::GiveUp;
        }
    }

    fn found(&self, session: &Session<'_>) -> Recovered {
        Recovered {
            baud: self.candidates.bauds.get(self.baud).copied(),
            address: session.config().address,
            password: self.password,
        }
    }

    /// The module is found, and wants none of these passwords: the own one, or
    /// the two that are in doubt, were not among them.
    fn keep_password(&mut self, session: &mut Session<'_>) {
        if let Some((_, password, doubt)) = self.before.take() {
            let link = session.link();
            link.config_mut().password = password;
            link.doubt = doubt.filter(Doubt::is_of_password);
        }
    }

    fn restore(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        if let Some((address, password, doubt)) = self.before.take() {
            let link = session.link();
            link.doubt = doubt;
            let config = link.config_mut();
            (config.address, config.password) = (address, password);
        }
        self.candidates.bauds.first().map_or(Ok(()), |baud| session.tune(*baud))
    }
}

impl Script for Recover<'_> {
    type Link = Link;
    type Output = Recovered;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Recovered, Event>, Fault> {
        self.advance(session).map(Told::Done)
    }
}
