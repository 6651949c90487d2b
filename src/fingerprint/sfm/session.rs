use super::code::Code;
use super::command::{DT, ES, Parameter, Request, VS};
use super::config::{Config, Timing};
use super::fault::Fault;
use super::packet::Packet;
use super::script::{Count, Delete, Enrol, Identify};
use super::transfer::Cargo;
use super::wire::Packets;
use crate::fingerprint::link::{Core, Family};
use crate::fingerprint::script::Patience;
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{Alarm, Capabilities, Event, Library, SensorId, Slot, Warns};
use crate::port::Instant;

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
    core: Core<Self>,
    available: u32,
    library: Library,
    /// A response that is believed once another one has come behind it.
    held: Option<Packet>,
    /// Where an enrolment stored a template that it has not proven yet.
    pub(super) unproven: Option<Slot>,
    rollback: Option<Slot>,
    /// The module, as it said last.
    pub(super) identity: Option<SensorId>,
}

/// The stages of an opening, in order.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    Cancel,
    FingerTime,
    OneScan,
    EmptyLibrary,
    Available,
    Enrolled,
    /// An enrolment before left a template here.
    Rollback(Slot),
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            core: Core::new(config, Packets::new(config.terminal.is_some())),
            available: 0,
            library: Library { stored: 0, capacity: 0 },
            held: None,
            unproven: None,
            rollback: None,
            identity: None,
        }
    }

    /// Deletes what an enrolment stored and did not prove.
    fn forget(&mut self, slot: Slot, now: Instant) -> nb::Result<(), Fault> {
        let deleted = self.sealed(&Request::delete(slot), Cargo::None, now)?;
        match Code::from(deleted.flag) {
            Code::Success | Code::NotFound => self.unproven = None,
            code => return Err(Fault::Refused(DT, code).into()),
        }
        Ok(())
    }

    /// A command that is to succeed.
    fn done(&mut self, request: &Request, now: Instant) -> nb::Result<Packet, Fault> {
        done(request, self.sealed(request, Cargo::None, now)?).map_err(nb::Error::Other)
    }

    /// A response that is believed because the status came behind it: had an
    /// earlier one to the same command taken its place, it would itself now
    /// stand where the status is due, or the module would still be busy.
    pub(super) fn sealed(
        &mut self,
        request: &Request,
        cargo: Cargo<'_>,
        now: Instant,
    ) -> nb::Result<Packet, Fault> {
        let held = match self.held {
            Some(held) => held,
            None => self.exchange(request, cargo, Silence::Quiet, now)?,
        };
        self.held = Some(held);
        let status = self.exchange(&Request::status(), Cargo::None, Silence::Quiet, now)?;
        if status.param != ALIVE {
            return Err(Fault::Status(status.param).into());
        }
        self.held = None;
        Ok(held)
    }

    fn exchange(
        &mut self,
        request: &Request,
        mut cargo: Cargo<'_>,
        silence: Silence,
        now: Instant,
    ) -> nb::Result<Packet, Fault> {
        self.core.transfer(
            silence,
            now,
            |packets, config| Ok(packets.begin(request, config, silence)),
            |packets| cargo.shift(request, packets),
        )?;
        Ok(judge(request, self.core.frames().response())?)
    }
}

impl Family for Link {
    type Config = Config;
    type Frames = Packets;
    type Stage = Stage;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Delete;
    type Count = Count;

    const FIRST: Stage = Stage::Cancel;

    fn identify(slot: Option<Slot>, patience: Patience) -> Identify {
        Identify::new(slot, patience)
    }

    fn enrol(slot: Slot, patience: Patience) -> Enrol {
        Enrol::new(slot, patience)
    }

    fn delete(slot: Slot) -> Delete {
        Delete(slot)
    }

    fn count() -> Count {
        Count
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::LIST
            | Capabilities::DUPLICATES
            | Capabilities::TEMPLATES
            | Capabilities::IMAGE
            | Capabilities::ALARMS
            | Capabilities::UNIQUE
    }

    fn pace(config: &Config) -> Pace<'_> {
        let Timing { quiet, settle, gap, reply, .. } = &config.timing;
        Pace { quiet, settle, gap, reply }
    }

    fn retries(config: &Config) -> u8 {
        config.retries
    }

    fn is_line(fault: Fault) -> bool {
        fault.is_line()
    }

    fn is_silence(fault: Fault) -> bool {
        matches!(fault, Fault::Timeout(_) | Fault::Foreign(_))
    }

    fn core(&self) -> &Core<Self> {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core<Self> {
        &mut self.core
    }

    fn opening(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        let set = Request::write;
        Ok(Some(match stage {
            Stage::Cancel => {
                self.exchange(&Request::cancel(), Cargo::None, Silence::Settle, now)?;
                Stage::FingerTime
            }
            Stage::FingerTime => {
                self.done(&set(Parameter::TIMEOUT, ONE_SECOND), now)?;
                Stage::OneScan
            }
            Stage::OneScan => {
                self.done(&set(Parameter::ENROLL_MODE, ONE_TIME), now)?;
                Stage::EmptyLibrary
            }
            Stage::EmptyLibrary => {
                match self.done(&set(Parameter::PASS_WHEN_EMPTY, FAIL_WHEN_EMPTY), now) {
                    // A module without the switch has no such trap either.
                    Err(nb::Error::Other(Fault::Unsupported(_))) => {}
                    result => drop(result?),
                }
                Stage::Available
            }
            Stage::Available => {
                self.available = self.done(&Request::read(Parameter::AVAILABLE_FINGER), now)?.size;
                Stage::Enrolled
            }
            Stage::Enrolled => {
                let stored = self.done(&Request::read(Parameter::ENROLLED_FINGER), now)?.size;
                self.library = library(stored, self.available);
                return Ok(self.rollback.map(Stage::Rollback));
            }
            Stage::Rollback(slot) => {
                self.forget(slot, now)?;
                self.rollback = None;
                return Ok(None);
            }
        }))
    }

    fn closed(&mut self) {
        self.held = None;
    }

    /// A response that is not yet believed, or a template that nobody asked
    /// for.
    fn is_unfinished(&mut self) -> bool {
        self.rollback = self.unproven;
        self.held.is_some() || self.rollback.is_some()
    }

    fn unasked(&mut self) -> Option<Event> {
        self.core.frames_mut().take_scanned().then_some(Event::Scanned)
    }
}

impl Warns for Link {
    fn alarm(fault: &Fault) -> Option<Alarm> {
        fault.alarm()
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

pub(super) fn done(request: &Request, packet: Packet) -> Result<Packet, Fault> {
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
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
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
        self.speak(|link, now| link.sealed(request, Cargo::None, now))
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
        self.open()?;
        Ok(self.link.library)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`], else as [`ask`](Self::ask).
    pub fn check(&mut self, slot: Slot) -> nb::Result<(), Fault> {
        if slot.0 < self.library()?.capacity { Ok(()) } else { Err(Fault::Slot(slot).into()) }
    }
}
