use super::fault::Fault;
use super::frame::{Block, Command};
use super::link::Link;
use super::register::{Register, Setting, Wanted};
use super::talk::{Next, Script};

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

    fn not_kept(&self, wrote: &[u8], holds: &[u8]) -> Fault {
        let mut bytes = (self.setting.address()..).zip(wrote.iter().zip(holds));
        let (address, (wrote, holds)) =
            bytes.find(|(_, (wrote, holds))| wrote != holds).unwrap_or((0, (&0, &0)));
        Fault::NotKept { address, wrote: *wrote, holds: *holds }
    }
}

impl Script<bool> for Settle {
    fn next(&mut self, _link: &mut Link, heard: &[u8]) -> Next<bool> {
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
            Stage::Checking(wrote) => Next::Done(Err(self.not_kept(&wrote, heard))),
        }
    }
}

/// Changes some bits of one register.
#[derive(Debug)]
pub struct Change {
    pub(super) refused: Option<Fault>,
    pub(super) settle: Settle,
}

impl Script<bool> for Change {
    fn next(&mut self, link: &mut Link, heard: &[u8]) -> Next<bool> {
        match self.refused.take() {
            Some(fault) => Next::Done(Err(fault)),
            None => self.settle.next(link, heard),
        }
    }
}

/// Makes all settings, or only those that guard the line; the others too if
/// one of those was not as it should be.
#[derive(Debug)]
pub(super) struct Configure {
    wanted: Wanted,
    index: usize,
    limit: usize,
    settle: Option<Settle>,
    changed: bool,
    /// Whether this is the round after the one that changed something.
    last: bool,
}

impl Configure {
    pub(super) const fn new(wanted: Wanted, limit: usize) -> Self {
        Self { wanted, index: 0, limit, settle: None, changed: false, last: false }
    }

    /// The next setting; after the last, all once more if any was changed.
    /// Until the output has its protocol, a code that is read meanwhile could
    /// be taken for replies; from then on nothing printed can.
    fn setting(&mut self, raw: bool) -> Option<Setting> {
        if self.index >= self.limit || self.wanted.setting(self.index, raw).is_none() {
            if !self.changed || self.last {
                return None;
            }
            (self.index, self.limit, self.last) = (0, usize::MAX, true);
        }
        self.index += 1;
        self.wanted.setting(self.index - 1, raw)
    }

    fn settled(&mut self, link: &mut Link, setting: Setting, changed: bool) {
        self.changed |= changed;
        if setting.address() == Register::OUTPUT.address {
            link.framed = true;
            link.code_ids = self.wanted.code_ids;
        }
    }
}

impl Script<bool> for Configure {
    fn next(&mut self, link: &mut Link, heard: &[u8]) -> Next<bool> {
        let mut heard = heard;
        // Ends: a settle that has just begun asks for something.
        loop {
            let Some(settle) = &mut self.settle else {
                let Some(setting) = self.setting(link.raw) else {
                    return Next::Done(Ok(self.changed));
                };
                self.settle = Some(Settle::new(setting));
                continue;
            };
            match settle.next(link, heard) {
                Next::Done(Ok(changed)) => {
                    let setting = settle.setting;
                    self.settled(link, setting, changed);
                    (self.settle, heard) = (None, &[]);
                }
                other => return other,
            }
        }
    }
}
