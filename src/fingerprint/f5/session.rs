use super::ack::Ack;
use super::command::{CaptureTime, Command, Count, Privilege};
use super::config::Config;
use super::fault::Fault;
use super::script::{self, Delete, Enrol, Identify};
use super::wire::Frames;
use crate::fingerprint::script::{Family, Patience, Wait};
use crate::fingerprint::wire::{Pace, Progress, Silence, Wire};
use crate::fingerprint::{Capabilities, Slot};
use crate::port::Instant;

/// How often a session is opened before the line is given up.
const OPENINGS: u8 = 3;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    config: Config,
    wire: Wire<Frames>,
    stage: Stage,
    openings: u8,
    retries: u8,
    wait: Wait,
}

/// How far the opening of a session is: two commands whose answers differ, one
/// of them being how long the module is to wait for a finger. The two in a row
/// say that nothing is outstanding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Closed,
    Count,
    Open,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            config,
            wire: Wire::new(Frames::new()),
            stage: Stage::Closed,
            openings: OPENINGS,
            retries: 0,
            wait: Wait::Pause(Instant::ZERO),
        }
    }

    pub(super) fn close(&mut self) {
        self.wire.abandon();
        self.stage = Stage::Closed;
    }

    fn open(&mut self, now: Instant) -> nb::Result<(), Fault> {
        while self.stage != Stage::Open {
            match self.opening(now) {
                Ok(stage) => self.stage = stage,
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

    /// One stage of the opening; the next one.
    fn opening(&mut self, now: Instant) -> nb::Result<Stage, Fault> {
        match self.stage {
            Stage::Closed => {
                let time = CaptureTime(self.config.images());
                let set = self.exchange(&time, Silence::Settle, now)?;
                set.map_err(|ack| Fault::Refused(CaptureTime::CODE, ack))?;
                Ok(Stage::Count)
            }
            Stage::Count => {
                let count = self.exchange(&Count, Silence::Quiet, now)?;
                count.map_err(|ack| Fault::Refused(Count::CODE, ack))?;
                Ok(Stage::Open)
            }
            Stage::Open => Ok(Stage::Open),
        }
    }

    fn ask<C: Command>(&mut self, command: &C, now: Instant) -> Answer<C::Reply> {
        self.open(now)?;
        let answer = self.exchange(command, Silence::Quiet, now);
        if let Err(nb::Error::Other(_)) = answer {
            self.close();
        }
        answer
    }

    fn exchange<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        let timing = &self.config.timing;
        let pace = Pace {
            quiet: timing.quiet,
            settle: timing.settle,
            gap: timing.gap,
            reply: timing.reply,
        };
        if self.wire.is_idle() {
            self.wire.frames.begin(command);
            self.wire.begin(silence, command.time(&self.config), pace, now);
        }
        match self.wire.poll(pace, now)? {
            Progress::Answered | Progress::Piece => command
                .decode(self.wire.frames.answer())
                .ok_or(nb::Error::Other(Fault::OutOfStep(C::CODE))),
            Progress::Waiting(wait) => {
                self.wait = wait;
                Err(nb::Error::WouldBlock)
            }
        }
    }
}

impl Family for Link {
    type Session<'a> = Session<'a>;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Delete;
    type Count = script::Count;

    fn identify(slot: Option<Slot>, patience: Patience) -> Identify {
        Identify::new(slot, patience)
    }

    fn enrol(slot: Slot, patience: Patience) -> Enrol {
        Enrol::new(slot, patience)
    }

    fn delete(slot: Slot) -> Delete {
        Delete::new(slot)
    }

    fn count() -> script::Count {
        script::Count::new()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::DUPLICATES
    }

    fn begin(&mut self) {
        if !self.wire.is_idle() {
            self.close();
        }
        self.retries = self.config.retries;
        self.openings = OPENINGS;
    }

    fn session(&mut self, now: Instant) -> Session<'_> {
        Session::new(self, now)
    }

    fn wait(&self) -> Wait {
        self.wait
    }

    fn outgoing(&self) -> &[u8] {
        self.wire.outgoing()
    }

    fn sent(&mut self, n: usize) {
        self.wire.sent(n);
    }

    fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.wire.received(bytes, now)
    }
}

/// A good answer, or a refusal that the command provides for.
pub type Answer<T> = nb::Result<Result<T, Ack>, Fault>;

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

    /// Ends the session; the next command opens another.
    pub fn close(&mut self) {
        self.link.close();
    }

    /// Opens a session where there is none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn open(&mut self) -> nb::Result<(), Fault> {
        self.link.open(self.now)
    }

    /// Sends a command, or goes on with it: ask for the same one until it is
    /// answered. Opens a session first where there is none.
    ///
    /// An answer is sure only once that to another command has come behind it:
    /// see [`Ask`](super::Ask), which sees to it.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask<C: Command>(&mut self, command: &C) -> Answer<C::Reply> {
        self.link.ask(command, self.now)
    }

    /// Makes sure that no answer is outstanding: that to `C` is believed only
    /// if this passes behind it. Had an earlier one taken its place, it would
    /// itself now stand where one to another command is due.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn seal<C: Command>(&mut self) -> nb::Result<(), Fault> {
        if C::CODE == Count::CODE {
            self.ask(&Privilege(Slot(0))).map(drop)
        } else {
            self.ask(&Count).map(drop)
        }
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`].
    pub fn check(&self, slot: Slot) -> Result<(), Fault> {
        if slot.0 < self.link.config.capacity { Ok(()) } else { Err(Fault::Slot(slot)) }
    }

    /// Waits.
    ///
    /// # Errors
    /// `WouldBlock` until then.
    pub fn wait_until(&mut self, until: Instant) -> nb::Result<(), Fault> {
        if self.now >= until {
            return Ok(());
        }
        self.link.wait = Wait::Pause(until);
        Err(nb::Error::WouldBlock)
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
