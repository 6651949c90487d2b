use std::vec::Vec;

use super::module::{Kind, R503Module, Skin};
use super::obey::{Reply, word};
use super::running::Running;
use crate::port::Instant;

const DONE: u8 = 0x00;

impl R503Module {
    /// Does what only some makers' modules do, or each maker's differently.
    pub(super) fn obey_its_own(&mut self, opcode: u8, p: &[u8], now: Instant) -> Option<Reply> {
        match self.kind {
            Kind::Zfm20 => Some(self.obey_as_zfm20(opcode, p)),
            Kind::R503 | Kind::R503V12 => self.obey_as_r503(opcode, p, now),
            Kind::Synochip => self.obey_as_synochip(opcode, p, now),
        }
    }

    fn obey_as_zfm20(&mut self, opcode: u8, p: &[u8]) -> Reply {
        match (opcode, p) {
            (0x1B, [1 | 2, a, b, c, d]) => self.search(p, word(*a, *b), word(*c, *d)),
            (0x33, []) => self.fall_asleep(),
            (0x50 | 0x51, []) => (DONE, Vec::new(), 2),
            (0x52, []) => self.take_image(),
            (0x53, []) => (0x55, Vec::new(), 2),
            _ => (0xFC, Vec::new(), 2),
        }
    }

    fn obey_as_r503(&mut self, opcode: u8, p: &[u8], now: Instant) -> Option<Reply> {
        Some(match (opcode, p) {
            (0x17, [0 | 1]) if self.kind == Kind::R503 => (DONE, Vec::new(), 2),
            (0x28, []) => match (self.take_image(), &self.finger) {
                ((DONE, ..), Some((_, Skin::Wet | Skin::Dry))) => (0x07, Vec::new(), 90),
                (taken, _) => taken,
            },
            (0x30, []) => self.cancel(),
            (0x31, [slot, overwrite, twice, report, lift]) if self.kind == Kind::R503V12 => {
                let enrolling = Running::enrol(u16::from(*slot), 6, now)
                    .report(*report != 0)
                    .overwrite(*overwrite != 0)
                    .twice(*twice != 0)
                    .lift(*lift != 0);
                return self.start(enrolling);
            }
            (0x32, [_, start, count, report, _]) if self.kind == Kind::R503V12 => {
                let range = (u16::from(*start), u16::from(*count));
                return self.start(Running::identify(range, now).report(*report != 0));
            }
            (0x35, [control @ 1..=6, speed, colour @ 1..=7, times]) => {
                self.light = Some([*control, *speed, *colour, *times]);
                (DONE, Vec::new(), 2)
            }
            (0x36 | 0x40 | 0x3D, []) => (DONE, Vec::new(), 2),
            (0x39, []) => (DONE, text("MATCH 1.0"), 3),
            (0x3A, []) => (DONE, text("FW 2.2"), 3),
            // Whatever stands behind it.
            (0x3C, _) => (DONE, self.label(), 4),
            _ => (0xFC, Vec::new(), 2),
        })
    }

    fn obey_as_synochip(&mut self, opcode: u8, p: &[u8], now: Instant) -> Option<Reply> {
        Some(match (opcode, p) {
            (0x29, []) => self.take_image(),
            (0x30, []) => self.cancel(),
            (0x31, [a, b, captures, c, d]) => {
                let flags = word(*c, *d);
                let enrolling = Running::enrol(word(*a, *b), *captures, now)
                    .report(flags & 4 == 0)
                    .overwrite(flags & 8 != 0)
                    .twice(flags & 16 == 0)
                    .lift(flags & 32 == 0);
                return self.start(enrolling);
            }
            (0x32, [_, a, b, c, d]) => {
                let range = match word(*a, *b) {
                    0xFFFF => (0, self.capacity),
                    slot => (slot, 1),
                };
                return self.start(Running::identify(range, now).report(word(*c, *d) & 4 == 0));
            }
            (0x33, []) => self.fall_asleep(),
            (0x34, [0]) => (DONE, self.serial.repeat(4), 3),
            // A handshake, whatever stands behind it.
            (0x35, _) | (0x36, []) => (DONE, Vec::new(), 2),
            (0x3C, [control @ 1..=6, start @ 0..=7, end @ 0..=7, times]) => {
                self.light = Some([*control, *start, *end, *times]);
                (DONE, Vec::new(), 2)
            }
            (0x3D, []) => match &self.image {
                Some(_) => (DONE, std::vec![80, 90], 3),
                None => (0x15, Vec::new(), 3),
            },
            (0x3E, [a, b, c, d]) => self.search(&[1], word(*a, *b), word(*c, *d)),
            _ => (0xFD, Vec::new(), 2),
        })
    }

    /// Wakes when it is touched.
    fn fall_asleep(&mut self) -> Reply {
        self.asleep = true;
        (DONE, Vec::new(), 2)
    }

    fn label(&self) -> Vec<u8> {
        let mut label = b"R503".to_vec();
        label.resize(16, 0);
        label.extend(b"2210");
        label.extend(self.serial);
        label.extend(b"\x01\x02FPC1020A");
        for size in [self.data.width, self.data.height, self.data.template] {
            label.extend(size.to_be_bytes());
        }
        label.extend(self.capacity.to_be_bytes());
        label
    }
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(32, 0);
    bytes
}
