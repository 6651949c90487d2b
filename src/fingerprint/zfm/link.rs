use super::bulk::{Cargo, none};
use super::command::{
    Cancel, Command, DeletChar, GetRandomCode, Order, ReadProdInfo, ReadSysPara, TempleteNum,
    VfyPwd,
};
use super::config::{Config, Timing};
use super::dialect::Dialect;
use super::doubt::Doubt;
use super::fault::Fault;
use super::script::{self, Ask, Enrol, Identify, Identity};
use super::session::{Answer, judge};
use super::wire::Frames;
use crate::fingerprint::link::{Core, Family};
use crate::fingerprint::script::Patience;
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{Alarm, Capabilities, Event, Identifies, SensorId, Slot, Warns};
use crate::port::{Instant, Line};

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    pub(super) core: Core<Self>,
    pub(super) capacity: u16,
    /// The module goes on with something by itself.
    pub(super) running: bool,
    /// The speed, once it is known; and that the line is to be set to it.
    pub(super) baud: u32,
    retune: bool,
    /// What may be in force instead of what is in the configuration.
    pub(super) doubt: Option<Doubt>,
    pub(super) id: Option<SensorId>,
    /// The size of a template, once it is known.
    pub(super) template: Option<u16>,
}

/// How far the opening of a session is.
///
/// The answers to the last three commands differ in length, 1, 5 and 17 (or 3)
/// bytes. An answer to anything else that comes late, or twice, stands where
/// one of another length is due; so the three right lengths in a row say that
/// nothing is outstanding.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    Tune,
    Cancel,
    Unlock,
    Resynchronise,
    Learn,
}

const _: () = {
    assert!(VfyPwd::REPLY != GetRandomCode::REPLY);
    assert!(GetRandomCode::REPLY != ReadSysPara::REPLY);
    assert!(GetRandomCode::REPLY != TempleteNum::REPLY);
};

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            core: Core::new(config, Frames::new()),
            capacity: 0,
            running: false,
            baud: 0,
            retune: false,
            doubt: None,
            id: None,
            template: None,
        }
    }

    pub(super) const fn config(&self) -> &Config {
        &self.core.config
    }

    pub(super) fn config_mut(&mut self) -> &mut Config {
        &mut self.core.config
    }

    /// A stage of the opening; the next one.
    fn stage(&mut self, stage: Stage, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match stage {
            Stage::Tune if core::mem::take(&mut self.retune) => {
                self.core.set(Line::Baud(self.baud))
            }
            Stage::Tune if self.running || self.is_sending() => Ok(Some(Stage::Cancel)),
            Stage::Tune => Ok(Some(Stage::Unlock)),
            Stage::Cancel => self.stop(now),
            Stage::Unlock => self.unlock(now),
            Stage::Resynchronise => {
                self.demand(&GetRandomCode, now)?;
                Ok(Some(Stage::Learn))
            }
            Stage::Learn => {
                self.capacity = self.learn(now)?;
                self.core.frames_mut().settle();
                Ok(None)
            }
        }
    }

    /// Whether the module may go on to send data, and can be told not to.
    fn is_sending(&self) -> bool {
        self.core.frames().is_trailing() && Command::is_known_to(&Cancel, self.config().dialect)
    }

    /// Ends what the module goes on with by itself. The result of that may come
    /// first, or a step of it: then the next opening cancels once more.
    fn stop(&mut self, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match self.carry(&Cancel, Silence::Settle, &mut none, now) {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Err(nb::Error::Other(fault)) if fault.is_line() => {}
            _ => self.running = false,
        }
        Ok(Some(Stage::Unlock))
    }

    fn unlock(&mut self, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        let unlock = VfyPwd(self.config().password.clone());
        match self.carry(&unlock, Silence::Settle, &mut none, now) {
            // The M5 manual has no passwords.
            Err(nb::Error::Other(Fault::Refused(..)))
                if self.config().dialect == Dialect::Synochip => {}
            result => result?.map_err(|_| Fault::Password)?,
        }
        Ok(Some(Stage::Resynchronise))
    }

    fn learn(&mut self, now: Instant) -> nb::Result<u16, Fault> {
        if let Some(capacity) = self.config().capacity {
            self.demand(&TempleteNum, now)?;
            return Ok(capacity);
        }
        self.demand(&ReadSysPara, now)?;
        let parameters = ReadSysPara.decode(self.reply());
        Ok(parameters.ok_or(Fault::OutOfStep(ReadSysPara::OPCODE))?.capacity)
    }

    fn demand(&mut self, order: &dyn Order, now: Instant) -> nb::Result<(), Fault> {
        let answer = self.carry(order, Silence::Quiet, &mut none, now)?;
        Ok(answer.map_err(|code| Fault::Refused(order.terms().opcode, code))?)
    }

    /// Sends a command and judges its answer, but for what it says, with the
    /// data that go or come behind the acknowledgement.
    pub(super) fn carry(
        &mut self,
        order: &dyn Order,
        silence: Silence,
        cargo: Cargo<'_>,
        now: Instant,
    ) -> Answer<()> {
        self.raw(order, silence, cargo, now)?;
        let answer = judge(order.terms(), self.core.frames().answer(), self.config().dialect);
        if let Err(nb::Error::Other(Fault::Locked)) = answer {
            self.core.interrupted();
        }
        answer
    }

    /// What stands behind the code of the answer.
    pub(super) fn reply(&self) -> &[u8] {
        self.core.frames().answer().get(1..).unwrap_or(&[])
    }

    /// Has the answer in the frames.
    pub(super) fn raw(
        &mut self,
        order: &dyn Order,
        silence: Silence,
        cargo: Cargo<'_>,
        now: Instant,
    ) -> nb::Result<(), Fault> {
        self.running |= order.terms().runs;
        self.core.begin(silence, now, |frames, config| frames.begin(order, config))?;
        self.core.go_on(now, cargo)
    }

    /// What may be in force instead is now in force for the host.
    pub(super) fn swap(&mut self) {
        if let Some(doubt) = &mut self.doubt {
            self.retune |= doubt.swap(&mut self.core.config, &mut self.baud);
        }
    }
}

