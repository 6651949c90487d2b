use crate::card::pair::Lent;
use crate::port::Instant;

use super::fault::Fault;
use super::front_end::{Frame, Heard, Operation};
use super::iso_dep::{self, Next, Transfer};
use super::link::Core;
use super::probe::Probe;
use super::script::{Act, Script};

/// Blocks of ISO-DEP, one frame each.
#[derive(Clone, Copy, Debug)]
struct Blocks {
    transfer: Transfer,
}

impl Blocks {
    fn send<T>(self, core: &mut Core, frame: &mut Frame) -> Act<T> {
        self.send_of(core, frame, None)
    }

    /// The same of a command that is lent.
    fn send_of<T>(self, core: &mut Core, frame: &mut Frame, command: Option<&[u8]>) -> Act<T> {
        frame.fill(|out| self.transfer.block_of(&mut core.session, command, out));
        Act::transceive(self.transfer.wait(&core.session))
    }

    /// How it ended; `None` if the next block is to be [sent](Self::send).
    fn heard(
        &mut self,
        core: &mut Core,
        frame: &Frame,
        heard: Heard,
    ) -> Option<Result<(), iso_dep::Fault>> {
        let heard = match heard {
            Heard::Frame if frame.last_bits() == 0 => iso_dep::Heard::Block(frame.bytes()),
            Heard::Silence => iso_dep::Heard::Silence,
            Heard::Frame | Heard::Garbled | Heard::Collision { .. } => iso_dep::Heard::Garbled,
        };
        match self.transfer.heard(&mut core.session, heard) {
            Next::Transmit { .. } => None,
            Next::Done(result) => Some(result),
        }
    }
}

/// Sends a command APDU; the output is the length of the response.
#[derive(Debug)]
pub struct Transmit<'a> {
    blocks: Result<Blocks, Fault>,
    /// When it is over in any case; none before it is begun.
    end: Option<Instant>,
    lent: Option<Lent<'a>>,
}

impl<'a> Transmit<'a> {
    /// With a command that is kept.
    pub(super) fn kept(core: &mut Core, command: &[u8]) -> Self {
        Self::new(core, command, None)
    }

    /// With the caller's command and room.
    pub(super) fn lent(core: &mut Core, command: &'a [u8], response: &'a mut [u8]) -> Self {
        Self::new(core, command, Some(Lent { command, response }))
    }

    fn new(core: &mut Core, command: &[u8], lent: Option<Lent<'a>>) -> Self {
        let blocks = match core.active {
            false => Err(Fault::Inactive),
            true => Transfer::start(&mut core.session, command, lent.is_some())
                .map(|transfer| Blocks { transfer })
                .map_err(Fault::from),
        };
        Self { blocks, end: None, lent }
    }
}

impl Script for Transmit<'_> {
    type Output = usize;

    fn next(
        &mut self,
        core: &mut Core,
        frame: &mut Frame,
        heard: Heard,
        now: Instant,
    ) -> Act<usize> {
        // The card can have been lost since the call was made.
        let blocks = match &mut self.blocks {
            Ok(_) if !core.active => return Act::Done(Err(Fault::Inactive)),
            Ok(blocks) => blocks,
            Err(fault) => return Act::Done(Err(*fault)),
        };
        let Some(end) = self.end else {
            self.end = Some(now + core.session.limits.longest_command(&self.lent));
            return blocks.send_of(core, frame, Lent::command(&self.lent));
        };
        let over = match blocks.heard(core, frame, heard) {
            None if now >= end => Some(Err(blocks.transfer.abandon(&mut core.session))),
            over => over,
        };
        let came = core.session.hand_on(&mut self.lent);
        match over {
            None => blocks.send_of(core, frame, Lent::command(&self.lent)),
            Some(Ok(())) => Act::Done(came.map_err(|needed| Fault::Buffer { needed })),
            Some(Err(fault)) => {
                use iso_dep::Fault::{Protocol, Silent, Unsettled};
                // After the others the card can be asked something else.
                if matches!(fault, Silent | Protocol | Unsettled) {
                    core.lost();
                }
                Act::Done(Err(Fault::IsoDep(fault)))
            }
        }
    }
}

