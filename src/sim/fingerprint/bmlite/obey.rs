use std::string::{String, ToString};
use std::vec::Vec;

use super::hcp::{Arguments, number};
use super::{BmLiteModule, Claim};
use crate::port::{Duration, Instant};
use crate::sim::fingerprint::Touch;

/// How long the module takes to start.
const BOOT: Duration = Duration::from_millis(300);

/// Pixels in a row, and rows.
pub(super) const SIDE: usize = 160;

/// What a command comes to: the result, what else is in the answer, and how
/// long it takes in milliseconds.
type Done = (i8, Arguments, u64);

const fn done(result: i8, millis: u64) -> Done {
    (result, Vec::new(), millis)
}

impl BmLiteModule {
    pub(super) fn obey(&mut self, command: u16, arguments: Arguments, now: Instant) {
        self.commands.push(command);
        if matches!(command, 0x0001 | 0x0007) {
            let limit = number(&arguments, 0x5001).unwrap_or(0);
            let until = now + Duration::from_millis(u64::from(limit));
            self.waiting = Some((command, arguments, until));
            return self.tick(now);
        }
        let (result, more, millis) = self.work(command, &arguments);
        self.answer(command, Some(result), more, Duration::from_millis(millis), now);
        if command == 0x3002 {
            self.forget();
            self.deaf = now + Duration::from_millis(millis) + BOOT;
        }
    }

    fn work(&mut self, command: u16, arguments: &Arguments) -> Done {
        let has = |argument: u16| arguments.iter().any(|(name, _)| *name == argument);
        let id = number(arguments, 0x0006);
        match command {
            0x0005 if has(0x0008) => done(self.extract(), 120),
            0x0005 if has(0x2003) => match &self.image {
                Some(_) => (0, std::vec![(0x2003, size().to_le_bytes().to_vec())], 5),
                None => done(-10, 5),
            },
            0x0005 if has(0x1005) => match &self.image {
                Some((name, _)) => (0, std::vec![(0x100A, picture(name))], 20),
                None => done(-10, 5),
            },
            0x0003 => self.identify(),
            0x0002 if has(0x0003) => {
                self.enrolling = Some((None, 0));
                done(0, 5)
            }
            0x0002 if has(0x0004) => self.add(),
            0x0002 if has(0x0005) => done(self.finish(), 40),
            0x0006 if has(0x1008) => done(self.save(id), 60),
            0x0006 if has(0x1005) => match &self.template {
                Some(name) => (0, std::vec![(0x100A, self.template_of(name))], 20),
                None => done(-18, 5),
            },
            0x0006 if has(0x1006) => done(self.download(arguments), 20),
            0x4002 => self.storage(id, &has),
            0x3004 if has(0x6003) => (0, std::vec![(0x6003, b"3.2.1\0".to_vec())], 3),
            0x3004 if has(0x6004) => (0, std::vec![(0x6004, self.unique_id.to_vec())], 3),
            0x3002 | 0x3003 => done(0, 5),
            _ => done(-24, 2),
        }
    }

    fn storage(&mut self, id: Option<u16>, has: &dyn Fn(u16) -> bool) -> Done {
        match id {
            _ if has(0x2002) => (0, std::vec![(0x2002, self.count())], 5),
            _ if has(0x1009) && has(0x0007) => {
                self.storage.clear();
                done(0, 80)
            }
            Some(id) if has(0x1009) => match self.storage.remove(&id) {
                Some(_) => done(0, 40),
                None => done(-13, 5),
            },
            Some(id) if has(0x1005) => match self.storage.get(&id).cloned() {
                Some(name) => {
                    self.template = Some(name);
                    done(0, 10)
                }
                None => done(-13, 5),
            },
            None if has(0x0006) => {
                let ids = self.storage.keys().flat_map(|id| id.to_le_bytes()).collect();
                (0, std::vec![(0x100A, ids)], 5)
            }
            _ => done(-3, 5),
        }
    }

