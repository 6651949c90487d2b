use super::ack::Ack;
use super::command::{CaptureTime, Command, Count, Privilege};
use super::config::{Config, Timing};
use super::fault::Fault;
use super::script::{self, Delete, Enrol, Identify, Identity};
use super::wire::Frames;
use crate::fingerprint::link::{Core, Kin};
use crate::fingerprint::script::Patience;
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{Capabilities, Identifies, SensorId, Slot};
use crate::port::Instant;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    core: Core<Self>,
    /// The module, as it said last.
    identity: Option<SensorId>,
}

/// How far the opening of a session is: two commands whose answers differ, one
/// of them being how long the module is to wait for a finger. The two in a row
/// say that nothing is outstanding.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// Sets how long the module waits for a finger.
    CaptureTime,
    /// Asks for the count.
    Count,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self { core: Core::new(config, Frames::new()), identity: None }
    }

    fn exchange<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        self.core.transfer(
            silence,
            now,
            |frames, config| {
                frames.begin(command);
                Ok(command.time(config))
            },
            |_| Ok(()),
        )?;
        let answer = command.decode(self.core.frames().answer());
        answer.ok_or(nb::Error::Other(Fault::OutOfStep(C::CODE)))
    }

    /// A command that is to be done.
    fn demand<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        now: Instant,
    ) -> nb::Result<C::Reply, Fault> {
        let answer = self.exchange(command, silence, now)?;
        Ok(answer.map_err(|ack| Fault::Refused(C::CODE, ack))?)
    }
}

impl Kin for Link {
    type Config = Config;
    type Frames = Frames;
    type Stage = Stage;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Delete;
    type Count = script::Count;

    const FIRST: Stage = Stage::CaptureTime;

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
        Capabilities::DUPLICATES | Capabilities::UNIQUE | Capabilities::SLEEP
    }

    fn pace(config: &Config) -> Pace {
        let Timing { quiet, settle, gap, reply, .. } = config.timing;
        Pace { quiet, settle, gap, reply }
    }

    fn retries(config: &Config) -> u8 {
        config.retries
    }

    fn is_line(fault: Fault) -> bool {
        fault.is_line()
    }

    fn is_silence(fault: Fault) -> bool {
        matches!(fault, Fault::Timeout(_))
    }

    fn core(&self) -> &Core<Self> {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core<Self> {
        &mut self.core
    }

    fn opening(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match stage {
            Stage::CaptureTime => {
                let time = CaptureTime(self.core.config.images());
                self.demand(&time, Silence::Settle, now)?;
                Ok(Some(Stage::Count))
            }
            Stage::Count => {
                self.demand(&Count, Silence::Quiet, now)?;
                Ok(None)
            }
        }
    }
}

impl Identifies for Link {
    type Identity = Identity;

    fn identity() -> Identity {
        Identity::new()
    }

    fn interruptions(&self) -> u32 {
        self.core.interruptions()
    }
}

/// A good answer, or a refusal that the command provides for.
pub type Answer<T> = nb::Result<Result<T, Ack>, Fault>;

/// What a [`Script`](super::Script) speaks to the module through.
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
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
        self.speak(|link, now| link.exchange(command, Silence::Quiet, now))
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
        if slot.0 < self.config().capacity { Ok(()) } else { Err(Fault::Slot(slot)) }
    }

    /// The module says that it is this one.
    pub(super) fn recognise(&mut self, id: SensorId) {
        if self.link.identity.replace(id).is_some_and(|before| before != id) {
            self.link.core.interrupted();
        }
    }
}