/// Looks whether a card is in the field; the output says so.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Not before it is time.
    patient: bool,
    stage: Stage,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Waiting,
    /// Asking the active card.
    Presence(Blocks),
    Probe(Probe),
}

impl Look {
    pub(super) const fn new(patient: bool) -> Self {
        Self { patient, stage: Stage::Waiting }
    }

    fn begin(&mut self, core: &mut Core, frame: &mut Frame, now: Instant) -> Act<bool> {
        if self.patient && now < core.look_at {
            return Act::Rest(core.look_at);
        }
        if core.active {
            let blocks = Blocks { transfer: Transfer::presence(&core.session) };
            self.stage = Stage::Presence(blocks);
            return blocks.send(core, frame);
        }
        self.probe(Probe::NEW, core, frame, Heard::Silence, now)
    }

    fn probe(
        &mut self,
        mut probe: Probe,
        core: &mut Core,
        frame: &mut Frame,
        heard: Heard,
        now: Instant,
    ) -> Act<bool> {
        let act = probe.next(core, frame, heard, now);
        self.stage = Stage::Probe(probe);
        match act {
            Act::Do(operation) => Act::Do(operation),
            Act::Rest(until) => Act::Rest(until),
            Act::Done(kinds) => {
                core.look_at = now + core.config.timing.look;
                if kinds.is_ok_and(|kinds| kinds.count() > 0) {
                    (core.present, core.misses) = (true, 0);
                } else {
                    core.misses = core.misses.saturating_add(1);
                    core.present &= core.misses < core.config.misses;
                }
                Act::Done(Ok(core.present))
            }
        }
    }
}

impl Script for Look {
    type Output = bool;

    fn next(
        &mut self,
        core: &mut Core,
        frame: &mut Frame,
        heard: Heard,
        now: Instant,
    ) -> Act<bool> {
        match self.stage {
            Stage::Waiting => self.begin(core, frame, now),
            Stage::Probe(probe) => self.probe(probe, core, frame, heard, now),
            Stage::Presence(mut blocks) => {
                match blocks.heard(core, frame, heard) {
                    None => {
                        self.stage = Stage::Presence(blocks);
                        return blocks.send(core, frame);
                    }
                    Some(Err(iso_dep::Fault::Silent)) => {
                        core.lost();
                        core.present = false;
                    }
                    // Whatever it says, it is there.
                    Some(_) => {}
                }
                core.look_at = now + core.config.timing.presence;
                Act::Done(Ok(core.present))
            }
        }
    }
}

/// Tells the active card that it is over, and takes the field from all.
#[derive(Clone, Copy, Debug)]
pub struct Deactivate {
    stage: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Nothing,
    Deselect(Blocks),
    Field,
    Reset,
}

impl Deactivate {
    pub(super) const NEW: Self = Self { stage: End::Nothing };
}

impl Script for Deactivate {
    type Output = ();

    fn next(&mut self, core: &mut Core, frame: &mut Frame, heard: Heard, now: Instant) -> Act<()> {
        let (stage, act) = match self.stage {
            End::Nothing if core.active => {
                let blocks = Blocks { transfer: Transfer::deselect(&core.session) };
                (End::Deselect(blocks), blocks.send(core, frame))
            }
            End::Deselect(mut blocks) => match blocks.heard(core, frame, heard) {
                None => (End::Deselect(blocks), blocks.send(core, frame)),
                // One that does not answer is ignored (rule 8).
                Some(_) => (End::Field, Act::Do(Operation::Field(false))),
            },
            End::Nothing => (End::Field, Act::Do(Operation::Field(false))),
            // So that whatever comes next finds all cards reset.
            End::Field => (End::Reset, Act::Rest(now + core.config.timing.reset)),
            End::Reset => return Act::Done(Ok(())),
        };
        if matches!(stage, End::Field) {
            core.lost();
        }
        self.stage = stage;
        act
    }
}
