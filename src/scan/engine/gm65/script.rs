use super::family::Family;
use super::fault::Refusal;
use super::frame::{Block, Command};
use super::language::{COMMAND, Grow};
use super::register::{Register, SOFTWARE_WITHOUT_RAW, bits};
use super::settle::{Configure, Which};
use super::talk::{Next, Talk};
use crate::scan::engine::reader::{Fault, Job};
use crate::scan::{Mode, Signals};

/// Reads one register.
#[derive(Debug)]
pub struct Read {
    pub(super) register: Register,
}

impl Talk for Read {
    type Output = u8;

    fn next(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<u8> {
        let address = self.register.address;
        match heard {
            [value, ..] => Next::Done(Ok(*value)),
            [] if grow.wanted.family != Family::Gm65 && !self.register.is_common() => {
                Next::refused(Refusal::OtherMap { address })
            }
            [] => Next::Ask(Command::Read { address, count: 1 }),
        }
    }
}

/// What the module says about itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Identity {
    /// 00E0: the model; 05 is GM65-S.
    pub model: u8,
    /// 00E1: hardware version x 100.
    pub hardware: u8,
    /// 00E2: software version x 100.
    pub software: u8,
    /// 00E3 to 00E5: date of the software, year less 2000, month, day.
    pub date: [u8; 3],
}

impl Identity {
    /// 00E0 to 00E5.
    pub(super) const READ: Command = Command::Read { address: 0xE0, count: 6 };

    pub(super) fn of(registers: &[u8]) -> Option<Self> {
        let [model, hardware, software, date @ ..] = registers else { return None };
        let date = *date.first_chunk()?;
        Some(Self { model: *model, hardware: *hardware, software: *software, date })
    }
}

/// How a [`Job`] is done.
#[derive(Debug)]
pub struct Work {
    is_init: bool,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Identify,
    Identified,
    Configure(Configure, Then),
    Over,
}

/// What comes after the settings.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// They are saved if any was changed, where that is wished.
    Save,
    /// The search for codes is started or stopped.
    Trigger(bool),
    /// The mode is to stay so.
    Keep(u8),
    Nothing,
}

impl Work {
    pub(super) const INIT: Self = Self { is_init: true, stage: Stage::Identify };

    pub(super) fn of(job: Job, grow: &Grow) -> Option<Self> {
        let settings = |which, then| Stage::Configure(Configure::new(which), then);
        // Whether the module is still as it was left: one that lost power is
        // not.
        let guard = Which::Wanted { limit: grow.wanted.guard() };
        let stage = match job {
            Job::Init => Stage::Identify,
            Job::Start => settings(guard, Then::Trigger(true)),
            Job::Stop => settings(guard, Then::Trigger(false)),
            Job::Mode(mode) => {
                let mode = mode_bits(mode)?;
                let setting = bits(Register::MODE, 0b11, mode);
                settings(Which::One(setting), Then::Keep(mode))
            }
            Job::Symbologies(on) => {
                let known = grow.wanted.family.symbologies().contains(on);
                known.then(|| settings(Which::Symbologies(on), Then::Nothing))?
            }
            Job::Signal(signals, on) => {
                let (mask, value) = lights(signals, on)?;
                settings(Which::One(bits(Register::MODE, mask, value)), Then::Nothing)
            }
        };
        Some(Self { is_init: job == Job::Init, stage })
    }

    fn identified(&mut self, grow: &mut Grow, registers: &[u8]) -> Next<()> {
        let Some(identity) = Identity::of(registers) else {
            return Next::Done(Err(Fault::Garbled));
        };
        let also = grow.config.also.filter(|(model, _)| *model == identity.model);
        let family = also.map(|(_, family)| family).or(Family::of(identity.model));
        let Some(family) = family else {
            return Next::refused(Refusal::Model(identity.model));
        };
        grow.identity = Some(identity);
        grow.wanted.family = family;
        grow.wanted.mode = COMMAND;
        grow.wanted.raw = family == Family::Gm65 && identity.software == SOFTWARE_WITHOUT_RAW;
        let all = Which::Wanted { limit: usize::MAX };
        self.configure(grow, Configure::new(all), Then::Save, &[])
    }

    fn configure(
        &mut self,
        grow: &mut Grow,
        mut configure: Configure,
        then: Then,
        heard: &[u8],
    ) -> Next<()> {
        match configure.next(grow, heard) {
            Next::Ask(command) => {
                self.stage = Stage::Configure(configure, then);
                Next::Ask(command)
            }
            Next::Set(line) => Next::Set(line),
            Next::Done(Err(fault)) => Next::Done(Err(fault)),
            Next::Done(Ok(changed)) => match then {
                Then::Save if changed && grow.config.persist => Next::Ask(Command::Save),
                Then::Trigger(on) => {
                    let data = Block::from_slice(&[on.into()]).unwrap_or_default();
                    Next::Ask(Command::Write { address: Register::TRIGGER.address, data })
                }
                Then::Keep(mode) => {
                    grow.wanted.mode = mode;
                    Next::Done(Ok(()))
                }
                Then::Save | Then::Nothing => Next::Done(Ok(())),
            },
        }
    }
}

impl Talk for Work {
    type Output = ();

    fn is_init(&self) -> bool {
        self.is_init
    }

    fn next(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<()> {
        match core::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Identify => {
                grow.unlearn();
                self.stage = Stage::Identified;
                Next::Ask(Identity::READ)
            }
            Stage::Identified => self.identified(grow, heard),
            Stage::Configure(configure, then) => self.configure(grow, configure, then, heard),
            Stage::Over => Next::Done(Ok(())),
        }
    }
}

/// 0000, bits 1-0.
const fn mode_bits(mode: Mode) -> Option<u8> {
    match mode {
        Mode::Command => Some(0b01),
        Mode::Continuous => Some(0b10),
        Mode::Presentation => Some(0b11),
    }
}

/// 0000, bits 5-4 and 3-2: always, or as usual while it reads.
fn lights(signals: Signals, on: bool) -> Option<(u8, u8)> {
    if !(Signals::AIM | Signals::ILLUMINATION).contains(signals) {
        return None;
    }
    let aim = if signals.contains(Signals::AIM) { 0b0011_0000 } else { 0 };
    let light = if signals.contains(Signals::ILLUMINATION) { 0b0000_1100 } else { 0 };
    let mask = aim | light;
    Some((mask, if on { mask } else { mask & 0b0001_0100 }))
}

/// Saves all registers.
#[derive(Debug)]
pub struct Save {
    pub(super) asked: bool,
}

impl Talk for Save {
    type Output = ();

    fn next(&mut self, _grow: &mut Grow, _heard: &[u8]) -> Next<()> {
        if core::mem::replace(&mut self.asked, true) {
            Next::Done(Ok(()))
        } else {
            Next::Ask(Command::Save)
        }
    }
}