impl Family for Link {
    type Config = Config;
    type Frames = Frames;
    type Stage = Stage;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Ask<DeletChar>;
    type Count = script::Count;

    const FIRST: Stage = Stage::Tune;

    fn identify(slot: Option<Slot>, patience: Patience) -> Identify {
        Identify::new(slot, patience)
    }

    fn enrol(slot: Slot, patience: Patience) -> Enrol {
        Enrol::new(slot, patience)
    }

    fn delete(slot: Slot) -> Ask<DeletChar> {
        Ask::of_slot(DeletChar { slot, count: 1 }, slot)
    }

    fn count() -> script::Count {
        script::Count::new()
    }

    fn capabilities(&self) -> Capabilities {
        use Capabilities as C;
        let image = self.config().image.is_some()
            || Command::is_known_to(&ReadProdInfo, self.config().dialect);
        let image = if image { C::IMAGE } else { C::empty() };
        let all = C::SCORE | C::LIST | C::DUPLICATES | C::BAUD | C::TEMPLATES | image;
        match self.config().dialect {
            Dialect::Zfm20 => all | C::SLEEP,
            Dialect::R503 | Dialect::R503V12 => all | C::LIGHT | C::UNIQUE,
            Dialect::Synochip => all | C::LIGHT | C::UNIQUE | C::ALARMS | C::SLEEP,
        }
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

    /// A module that has just got power says so while the session opens: that
    /// is no fault yet.
    fn opens_again(fault: Fault) -> bool {
        fault.is_line() || matches!(fault, Fault::Restarted)
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
        let result = self.stage(stage, now);
        match (&result, &mut self.doubt) {
            (Ok(None), _) => self.doubt = None,
            (Err(nb::Error::Other(fault)), Some(doubt)) if doubt.explains(*fault) => {
                self.close();
                self.swap();
                return Ok(Some(Stage::Tune));
            }
            _ => {}
        }
        result
    }

    /// The next module may be another one.
    fn closed(&mut self) {
        self.template = None;
    }

    fn is_unfinished(&mut self) -> bool {
        if let Some(doubt) = &mut self.doubt {
            doubt.renew();
        }
        self.running || self.doubt.is_some()
    }

    fn unasked(&mut self) -> Option<Event> {
        self.core.frames_mut().take_told()
    }
}

impl Warns for Link {
    fn alarm(fault: &Fault) -> Option<Alarm> {
        fault.alarm()
    }
}

impl Identifies for Link {
    type Identity = Identity;

    fn identity() -> Identity {
        Identity::new()
    }

    fn interruptions(&self) -> u32 {
        self.core.interruptions().saturating_add(self.core.frames().restarts())
    }
}
