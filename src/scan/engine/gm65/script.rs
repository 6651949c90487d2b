use super::fault::Fault;
use super::frame::{Block, Command};
use super::link::Link;
use super::register::{GUARD, Register, SOFTWARE_WITHOUT_RAW, Wanted};
use super::settle::Configure;
use super::talk::{Next, Script};

/// Reads one register.
#[derive(Debug)]
pub struct Read {
    pub(super) register: Register,
}

impl Script<u8> for Read {
    fn next(&mut self, _link: &mut Link, heard: &[u8]) -> Next<u8> {
        match heard {
            [value, ..] => Next::Done(Ok(*value)),
            [] => Next::Ask(Command::Read { address: self.register.address, count: 1 }),
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

/// 00E0 to 00E5.
const IDENTITY: u8 = 0xE0;
const GM65_S: u8 = 0x05;

impl Identity {
    fn of(registers: &[u8]) -> Option<Self> {
        let [model, hardware, software, date @ ..] = registers else { return None };
        let date = *date.first_chunk()?;
        Some(Self { model: *model, hardware: *hardware, software: *software, date })
    }
}

/// Identifies the module and makes it safe to use.
#[derive(Debug)]
pub struct Init {
    wanted: Wanted,
    also: Option<u8>,
    persist: bool,
    stage: InitStage,
}

#[derive(Debug)]
enum InitStage {
    New,
    Identify,
    Configure(Identity, Configure),
    Save(Identity),
}

impl Init {
    pub(super) const fn new(wanted: Wanted, also: Option<u8>, persist: bool) -> Self {
        Self { wanted, also, persist, stage: InitStage::New }
    }

    fn identified(&mut self, link: &mut Link, registers: &[u8]) -> Next<Identity> {
        let Some(identity) = Identity::of(registers) else {
            return Next::Done(Err(Fault::Garbled { address: IDENTITY }));
        };
        if identity.model != GM65_S && Some(identity.model) != self.also {
            return Next::Done(Err(Fault::Model(identity.model)));
        }
        link.raw = identity.software == SOFTWARE_WITHOUT_RAW;
        let configure = Configure::new(self.wanted, usize::MAX);
        self.configure(link, identity, configure, &[])
    }

    fn configure(
        &mut self,
        link: &mut Link,
        identity: Identity,
        mut configure: Configure,
        heard: &[u8],
    ) -> Next<Identity> {
        match configure.next(link, heard) {
            Next::Ask(command) => {
                self.stage = InitStage::Configure(identity, configure);
                Next::Ask(command)
            }
            Next::Done(Err(fault)) => Next::Done(Err(fault)),
            Next::Done(Ok(true)) if self.persist => {
                link.ready = true;
                self.stage = InitStage::Save(identity);
                Next::Ask(Command::Save)
            }
            Next::Done(Ok(_)) => {
                link.ready = true;
                Next::Done(Ok(identity))
            }
        }
    }
}

impl Script<Identity> for Init {
    const AFTER_INIT: bool = false;

    fn next(&mut self, link: &mut Link, heard: &[u8]) -> Next<Identity> {
        match core::mem::replace(&mut self.stage, InitStage::New) {
            InitStage::New => {
                (link.ready, link.framed) = (false, false);
                self.stage = InitStage::Identify;
                Next::Ask(Command::Read { address: IDENTITY, count: 6 })
            }
            InitStage::Identify => self.identified(link, heard),
            InitStage::Configure(identity, configure) => {
                self.configure(link, identity, configure, heard)
            }
            InitStage::Save(identity) => Next::Done(Ok(identity)),
        }
    }
}

/// Starts or stops the search for codes, after a look at whether the module
/// is still as it was left: one that lost power in between is not.
#[derive(Debug)]
pub struct Trigger {
    on: bool,
    stage: TriggerStage,
}

#[derive(Debug)]
enum TriggerStage {
    Guard(Configure),
    Write,
}

impl Trigger {
    pub(super) const fn new(on: bool, wanted: Wanted) -> Self {
        Self { on, stage: TriggerStage::Guard(Configure::new(wanted, GUARD)) }
    }
}

impl Script<()> for Trigger {
    fn next(&mut self, link: &mut Link, heard: &[u8]) -> Next<()> {
        let TriggerStage::Guard(configure) = &mut self.stage else { return Next::Done(Ok(())) };
        match configure.next(link, heard) {
            Next::Ask(command) => Next::Ask(command),
            Next::Done(Err(fault)) => Next::Done(Err(fault)),
            Next::Done(Ok(_)) => {
                self.stage = TriggerStage::Write;
                let data = Block::from_slice(&[self.on.into()]).unwrap_or_default();
                Next::Ask(Command::Write { address: Register::TRIGGER.address, data })
            }
        }
    }
}

/// Saves all registers.
#[derive(Debug)]
pub struct Save {
    pub(super) asked: bool,
}

impl Script<()> for Save {
    fn next(&mut self, _link: &mut Link, _heard: &[u8]) -> Next<()> {
        if core::mem::replace(&mut self.asked, true) {
            Next::Done(Ok(()))
        } else {
            Next::Ask(Command::Save)
        }
    }
}
