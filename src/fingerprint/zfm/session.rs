use super::command::{Command, DeletChar, GetRandomCode, ReadSysPara, TempleteNum, VfyPwd};
use super::config::Config;
use super::confirmation::Confirmation;
use super::fault::Fault;
use super::script::{self, Ask, Enrol, Identify};
use super::wire::Frames;
use crate::fingerprint::script::{Family, Patience, Wait};
use crate::fingerprint::wire::{Pace, Progress, Silence, Wire};
use crate::fingerprint::{Capabilities, Event, Slot};
use crate::port::Instant;

/// How often a session is opened before the line is given up.
const OPENINGS: u8 = 3;

/// What outlives a conversation with a module: the configuration, the bytes
/// received so far, and whether host and module are in step.
#[derive(Debug)]
pub struct Link {
    config: Config,
    wire: Wire<Frames>,
    stage: Stage,
    openings: u8,
    retries: u8,
    capacity: u16,
    wait: Wait,
}

/// How far the opening of a session is.
///
/// The answers to the three commands differ in length, 1, 5 and 17 (or 3)
/// bytes. An answer to anything else that comes late, or twice, stands where
/// one of another length is due; so the three right lengths in a row say that
/// nothing is outstanding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Unlock,
    Resynchronise,
    Learn,
    Open,
}

const _: () = {
    assert!(VfyPwd::REPLY != GetRandomCode::REPLY);
    assert!(GetRandomCode::REPLY != ReadSysPara::REPLY);
    assert!(GetRandomCode::REPLY != TempleteNum::REPLY);
};

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            wire: Wire::new(Frames::new(config.address)),
            config,
            stage: Stage::Unlock,
            openings: OPENINGS,
            retries: 0,
            capacity: 0,
            wait: Wait::Pause(Instant::ZERO),
        }
    }

    pub(super) fn close(&mut self) {
        self.wire.abandon();
        self.stage = Stage::Unlock;
    }

    fn open(&mut self, now: Instant) -> nb::Result<(), Fault> {
        while self.stage != Stage::Open {
            match self.opening(now) {
                Ok(stage) => self.stage = stage,
                Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                Err(nb::Error::Other(fault)) => {
                    self.close();
                    self.openings = self.openings.saturating_sub(1);
                    // A module that has just got power says so while the
                    // session opens: that is no fault yet.
                    let again = fault.is_line() || fault == Fault::Restarted;
                    if !again || self.openings == 0 {
                        self.retries = 0;
                        return Err(nb::Error::Other(fault));
                    }
                }
            }
        }
        self.openings = OPENINGS;
        Ok(())
    }

    /// One stage of the opening; the next one.
    fn opening(&mut self, now: Instant) -> nb::Result<Stage, Fault> {
        match self.stage {
            Stage::Unlock => {
                let unlock = VfyPwd(self.config.password.clone());
                let unlocked = self.exchange(&unlock, Silence::Settle, now)?;
                unlocked.map_err(|_| Fault::Password)?;
                Ok(Stage::Resynchronise)
            }
            Stage::Resynchronise => {
                let random = self.exchange(&GetRandomCode, Silence::Quiet, now)?;
                random.map_err(|code| Fault::Refused(GetRandomCode::OPCODE, code))?;
                Ok(Stage::Learn)
            }
            Stage::Learn => {
                self.capacity = self.learn(now)?;
                Ok(Stage::Open)
            }
            Stage::Open => Ok(Stage::Open),
        }
    }

    fn learn(&mut self, now: Instant) -> nb::Result<u16, Fault> {
        if let Some(capacity) = self.config.capacity {
            let count = self.exchange(&TempleteNum, Silence::Quiet, now)?;
            count.map_err(|code| Fault::Refused(TempleteNum::OPCODE, code))?;
            return Ok(capacity);
        }
        let parameters = self.exchange(&ReadSysPara, Silence::Quiet, now)?;
        Ok(parameters.map_err(|code| Fault::Refused(ReadSysPara::OPCODE, code))?.capacity)
    }

    fn ask<C: Command>(&mut self, command: &C, now: Instant) -> Answer<C::Reply> {
        if !command.is_known_to(self.config.dialect) {
            return Err(nb::Error::Other(Fault::Unsupported(C::OPCODE)));
        }
        self.open(now)?;
        let answer = self.exchange(command, Silence::Quiet, now);
        if let Err(nb::Error::Other(_)) = answer {
            self.close();
        }
        answer
    }

    fn exchange<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        now: Instant,
    ) -> Answer<C::Reply> {
        let timing = &self.config.timing;
        let pace = Pace {
            quiet: timing.quiet,
            settle: timing.settle,
            gap: timing.gap,
            reply: timing.reply,
        };
        if self.wire.is_idle() {
            self.wire.frames.begin(command)?;
            self.wire.begin(silence, command.time(&self.config.timing), pace, now);
        }
        match self.wire.poll(pace, now)? {
            Progress::Answered | Progress::Piece => judge(command, self.wire.frames.answer()),
            Progress::Waiting(wait) => {
                self.wait = wait;
                Err(nb::Error::WouldBlock)
            }
        }
    }
}

