use std::string::String;
use std::vec::Vec;

use super::module::{Claim, Kind, R503Module, Skin};
use crate::port::{Duration, Instant};

/// Code, results, and how many milliseconds they take.
pub(super) type Reply = (u8, Vec<u8>, u64);

const DONE: u8 = 0x00;

impl R503Module {
    /// Does what a command says. `None`: the answers come by themselves.
    pub(super) fn obey(&mut self, opcode: u8, p: &[u8], now: Instant) -> Option<Reply> {
        Some(match (opcode, p) {
            (0x01, []) => self.take_image(),
            (0x02, [buffer]) => self.extract(*buffer),
            (0x03, []) => self.compare(),
            (0x04, [1 | 2, a, b, c, d]) => self.search(p, word(*a, *b), word(*c, *d)),
            (0x05, []) => self.merge(),
            (0x06, [1 | 2, a, b]) => self.keep(word(*a, *b)),
            (0x07, [1..=6, a, b]) => self.load(p, word(*a, *b)),
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
            _ => return self.obey_more(opcode, p, now),
        })
    }

    fn obey_more(&mut self, opcode: u8, p: &[u8], now: Instant) -> Option<Reply> {
        Some(match (opcode, p) {
            (0x08..=0x0B | 0x16, _) => return self.obey_transfer(opcode, p),
            (0x0E, [register, value]) => self.set(*register, *value, now),
            (0x0F, []) => (DONE, self.parameters(), 3),
            (0x13, [a, b, c, d]) => {
                self.unlocked = u32::from_be_bytes([*a, *b, *c, *d]) == self.password;
                (if self.unlocked { DONE } else { 0x13 }, Vec::new(), 2)
            }
            (0x14, []) => (DONE, self.next_random().to_be_bytes().to_vec(), 2),
            // The answer comes from the new address.
            (0x15, [a, b, c, d]) => {
                self.address = u32::from_be_bytes([*a, *b, *c, *d]);
                (DONE, Vec::new(), 40)
            }
            (0x18, [page, note @ ..]) if *page < self.pages() && note.len() == 32 => {
                self.notepad.insert(*page, note.to_vec());
                (DONE, Vec::new(), 40)
            }
            (0x19, [page]) if *page < self.pages() => {
                (DONE, self.notepad.get(page).cloned().unwrap_or_else(|| std::vec![0xFF; 32]), 5)
            }
            (0x18 | 0x19, _) if self.pages() > 0 => (0x1C, Vec::new(), 2),
            _ => return self.obey_its_own(opcode, p, now),
        })
    }

    fn pages(&self) -> u8 {
        match self.kind {
            Kind::Zfm20 => 0,
            Kind::R503 | Kind::R503V12 => 16,
            Kind::Synochip => 8,
        }
    }

    /// Answers first, then applies.
    fn set(&mut self, register: u8, value: u8, now: Instant) -> Reply {
        let bauds: &[u8] = if self.kind.is_grow() {
            &[1, 2, 4, 6, 12]
        } else {
            &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        };
        match (register, value) {
            (4, baud) if bauds.contains(&baud) => {
                self.faster = Some((now + Duration::from_millis(2), baud));
            }
            (5, level @ 1..=5) => self.level = level,
            (6, packet @ 0..=3) => self.packet = packet,
            (4..=6, _) => return (0x1B, Vec::new(), 2),
            _ => return (0x1A, Vec::new(), 2),
        }
        (DONE, Vec::new(), 2)
    }

    pub(super) fn take_image(&mut self) -> Reply {
        match &self.finger {
            None => (0x02, Vec::new(), 20),
            Some((_, Skin::Moving)) => (0x03, Vec::new(), 60),
            Some((_, Skin::Residue)) if self.kind == Kind::Synochip => (0x17, Vec::new(), 60),
            Some(finger) => {
                self.image = Some(finger.clone());
                (DONE, Vec::new(), 90)
            }
        }
    }

    pub(super) fn extract(&mut self, buffer: u8) -> Reply {
        let most = if self.kind == Kind::Zfm20 { 2 } else { 6 };
        let place = usize::from(buffer.clamp(1, most)) - 1;
        let features = match &self.image {
            None => return (0x15, Vec::new(), 5),
            Some((_, Skin::Wet)) => return (0x06, Vec::new(), 120),
            Some((_, Skin::Dry | Skin::Moving)) => return (0x07, Vec::new(), 120),
            Some((_, Skin::Fake)) if self.kind == Kind::Synochip => return (0x37, Vec::new(), 120),
            Some((name, _)) => name.clone(),
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
        let other = if self.kind.is_grow() { self.model.as_ref() } else { self.buffer(2) };
        match (self.buffer(1), other) {
            (Some(live), Some(model)) if live == model => {
                (DONE, score(live, 0).to_be_bytes().to_vec(), 8)
            }
            _ => (0x08, std::vec![0; 2], 8),
        }
    }

    pub(super) fn search(&mut self, p: &[u8], start: u16, count: u16) -> Reply {
        let live = p.first().and_then(|number| self.buffer(*number)).cloned();
        match live.and_then(|live| self.claim(&live, start, count)) {
            Some((slot, score)) => (DONE, [slot.to_be_bytes(), score.to_be_bytes()].concat(), 10),
            None => (0x09, std::vec![0; 4], 10),
        }
    }

    /// Finds a finger in a part of the library, and says so.
    pub(super) fn claim(&mut self, live: &str, start: u16, count: u16) -> Option<(u16, u16)> {
        let range = u32::from(start)..u32::from(start) + u32::from(count);
        let hit = self
            .library
            .iter()
            .find(|(slot, name)| range.contains(&u32::from(**slot)) && *name == live)
            .map(|(slot, name)| (*slot, name.clone()));
        let (slot, finger) = hit?;
        let score = score(&finger, slot);
        self.claims.push(Claim { finger, slot, score });
        Some((slot, score))
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
        let none = if self.kind == Kind::R503V12 { 0x22 } else { 0x0C };
        let Some(name) = self.library.get(&slot).cloned() else { return (none, Vec::new(), 4) };
        let place = p.first().copied().unwrap_or(1).clamp(1, 2);
        match self.features.get_mut(usize::from(place) - 1) {
            Some(buffer) if !self.kind.is_grow() => *buffer = Some(name),
            _ => self.model = Some(name),
        }
        (DONE, Vec::new(), 8)
    }

    fn delete(&mut self, first: u16, count: u16) -> Reply {
        if u32::from(first) + u32::from(count) > u32::from(self.capacity) {
            return (0x10, Vec::new(), 2);
        }
        if self.library.is_empty() && matches!(self.kind, Kind::R503V12 | Kind::Synochip) {
            return (0x24, Vec::new(), 2);
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
        let system = match self.kind {
            Kind::Zfm20 | Kind::R503V12 => 0,
            Kind::R503 => 9,
            Kind::Synochip => 3,
        };
        let mut list = std::vec![0x00, if self.unlocked { 4 } else { 0 }, 0x00, system];
        list.extend(self.capacity.to_be_bytes());
        list.extend([0x00, self.level]);
        list.extend(self.address.to_be_bytes());
        list.extend([0x00, self.packet, 0x00, self.baud]);
        list
    }
}

/// A plausible score, always the same for the same finger and slot.
fn score(name: &str, slot: u16) -> u16 {
    let mixed = name.bytes().fold(u32::from(slot), |n, byte| n * 31 % 9_973 + u32::from(byte));
    80 + u16::try_from(mixed % 120).unwrap_or(0)
}

pub(super) fn word(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high, low])
}
