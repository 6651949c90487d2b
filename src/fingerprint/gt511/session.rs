use super::command::{ChangeBaud, CmosLed, Command, Info, Open, Probe};
use super::config::Config;
use super::fault::Fault;
use super::nack::Nack;
use super::script::{
    self, Delete, Enrol, Identify, Identity, Image, ReadTemplate, Size, WriteTemplate, refused,
};
use super::wire::{ACK, Packets};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::link::{Core, Kin};
use crate::fingerprint::script::Patience;
use crate::fingerprint::speed::{Speed, Tunes, opened};
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{Capabilities, Identifies, ImageSink, Images, Slot, Transfers};
use crate::port::{Instant, Line};

/// The speed of a module that was without power.
const POWER_UP: u32 = 9_600;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, whether host and module are in step, and which module it
/// was.
#[derive(Debug)]
pub struct Link {
    core: Core<Self>,
    speed: Speed,
    info: Option<Info>,
    lit: bool,
}

/// How far the opening of a session is.
///
/// A good answer to Open has a data packet behind it, that to the probe is a
/// refusal which no other command is answered with: so the two in a row say
/// that nothing is outstanding.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// The port may have to change its speed.
    Tune,
    Open,
    Probe,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        let speed = Speed::new(config.baud, Some(POWER_UP));
        Self { core: Core::new(config, Packets::new()), speed, info: None, lit: false }
    }

    fn stage(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match stage {
            Stage::Tune => match self.speed.retune() {
                Some(baud) => self.core.set(Line::Baud(baud)),
                None => Ok(Some(Stage::Open)),
            },
            Stage::Open => {
                let info = self.exchange(&Open, Cargo::Nothing, Silence::Settle, now)?;
                self.recognise(info.map_err(refused::<Open>)?)?;
                Ok(Some(Stage::Probe))
            }
            Stage::Probe => {
                probed(self.exchange(&Probe, Cargo::Nothing, Silence::Quiet, now)?)?;
                self.core.frames_mut().settle();
                Ok(None)
            }
        }
    }

    /// The module says that it is this one.
    fn recognise(&mut self, info: Info) -> Result<(), Fault> {
        match self.info.replace(info) {
            Some(before) if before.serial != info.serial => {
                self.core.interrupted();
                Err(Fault::Replaced)
            }
            _ => Ok(()),
        }
    }

    fn exchange<C: Command>(
        &mut self,
        command: &C,
        mut cargo: Cargo<'_>,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        let baud = self.speed.baud();
        self.core.transfer(
            silence,
            now,
            |packets, config| Ok(packets.begin(command, baud, config)),
            |packets| {
                packets.shift(&mut cargo);
                Ok(())
            },
        )?;
        self.judge(command, &mut cargo)
    }

    /// Whether this can be the answer to that command, and what it says.
    fn judge<C: Command>(&self, command: &C, cargo: &mut Cargo<'_>) -> Answer<C::Reply> {
        let out_of_step = nb::Error::Other(Fault::OutOfStep(C::CODE));
        let (packet, data) = self.core.frames().answer(cargo);
        if packet.code == ACK {
            return command.decode(packet.parameter, data).map(Ok).ok_or(out_of_step);
        }
        match Nack::from(packet.parameter) {
            nack if command.may_be_refused(nack) => Ok(Err(nack)),
            Nack::Communication => Err(Fault::Garbled(C::CODE).into()),
            nack if is_for_any(nack) => Err(Fault::Refused(C::CODE, nack).into()),
            _ => Err(out_of_step),
        }
    }
}

impl Kin for Link {
    type Config = Config;
    type Frames = Packets;
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
    }

    fn pace(config: &Config) -> Pace {
        let timing = &config.timing;
        Pace { quiet: timing.quiet, settle: timing.settle, gap: timing.gap, reply: timing.reply }
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
        let result = self.stage(stage, now);
        opened(self, result)
    }

    fn closed(&mut self) {
        self.lit = false;
    }

    fn is_unfinished(&mut self) -> bool {
        self.speed.renew()
    }
}

