use super::command::{ChangeBaud, Command, Info, Open, Probe};
use super::config::{Config, SPEEDS, Timing};
use super::fault::Fault;
use super::nack::Nack;
use super::script::{
    Count, Delete, Enrol, Identify, Identity, Image, ReadTemplate, Size, WriteTemplate,
};
use super::wire::{ACK, Packets};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::link::{Core, Family};
use crate::fingerprint::script::Patience;
use crate::fingerprint::speed::{Miss, Speed};
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{Capabilities, Identifies, ImageSink, Images, Slot, Transfers, Tunes};
use crate::port::{Duration, Instant, Line};

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, whether host and module are in step, and which module it
/// was.
#[derive(Debug)]
pub struct Link {
    pub(super) core: Core<Self>,
    pub(super) info: Option<Info>,
    pub(super) lit: bool,
    speed: Speed,
    /// The module was promised data; until when it may wait for them.
    starved: bool,
    rest: Option<Instant>,
}

/// How far the opening of a session is.
///
/// A good answer to Open has a data packet behind it, that to the probe is a
/// refusal which no other command is answered with: so the two in a row say
/// that nothing is outstanding.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// Waits while the module takes a command for data.
    Rest,
    /// Sets the line's speed, if that is in doubt.
    Tune,
    /// Asks the module what it is.
    Open,
    /// Asks for a slot that no model has.
    Probe,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        let speed = Speed::new(config.baud);
        let core = Core::new(config, Packets::new());
        Self { core, info: None, lit: false, speed, starved: false, rest: None }
    }

    /// One stage of the opening; the next one.
    fn stage(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match stage {
            Stage::Rest => {
                self.rest(now)?;
                Ok(Some(Stage::Tune))
            }
            Stage::Tune => match self.speed.retune() {
                Some(baud) => self.core.set(Line::Baud(baud)),
                None => Ok(Some(Stage::Open)),
            },
            Stage::Open => {
                let info = self.exchange(&Open, Cargo::None, Silence::Settle, now)?;
                let info = info.map_err(|nack| Fault::Refused(Open::CODE, nack))?;
                if self.recognise(info) {
                    Ok(Some(Stage::Probe))
                } else {
                    Err(Fault::Replaced.into())
                }
            }
            Stage::Probe => {
                probed(self.exchange(&Probe, Cargo::None, Silence::Quiet, now)?)?;
                self.speed.settle();
                Ok(None)
            }
        }
    }

    fn rest(&mut self, now: Instant) -> nb::Result<(), Fault> {
        let time = if self.starved { self.core.config.timing.data } else { Duration::ZERO };
        let until = *self.rest.get_or_insert(now + time);
        if now < until {
            self.core.pause(until);
            return Err(nb::Error::WouldBlock);
        }
        (self.starved, self.rest) = (false, None);
        Ok(())
    }

    /// Whether it is the module that it was.
    pub(super) fn recognise(&mut self, info: Info) -> bool {
        let other = self.info.replace(info).is_some_and(|before| before.serial != info.serial);
        if other {
            self.core.interrupted();
        }
        !other
    }

    pub(super) fn exchange<C: Command>(
        &mut self,
        command: &C,
        mut cargo: Cargo<'_, Fault>,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        let baud = self.speed.baud();
        self.core.transfer(
            silence,
            now,
            |packets, config| Ok(packets.begin(command, &config.timing, baud)),
            |packets| packets.shift(&mut cargo),
        )?;
        self.judge(command)
    }

    /// Whether this can be the answer to that command, and what it says.
    fn judge<C: Command>(&self, command: &C) -> Answer<C::Reply> {
        let out_of_step = nb::Error::Other(Fault::OutOfStep(C::CODE));
        let (packet, info) = self.core.frames().answer();
        if packet.code == ACK {
            return command.decode(packet.parameter, info).map(Ok).ok_or(out_of_step);
        }
        match Nack::from(packet.parameter) {
            nack if command.may_be_refused(nack) => Ok(Err(nack)),
            Nack::Communication => Err(Fault::Garbled(C::CODE).into()),
            nack if is_for_any(nack) => Err(Fault::Refused(C::CODE, nack).into()),
            _ => Err(out_of_step),
        }
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

    const FIRST: Stage = Stage::Rest;

    fn identify(slot: Option<Slot>, patience: Patience) -> Identify {
        Identify::new(slot, patience)
    }

    fn enrol(slot: Slot, patience: Patience) -> Enrol {
        Enrol::new(slot, patience)
    }

    fn delete(slot: Slot) -> Delete {
        Delete::new(slot)
    }

    fn count() -> Count {
        Count::new()
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
        let next = self.stage(stage, now);
        if let Err(nb::Error::Other(fault)) = next
            && fault.is_line()
        {
            // It may have lost power.
            let [factory, ..] = SPEEDS;
            self.speed.suspect(factory);
            self.speed.swap();
        }
        next
    }

    fn closed(&mut self) {
        self.lit = false;
        self.starved |= self.core.frames_mut().take_debt();
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
    const SPEEDS: &'static [u32] = &SPEEDS;

    fn speed(&self) -> &Speed {
        &self.speed
    }

    fn speed_mut(&mut self) -> &mut Speed {
        &mut self.speed
    }

    fn change(&mut self, baud: u32, now: Instant) -> nb::Result<Result<(), Fault>, Fault> {
        let told = self.exchange(&ChangeBaud(baud), Cargo::None, Silence::Quiet, now)?;
        Ok(told.map_err(|nack| Fault::Refused(ChangeBaud::CODE, nack)))
    }

    fn call(&mut self, now: Instant) -> nb::Result<(), Fault> {
        self.exchange(&Open, Cargo::None, Silence::Settle, now).map(drop)
    }

    fn miss(miss: Miss) -> Fault {
        match miss {
            Miss::Baud(baud) => Fault::Baud(baud),
            Miss::NotTaken => Fault::NotTaken(ChangeBaud::CODE),
            Miss::Nowhere => Fault::Nowhere,
        }
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

pub(super) fn probed<T>(answer: Result<T, Nack>) -> Result<(), Fault> {
    match answer {
        Err(_) => Ok(()),
        Ok(_) => Err(Fault::OutOfStep(Probe::CODE)),
    }
}
