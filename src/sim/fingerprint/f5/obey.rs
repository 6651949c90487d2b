use std::string::String;
use std::vec::Vec;

use super::{Claim, F5Module, FAIL, FULL, NO_USER, OK, Skin, TIMEOUT};
use crate::port::{Duration, Instant};

/// The three bytes of an answer, and the long frame behind it.
pub(super) type Reply = ([u8; 3], Vec<u8>);

impl F5Module {
    pub(super) fn work(&mut self, request: [u8; 4], now: Instant) {
        let [command, ..] = request;
        self.commands.push(command);
        if self.forgetful && !matches!(command, 0x02 | 0x03) {
            self.enrolment = None;
        }
        match command {
            0x01..=0x03 | 0x0B | 0x0C | 0x23 | 0x24 => self.wait_for_finger(request, now),
            0x41..=0x44 => self.awaiting = Some(request),
            _ => {
                let (result, data) = self.obey(request, now);
                self.answer(command, result, data, 3, now);
            }
        }
    }

    pub(super) fn wait_for_finger(&mut self, request: [u8; 4], now: Instant) {
        let wait = Duration::from_millis(250).times(self.images.into());
        let wait = if self.images == 0 { Duration::from_secs(86_400) } else { wait };
        self.waiting = Some((request, now + wait));
        self.look(now);
    }

    /// Goes on with the command that waits for a finger.
    pub(super) fn look(&mut self, now: Instant) {
        let Some((request, until)) = self.waiting else { return };
        let (result, data) = match self.finger.clone() {
            Some((name, skin)) => self.with_finger(request, name, skin == Skin::Good),
            None if now >= until => ([0, 0, TIMEOUT], Vec::new()),
            None => return,
        };
        self.waiting = None;
        let [command, ..] = request;
        self.answer(command, result, data, 120, now);
    }

    fn with_finger(&mut self, request: [u8; 4], live: String, good: bool) -> Reply {
        let [command, a, b, c] = request;
        let number = u16::from(a) * 256 + u16::from(b);
        let result = match command {
            0x23 | 0x24 if good => return self.exposed(command, &live),
            0x23 | 0x24 => [0, 0, FAIL],
            0x44 => [0, 0, if good && self.is_template_of(&live) { OK } else { FAIL }],
            0x0C if !good => [0, 0, NO_USER],
            0x0C => self.search(live),
            0x0B => [0, 0, self.compare(number, live, good)],
            _ => [0, 0, self.add(usize::from(command), number, c, live, good)],
        };
        (result, Vec::new())
    }

    pub(super) fn search(&mut self, finger: String) -> [u8; 3] {
        let hit = self.library.iter().find(|(_, (name, _))| *name == finger);
        let Some((number, permission)) = hit.map(|(number, (_, kept))| (*number, *kept)) else {
            return [0, 0, NO_USER];
        };
        self.claims.push(Claim { finger, slot: number, score: 0 });
        let [high, low] = number.to_be_bytes();
        [high, low, permission]
    }

    fn compare(&mut self, slot: u16, finger: String, good: bool) -> u8 {
        match self.library.get(&slot) {
            None => NO_USER,
            Some((name, _)) if good && *name == finger => {
                self.claims.push(Claim { finger, slot, score: 0 });
                OK
            }
            Some(_) => FAIL,
        }
    }

    fn add(&mut self, nth: usize, number: u16, permission: u8, live: String, good: bool) -> u8 {
        if !(1..=self.capacity).contains(&number) || !(1..=3).contains(&permission) {
            return FAIL;
        }
        if self.library.contains_key(&number) {
            return 6;
        }
        if self.library.len() >= usize::from(self.capacity) {
            return FULL;
        }
        if nth == 1 {
            self.enrolment = Some((number, Vec::new()));
        }
        let Some((same, captures)) = &mut self.enrolment else { return FAIL };
        if !good || *same != number || captures.len() + 1 != nth {
            return FAIL;
        }
        if captures.iter().any(|name| *name != live) {
            return FAIL;
        }
        captures.push(live.clone());
        if nth == 2 && self.unique && self.library.values().any(|(name, _)| *name == live) {
            return 7;
        }
        if nth == 3 {
            self.enrolment = None;
            self.library.insert(number, (live, permission));
        }
        OK
    }

    fn obey(&mut self, [command, a, b, c]: [u8; 4], now: Instant) -> Reply {
        let number = u16::from(a) * 256 + u16::from(b);
        let result = match command {
            0x04 => [0, 0, if self.library.remove(&number).is_some() { OK } else { FAIL }],
            0x05 if self.strict && self.library.is_empty() => [0, 0, FAIL],
            0x05 => {
                self.library.clear();
                [0, 0, OK]
            }
            0x08 => {
                self.serial = [a, b, c];
                self.serial
            }
            0x09 => {
                let [high, low] = u16::try_from(self.library.len()).unwrap_or(0).to_be_bytes();
                [high, low, OK]
            }
            0x0A => [0, 0, self.library.get(&number).map_or(NO_USER, |(_, kept)| *kept)],
            0x21 => return (self.retune(c, now), Vec::new()),
            0x2A => self.serial,
            0x2B => return self.listed(),
            0x28 | 0x2D | 0x2E => self.parameter(command, b, c),
            0x2C => {
                self.asleep = true;
                [0, 0, OK]
            }
            0x31 => return self.features_of(number),
            _ => [0, 0, FAIL],
        };
        (result, Vec::new())
    }

    fn retune(&mut self, code: u8, now: Instant) -> [u8; 3] {
        let bauds = [9_600, 19_200, 38_400, 57_600, 115_200];
        let Some(baud) = usize::from(code).checked_sub(1).and_then(|at| bauds.get(at)) else {
            return [0, 0, FAIL];
        };
        // Once the answer is out.
        self.faster = Some((now + Duration::from_millis(20), *baud));
        [0, 0, OK]
    }

    fn parameter(&mut self, command: u8, value: u8, read: u8) -> [u8; 3] {
        match (command, read, value) {
            (0x28, 0, 10..) | (0x2D, 0, 2..) => return [0, value, FAIL],
            (0x28, 0, _) => self.level = value,
            (0x2D, 0, _) => self.unique = value == 1,
            (0x2E, 0, _) => self.images = value,
            _ => {}
        }
        let kept = match command {
            0x28 => self.level,
            0x2D => self.unique.into(),
            _ => self.images,
        };
        [0, kept, OK]
    }
}
