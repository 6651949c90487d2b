use std::string::String;
use std::vec::Vec;

use super::module::{Claim, R503Module, Skin};

/// Code, results, and how many milliseconds they take.
pub(super) type Reply = (u8, Vec<u8>, u64);

const DONE: u8 = 0x00;

impl R503Module {
    /// Does what a command says.
    pub(super) fn obey(&mut self, opcode: u8, p: &[u8]) -> Reply {
        match (opcode, p) {
            (0x01, []) => self.take_image(),
            (0x02, [buffer]) => self.extract(*buffer),
            (0x03, []) => self.compare(),
            (0x04, [1 | 2, a, b, c, d]) => self.search(p, word(*a, *b), word(*c, *d)),
            (0x05, []) => self.merge(),
            (0x06, [1 | 2, a, b]) => self.keep(word(*a, *b)),
            (0x07, [1..=6, a, b]) => self.load(p, word(*a, *b)),
            (0x08, [buffer]) => (self.refusal(opcode, *buffer, 0x0D), Vec::new(), 3),
            (0x09, [_]) | (0x0B, []) => (DONE, Vec::new(), 3),
            (0x0A, []) => (self.refusal(opcode, 1, 0x0F), Vec::new(), 3),
            (0x0C, [a, b, c, d]) => self.delete(word(*a, *b), word(*c, *d)),
            (0x0D, []) => {
                self.library.clear();
                (DONE, Vec::new(), 80)
            }
            (0x12, [a, b, c, d]) => {
                self.password = u32::from_be_bytes([*a, *b, *c, *d]);
                (DONE, Vec::new(), 40)
            }
            (0x1D, []) => (DONE, self.count().to_be_bytes().to_vec(), 2),
            (0x1F, [page @ 0..=3]) => (DONE, self.index(u16::from(*page) * 256), 3),
            _ => self.obey_more(opcode, p),
        }
    }

    fn obey_more(&mut self, opcode: u8, p: &[u8]) -> Reply {
        match (opcode, p) {
            (0x0F, []) => (DONE, self.parameters(), 3),
            (0x13, [a, b, c, d]) => {
                self.unlocked = u32::from_be_bytes([*a, *b, *c, *d]) == self.password;
                (if self.unlocked { DONE } else { 0x13 }, Vec::new(), 2)
            }
            (0x14, []) => (DONE, self.next_random().to_be_bytes().to_vec(), 2),
            (0x35, [control @ 1..=6, speed, colour @ 1..=7, times]) if !self.simple => {
                self.light = Some([*control, *speed, *colour, *times]);
                (DONE, Vec::new(), 2)
            }
            (0x16, []) if !self.simple => (DONE, Vec::new(), 3),
            (0x30, []) if !self.simple => {
                self.stop_data();
                (DONE, Vec::new(), 3)
            }
            (0x36 | 0x40, []) if !self.simple => (DONE, Vec::new(), 2),
            (0x3C, []) if !self.simple => (DONE, self.label(), 4),
            _ => (0xFC, Vec::new(), 2),
        }
    }

    /// The code of a refusal, unless there is something to send.
    fn refusal(&self, opcode: u8, buffer: u8, code: u8) -> u8 {
        if self.upload(opcode, buffer).is_some() { DONE } else { code }
    }

    fn take_image(&mut self) -> Reply {
        match &self.finger {
            None => (0x02, Vec::new(), 20),
            Some((_, Skin::Moving)) => (0x03, Vec::new(), 60),
            Some(finger) => {
                self.image = Some(finger.clone());
                (DONE, Vec::new(), 90)
            }
        }
    }

    fn extract(&mut self, buffer: u8) -> Reply {
        let most = if self.simple { 2 } else { 6 };
        let place = usize::from(buffer.clamp(1, most)) - 1;
        let features = match &self.image {
            None => return (0x15, Vec::new(), 5),
            Some((_, Skin::Wet)) => return (0x06, Vec::new(), 120),
            Some((_, Skin::Dry | Skin::Moving)) => return (0x07, Vec::new(), 120),
            Some((name, Skin::Good)) => name.clone(),
        };
        if let Some(slot) = self.features.get_mut(place) {
            *slot = Some(features);
        }
        (DONE, Vec::new(), 120)
    }

