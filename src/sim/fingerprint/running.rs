use std::string::String;
use std::vec::Vec;

use super::module::{Kind, R503Module, Skin};
use super::obey::Reply;
use crate::port::{Duration, Instant};

/// How long a person is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a module goes on with by itself: AutoEnroll or AutoIdentify.
#[derive(Clone, Debug)]
pub(super) struct Running {
    task: Task,
    report: bool,
    overwrite: bool,
    twice: bool,
    lift: bool,
    /// The finger of each capture so far.
    captures: Vec<String>,
    lifted: bool,
    begun: bool,
    until: Instant,
}

#[derive(Clone, Copy, Debug)]
enum Task {
    Enrol { slot: u16, captures: u8 },
    Identify { start: u16, count: u16 },
}

impl Running {
    pub(super) fn enrol(slot: u16, captures: u8, now: Instant) -> Self {
        Self::new(Task::Enrol { slot, captures }, now)
    }

    pub(super) fn identify((start, count): (u16, u16), now: Instant) -> Self {
        Self::new(Task::Identify { start, count }, now)
    }

    fn new(task: Task, now: Instant) -> Self {
        Self {
            task,
            report: true,
            overwrite: false,
            twice: true,
            lift: true,
            captures: Vec::new(),
            lifted: true,
            begun: false,
            until: now + PATIENCE,
        }
    }

    pub(super) fn report(self, report: bool) -> Self {
        Self { report, ..self }
    }

    pub(super) fn overwrite(self, overwrite: bool) -> Self {
        Self { overwrite, ..self }
    }

    pub(super) fn twice(self, twice: bool) -> Self {
        Self { twice, ..self }
    }

    pub(super) fn lift(self, lift: bool) -> Self {
        Self { lift, ..self }
    }

    fn opcode(&self) -> u8 {
        match self.task {
            Task::Enrol { .. } => 0x31,
            Task::Identify { .. } => 0x32,
        }
    }

    /// What stands behind the code of a step; `last` of the last one.
    fn step(&self, stage: u8, n: u8) -> Vec<u8> {
        match self.task {
            Task::Enrol { .. } => std::vec![stage, n],
            Task::Identify { .. } => std::vec![stage, 0, 0, 0, 0],
        }
    }
}

impl R503Module {
    /// Starts; the answers come by themselves.
    pub(super) fn start(&mut self, running: Running) -> Option<Reply> {
        self.running = Some(running);
        None
    }

    pub(super) fn cancel(&mut self) -> Reply {
        self.running = None;
        self.stop_data();
        (0x00, Vec::new(), 5)
    }

    /// Goes on with what it does by itself.
    pub(super) fn run_on(&mut self, now: Instant) {
        let Some(mut running) = self.running.take() else { return };
        if !running.begun {
            running.begun = true;
            if self.kind == Kind::Synochip {
                self.tell(&running, 0x00, 0, now);
            }
        }
        match self.finger.clone() {
            None if !running.lifted => {
                running.lifted = true;
                running.until = now + PATIENCE;
                if self.kind == Kind::Synochip {
                    let n = u8::try_from(running.captures.len()).unwrap_or(0);
                    self.tell(&running, 0x03, n, now);
                }
            }
            None if now >= running.until => return self.end(&running, 0x26, now),
            Some((name, skin)) if running.lifted || !running.lift => {
                match self.capture(&mut running, &name, skin, now) {
                    Ok(false) => {}
                    Ok(true) => return,
                    Err(code) => return self.end(&running, code, now),
                }
            }
            _ if now >= running.until => return self.end(&running, 0x26, now),
            _ => {}
        }
        self.running = Some(running);
    }

