use crate::port::Instant;

use super::fault::Kinds;
use super::front_end::{Frame, Heard, Operation, Rates, Technology};
use super::link::Core;
use super::script::Act;

/// REQA is 26, and leaves halted cards alone; WUPA is a short frame of 7 bits
/// (ISO/IEC 14443-3:2011, 6.4.1).
const WUPA: u8 = 0x52;
pub(super) const HLTA: [u8; 2] = [0x50, 0x00];

/// WUPB for all application families, in one slot or more (7.7).
pub(super) fn wupb(core: &Core, slots: u8) -> [u8; 3] {
    let extended = if core.config.extended_atqb { 0x10 } else { 0x00 };
    [0x05, 0x00, 0x08 | extended | slots]
}

/// Prepares a WUPA.
pub(super) fn wupa<T>(core: &Core, frame: &mut Frame) -> Act<T> {
    frame.send_bits(&[WUPA], 7, false);
    Act::transceive(core.config.timing.answer)
}

/// What frames are sent as until a card agrees to something else.
pub(super) fn modulation<T>(technology: Technology) -> Act<T> {
    Act::Do(Operation::Modulation { technology, rates: Rates::default() })
}

/// What was done last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Nothing,
    Field,
    ModulationA,
    GuardA,
    WupA,
    HltA,
    ModulationB,
    GuardB,
    WupB,
}

/// Looks which kinds of cards are in the field, and leaves those of type A
/// halted (EMV Contactless Interface Specification, 9.2: polling).
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    stage: Stage,
    kinds: Kinds,
}

impl Probe {
    pub(super) const NEW: Self =
        Self { stage: Stage::Nothing, kinds: Kinds { a: false, b: false } };

    pub(super) fn next(
        &mut self,
        core: &Core,
        frame: &mut Frame,
        heard: Heard,
        now: Instant,
    ) -> Act<Kinds> {
        let guard = Act::Rest(now + core.config.timing.guard);
        let answer = Act::transceive(core.config.timing.answer);
        let (stage, act) = match self.stage {
            Stage::Nothing if !core.field => (Stage::Field, Act::Do(Operation::Field(true))),
            Stage::Nothing | Stage::Field => (Stage::ModulationA, modulation(Technology::A)),
            Stage::ModulationA => (Stage::GuardA, guard),
            Stage::GuardA => (Stage::WupA, wupa(core, frame)),
            Stage::WupA if heard != Heard::Silence => {
                self.kinds.a = true;
                // It is not answered (6.4.3).
                frame.send(&HLTA, true);
                (Stage::HltA, answer)
            }
            Stage::WupA | Stage::HltA => (Stage::ModulationB, modulation(Technology::B)),
            Stage::ModulationB => (Stage::GuardB, guard),
            Stage::GuardB => {
                frame.send(&wupb(core, 0), true);
                (Stage::WupB, answer)
            }
            Stage::WupB => {
                self.kinds.b = heard != Heard::Silence;
                return Act::Done(Ok(self.kinds));
            }
        };
        self.stage = stage;
        act
    }
}