impl Tunes for Link {
    const SPEEDS: &'static [u32] = &[9_600, 19_200, 38_400, 57_600, 115_200];

    fn speed(&mut self) -> &mut Speed {
        &mut self.speed
    }

    fn change(&mut self, baud: u32, now: Instant) -> nb::Result<Result<(), Fault>, Fault> {
        let answer = self.exchange(&ChangeBaud(baud), Cargo::Nothing, Silence::Quiet, now)?;
        Ok(answer.map_err(refused::<ChangeBaud>))
    }

    fn speed_fault(baud: u32, known: bool) -> Fault {
        if known { Fault::NotTaken(baud) } else { Fault::Baud(baud) }
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

impl Transfers for Link {
    type Size = Size;
    type ReadTemplate<'b> = ReadTemplate<'b>;
    type WriteTemplate<'b> = WriteTemplate<'b>;

    fn template_size() -> Size {
        Size
    }

    fn read_template(slot: Slot, buffer: &mut [u8]) -> ReadTemplate<'_> {
        ReadTemplate::of(slot, buffer)
    }

    fn write_template(slot: Slot, template: &[u8]) -> WriteTemplate<'_> {
        WriteTemplate::new(slot, template)
    }
}

impl Images for Link {
    type Image<S: ImageSink> = Image<S>;

    fn image<S: ImageSink>(sink: S) -> Image<S> {
        Image::finger(sink)
    }
}

/// A good answer, or a refusal that the command provides for.
pub type Answer<T> = nb::Result<Result<T, Nack>, Fault>;

/// Whether any command can be refused so.
const fn is_for_any(nack: Nack) -> bool {
    matches!(
        nack,
        Nack::Timeout | Nack::Unsupported | Nack::Device | Nack::Cancelled | Nack::Parameter
    )
}

fn probed<T>(answer: Result<T, Nack>) -> Result<(), Fault> {
    match answer {
        Err(_) => Ok(()),
        Ok(_) => Err(Fault::OutOfStep(Probe::CODE)),
    }
}

/// What a [`Script`](super::Script) speaks to the module through.
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
    /// What the module says it is. Opens a session where there is none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn info(&mut self) -> nb::Result<Info, Fault> {
        self.open()?;
        self.link.info.ok_or(nb::Error::Other(Fault::OutOfStep(Open::CODE)))
    }

    /// Sends a command, or goes on with it: ask for the same one until it is
    /// answered. Opens a session first where there is none.
    ///
    /// An answer is sure only once that to the [`Probe`] has come behind it:
    /// see [`Ask`](super::Ask), which sees to it.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask<C: Command>(&mut self, command: &C) -> Answer<C::Reply> {
        self.transfer(command, Cargo::Nothing)
    }

    /// The same, with the data that go or come with it.
    pub(super) fn transfer<C: Command>(
        &mut self,
        command: &C,
        cargo: Cargo<'_>,
    ) -> Answer<C::Reply> {
        self.speak(|link, now| link.exchange(command, cargo, Silence::Quiet, now))
    }

    /// Makes sure that no answer is outstanding: the answer before is believed
    /// only if this passes behind it.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn seal(&mut self) -> nb::Result<(), Fault> {
        Ok(probed(self.ask(&Probe)?)?)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`].
    pub fn check(&self, slot: Slot) -> Result<(), Fault> {
        if slot.0 < self.config().capacity { Ok(()) } else { Err(Fault::Slot(slot)) }
    }

    /// Switches the light under the glass on, if it is not, or may not be any
    /// more.
    pub(super) fn light(&mut self, again: bool) -> nb::Result<(), Fault> {
        if again || !self.link.lit {
            self.ask(&CmosLed(true))?.map_err(refused::<CmosLed>)?;
            self.link.lit = true;
        }
        Ok(())
    }

    pub(super) fn set_lit(&mut self, lit: bool) {
        self.link.lit = lit;
    }
}
