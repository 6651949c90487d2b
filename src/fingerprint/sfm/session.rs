use super::code::Code;
use super::command::{DT, ES, Parameter, Request, VS};
use super::config::Config;
use super::fault::Fault;
use super::packet::Packet;
use super::wire::{Progress, Silence, Wait, Wire};
use crate::fingerprint::{Library, Slot};
use crate::port::Instant;

/// How often a session is opened before the line is given up.
const OPENINGS: u8 = 3;

/// The status of a module that is well and has nothing to do.
const ALIVE: u32 = 0x30;

/// 30h plus a second: how long the module waits for a finger before it says
/// that none came.
const ONE_SECOND: u32 = 0x31;

/// One scan, one template.
const ONE_TIME: u32 = 0x30;

/// An empty library matches nobody.
const FAIL_WHEN_EMPTY: u32 = 0x30;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    config: Config,
    wire: Wire,
    /// The next step of the opening; `None` when the session is open.
    opening: Option<Opening>,
    openings: u8,
    retries: u8,
    available: u32,
    library: Library,
    /// A response that is believed once another one has come behind it.
    held: Option<Packet>,
    /// Where an enrolment stored a template that it has not proven yet.
    pub(super) unproven: Option<Slot>,
    rollback: Option<Slot>,
    wait: Wait,
}

