use crate::port::{Duration, Instant};

use super::ats::{frame_size, fsdi, guard};
use super::config::Several;
use super::fault::{Fault, Kinds};
use super::front_end::{Frame, Heard, Operation, Rates, Technology};
use super::link::Core;
use super::probe::{Probe, modulation, wupa, wupb};
use super::rates;
use super::script::{Act, Script};
use super::select::{Select, Selection};
use super::{Atqb, Ats};

/// A frame of the activation that is answered.
#[derive(Clone, Copy, Debug)]
enum Step {
    WupA,
    Select(Select),
    Rats,
    Pps(Rates),
    WupB,
    /// WUPB with four slots, then the marker of each (ISO/IEC 14443-3:2011,
    /// 7.8).
    Slot(u8),
    Attrib(Rates),
}

/// What the answer to it leads to.
#[derive(Clone, Copy, Debug)]
enum Then {
    Ask(Step),
    /// Ask so, when the card was left alone.
    Leave(Step),
    /// It was no answer.
    Again,
    /// The card is active, with frames at these rates.
    Agreed(Technology, Rates),
}

/// What was done last.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Nothing,
    Off,
    Reset,
    Probe(Probe),
    /// The modulation for the kind of card that was found.
    Modulation,
    /// A rest before the frame is sent.
    Rest,
    Asked,
    /// All is agreed; the card is still to be left alone.
    Agreed,
    Left,
}

/// Resets all cards, finds one, and activates it (EMV Contactless Interface
/// Specification, 9.2 to 9.4; ISO/IEC 14443-3 and -4).
#[derive(Clone, Copy, Debug)]
pub struct Activate {
    stage: Stage,
    step: Step,
    /// How often the frame was sent, and how often all was begun anew.
    tries: u8,
    rounds: u8,
    /// The card did not answer when asked for higher bit rates: they are not
    /// asked for again.
    slow: bool,
    /// How long the card is to be left alone.
    guard: Duration,
}

impl Activate {
    /// What goes wrong once, goes right when all is begun anew.
    const ROUNDS: u8 = 3;

    pub(super) const NEW: Self = Self {
        stage: Stage::Nothing,
        step: Step::WupA,
        tries: 0,
        rounds: 0,
        slow: false,
        guard: Duration::ZERO,
    };

    fn probed(&mut self, kinds: Kinds) -> Result<Act<()>, Fault> {
        let (step, technology) = match (kinds.a, kinds.b) {
            (true, true) => return Err(Fault::SeveralCards(kinds)),
            (true, false) => (Step::WupA, Technology::A),
            (false, true) => (Step::WupB, Technology::B),
            (false, false) => return self.anew(Fault::Absent),
        };
        (self.stage, self.step) = (Stage::Modulation, step);
        Ok(modulation(technology))
    }

    /// Begins anew, or fails so.
    fn anew(&mut self, fault: Fault) -> Result<Act<()>, Fault> {
        self.rounds += 1;
        if self.rounds >= Self::ROUNDS {
            return Err(fault);
        }
        self.slow |= matches!(self.step, Step::Pps(_));
        self.stage = Stage::Off;
        Ok(Act::Do(Operation::Field(false)))
    }

    fn rest(&mut self, stage: Stage, now: Instant, length: Duration) -> Act<()> {
        self.stage = stage;
        Act::Rest(now + length)
    }

    /// Sends the frame of the step.
    fn send(&mut self, core: &Core, frame: &mut Frame) -> Act<()> {
        self.stage = Stage::Asked;
        let timing = &core.config.timing;
        let fsdi = fsdi(core.abilities.frame);
        let cid = core.config.cid().unwrap_or(0);
        let wait = match self.step {
            Step::WupA => return wupa(core, frame),
            Step::Select(select) => {
                select.ask(frame);
                timing.answer
            }
            Step::Rats => {
                frame.send(&[0xE0, fsdi << 4 | cid], true);
                timing.activation
            }
            Step::Pps(rates) => {
                let cid = core.session.cid.unwrap_or(0);
                frame.send(&[0xD0 | cid, 0x11, rates::coded(rates)], true);
                core.session.wait(1)
            }
            Step::WupB | Step::Slot(0) => {
                let slots = if matches!(self.step, Step::WupB) { 0 } else { 2 };
                frame.send(&wupb(core, slots), true);
                timing.answer
            }
            Step::Slot(slot) => {
                frame.send(&[slot << 4 | 0x05], true);
                timing.answer
            }
            Step::Attrib(rates) => {
                let &[a, b, c, d] = core.identity.uid().first_chunk().unwrap_or(&[0; 4]);
                let cid = core.session.cid.unwrap_or(0);
                let frames = rates::coded(rates) << 4 | fsdi;
                // Parameter 3: ISO/IEC 14443-4.
                frame.send(&[0x1D, a, b, c, d, 0x00, frames, 0x01, cid], true);
                core.session.wait(1)
            }
        };
        Act::transceive(wait)
    }