    /// Takes a finger in; whether that was the last thing to do.
    fn capture(
        &mut self,
        running: &mut Running,
        name: &str,
        skin: Skin,
        now: Instant,
    ) -> Result<bool, u8> {
        let synochip = self.kind == Kind::Synochip;
        match skin {
            Skin::Wet => return Err(0x06),
            Skin::Dry | Skin::Moving => return Err(0x07),
            Skin::Fake if synochip => return Err(0x37),
            Skin::Residue if synochip => return Err(0x17),
            _ => {}
        }
        running.captures.push(name.into());
        (running.lifted, running.until) = (false, now + PATIENCE);
        let n = u8::try_from(running.captures.len()).unwrap_or(0);
        match (synochip, running.task) {
            (true, Task::Identify { .. }) => self.tell(running, 0x01, 0, now),
            (true, Task::Enrol { .. }) => {
                self.tell(running, 0x01, n, now);
                self.tell(running, 0x02, n, now);
            }
            (false, Task::Identify { .. }) => {
                self.tell(running, 0x01, 0, now);
                self.tell(running, 0x02, 0, now);
            }
            (false, Task::Enrol { slot, .. }) => {
                let [_, low] = slot.to_be_bytes();
                // Steps 10 to 12, as its manual prints some of them.
                let step = |n: u8| if n >= 10 { n + 6 } else { n };
                self.tell(running, step(2 * n - 1), low, now);
                self.tell(running, step(2 * n), low, now);
            }
        }
        match running.task {
            Task::Identify { start, count } => {
                self.search_by_itself(running, (start, count), name, now)?;
            }
            Task::Enrol { captures, .. } if n < captures => return Ok(false),
            Task::Enrol { slot, .. } => self.enrol_by_itself(running, slot, now)?,
        }
        Ok(true)
    }

    fn search_by_itself(
        &mut self,
        running: &Running,
        (start, count): (u16, u16),
        name: &str,
        now: Instant,
    ) -> Result<(), u8> {
        let (slot, score) = self.claim(name, start, count).ok_or(0x09)?;
        let last = if self.kind == Kind::Synochip { 5 } else { 3 };
        let mut content = std::vec![0, last];
        content.extend(slot.to_be_bytes());
        content.extend(score.to_be_bytes());
        self.answer(running.opcode(), &content, Duration::from_millis(60), now);
        Ok(())
    }

    fn enrol_by_itself(&mut self, running: &Running, slot: u16, now: Instant) -> Result<(), u8> {
        let finger = running.captures.first().cloned().unwrap_or_default();
        let synochip = self.kind == Kind::Synochip;
        if running.captures.iter().any(|other| *other != finger) {
            return Err(0x0A);
        }
        if !running.twice && self.library.values().any(|other| *other == finger) {
            return Err(0x27);
        }
        if slot >= self.capacity || (!running.overwrite && self.library.contains_key(&slot)) {
            return Err(if synochip && slot < self.capacity { 0x22 } else { 0x0B });
        }
        self.library.insert(slot, finger);
        let [_, low] = slot.to_be_bytes();
        let steps = if synochip {
            [(0x04, 0xF0), (0x05, 0xF1), (0x06, 0xF2)]
        } else {
            [(0x0D, low), (0x0E, low), (0x0F, low)]
        };
        let [first, second, (stage, n)] = steps;
        self.tell(running, first.0, first.1, now);
        self.tell(running, second.0, second.1, now);
        let content = [&[0][..], &running.step(stage, n)].concat();
        self.answer(running.opcode(), &content, Duration::from_millis(60), now);
        Ok(())
    }

    /// A step, if steps are told.
    fn tell(&mut self, running: &Running, stage: u8, n: u8, now: Instant) {
        if running.report {
            let content = [&[0][..], &running.step(stage, n)].concat();
            self.answer(running.opcode(), &content, Duration::from_millis(40), now);
        }
    }

    fn end(&mut self, running: &Running, code: u8, now: Instant) {
        let content = [&[code][..], &running.step(0, 0)].concat();
        self.answer(running.opcode(), &content, Duration::from_millis(40), now);
    }
}
