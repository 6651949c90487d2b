use std::vec::Vec;

use super::{Asked, SfmModule, Touch};
use crate::port::{Duration, Instant};
use crate::sim::fingerprint::Claim;

/// How long it takes to take an image, and then to search it.
const IMAGE: Duration = Duration::from_millis(150);
const SEARCH: Duration = Duration::from_millis(250);

const SUCCESS: u8 = 0x61;
const SCANNED: u8 = 0x62;

impl SfmModule {
    /// Does what a request says.
    pub(super) fn obey(&mut self, asked: &Asked, now: Instant) {
        self.commands.push(asked.command);
        if self.goes_on(asked, now) {
            return;
        }
        let busy = self.transfer.is_some()
            || self.image.is_some()
            || self.waiting.is_some()
            || now < self.working;
        let user = self.library.get(&asked.param).map_or(0, Vec::len);
        let count = u32::try_from(user).unwrap_or(0);
        let (param, size, flag) = match asked.command {
            0x60 => return self.cancel(asked, now),
            0x04 => (if busy { 0x31 } else { 0x30 }, 0, SUCCESS),
            _ if busy => (0, 0, 0x80),
            0x05 | 0x08 | 0x11 | 0x83 => return self.waiting = Some((asked.clone(), now)),
            0x89 => return self.read_template(asked, now),
            0x87 => return self.write_template(asked, now),
            0x16 if self.library.remove(&asked.param).is_some() => (asked.param, 0, SUCCESS),
            0x16 => (asked.param, 0, 0x69),
            0x17 => {
                self.library.clear();
                (0, 0, SUCCESS)
            }
            0x19 if count > 0 => (asked.param, count, 0x6E),
            0x19 => (asked.param, 0, 0x69),
            0x01 => match self.settings.get_mut(&asked.flag) {
                Some(value) => {
                    *value = asked.size;
                    (0, asked.size, SUCCESS)
                }
                None => (0, 0, 0x75),
            },
            0x02 => {
                self.saved = self.settings.clone();
                (0, 0, SUCCESS)
            }
            0x03 => match self.parameter(asked.flag) {
                Some(value) => (0, value, SUCCESS),
                None => (0, 0, 0x75),
            },
            _ => (0, 0, 0x75),
        };
        self.respond(asked.command, param, size, flag, Duration::from_millis(5), now);
    }

    pub(super) fn parameter(&self, number: u8) -> Option<u32> {
        let stored = self.library.values().map(Vec::len).sum::<usize>();
        let stored = u32::try_from(stored).unwrap_or(u32::MAX);
        match number {
            0x73 => Some(stored),
            0x74 => Some(self.capacity.saturating_sub(stored)),
            _ => self.setting(number),
        }
    }

    fn cancel(&mut self, asked: &Asked, now: Instant) {
        let soon = Duration::from_millis(5);
        (self.transfer, self.image) = (None, None);
        if let Some((waiting, _)) = self.waiting.take() {
            let cancelled = self.packet(waiting.command, 0, 0, 0x81);
            self.outbox.push(now, soon, cancelled);
        }
        self.respond(asked.command, 0, 0, SUCCESS, soon, now);
    }

    /// Lets the command that waits for a finger go on.
    pub(super) fn tick(&mut self, now: Instant) {
        let Some((asked, since)) = self.waiting.clone() else { return };
        let seconds = self.setting(0x62).unwrap_or(0x3A).saturating_sub(0x30);
        let limit = Duration::from_secs(u64::from(seconds));
        if let Some((name, touch)) = self.finger.clone() {
            self.waiting = None;
            self.scan(&asked, &name, touch, now);
        } else if seconds > 0 && now.since(since) >= limit {
            self.waiting = None;
            self.respond(asked.command, 0, 0, 0x6C, Duration::ZERO, now);
        }
    }

    fn scan(&mut self, asked: &Asked, name: &str, touch: Touch, now: Instant) {
        let bad = match touch {
            Touch::Poor => Some(0x6B),
            Touch::Fake if self.setting(0x98) != Some(0x30) => Some(0xB0),
            _ => None,
        };
        self.working = now + IMAGE;
        if let Some(flag) = bad {
            return self.respond(asked.command, 0, 0, flag, IMAGE, now);
        }
        if self.setting(0x75) == Some(0x31) {
            let scanned = self.packet(asked.command, 0, 0, SCANNED);
            self.outbox.push(now, IMAGE, scanned);
        }
        if asked.command == 0x83 {
            return self.scan_image(name, IMAGE, now);
        }
        let (param, size, flag) = match asked.command {
            0x11 => self.identify(name),
            0x08 => self.verify(asked.param, name),
            _ => self.enrol(asked, name),
        };
        self.working = now + IMAGE + SEARCH;
        self.respond(asked.command, param, size, flag, IMAGE + SEARCH, now);
    }

    fn identify(&mut self, name: &str) -> (u32, u32, u8) {
        if self.library.is_empty() && self.setting(0x86) == Some(0x31) {
            return (0, 0, SUCCESS);
        }
        let user = self.library.iter().find(|(_, all)| all.iter().any(|t| t.finger == name));
        match user.map(|(user, _)| *user) {
            Some(user) => self.verify(user, name),
            None => (0, 0, 0x69),
        }
    }

    fn verify(&mut self, user: u32, name: &str) -> (u32, u32, u8) {
        if self.library.is_empty() && self.setting(0x86) == Some(0x31) {
            return (user, 0, SUCCESS);
        }
        let Some(all) = self.library.get(&user) else { return (user, 0, 0x69) };
        let Some(at) = all.iter().position(|template| template.finger == name) else {
            return (user, 0, 0x6A);
        };
        let duress = all.get(at).is_some_and(|template| template.duress);
        let slot = u16::try_from(user).unwrap_or(u16::MAX);
        self.claims.push(Claim { finger: name.into(), slot, score: 0 });
        (user, u32::try_from(at).unwrap_or(0), if duress { 0x91 } else { SUCCESS })
    }

    fn enrol(&mut self, asked: &Asked, name: &str) -> (u32, u32, u8) {
        let known = self.library.values().flatten().any(|template| template.finger == name);
        match asked.flag {
            0x84 if known => (asked.param, 0, 0x86),
            0x70 if self.library.contains_key(&asked.param) => (asked.param, 0, 0x6E),
            _ if self.parameter(0x74) == Some(0) => (0, 0, 0x6D),
            0 => {
                self.library.remove(&asked.param);
                self.store(asked.param, name);
                (asked.param, 80, SUCCESS)
            }
            _ => {
                self.store(asked.param, name);
                (asked.param, 80, SUCCESS)
            }
        }
    }
}
