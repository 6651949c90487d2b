use super::answer::Answer;
use super::command::Request;
use super::config::{Config, Timing};
use super::fault::Fault;
use super::outcome::Outcome;
use super::script::{
    Count, Delete, Enrol, Identify, Identity, Image, ReadTemplate, Size, WriteTemplate,
};
use super::wire::Messages;
use crate::fingerprint::link::{Core, Family};
use crate::fingerprint::script::Patience;
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{
    Capabilities, Identifies, ImageSink, Images, Quality, SensorId, Slot, Transfers,
};
use crate::port::Instant;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    core: Core<Self>,
    /// An answer that is believed once another one has come behind it.
    held: Option<Answer>,
    /// The module, as it said last.
    identity: Option<SensorId>,
}

/// How far the opening of a session is: version, past whatever is left over,
/// and then the count, which only its own answer can follow.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// Asks for the version.
    Version,
    /// Asks for the count.
    Count,
}

/// What goes with a command, or comes with its answer.
pub(super) enum Cargo<'c> {
    None,
    /// The template that is written.
    Out(&'c [u8]),
    In(Take<'c>),
}

/// Takes the next bytes, of so many.
type Take<'c> = &'c mut dyn FnMut(u16, &[u8]) -> Result<(), Fault>;

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self { core: Core::new(config, Messages::new()), held: None, identity: None }
    }

    /// An answer that is believed because that to another command came behind
    /// it: had an earlier one to the same command taken its place, it would
    /// itself now stand where the version is due.
    fn sealed(
        &mut self,
        request: &Request,
        cargo: Cargo<'_>,
        now: Instant,
    ) -> nb::Result<Answer, Fault> {
        let held = match self.held {
            Some(held) => held,
            None => self.exchange(request, cargo, Silence::Quiet, now)?,
        };
        self.held = Some(held);
        self.exchange(&Request::version(), Cargo::None, Silence::Quiet, now)?;
        self.held = None;
        Ok(held)
    }

    fn exchange(
        &mut self,
        request: &Request,
        mut cargo: Cargo<'_>,
        silence: Silence,
        now: Instant,
    ) -> nb::Result<Answer, Fault> {
        let data = if let Cargo::Out(data) = cargo { data } else { &[] };
        self.core.transfer(
            silence,
            now,
            |messages, config| Ok(messages.begin(request, data, silence, &config.timing)),
            |messages| {
                match &mut cargo {
                    Cargo::None => {}
                    Cargo::Out(data) => messages.load(data),
                    Cargo::In(take) => {
                        let (of, piece) = messages.piece();
                        take(of, piece)?;
                    }
                }
                Ok(())
            },
        )?;
        let out_of_step = Fault::OutOfStep(request.command());
        self.core.frames().answer().ok_or(nb::Error::Other(out_of_step))
    }
}

impl Family for Link {
    type Config = Config;
    type Frames = Messages;
    type Stage = Stage;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Delete;
    type Count = Count;

    const FIRST: Stage = Stage::Version;

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
        matches!(fault, Fault::Timeout(_) | Fault::Unacknowledged(_))
    }

    fn core(&self) -> &Core<Self> {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core<Self> {
        &mut self.core
    }

    fn opening(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match stage {
            Stage::Version => {
                self.exchange(&Request::version(), Cargo::None, Silence::Settle, now)?;
                Ok(Some(Stage::Count))
            }
            Stage::Count => {
                self.exchange(&Request::count(), Cargo::None, Silence::Quiet, now)?;
                Ok(None)
            }
        }
    }

    fn closed(&mut self) {
        self.held = None;
    }

    fn is_unfinished(&mut self) -> bool {
        self.held.is_some()
    }
}

impl Identifies for Link {
    type Identity = Identity;

    fn identity() -> Identity {
        Identity
    }
}

impl Transfers for Link {
    type Size = Size;
    type ReadTemplate<'b> = ReadTemplate<'b>;
    type WriteTemplate<'b> = WriteTemplate<'b>;

    fn template_size() -> Size {
        Size
    }

    fn read_template(slot: Slot, buffer: &mut [u8]) -> ReadTemplate<'_> {
        ReadTemplate::new(slot, buffer)
    }

    fn write_template(slot: Slot, template: &[u8]) -> WriteTemplate<'_> {
        WriteTemplate::new(slot, template)
    }
}

impl Images for Link {
    type Image<S: ImageSink> = Image<S>;

    fn image<S: ImageSink>(sink: S) -> Image<S> {
        Image::new(sink)
    }
}

/// What a [`Script`](super::Script) speaks to the module through.
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
    /// Sends a command and makes sure of its answer, or goes on with it: ask
    /// for the same one until it is answered. Opens a session first where
    /// there is none.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask(&mut self, request: &Request) -> nb::Result<Answer, Fault> {
        self.speak(|link, now| link.sealed(request, Cargo::None, now))
    }

    /// The same, for a command that is to be done.
    ///
    /// # Errors
    /// [`Fault::Refused`], or [`Fault::Poor`] if the image was to blame; else
    /// as [`ask`](Self::ask).
    pub fn demand(&mut self, request: &Request) -> nb::Result<Answer, Fault> {
        self.transfer(request, Cargo::None)
    }

    /// The same, with what goes or comes with it.
    pub(super) fn transfer(
        &mut self,
        request: &Request,
        cargo: Cargo<'_>,
    ) -> nb::Result<Answer, Fault> {
        let answer = self.speak(|link, now| link.sealed(request, cargo, now))?;
        let answer = done(request, answer)?;
        if request.uploads() && answer.data.unwrap_or(0) == 0 {
            return Err(self.out_of_step(request));
        }
        Ok(answer)
    }

    /// A command after which the module has no session any more, past whatever
    /// is left over; its answer is believed as it is.
    pub(super) fn interrupt(&mut self, request: &Request) -> nb::Result<Answer, Fault> {
        let now = self.now();
        let answer = self.link.exchange(request, Cargo::None, Silence::Settle, now)?;
        self.close();
        Ok(done(request, answer)?)
    }

    /// The module says that it is this one.
    pub(super) fn recognise(&mut self, id: SensorId) {
        if self.link.identity.replace(id).is_some_and(|before| before != id) {
            self.link.core.interrupted();
        }
    }

    /// An answer does not have what belongs to it.
    pub(super) fn out_of_step(&mut self, request: &Request) -> nb::Error<Fault> {
        self.close();
        Fault::OutOfStep(request.command()).into()
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`].
    pub fn check(&self, slot: Slot) -> Result<(), Fault> {
        if slot.0 < self.config().capacity { Ok(()) } else { Err(Fault::Slot(slot)) }
    }
}

fn done(request: &Request, answer: Answer) -> Result<Answer, Fault> {
    match answer.outcome {
        Outcome::Ok => Ok(answer),
        outcome if outcome.is_poor() => Err(Fault::Poor(Quality::Unclear)),
        outcome => Err(Fault::Refused(request.command(), outcome)),
    }
}
