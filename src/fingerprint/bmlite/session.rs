use super::command::{Answer, Outcome, Request};
use super::config::Config;
use super::fault::Fault;
use super::wire::{Progress, Silence, Wait, Wire};
use crate::fingerprint::Slot;
use crate::port::Instant;

/// How often a session is opened before the line is given up.
const OPENINGS: u8 = 3;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    config: Config,
    wire: Wire,
    open: bool,
    openings: u8,
    retries: u8,
    /// An answer that is believed once another one has come behind it.
    held: Option<Answer>,
    wait: Wait,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            config,
            wire: Wire::new(),
            open: false,
            openings: OPENINGS,
            retries: 0,
            held: None,
            wait: Wait::Receive(Instant::ZERO),
        }
    }

    /// A conversation begins; one that was dropped half way leaves an answer
    /// outstanding.
    pub(super) fn begin(&mut self) {
        if !self.wire.is_idle() || self.held.is_some() {
            self.close();
        }
        self.retries = self.config.retries;
        self.openings = OPENINGS;
    }

    pub(super) fn close(&mut self) {
        self.wire.abandon();
        self.held = None;
        self.open = false;
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(super) fn wire_mut(&mut self) -> &mut Wire {
        &mut self.wire
    }

    /// What the face is to do when a script would block.
    pub(super) fn wait(&self) -> Wait {
        self.wait
    }

    /// Asks for the version, past whatever is left over, and then for the
    /// count, which only its own answer can follow.
    fn open(&mut self, now: Instant) -> nb::Result<(), Fault> {
        while !self.open {
            match self.opening(now) {
                Ok(()) => self.open = true,
                Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                Err(nb::Error::Other(fault)) => {
                    self.close();
                    self.openings = self.openings.saturating_sub(1);
                    if !fault.is_line() || self.openings == 0 {
                        self.retries = 0;
                        return Err(nb::Error::Other(fault));
                    }
                }
            }
        }
        self.openings = OPENINGS;
        Ok(())
    }

    fn opening(&mut self, now: Instant) -> nb::Result<(), Fault> {
        if self.held.is_none() {
            self.held = Some(self.exchange(&Request::version(), Silence::Settle, now)?);
        }
        self.exchange(&Request::count(), Silence::Quiet, now)?;
        self.held = None;
        Ok(())
    }

    /// An answer that is believed because that to another command came behind
    /// it: had an earlier one to the same command taken its place, it would
    /// itself now stand where the version is due.
    fn sealed(&mut self, request: &Request, now: Instant) -> nb::Result<Answer, Fault> {
        let held = match self.held {
            Some(held) => held,
            None => self.exchange(request, Silence::Quiet, now)?,
        };
        self.held = Some(held);
        self.exchange(&Request::version(), Silence::Quiet, now)?;
        self.held = None;
        Ok(held)
    }

    fn exchange(
        &mut self,
        request: &Request,
        silence: Silence,
        now: Instant,
    ) -> nb::Result<Answer, Fault> {
        if self.wire.is_idle() {
            self.wire.begin(request, silence, &self.config, now);
        }
        match self.wire.poll(&self.config, now)? {
            Progress::Answered(answer) => Ok(answer),
            Progress::Waiting(wait) => {
                self.wait = wait;
                Err(nb::Error::WouldBlock)
            }
        }
    }
}

/// What a [`Script`](super::Script) speaks to the module through.
#[derive(Debug)]
pub struct Session<'a> {
    link: &'a mut Link,
    now: Instant,
}

impl<'a> Session<'a> {
    pub(super) fn new(link: &'a mut Link, now: Instant) -> Self {
        Self { link, now }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The driver's configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.link.config
    }

    /// Opens a session where there is none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn open(&mut self) -> nb::Result<(), Fault> {
        self.link.open(self.now)
    }

    /// Sends a command and makes sure of its answer, or goes on with it: ask
    /// for the same one until it is answered. Opens a session first where
    /// there is none.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask(&mut self, request: &Request) -> nb::Result<Answer, Fault> {
        self.link.open(self.now)?;
        let answer = self.link.sealed(request, self.now);
        if let Err(nb::Error::Other(_)) = answer {
            self.link.close();
        }
        answer
    }

    /// The same, for a command that is to be done.
    ///
    /// # Errors
    /// [`Fault::Refused`], or [`Fault::Poor`] if the image was to blame; else
    /// as [`ask`](Self::ask).
    pub fn demand(&mut self, request: &Request) -> nb::Result<Answer, Fault> {
        let answer = self.ask(request)?;
        match answer.outcome {
            Outcome::OK => Ok(answer),
            outcome if outcome.is_poor() => {
                Err(Fault::Poor(crate::fingerprint::Quality::Unclear).into())
            }
            outcome => Err(Fault::Refused(request.command(), outcome).into()),
        }
    }

    /// An answer does not have what belongs to it.
    pub(super) fn out_of_step(&mut self, request: &Request) -> nb::Error<Fault> {
        self.link.close();
        Fault::OutOfStep(request.command()).into()
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`].
    pub fn check(&self, slot: Slot) -> Result<(), Fault> {
        if slot.0 < self.config().slots() { Ok(()) } else { Err(Fault::Slot(slot)) }
    }

    /// Whether a fault may be passed over, so that the script can begin again
    /// from where it is sure.
    ///
    /// # Errors
    /// The fault, if the line is not to blame or was to blame too often.
    pub fn forgive(&mut self, fault: Fault) -> Result<(), Fault> {
        match self.link.retries.checked_sub(1) {
            Some(left) if fault.is_line() => {
                self.link.retries = left;
                Ok(())
            }
            _ => Err(fault),
        }
    }
}