    /// What the answer leads to.
    fn answered(&mut self, core: &mut Core, frame: &Frame, heard: Heard) -> Result<Then, Fault> {
        let several = core.config.several;
        let answer = if heard == Heard::Frame { frame.bytes() } else { &[] };
        match (self.step, heard, answer) {
            (Step::WupA, Heard::Collision { .. }, _) if several == Several::Refuse => {
                Err(Fault::SeveralCards(Kinds { a: true, b: false }))
            }
            (Step::WupA, Heard::Frame | Heard::Collision { .. }, answer) => {
                core.identity.begin(Technology::A);
                core.identity.atqa = *answer.first_chunk().unwrap_or(&[0; 2]);
                Ok(Then::Ask(Step::Select(Select::NEW)))
            }
            (Step::Select(mut select), ..) => {
                match select.heard(&mut core.identity, frame, heard, several)? {
                    Selection::Next => Ok(Then::Ask(Step::Select(select))),
                    Selection::Again => Ok(Then::Again),
                    Selection::Selected => Ok(Then::Ask(Step::Rats)),
                }
            }
            (Step::Rats, Heard::Frame, ats) => self.ats(core, ats),
            (Step::Pps(rates), Heard::Frame, [ppss]) => {
                match *ppss == 0xD0 | core.session.cid.unwrap_or(0) {
                    true => Ok(Then::Agreed(Technology::A, rates)),
                    false => Err(Fault::Pps),
                }
            }
            (Step::WupB | Step::Slot(_), Heard::Frame, atqb) => self.atqb(core, atqb),
            (Step::WupB, Heard::Garbled, _) if several == Several::Resolve => {
                Ok(Then::Ask(Step::Slot(0)))
            }
            (Step::Slot(slot @ 0..3), ..) => Ok(Then::Ask(Step::Slot(slot + 1))),
            (Step::Attrib(rates), Heard::Frame, [mbli, ..]) => {
                if mbli & 0x0F != core.session.cid.unwrap_or(0) {
                    return Err(Fault::Attrib);
                }
                core.identity.attached(*mbli);
                Ok(Then::Agreed(Technology::B, rates))
            }
            _ => Ok(Then::Again),
        }
    }

    fn ats(&mut self, core: &mut Core, bytes: &[u8]) -> Result<Then, Fault> {
        let ats = Ats::parse(bytes).map_err(Fault::Ats)?;
        let cid = core.config.cid().filter(|_| ats.cid);
        let frame = frame_size(ats.fsci).min(core.abilities.frame);
        core.session.reset(frame, ats.fwi, cid);
        core.identity.complete_a(&ats, bytes);
        self.guard = guard(ats.sfgi);
        Ok(match rates::agreed(core, ats.rates) {
            // TA1 is only there with a card that can PPS (5.3).
            rates if rates != Rates::default() && !self.slow => Then::Leave(Step::Pps(rates)),
            _ => Then::Agreed(Technology::A, Rates::default()),
        })
    }

    fn atqb(&mut self, core: &mut Core, bytes: &[u8]) -> Result<Then, Fault> {
        let atqb = Atqb::parse(bytes).map_err(Fault::Atqb)?;
        if !atqb.iso_dep {
            return Err(Fault::NotIsoDepB);
        }
        core.identity.complete_b(&atqb, bytes);
        let cid = core.config.cid().filter(|_| atqb.cid);
        let frame = frame_size(atqb.fsci).min(core.abilities.frame);
        core.session.reset(frame, atqb.fwi, cid);
        self.guard = guard(atqb.sfgi);
        Ok(Then::Ask(Step::Attrib(rates::agreed(core, atqb.rates))))
    }

    /// The frame was not answered as it should.
    fn again(&mut self, core: &Core, heard: Heard, now: Instant) -> Result<Act<()>, Fault> {
        self.tries += 1;
        match (self.step, heard) {
            _ if self.tries < core.config.tries => {
                Ok(self.rest(Stage::Rest, now, core.config.timing.retransmission))
            }
            // What is garbled each time is what several cards say.
            (Step::WupB, Heard::Garbled) => Err(Fault::SeveralCards(Kinds { a: false, b: true })),
            (_, Heard::Silence) => self.anew(Fault::Absent),
            _ => self.anew(Fault::Garbled),
        }
    }

    fn act(
        &mut self,
        core: &mut Core,
        frame: &mut Frame,
        heard: Heard,
        now: Instant,
    ) -> Result<Act<()>, Fault> {
        let timing = core.config.timing;
        Ok(match self.stage {
            Stage::Nothing => {
                core.lost();
                self.stage = Stage::Off;
                Act::Do(Operation::Field(false))
            }
            Stage::Off => self.rest(Stage::Reset, now, timing.reset),
            Stage::Reset => {
                self.stage = Stage::Probe(Probe::NEW);
                return self.act(core, frame, heard, now);
            }
            Stage::Probe(ref mut probe) => match probe.next(core, frame, heard, now) {
                Act::Done(kinds) => return self.probed(kinds?),
                Act::Do(operation) => Act::Do(operation),
                Act::Rest(until) => Act::Rest(until),
            },
            Stage::Modulation => self.rest(Stage::Rest, now, timing.guard),
            Stage::Rest => self.send(core, frame),
            Stage::Asked => match self.answered(core, frame, heard)? {
                Then::Again => return self.again(core, heard, now),
                Then::Ask(step) => {
                    (self.step, self.tries) = (step, 0);
                    self.send(core, frame)
                }
                Then::Leave(step) => {
                    (self.step, self.tries) = (step, 0);
                    let guard = core::mem::take(&mut self.guard);
                    self.rest(Stage::Rest, now, guard)
                }
                Then::Agreed(technology, rates) => {
                    self.stage = Stage::Agreed;
                    Act::Do(Operation::Modulation { technology, rates })
                }
            },
            Stage::Agreed => self.rest(Stage::Left, now, self.guard),
            Stage::Left => {
                (core.active, core.present, core.misses) = (true, true, 0);
                Act::Done(Ok(()))
            }
        })
    }
}

impl Script for Activate {
    type Output = ();

    fn next(&mut self, core: &mut Core, frame: &mut Frame, heard: Heard, now: Instant) -> Act<()> {
        let act = self.act(core, frame, heard, now);
        act.unwrap_or_else(|fault| {
            core.lost();
            Act::Done(Err(fault))
        })
    }
}
