use super::bulk::Cargo;
use super::command::{
    Cancel, Command, DeletChar, GetRandomCode, ReadIndexTable, ReadProdInfo, ReadSysPara,
    TempleteNum, VfyPwd,
};
use super::config::{Config, Timing};
use super::confirmation::Confirmation;
use super::dialect::{Dialect, Profile};
use super::doubt::{Doubt, Setting};
use super::fault::Fault;
use super::script::{self, Ask, Enrol, Identify, Identity};
use super::wire::Frames;
use crate::fingerprint::link::{Core, Kin};
use crate::fingerprint::script::Patience;
use crate::fingerprint::wire::{Pace, Silence};
use crate::fingerprint::{Alarm, Capabilities, Event, Identifies, SensorId, Slot, Warns};
use crate::port::{Instant, Line};

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    core: Core<Self>,
    capacity: u16,
    /// The module goes on with something by itself.
    running: bool,
    /// The speed, once it is known; and that the line is to be set to it.
    baud: u32,
    retune: bool,
    /// What may be in force instead of what is in the configuration.
    doubt: Option<Doubt>,
    id: Option<SensorId>,
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
                let random = self.exchange(&GetRandomCode, Silence::Quiet, now)?;
                random.map_err(|code| Fault::Refused(GetRandomCode::OPCODE, code))?;
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
        self.core.frames().is_trailing() && Cancel.is_known_to(self.config().dialect)
    }

    /// Ends what the module goes on with by itself. What it answers is as good
    /// as nothing: the result of that may come first.
    fn stop(&mut self, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        match self.exchange(&Cancel, Silence::Settle, now) {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Err(nb::Error::Other(Fault::Timeout(_))) => {}
            _ => self.running = false,
        }
        Ok(Some(Stage::Unlock))
    }

    fn unlock(&mut self, now: Instant) -> nb::Result<Option<Stage>, Fault> {
        let unlock = VfyPwd(self.config().password.clone());
        match self.exchange(&unlock, Silence::Settle, now) {
            // The M5 manual has no passwords.
            Err(nb::Error::Other(Fault::Refused(..)))
                if self.config().dialect == Dialect::Synochip => {}
            result => result?.map_err(|_| Fault::Password)?,
        }
        Ok(Some(Stage::Resynchronise))
    }

    fn learn(&mut self, now: Instant) -> nb::Result<u16, Fault> {
        if let Some(capacity) = self.config().capacity {
            let count = self.exchange(&TempleteNum, Silence::Quiet, now)?;
            count.map_err(|code| Fault::Refused(TempleteNum::OPCODE, code))?;
            return Ok(capacity);
        }
        let parameters = self.exchange(&ReadSysPara, Silence::Quiet, now)?;
        Ok(parameters.map_err(|code| Fault::Refused(ReadSysPara::OPCODE, code))?.capacity)
    }

    fn exchange<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        self.carry(command, silence, Cargo::None, now)
    }

    /// The same, with the data that go or come behind the acknowledgement.
    fn carry<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        cargo: Cargo<'_>,
        now: Instant,
    ) -> Answer<C::Reply> {
        self.raw(command, silence, cargo, now)?;
        let answer = judge(command, self.core.frames().answer(), self.config().dialect);
        if let Err(nb::Error::Other(Fault::Locked)) = answer {
            self.core.interrupted();
        }
        answer
    }

    /// Has the answer in the frames.
    fn raw<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        mut cargo: Cargo<'_>,
        now: Instant,
    ) -> nb::Result<(), Fault> {
        self.running |= C::RUNS;
        self.core.transfer(
            silence,
            now,
            |frames, config| frames.begin(command, config),
            |frames| cargo.shift(frames),
        )
    }

    /// What may be in force instead is now in force for the host.
    fn swap(&mut self) {
        if let Some(doubt) = &mut self.doubt {
            self.retune |= doubt.swap(&mut self.core.config, &mut self.baud);
        }
    }
}

impl Kin for Link {
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
        let image =
            self.config().image.is_some() || ReadProdInfo.is_known_to(self.config().dialect);
        let image = if image { C::IMAGE } else { C::empty() };
        let all = C::SCORE | C::LIST | C::DUPLICATES | C::BAUD | C::TEMPLATES | image;
        match self.config().dialect {
            Dialect::Zfm20 => all | C::SLEEP,
            Dialect::R503 | Dialect::R503V12 => all | C::LIGHT | C::UNIQUE,
            Dialect::Synochip => all | C::LIGHT | C::UNIQUE | C::ALARMS | C::SLEEP,
        }
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

    /// A module that has just got power says so while the session opens: that
    /// is no fault yet.
    fn opens_again(fault: Fault) -> bool {
        fault.is_line() || fault == Fault::Restarted
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

/// A good answer, or the code of a refusal that the command provides for.
pub type Answer<T> = nb::Result<Result<T, Confirmation>, Fault>;

/// Whether this can be the answer to that command, and what it says.
fn judge<C: Command>(command: &C, content: &[u8], dialect: Dialect) -> Answer<C::Reply> {
    let out_of_step = nb::Error::Other(Fault::OutOfStep(C::OPCODE));
    let (&code, reply) = content.split_first().ok_or(out_of_step)?;
    let code = Confirmation::read(code, dialect);
    let exact = reply.len() == C::REPLY;
    if code == C::GOOD {
        return command.decode(reply).filter(|_| exact).map(Ok).ok_or(out_of_step);
    }
    match code {
        // Some modules pad a refusal to the length of a good answer.
        _ if !exact && !reply.is_empty() => Err(out_of_step),
        Confirmation::PacketDamaged => Err(Fault::Garbled(C::OPCODE).into()),
        code if C::REFUSALS.contains(&code) => Ok(Err(code)),
        Confirmation::Locked | Confirmation::NotVerified => Err(Fault::Locked.into()),
        code if is_for_any(code) => Err(Fault::Refused(C::OPCODE, code).into()),
        _ => Err(out_of_step),
    }
}

/// Whether any command can be refused with this code.
fn is_for_any(code: Confirmation) -> bool {
    matches!(
        code,
        Confirmation::WrongAddress
            | Confirmation::SensorFault
            | Confirmation::Undefined
            | Confirmation::RandomFailed
            | Confirmation::Busy
            | Confirmation::Unsupported
            | Confirmation::Blocked
            | Confirmation::HardwareFault
            | Confirmation::BadParameter
            | Confirmation::ExecutionFailed
            | Confirmation::NotOpen
    )
}

/// What a [`Script`](super::Script) speaks to the module through.
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
    /// What modules of the configured dialect have in common.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.config().dialect.profile()
    }