impl Family for Link {
    type Session<'a> = Session<'a>;
    type Fault = Fault;
    type Identify = Identify;
    type Enrol = Enrol;
    type Delete = Ask<DeletChar>;
    type Count = script::Count;

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
        let all = Capabilities::SCORE | Capabilities::LIST | Capabilities::DUPLICATES;
        match self.config.dialect {
            super::Dialect::Zfm20 => all,
            super::Dialect::R503 => all | Capabilities::LIGHT,
        }
    }

    fn begin(&mut self) {
        if !self.wire.is_idle() {
            self.close();
        }
        self.retries = self.config.retries;
        self.openings = OPENINGS;
    }

    fn unasked(&mut self) -> Option<Event> {
        self.wire.frames.take_woken().then_some(Event::Woken)
    }

    fn session(&mut self, now: Instant) -> Session<'_> {
        Session::new(self, now)
    }

    fn wait(&self) -> Wait {
        self.wait
    }

    fn outgoing(&self) -> &[u8] {
        self.wire.outgoing()
    }

    fn sent(&mut self, n: usize) {
        self.wire.sent(n);
    }

    fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.wire.received(bytes, now)
    }
}

/// A good answer, or the code of a refusal that the command provides for.
pub type Answer<T> = nb::Result<Result<T, Confirmation>, Fault>;

/// Whether this can be the answer to that command, and what it says.
fn judge<C: Command>(command: &C, content: &[u8]) -> Answer<C::Reply> {
    let out_of_step = nb::Error::Other(Fault::OutOfStep(C::OPCODE));
    let (&code, reply) = content.split_first().ok_or(out_of_step)?;
    let code = Confirmation::from(code);
    let exact = reply.len() == C::REPLY;
    match code {
        Confirmation::Ok => command.decode(reply).filter(|_| exact).map(Ok).ok_or(out_of_step),
        // Some modules pad a refusal to the length of a good answer.
        _ if !exact && !reply.is_empty() => Err(out_of_step),
        Confirmation::PacketDamaged => Err(Fault::Garbled(C::OPCODE).into()),
        Confirmation::Locked => Err(Fault::Locked.into()),
        code if C::REFUSALS.contains(&code) => Ok(Err(code)),
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
            | Confirmation::Dependent(0x19 | 0xFB | 0xFC | 0xFD | 0xFE)
    )
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

    pub(super) fn adopt(&mut self, password: super::Password) {
        self.link.config.password = password;
    }

    /// Sends a command, or goes on with it: ask for the same one until it is
    /// answered. Opens a session first where there is none.
    ///
    /// An answer is sure only once that to another command, of another length,
    /// has come behind it: see [`zfm`](super), and [`Ask`](super::Ask), which
    /// sees to it.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask<C: Command>(&mut self, command: &C) -> Answer<C::Reply> {
        self.link.ask(command, self.now)
    }

    /// How many templates the library holds. Opens a session where there is
    /// none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn capacity(&mut self) -> nb::Result<u16, Fault> {
        self.link.open(self.now)?;
        Ok(self.link.capacity)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`], else as [`ask`](Self::ask).
    pub fn check(&mut self, slot: Slot) -> nb::Result<(), Fault> {
        if slot.0 < self.capacity()? { Ok(()) } else { Err(Fault::Slot(slot).into()) }
    }

    /// Waits.
    ///
    /// # Errors
    /// `WouldBlock` until then.
    pub fn wait_until(&mut self, until: Instant) -> nb::Result<(), Fault> {
        if self.now >= until {
            return Ok(());
        }
        self.link.wait = Wait::Pause(until);
        Err(nb::Error::WouldBlock)
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
