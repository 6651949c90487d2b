use super::fault::Refusal;
use super::frame::{Block, Command};
use super::language::Grow;
use super::register::{Register, Setting};
use super::talk::{Next, Talk};
use crate::scan::Symbologies;

/// Makes one setting: reads, writes what differs, reads back.
#[derive(Debug)]
pub(super) struct Settle {
    setting: Setting,
    stage: Stage,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Stage {
    New,
    Reading,
    Writing(Block),
    Checking(Block),
}

impl Settle {
    pub(super) const fn new(setting: Setting) -> Self {
        Self { setting, stage: Stage::New }
    }

    fn read(&self) -> Next<bool> {
        let Self { setting, .. } = self;
        Next::Ask(Command::Read { address: setting.address(), count: setting.count() })
    }

    fn not_kept(&self, wrote: &[u8], holds: &[u8]) -> Refusal {
        let mut bytes = (self.setting.address()..).zip(wrote.iter().zip(holds));
        let (address, (wrote, holds)) =
            bytes.find(|(_, (wrote, holds))| wrote != holds).unwrap_or((0, (&0, &0)));
        Refusal::NotKept { address, wrote: *wrote, holds: *holds }
    }
}

impl Talk for Settle {
    type Output = bool;

    fn next(&mut self, _grow: &mut Grow, heard: &[u8]) -> Next<bool> {
        let wanted = self.setting.applied_to(heard);
        match core::mem::replace(&mut self.stage, Stage::New) {
            Stage::New => {
                self.stage = Stage::Reading;
                self.read()
            }
            Stage::Reading if wanted == heard => Next::Done(Ok(false)),
            Stage::Reading => {
                self.stage = Stage::Writing(wanted.clone());
                Next::Ask(Command::Write { address: self.setting.address(), data: wanted })
            }
            Stage::Writing(wrote) => {
                self.stage = Stage::Checking(wrote);
                self.read()
            }
            Stage::Checking(_) if wanted == heard => Next::Done(Ok(true)),
            Stage::Checking(wrote) => Next::refused(self.not_kept(&wrote, heard)),
        }
    }
}

/// Changes some bits of one register, where it may be.
#[derive(Debug)]
pub struct Change {
    pub(super) register: Register,
    pub(super) mask: u8,
    pub(super) settle: Settle,
    pub(super) allowed: bool,
}

impl Change {
    fn refusal(&self, grow: &Grow) -> Option<Refusal> {
        let Register { address, owned } = self.register;
        let other = grow.wanted.family != super::Family::Gm65 && !self.register.is_common();
        match (other, owned & self.mask) {
            (true, _) => Some(Refusal::OtherMap { address }),
            (false, 0) => None,
            (false, bits) => Some(Refusal::Owned { address, bits }),
        }
    }
}

impl Talk for Change {
    type Output = bool;

    fn next(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<bool> {
        if !self.allowed
            && let Some(refusal) = self.refusal(grow)
        {
            return Next::refused(refusal);
        }
        self.allowed = true;
        self.settle.next(grow, heard)
    }
}

/// Which settings are to be made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    /// All of the driver's, or so many at their front; the others too if one of
    /// those was not as it should be.
    Wanted { limit: usize },
    /// These families of codes on, others off.
    Symbologies(Symbologies),
    /// Only this.
    One(Setting),
}

/// Makes settings; whether any was changed.
#[derive(Debug)]
pub(super) struct Configure {
    which: Which,
    index: usize,
    settle: Option<Settle>,
    changed: bool,
    /// Whether this is the round after the one that changed something.
    last: bool,
}

impl Configure {
    pub(super) const fn new(which: Which) -> Self {
        Self { which, index: 0, settle: None, changed: false, last: false }
    }

    /// The next setting.
    fn setting(&mut self, grow: &Grow) -> Option<Setting> {
        self.index += 1;
        let index = self.index - 1;
        match self.which {
            Which::Wanted { limit } if index < limit => {
                grow.wanted.setting(index).or_else(|| self.again(grow))
            }
            Which::Wanted { .. } => self.again(grow),
            Which::Symbologies(on) => grow.wanted.family.switch(on, index),
            Which::One(setting) => (index == 0).then_some(setting),
        }
    }

    /// After the last, all once more if any was changed. Until the output has
    /// its protocol, a code that is read meanwhile could be taken for replies;
    /// from then on nothing printed can.
    fn again(&mut self, grow: &Grow) -> Option<Setting> {
        if !self.changed || self.last {
            return None;
        }
        (self.index, self.last) = (1, true);
        self.which = Which::Wanted { limit: usize::MAX };
        grow.wanted.setting(0)
    }
}

impl Talk for Configure {
    type Output = bool;

    fn next(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<bool> {
        let mut heard = heard;
        // Ends: a settle that has just begun asks for something.
        loop {
            let Some(settle) = &mut self.settle else {
                let Some(setting) = self.setting(grow) else {
                    return Next::Done(Ok(self.changed));
                };
                self.settle = Some(Settle::new(setting));
                continue;
            };
            match settle.next(grow, heard) {
                Next::Done(Ok(changed)) => {
                    self.changed |= changed;
                    grow.framed |= settle.setting.address() == Register::OUTPUT.address;
                    (self.settle, heard) = (None, &[]);
                }
                other => return other,
            }
        }
    }
}