    pub(super) fn link(&mut self) -> &mut Link {
        self.link
    }

    /// Sends a command, or goes on with it: ask for the same one until it is
    /// answered. Opens a session first where there is none.
    ///
    /// An answer is sure only once that to another command, of another length,
    /// has come behind it: see [`zfm`](super), and [`seal`](Self::seal).
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask<C: Command>(&mut self, command: &C) -> Answer<C::Reply> {
        self.carry(command, Cargo::None)
    }

    pub(super) fn carry<C: Command>(&mut self, command: &C, cargo: Cargo<'_>) -> Answer<C::Reply> {
        self.admit(command)?;
        self.speak(|link, now| link.carry(command, Silence::Quiet, cargo, now))
    }

    /// Whether the dialect has the command, with these parameters. Nothing is
    /// sent.
    ///
    /// # Errors
    /// [`Fault::Unsupported`], [`Fault::Value`].
    pub fn admit<C: Command>(&self, command: &C) -> Result<(), Fault> {
        match (command.is_known_to(self.config().dialect), command.fits(self.profile())) {
            (true, true) => Ok(()),
            (true, false) => Err(Fault::Value(C::OPCODE)),
            (false, _) => Err(Fault::Unsupported(C::OPCODE)),
        }
    }

    /// [`ask`](Self::ask), for a command that is to succeed.
    ///
    /// # Errors
    /// [`Fault::Refused`], else as [`ask`](Self::ask).
    pub fn demand<C: Command>(&mut self, command: &C) -> nb::Result<C::Reply, Fault> {
        self.transfer(command, Cargo::None)
    }

    /// The answer to `C` is believed only if this passes behind it: had another
    /// one taken its place, it would itself now stand where one of another
    /// length is due.
    ///
    /// # Errors
    /// As [`demand`](Self::demand).
    pub fn seal<C: Command>(&mut self) -> nb::Result<(), Fault> {
        if C::REPLY == GetRandomCode::REPLY {
            self.demand(&TempleteNum)?;
        } else {
            self.demand(&GetRandomCode)?;
        }
        if C::RUNS {
            self.link.running = false;
        }
        Ok(())
    }

    /// Whether a module answers to a command as one that has it does, in
    /// whatever dialect; only for commands that do no harm in any.
    pub(super) fn probe<C: Command>(&mut self, command: &C) -> nb::Result<bool, Fault> {
        self.speak(|link, now| {
            link.raw(command, Silence::Quiet, Cargo::None, now)?;
            let content = link.core.frames().answer();
            Ok(content.len() == 1 + C::REPLY && content.first() == Some(&0))
        })
    }

    /// How many templates the library holds. Opens a session where there is
    /// none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn capacity(&mut self) -> nb::Result<u16, Fault> {
        self.open()?;
        Ok(self.link.capacity)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`], else as [`ask`](Self::ask).
    pub fn check(&mut self, slot: Slot) -> nb::Result<(), Fault> {
        if slot.0 < self.capacity()? { Ok(()) } else { Err(Fault::Slot(slot).into()) }
    }

    /// Whether a slot that the library has is in use; to be sealed.
    pub(super) fn is_used(&mut self, slot: Slot) -> nb::Result<bool, Fault> {
        self.check(slot)?;
        let [page, _] = slot.0.to_be_bytes();
        Ok(self.demand(&ReadIndexTable { page })?.holds(slot))
    }

    /// The line is at this speed, as far as the host knows; `set` has it set to
    /// that, and returns `WouldBlock` for that once.
    pub(super) fn tune(&mut self, baud: u32) -> nb::Result<(), Fault> {
        self.link.baud = baud;
        self.link.core.set(Line::Baud(baud))
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.link.doubt = Some(doubt);
    }

    /// The other of the two that may be in force is the likelier one.
    pub(super) fn swap(&mut self) {
        self.link.swap();
    }

    /// Whether the host has this value, and the module, if a session is open.
    pub(super) fn is_in_force(&self, setting: &Setting) -> bool {
        match setting {
            Setting::Password(password) => self.config().password == *password,
            Setting::Address(address) => self.config().address == *address,
            Setting::Baud(baud) => self.link.baud == *baud,
        }
    }

    /// Nothing is running any more, or in doubt.
    pub(super) fn forget(&mut self) {
        self.link.running = false;
        self.link.doubt = None;
    }

    pub(super) fn excuse_restart(&mut self) {
        self.link.core.frames_mut().excuse_restart();
    }

    /// The module says that it is this one.
    pub(super) fn recognise(&mut self, id: SensorId) {
        let known = self.link.id.replace(id);
        if known.is_some_and(|known| known != id) {
            self.link.core.interrupted();
        }
    }
}