/// The steps of an opening, in order.
#[derive(Clone, Copy, Debug)]
enum Opening {
    Cancel,
    FingerTime,
    OneScan,
    EmptyLibrary,
    Available,
    Enrolled,
    Rollback,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            config,
            wire: Wire::new(config.terminal.is_some()),
            opening: Some(Opening::Cancel),
            openings: OPENINGS,
            retries: 0,
            available: 0,
            library: Library { stored: 0, capacity: 0 },
            held: None,
            unproven: None,
            rollback: None,
            wait: Wait::Receive(Instant::ZERO),
        }
    }

    /// A conversation begins; one that was dropped half way leaves a response
    /// outstanding, or a template that nobody asked for.
    pub(super) fn begin(&mut self) {
        self.rollback = self.unproven;
        if !self.wire.is_idle() || self.held.is_some() || self.rollback.is_some() {
            self.close();
        }
        self.retries = self.config.retries;
        self.openings = OPENINGS;
    }

    pub(super) fn close(&mut self) {
        self.wire.abandon();
        self.held = None;
        self.opening = Some(Opening::Cancel);
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

    fn open(&mut self, now: Instant) -> nb::Result<(), Fault> {
        while let Some(step) = self.opening {
            match self.step(step, now) {
                Ok(next) => self.opening = next,
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

    /// One step of the opening; the next one.
    fn step(&mut self, step: Opening, now: Instant) -> nb::Result<Option<Opening>, Fault> {
        let set = Request::write;
        match step {
            Opening::Cancel => {
                self.exchange(&Request::cancel(), Silence::Settle, now)?;
                Ok(Some(Opening::FingerTime))
            }
            Opening::FingerTime => {
                self.done(&set(Parameter::TIMEOUT, ONE_SECOND), now)?;
                Ok(Some(Opening::OneScan))
            }
            Opening::OneScan => {
                self.done(&set(Parameter::ENROLL_MODE, ONE_TIME), now)?;
                Ok(Some(Opening::EmptyLibrary))
            }
            Opening::EmptyLibrary => {
                match self.done(&set(Parameter::PASS_WHEN_EMPTY, FAIL_WHEN_EMPTY), now) {
                    // A module without the switch has no such trap either.
                    Err(nb::Error::Other(Fault::Unsupported(_))) => {}
                    result => drop(result?),
                }
                Ok(Some(Opening::Available))
            }
            Opening::Available => {
                self.available = self.done(&Request::read(Parameter::AVAILABLE_FINGER), now)?.size;
                Ok(Some(Opening::Enrolled))
            }
            Opening::Enrolled => {
                let stored = self.done(&Request::read(Parameter::ENROLLED_FINGER), now)?.size;
                self.library = library(stored, self.available);
                Ok(self.rollback.map(|_| Opening::Rollback))
            }
            Opening::Rollback => {
                if let Some(slot) = self.rollback {
                    self.forget(slot, now)?;
                }
                self.rollback = None;
                Ok(None)
            }
        }
    }

    /// Deletes what an enrolment stored and did not prove.
    fn forget(&mut self, slot: Slot, now: Instant) -> nb::Result<(), Fault> {
        let deleted = self.sealed(&Request::delete(slot), now)?;
        match Code::from(deleted.flag) {
            Code::Success | Code::NotFound => self.unproven = None,
            code => return Err(Fault::Refused(DT, code).into()),
        }
        Ok(())
    }

    /// A command that is to succeed.
    fn done(&mut self, request: &Request, now: Instant) -> nb::Result<Packet, Fault> {
        done(request, self.sealed(request, now)?).map_err(nb::Error::Other)
    }

    /// A response that is believed because the status came behind it: had an
    /// earlier one to the same command taken its place, it would itself now
    /// stand where the status is due, or the module would still be busy.
    fn sealed(&mut self, request: &Request, now: Instant) -> nb::Result<Packet, Fault> {
        let held = match self.held {
            Some(held) => held,
            None => self.exchange(request, Silence::Quiet, now)?,
        };
        self.held = Some(held);
        let status = self.exchange(&Request::status(), Silence::Quiet, now)?;
        if status.param != ALIVE {
            return Err(Fault::Status(status.param).into());
        }
        self.held = None;
        Ok(held)
    }

    fn exchange(
        &mut self,
        request: &Request,
        silence: Silence,
        now: Instant,
    ) -> nb::Result<Packet, Fault> {
        if self.wire.is_idle() {
            self.wire.begin(request, silence, &self.config, now);
        }
        match self.wire.poll(&self.config, now)? {
            Progress::Answered(packet) => judge(request, packet).map_err(nb::Error::Other),
            Progress::Waiting(wait) => {
                self.wait = wait;
                Err(nb::Error::WouldBlock)
            }
        }
    }
}

/// Whether this can be the response to that request.
fn judge(request: &Request, packet: Packet) -> Result<Packet, Fault> {
    let command = request.command;
    match Code::from(packet.flag) {
        Code::Busy => Err(Fault::Busy(command)),
        Code::DataError => Err(Fault::Garbled(command)),
        Code::Unsupported => Err(Fault::Unsupported(command)),
        Code::Locked => Err(Fault::Locked),
        // Nobody cancelled it.
        Code::Cancelled | Code::Other(_) => Err(Fault::OutOfStep(command)),
        // They name whom they are about.
        Code::Success | Code::DuressFinger
            if matches!(command, VS | ES) && packet.param != request.param =>
        {
            Err(Fault::OutOfStep(command))
        }
        _ => Ok(packet),
    }
}

fn done(request: &Request, packet: Packet) -> Result<Packet, Fault> {
    match Code::from(packet.flag) {
        Code::Success => Ok(packet),
        code => Err(Fault::Refused(request.command, code)),
    }
}

/// As far as slots can be counted.
fn library(stored: u32, available: u32) -> Library {
    let capacity = stored.saturating_add(available);
    let count = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    Library { stored: count(stored), capacity: count(capacity) }
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

    pub(super) fn link(&mut self) -> &mut Link {
        self.link
    }

    /// Sends a command and makes sure of its response, or goes on with it: ask
    /// for the same one until it is answered. Opens a session first where
    /// there is none.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask(&mut self, request: &Request) -> nb::Result<Packet, Fault> {
        self.link.open(self.now)?;
        let answer = self.link.sealed(request, self.now);
        if let Err(nb::Error::Other(_)) = answer {
            self.link.close();
        }
        answer
    }

    /// The same, for a command that is to succeed.
    ///
    /// # Errors
    /// [`Fault::Refused`], else as [`ask`](Self::ask).
    pub fn demand(&mut self, request: &Request) -> nb::Result<Packet, Fault> {
        done(request, self.ask(request)?).map_err(nb::Error::Other)
    }

    /// How full the library was when the session was opened.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn library(&mut self) -> nb::Result<Library, Fault> {
        self.link.open(self.now)?;
        Ok(self.link.library)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`], else as [`ask`](Self::ask).
    pub fn check(&mut self, slot: Slot) -> nb::Result<(), Fault> {
        if slot.0 < self.library()?.capacity { Ok(()) } else { Err(Fault::Slot(slot).into()) }
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
