use super::ack::Ack;
use super::command::{CaptureTime, Command, Count, Order, Privilege, SetBaud};
use super::config::{Config, Timing};
use super::fault::Fault;
use super::script::{
    self, Delete, Enrol, Identify, Identity, Image, ReadTemplate, Size, WriteTemplate, refused,
};
use super::wire::Frames;
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::link::{Core, Family};
use crate::fingerprint::script::Patience;
use crate::fingerprint::speed::{Miss, Speed};
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{
    Capabilities, Identifies, ImageSink, Images, SensorId, Slot, Transfers, Tunes,
};
use crate::port::{Instant, Line};

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, whether host and module are in step, and which module it
/// was.
#[derive(Debug)]
pub struct Link {
    core: Core<Self>,
    speed: Speed,
    id: Option<SensorId>,
}

/// How far the opening of a session is: two commands whose answers differ, one
/// of them being how long the module is to wait for a finger. The two in a row
/// say that nothing is outstanding.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// The port may have to change its speed.
    Tune,
    Time,
    Count,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        let speed = Speed::new(config.baud);
        Self { core: Core::new(config, Frames::new()), speed, id: None }
    }

    fn stage(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match stage {
            Stage::Tune => match self.speed.retune() {
                Some(baud) => self.core.set(Line::Baud(baud)),
                None => Ok(Some(Stage::Time)),
            },
            Stage::Time => {
                self.set_time(now)?.map_err(refused::<CaptureTime>)?;
                Ok(Some(Stage::Count))
            }
            Stage::Count => {
                let count = self.exchange(&Count, Silence::Quiet, now)?;
                count.map_err(refused::<Count>)?;
                self.core.frames_mut().settle();
                self.speed.settle();
                Ok(None)
            }
        }
    }

    /// How long the module is to wait for a finger.
    fn set_time(&mut self, now: Instant) -> Answer<()> {
        let time = CaptureTime { 0: self.core.config.images() };
        self.exchange(&time, Silence::Settle, now)
    }

    fn exchange<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        let order = Order::of(command, &self.core.config);
        let answer = self.carry(&order, Cargo::None, silence, now)?;
        command.decode(answer).ok_or(nb::Error::Other(Fault::OutOfStep(C::CODE)))
    }

    /// The three bytes of the answer.
    fn carry(
        &mut self,
        order: &Order,
        mut cargo: Cargo<'_, Fault>,
        silence: Silence,
        now: Instant,
    ) -> nb::Result<[u8; 3], Fault> {
        let baud = self.speed.baud();
        self.core.transfer(
            silence,
            now,
            |frames, _| Ok(frames.begin(order, baud)),
            |frames| frames.shift(&mut cargo),
        )?;
        Ok(self.core.frames().answer())
    }
}

impl Family for Link {
    type Config = Config;
    type Frames = Frames;
    type Stage = Stage;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Delete;
    type Count = script::Count;

    const FIRST: Stage = Stage::Tune;

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
        Capabilities::LIST
            | Capabilities::DUPLICATES
            | Capabilities::TEMPLATES
            | Capabilities::IMAGE
            | Capabilities::UNIQUE
            | Capabilities::BAUD
            | Capabilities::SLEEP
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
        matches!(fault, Fault::Timeout(_))
    }

    fn core(&self) -> &Core<Self> {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core<Self> {
        &mut self.core
    }

    fn opening(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        let next = self.stage(stage, now);
        if let Err(nb::Error::Other(fault)) = next
            && fault.is_line()
        {
            self.speed.swap();
        }
        next
    }
}

impl Identifies for Link {
    type Identity = Identity;

    fn identity() -> Identity {
        Identity::new()
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

impl Tunes for Link {
    const SPEEDS: &'static [u32] = SetBaud::SPEEDS;

    fn speed(&self) -> &Speed {
        &self.speed
    }

    fn speed_mut(&mut self) -> &mut Speed {
        &mut self.speed
    }

    fn change(&mut self, baud: u32, now: Instant) -> nb::Result<Result<(), Fault>, Fault> {
        let told = self.exchange(&SetBaud(baud), Silence::Quiet, now)?;
        Ok(told.map_err(refused::<SetBaud>))
    }

    fn call(&mut self, now: Instant) -> nb::Result<(), Fault> {
        self.set_time(now).map(drop)
    }

    fn miss(miss: Miss) -> Fault {
        match miss {
            Miss::Baud(_) => Fault::Value(SetBaud::CODE),
            Miss::NotTaken => Fault::NotTaken(SetBaud::CODE),
            Miss::Nowhere => Fault::Nowhere,
        }
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
        self.transfer(command, Cargo::None)
    }

    /// The same, with the data that go or come with it.
    pub(super) fn transfer<C: Command>(
        &mut self,
        command: &C,
        cargo: Cargo<'_, Fault>,
    ) -> Answer<C::Reply> {
        let answer = self.carry(&Order::of(command, self.config()), cargo)?;
        if let Some(answer) = command.decode(answer) {
            return Ok(answer);
        }
        self.close();
        Err(Fault::OutOfStep(C::CODE).into())
    }

    fn carry(&mut self, order: &Order, cargo: Cargo<'_, Fault>) -> nb::Result<[u8; 3], Fault> {
        self.speak(|link, now| link.carry(order, cargo, Silence::Quiet, now))
    }

    /// Makes sure that no answer is outstanding: that to `C` is believed only
    /// if this passes behind it. Had an earlier one taken its place, it would
    /// itself now stand where one to another command is due.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn seal<C: Command>(&mut self) -> nb::Result<(), Fault> {
        self.seal_code(C::CODE)
    }

    pub(super) fn seal_code(&mut self, code: u8) -> nb::Result<(), Fault> {
        if code == Count::CODE {
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
        if self.link.id.replace(id).is_some_and(|before| before != id) {
            self.link.core.interrupted();
        }
    }

    /// The module was told to be another one from now on.
    pub(super) fn rename(&mut self) {
        self.link.id = None;
    }
}
