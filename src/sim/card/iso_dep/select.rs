use std::vec::Vec;
use std::{format, vec};

use crate::card::contactless::{Rate, Technology};
use crate::port::Duration;

use super::{IsoDepCard, Signal};

/// ISO/IEC 14443-3, figures 7 and 19; READY is READY-DECLARED of type B, and it
/// has no ACTIVE but ISO-DEP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Off,
    Idle,
    Ready,
    Active,
    /// ISO/IEC 14443-4 runs.
    Protocol,
}

/// The time from the end of the reader's last modulation to the card's first,
/// 1236 / fc (6.2.1.1): the same with all cards, so that they can collide.
const FDT: Duration = Duration::from_micros(91);

impl IsoDepCard {
    /// UID CLn and BCC of a cascade level; the cascade tag stands in front of
    /// those that are not the last.
    fn level_bytes(&self) -> [u8; 5] {
        let rest = self.uid.get(self.level * 3..).unwrap_or_default();
        let mut bytes = [0x88, 0, 0, 0, 0];
        let [tag, room @ .., _] = &mut bytes;
        match rest {
            [first, last @ ..] if rest.len() == 4 => {
                *tag = *first;
                room.iter_mut().zip(last).for_each(|(to, from)| *to = *from);
            }
            _ => room.iter_mut().zip(rest).for_each(|(to, from)| *to = *from),
        }
        bytes[4] = bytes.iter().fold(0, |sum, byte| sum ^ byte);
        bytes
    }

    fn levels(&self) -> usize {
        self.uid.len() / 3
    }

    /// Hears a frame of ISO/IEC 14443-3 type A, or RATS.
    pub(super) fn select_a(&mut self, signal: &Signal) -> Option<(Duration, Signal)> {
        let answer = match (signal.bits, &signal.bytes[..]) {
            (7, [0x26]) => self.request(false),
            (7, [0x52]) => self.request(true),
            (16.., [sel @ (0x93 | 0x95 | 0x97), nvb, uid @ ..]) if signal.intact => {
                self.cascade(*sel, *nvb, uid, signal)
            }
            _ => match signal.checked() {
                Some([0x50, 0x00]) if self.state == State::Active => {
                    (self.state, self.halted) = (State::Idle, true);
                    None
                }
                Some([0xE0, parameter]) if self.state == State::Active => {
                    if parameter & 0x0F == 0x0F || parameter >> 4 > 8 {
                        self.violations.push(format!("RATS {parameter:02X}"));
                    }
                    self.start(parameter >> 4, parameter & 0x0F);
                    return Some((FDT, Signal::with_crc(Technology::A, &self.answer)));
                }
                _ => {
                    self.back();
                    None
                }
            },
        };
        answer.map(|signal| (FDT, signal))
    }

    fn request(&mut self, wake: bool) -> Option<Signal> {
        match self.state {
            State::Idle if wake || !self.halted => {
                (self.state, self.level) = (State::Ready, 0);
                Some(Signal::new(Technology::A, &self.atqa))
            }
            _ => {
                self.back();
                None
            }
        }
    }

    /// Hears a frame of ISO/IEC 14443-3 type B.
    pub(super) fn select_b(&mut self, signal: &Signal) -> Option<(Duration, Signal)> {
        let pupi = self.answer.get(1..5).unwrap_or_default().to_vec();
        let answer = match signal.checked()? {
            [0x05, _, parameter] => {
                if self.halted && parameter & 0x08 == 0 {
                    return None;
                }
                (self.state, self.halted) = (State::Ready, false);
                // One slot, two, four, eight or sixteen.
                let slots = 1 << (parameter & 0x07).min(4);
                if !self.slot.is_multiple_of(slots) {
                    return None;
                }
                self.answer.clone()
            }
            [marker] if marker & 0x0F == 0x05 && self.state == State::Ready => {
                if marker >> 4 != self.slot {
                    return None;
                }
                self.answer.clone()
            }
            [0x50, rest @ ..] if *rest == pupi => {
                (self.state, self.halted) = (State::Idle, true);
                vec![0x00]
            }
            [0x1D, rest @ ..] if self.state == State::Ready => {
                let Some(([one, frames, protocol, cid], [])) =
                    rest.strip_prefix(&pupi[..]).and_then(|rest| rest.split_first_chunk())
                else {
                    return None;
                };
                if one & 0x03 != 0 || protocol & 0x01 == 0 || cid & 0xF0 != 0 {
                    self.violations.push(format!("ATTRIB {rest:02X?}"));
                }
                self.start(frames & 0x0F, *cid);
                let answer = Signal::with_crc(Technology::B, &[*cid]);
                let rate = |code: u8| match code & 3 {
                    0 => Rate::R106,
                    1 => Rate::R212,
                    2 => Rate::R424,
                    _ => Rate::R848,
                };
                (self.rate_in, self.rate_out) = (rate(frames >> 4), rate(frames >> 6));
                return Some((FDT, answer));
            }
            _ => return None,
        };
        Some((FDT, Signal::with_crc(Technology::B, &answer)))
    }

    /// What is not expected leads back to IDLE or HALT.
    fn back(&mut self) {
        if self.state != State::Protocol {
            self.state = State::Idle;
        }
    }

    fn cascade(&mut self, sel: u8, nvb: u8, uid: &[u8], signal: &Signal) -> Option<Signal> {
        let bits = 8 * usize::from(nvb >> 4) + usize::from(nvb & 0x0F);
        let expected = [0x93, 0x95, 0x97].get(self.level);
        if self.state != State::Ready || expected != Some(&sel) {
            self.back();
            return None;
        }
        let own = Signal::new(Technology::A, &self.level_bytes());
        if bits == 56 {
            let selected = signal.checked().and_then(|body| body.get(2..)) == Some(&own.bytes);
            return if selected { Some(self.selected()) } else { (self.back(), None).1 };
        }
        if bits != signal.bits || !(16..56).contains(&bits) {
            self.violations.push(format!("NVB {nvb:02X} with {} bits", signal.bits));
            return None;
        }
        let known = bits - 16;
        let heard = Signal::bits(uid, known);
        if (0..known).any(|at| heard.bit(at) != own.bit(at)) {
            self.back();
            return None;
        }
        let rest: Vec<bool> = (known..40).filter_map(|at| own.bit(at)).collect();
        let mut bytes = [0; 5];
        for (at, bit) in rest.iter().enumerate() {
            if let Some(byte) = bytes.get_mut(at / 8) {
                *byte |= u8::from(*bit) << (at % 8);
            }
        }
        Some(Signal::bits(&bytes, rest.len()))
    }

    fn selected(&mut self) -> Signal {
        self.level += 1;
        let complete = self.level == self.levels();
        if complete {
            self.state = State::Active;
        }
        let sak = if complete { self.sak } else { 0x04 };
        Signal::with_crc(Technology::A, &[sak])
    }
}