    pub(super) fn buffer(&self, number: u8) -> Option<&String> {
        self.features.get(usize::from(number).checked_sub(1)?)?.as_ref()
    }

    fn compare(&self) -> Reply {
        let other = if self.simple { self.buffer(2) } else { self.model.as_ref() };
        match (self.buffer(1), other) {
            (Some(live), Some(model)) if live == model => {
                (DONE, score(live, 0).to_be_bytes().to_vec(), 8)
            }
            _ => (0x08, std::vec![0; 2], 8),
        }
    }

    fn search(&mut self, p: &[u8], start: u16, count: u16) -> Reply {
        let live = p.first().and_then(|number| self.buffer(*number)).cloned();
        let range = u32::from(start)..u32::from(start) + u32::from(count);
        let hit = self
            .library
            .iter()
            .find(|(slot, name)| range.contains(&u32::from(**slot)) && Some(*name) == live.as_ref())
            .map(|(slot, name)| (*slot, name.clone()));
        let Some((slot, finger)) = hit else { return (0x09, std::vec![0; 4], 10) };
        let score = score(&finger, slot);
        self.claims.push(Claim { finger, slot, score });
        let mut results = slot.to_be_bytes().to_vec();
        results.extend(score.to_be_bytes());
        (DONE, results, 10)
    }

    fn merge(&mut self) -> Reply {
        let captures: Vec<String> =
            core::mem::take(&mut self.features).into_iter().flatten().collect();
        match captures.as_slice() {
            [first, more @ ..] if !more.is_empty() && more.iter().all(|name| name == first) => {
                self.model = Some(first.clone());
                (DONE, Vec::new(), 40)
            }
            _ => (0x0A, Vec::new(), 20),
        }
    }

    fn keep(&mut self, slot: u16) -> Reply {
        match &self.model {
            Some(model) if slot < self.capacity => {
                self.library.insert(slot, model.clone());
                (DONE, Vec::new(), 60)
            }
            Some(_) => (0x0B, Vec::new(), 2),
            None => (0x18, Vec::new(), 2),
        }
    }

    fn load(&mut self, p: &[u8], slot: u16) -> Reply {
        let Some(name) = self.library.get(&slot).cloned() else { return (0x0C, Vec::new(), 4) };
        let place = p.first().copied().unwrap_or(1).clamp(1, 2);
        match self.features.get_mut(usize::from(place) - 1) {
            Some(buffer) if self.simple => *buffer = Some(name),
            _ => self.model = Some(name),
        }
        (DONE, Vec::new(), 8)
    }

    fn delete(&mut self, first: u16, count: u16) -> Reply {
        if u32::from(first) + u32::from(count) > u32::from(self.capacity) {
            return (0x10, Vec::new(), 2);
        }
        self.library.retain(|slot, _| *slot < first || *slot - first >= count);
        (DONE, Vec::new(), 40)
    }

    fn count(&self) -> u16 {
        u16::try_from(self.library.len()).unwrap_or(u16::MAX)
    }

    fn index(&self, from: u16) -> Vec<u8> {
        let in_use = |n: u16| u8::from(self.library.contains_key(&(from + n)));
        (0..32).map(|byte| (0..8).map(|bit| in_use(byte * 8 + bit) << bit).sum()).collect()
    }

    fn parameters(&self) -> Vec<u8> {
        let mut list = std::vec![0x00, if self.unlocked { 4 } else { 0 }, 0x00, 0x09];
        list.extend(self.capacity.to_be_bytes());
        list.extend([0x00, 0x03]);
        list.extend(self.address.to_be_bytes());
        list.extend([0x00, self.data.code, 0x00, 0x06]);
        list
    }

    fn label(&self) -> Vec<u8> {
        let mut label = b"R503".to_vec();
        label.resize(16, 0);
        label.extend(b"2210SIM00001\x01\x02FPC1020A");
        for size in [self.data.width, self.data.height, self.data.template] {
            label.extend(size.to_be_bytes());
        }
        label.extend(self.capacity.to_be_bytes());
        label
    }
}

/// A plausible score, always the same for the same finger and slot.
fn score(name: &str, slot: u16) -> u16 {
    let mixed = name.bytes().fold(u32::from(slot), |n, byte| n * 31 % 9_973 + u32::from(byte));
    80 + u16::try_from(mixed % 120).unwrap_or(0)
}

fn word(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high, low])
}