    /// Lets the command that waits for a person go on.
    pub(super) fn tick(&mut self, now: Instant) {
        let Some((command, arguments, until)) = self.waiting.clone() else { return };
        let up = arguments.iter().any(|(name, _)| *name == 0x0002);
        let result = match (command, &self.finger) {
            (0x0001, Some((_, Touch::Poor))) => Some(-15),
            (0x0001, Some(finger)) => {
                self.image = Some(finger.clone());
                Some(0)
            }
            (0x0007, finger) if up == finger.is_none() => Some(0),
            _ if now >= until => Some(-11),
            _ => None,
        };
        if result.is_some() {
            self.waiting = None;
            self.answer(command, result, Vec::new(), Duration::from_millis(80), now);
        }
    }

    fn extract(&mut self) -> i8 {
        self.features = self.image.as_ref().map(|(name, _)| name.clone());
        if self.features.is_some() { 0 } else { -10 }
    }

    fn identify(&mut self) -> Done {
        let Some(live) = &self.features else { return done(-18, 5) };
        let Some((id, finger)) = self.storage.iter().find(|(_, name)| *name == live) else {
            return (0, std::vec![(0x000A, std::vec![0])], 60);
        };
        self.claims.push(Claim { finger: finger.clone(), slot: *id, score: 0 });
        let id = id.to_le_bytes().to_vec();
        (0, std::vec![(0x000A, std::vec![1]), (0x0006, id)], 60)
    }

    fn add(&mut self) -> Done {
        let live = self.image.take().map(|(name, _)| name);
        let captures = self.captures;
        let (Some(live), Some((owner, count))) = (live, &mut self.enrolling) else {
            return done(-10, 5);
        };
        if owner.get_or_insert_with(|| live.clone()) == &live {
            *count = captures.min(*count + 1);
        }
        let left = (captures - *count).to_le_bytes().to_vec();
        (0, std::vec![(0x2002, left)], 120)
    }

    fn finish(&mut self) -> i8 {
        match self.enrolling.take() {
            Some((Some(owner), count)) if count >= self.captures => {
                self.template = Some(owner);
                0
            }
            _ => -10,
        }
    }

    fn save(&mut self, id: Option<u16>) -> i8 {
        match (id, self.template.take()) {
            (Some(id), Some(_)) if self.storage.contains_key(&id) => -12,
            (Some(id), Some(template)) => {
                self.storage.insert(id, template);
                0
            }
            _ => -18,
        }
    }

    fn count(&self) -> Vec<u8> {
        u16::try_from(self.storage.len()).unwrap_or(u16::MAX).to_le_bytes().to_vec()
    }

    /// A template that this kind of module could have made, or none.
    fn download(&mut self, arguments: &Arguments) -> i8 {
        let data = arguments.iter().find(|(name, _)| *name == 0x100A).map(|(_, data)| data);
        let name = data.and_then(|data| {
            let name = data.get(1..1 + usize::from(*data.first()?))?;
            let name = core::str::from_utf8(name).ok()?.to_string();
            (self.template_of(&name) == *data).then_some(name)
        });
        self.template = name;
        if self.template.is_some() { 0 } else { -14 }
    }

    /// The template of a finger: its name, and bytes that follow from it.
    #[must_use]
    pub fn template_of(&self, name: &str) -> Vec<u8> {
        let mut template = std::vec![u8::try_from(name.len()).unwrap_or(0)];
        template.extend(name.bytes());
        template.extend(noise(name).skip(template.len()).take(self.template_bytes));
        template.truncate(self.template_bytes);
        template
    }

    /// What does not survive without power.
    pub(super) fn forget(&mut self) {
        (self.image, self.features, self.enrolling) = (None, None, None);
        (self.template, self.waiting) = (None, None);
    }
}

fn size() -> u32 {
    u32::try_from(SIDE * SIDE).unwrap_or(0)
}

/// The image of a finger, row by row.
pub(super) fn picture(name: &str) -> Vec<u8> {
    noise(name).take(SIDE * SIDE).collect()
}

/// Bytes without end that follow from a name.
fn noise(name: &str) -> impl Iterator<Item = u8> {
    let name = String::from(name);
    let seed = name.bytes().fold(7_u32, |n, byte| n.wrapping_mul(31).wrapping_add(byte.into()));
    let next = |n: &u32| Some(n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    core::iter::successors(Some(seed), next).map(|n| n.to_be_bytes()[0])
}
