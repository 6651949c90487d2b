use super::command::{ChangeBaud, Command, Info, Open, Probe, Request};
use super::config::{Config, SPEEDS, Timing};
use super::fault::Fault;
use super::frame::Packet;
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
    /// An answer that is believed once that to the probe has come behind it.
    held: Option<Result<u32, Nack>>,
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
        Self { core, info: None, lit: false, speed, starved: false, rest: None, held: None }
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
                let open = Open.request();
                self.exchange(&open, Cargo::None, Silence::Settle, now)?
                    .map_err(|nack| open.refused(nack))?;
                if self.recognise(self.said()?) {
                    Ok(Some(Stage::Probe))
                } else {
                    Err(Fault::Replaced.into())
                }
            }
            Stage::Probe => {
                self.seal(now)?;
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

    /// What the module said that it is.
    pub(super) fn said(&self) -> Result<Info, Fault> {
        Info::from_bytes(self.core.frames().info()).ok_or(Open.request().out_of_step())
    }

    /// Whether it is the module that it was.
    pub(super) fn recognise(&mut self, info: Info) -> bool {
        let other = self.info.replace(info).is_some_and(|before| before.serial != info.serial);
        if other {
            self.core.interrupted();
        }
        !other
    }

    /// An answer that is believed because that to the probe came behind it.
    pub(super) fn sealed(
        &mut self,
        request: &Request,
        cargo: Cargo<'_, Fault>,
        now: Instant,
    ) -> Answer {
        let held = match self.held {
            Some(held) => held,
            None => self.exchange(request, cargo, Silence::Quiet, now)?,
        };
        self.held = Some(held);
        self.seal(now)?;
        self.held = None;
        Ok(held)
    }

    /// Makes sure that no answer is outstanding.
    pub(super) fn seal(&mut self, now: Instant) -> nb::Result<(), Fault> {
        self.exchange(&Probe.request(), Cargo::None, Silence::Quiet, now).map(drop)
    }

    pub(super) fn exchange(
        &mut self,
        request: &Request,
        mut cargo: Cargo<'_, Fault>,
        silence: Silence,
        now: Instant,
    ) -> Answer {
        let baud = self.speed.baud();
        self.core.transfer(
            silence,
            now,
            |packets, config| Ok(packets.begin(request, &config.timing, baud)),
            |packets| packets.shift(&mut cargo),
        )?;
        Ok(judge(request, self.core.frames().answer())?)
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
        Count
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::LIST
            | Capabilities::DUPLICATES
            | Capabilities::TEMPLATES
            | Capabilities::IMAGE
            | Capabilities::UNIQUE
            | Capabilities::BAUD
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
            // It may have lost power.
            let [factory, ..] = SPEEDS;
            self.speed.suspect(factory);
            self.speed.swap();
        }
        next
    }

    /// An answer that is not yet believed.
    fn is_unfinished(&mut self) -> bool {
        self.held.is_some()
    }

    fn closed(&mut self) {
        (self.lit, self.held) = (false, None);
        self.starved |= self.core.frames_mut().take_debt();
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

impl Tunes for Link {
    const SPEEDS: &'static [u32] = &SPEEDS;

    fn speed(&self) -> &Speed {
        &self.speed
    }

    fn speed_mut(&mut self) -> &mut Speed {
        &mut self.speed
    }

    fn change(&mut self, baud: u32, now: Instant) -> nb::Result<Result<(), Fault>, Fault> {
        let change = ChangeBaud(baud).request();
        let told = self.exchange(&change, Cargo::None, Silence::Quiet, now)?;
        Ok(told.map(drop).map_err(|nack| change.refused(nack)))
    }

    fn call(&mut self, now: Instant) -> nb::Result<(), Fault> {
        self.exchange(&Open.request(), Cargo::None, Silence::Settle, now).map(drop)
    }

    fn miss(miss: Miss) -> Fault {
        match miss {
            Miss::Baud(baud) => Fault::Baud(baud),
            Miss::NotTaken => Fault::NotTaken(ChangeBaud::KIND.code),
            Miss::Nowhere => Fault::Nowhere,
        }
    }
}

/// The parameter of a good answer, or a refusal that the command provides for.
pub type Answer = nb::Result<Result<u32, Nack>, Fault>;

/// Whether this can be the answer to that command, and what it says.
fn judge(request: &Request, packet: Packet) -> Result<Result<u32, Nack>, Fault> {
    let kind = request.kind;
    if packet.code == ACK {
        let good = kind.may_be_good(packet.parameter).then_some(Ok(packet.parameter));
        return good.ok_or(request.out_of_step());
    }
    match Nack::from(packet.parameter) {
        nack if kind.may_be_refused(nack) => Ok(Err(nack)),
        Nack::Communication => Err(Fault::Garbled(kind.code)),
        nack if is_for_any(nack) => Err(request.refused(nack)),
        _ => Err(request.out_of_step()),
    }
}

/// Whether any command can be refused so.
const fn is_for_any(nack: Nack) -> bool {
    matches!(
        nack,
        Nack::Timeout | Nack::Unsupported | Nack::Device | Nack::Cancelled | Nack::Parameter
    )
}
