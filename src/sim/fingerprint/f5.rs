use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use super::module::{Claim, Skin};
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault, Outbox};

/// A way for an F5 module to misbehave with one of its replies.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum F5Misbehaviour {
    /// The line breaks the reply.
    Line(Fault),
    /// The last reply to this command comes again, and this one so much later.
    Stale(u8, Duration),
    /// A reply to the same command with these three bytes comes first, and the
    /// reply so much later.
    Before([u8; 3], Duration),
    /// A reply to the same command with these three bytes comes instead.
    Instead([u8; 3]),
    /// The module loses power instead of replying: all but the library is
    /// forgotten.
    PowerCycle,
}

/// A simulated Waveshare UART Fingerprint Sensor or one of its like: fingers
/// have names, and match by them. Templates are numbered from 1.
///
/// ```
/// use embedded_pos::sim::Simulated;
/// use embedded_pos::sim::fingerprint::F5Module;
///
/// let module = Simulated::new(F5Module::new());
/// module.device().store(4, "anna", 1);
/// module.device().place("anna");
/// ```
#[derive(Debug)]
pub struct F5Module {
    capacity: u16,
    /// Finger and permission by number.
    library: BTreeMap<u16, (String, u8)>,
    finger: Option<(String, Skin)>,
    /// Number and captures so far.
    enrolment: Option<(u16, Vec<String>)>,
    forgetful: bool,
    images: u8,
    /// A command that waits for a finger, and until when. While it does, the
    /// module is deaf.
    waiting: Option<([u8; 4], Instant)>,
    inbox: Vec<u8>,
    outbox: Outbox,
    faults: VecDeque<(When, F5Misbehaviour)>,
    last: BTreeMap<u8, Vec<u8>>,
    commands: Vec<u8>,
    claims: Vec<Claim>,
    heard: Instant,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Command(u8),
    Replies(usize),
}

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

const OK: u8 = 0;
const FAIL: u8 = 1;
const NO_USER: u8 = 5;
const TIMEOUT: u8 = 8;

impl Default for F5Module {
    fn default() -> Self {
        Self::new()
    }
}

impl F5Module {
    /// A module with room for 500 templates, none stored.
    #[must_use]
    pub fn new() -> Self {
        Self {
            capacity: 500,
            library: BTreeMap::new(),
            finger: None,
            enrolment: None,
            forgetful: false,
            images: 20,
            waiting: None,
            inbox: Vec::new(),
            outbox: Outbox::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
            heard: Instant::ZERO,
        }
    }

    /// The same with room for so many templates.
    #[must_use]
    pub fn with_capacity(mut self, capacity: u16) -> Self {
        self.capacity = capacity;
        self
    }

    /// The same, but anything between the captures ends an enrolment.
    #[must_use]
    pub fn forgetful(mut self) -> Self {
        self.forgetful = true;
        self
    }

    /// Somebody lays a finger down.
    pub fn place(&mut self, name: &str) {
        self.place_badly(name, Skin::Good);
    }

    /// Somebody lays a finger down that can hardly be read.
    pub fn place_badly(&mut self, name: &str, skin: Skin) {
        self.finger = Some((name.into(), skin));
    }

    /// The finger is lifted.
    pub fn lift(&mut self) {
        self.finger = None;
    }

    /// Puts a template into the library, past the wire.
    pub fn store(&mut self, number: u16, name: &str, permission: u8) {
        self.library.insert(number, (name.into(), permission));
    }

    /// Takes a template out of the library, past the wire.
    pub fn erase(&mut self, number: u16) {
        self.library.remove(&number);
    }

    /// How many templates there is room for; the highest number.
    #[must_use]
    pub fn capacity(&self) -> u16 {
        self.capacity
    }

    /// Whose template has this number.
    #[must_use]
    pub fn stored(&self, number: u16) -> Option<&str> {
        self.library.get(&number).map(|(name, _)| name.as_str())
    }

    /// The matches that the module made so far, with the module's numbers; they
    /// have no score.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The commands that it received so far.
    #[must_use]
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// Misbehaves with the next reply to this command.
    pub fn misbehave_on(&mut self, command: u8, how: F5Misbehaviour) {
        self.faults.push_back((When::Command(command), how));
    }

    /// Misbehaves with the reply after so many good ones.
    pub fn misbehave_after(&mut self, replies: usize, how: F5Misbehaviour) {
        self.faults.push_back((When::Replies(replies), how));
    }

    /// Whether all that was to go wrong has gone wrong.
    #[must_use]
    pub fn has_misbehaved(&self) -> bool {
        self.faults.is_empty()
    }

    /// Sends bytes on its own.
    pub fn babble(&mut self, bytes: &[u8], now: Instant) {
        self.outbox.push(now, Duration::ZERO, bytes);
    }

    /// Loses power and gets it back.
    pub fn power_cycle(&mut self) {
        (self.enrolment, self.waiting, self.images) = (None, None, 20);
        self.inbox.clear();
        self.outbox.clear();
    }

    fn work(&mut self, request: [u8; 4], now: Instant) {
        let [command, ..] = request;
        self.commands.push(command);
        if self.forgetful && !matches!(command, 0x02 | 0x03) {
            self.enrolment = None;
        }
        match command {
            0x01..=0x03 | 0x0B | 0x0C => {
                let wait = Duration::from_millis(250).times(self.images.into());
                let wait = if self.images == 0 { Duration::from_secs(86_400) } else { wait };
                self.waiting = Some((request, now + wait));
                self.look(now);
            }
            _ => {
                let result = self.obey(request);
                self.answer(command, result, Duration::from_millis(3), now);
            }
        }
    }

    /// Goes on with the command that waits for a finger.
    fn look(&mut self, now: Instant) {
        let Some((request, until)) = self.waiting else { return };
        let result = match self.finger.clone() {
            Some((name, skin)) => self.with_finger(request, name, skin == Skin::Good),
            None if now >= until => [0, 0, TIMEOUT],
            None => return,
        };
        self.waiting = None;
        let [command, ..] = request;
        self.answer(command, result, Duration::from_millis(120), now);
    }

    fn with_finger(&mut self, [command, a, b, c]: [u8; 4], live: String, good: bool) -> [u8; 3] {
        let number = u16::from(a) * 256 + u16::from(b);
        match command {
            0x0C if !good => [0, 0, NO_USER],
            0x0C => self.search(live),
            0x0B => [0, 0, self.compare(number, live, good)],
            _ => [0, 0, self.add(usize::from(command), number, c, live, good)],
        }
    }

    fn search(&mut self, finger: String) -> [u8; 3] {
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
        if nth == 2 && self.library.values().any(|(name, _)| *name == live) {
            return 7;
        }
        if nth == 3 {
            self.enrolment = None;
            self.library.insert(number, (live, permission));
        }
        OK
    }

    fn obey(&mut self, [command, a, b, c]: [u8; 4]) -> [u8; 3] {
        let number = u16::from(a) * 256 + u16::from(b);
        match command {
            0x04 => [0, 0, if self.library.remove(&number).is_some() { OK } else { FAIL }],
            0x05 => {
                self.library.clear();
                [0, 0, OK]
            }
            0x09 => {
                let [high, low] = u16::try_from(self.library.len()).unwrap_or(0).to_be_bytes();
                [high, low, OK]
            }
            0x0A => [0, 0, self.library.get(&number).map_or(NO_USER, |(_, kept)| *kept)],
            0x28 if b > 9 => [0, b, FAIL],
            0x2A => [0x12, 0x34, 0x56],
            0x2E => {
                if c == 0 {
                    self.images = b;
                }
                [0, self.images, OK]
            }
            0x28 => [0, b, OK],
            0x2C => [0, 0, OK],
            _ => [0, 0, FAIL],
        }
    }

    fn answer(&mut self, command: u8, result: [u8; 3], delay: Duration, now: Instant) {
        let good = frame(command, result);
        let before = match self.fault(command) {
            None => None,
            Some(F5Misbehaviour::Line(fault)) => {
                self.outbox.inject(fault);
                None
            }
            Some(F5Misbehaviour::Stale(other, gap)) => {
                Some((self.last.get(&other).cloned().unwrap_or_default(), gap))
            }
            Some(F5Misbehaviour::Before(bytes, gap)) => Some((frame(command, bytes), gap)),
            Some(F5Misbehaviour::Instead(bytes)) => {
                return self.outbox.push(now, delay, frame(command, bytes));
            }
            Some(F5Misbehaviour::PowerCycle) => return self.power_cycle(),
        };
        self.last.insert(command, good.clone());
        match before {
            None => self.outbox.push(now, delay, good),
            Some((first, gap)) => {
                self.outbox.push(now, delay, first);
                self.outbox.push(now, delay + gap, good);
            }
        }
    }

    /// What is to go wrong with this reply.
    fn fault(&mut self, command: u8) -> Option<F5Misbehaviour> {
        let due = self.faults.iter().position(|(when, _)| match when {
            When::Command(other) => *other == command,
            When::Replies(left) => *left == 0,
        });
        for (when, _) in &mut self.faults {
            if let When::Replies(left) = when {
                *left = left.saturating_sub(1);
            }
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, how)| how)
    }
}

fn frame(command: u8, [a, b, c]: [u8; 3]) -> Vec<u8> {
    std::vec![0xF5, command, a, b, c, 0, command ^ a ^ b ^ c, 0xF5]
}

/// Takes the first good command out of what came in; bad ones are passed over,
/// as the module is silent about them.
fn next_command(inbox: &mut Vec<u8>) -> Option<[u8; 4]> {
    loop {
        let start = inbox.iter().position(|byte| *byte == 0xF5);
        inbox.drain(..start.unwrap_or(inbox.len()));
        match *inbox.get(..8)? {
            [_, command, a, b, c, 0, check, 0xF5] if command ^ a ^ b ^ c == check => {
                inbox.drain(..8);
                return Some([command, a, b, c]);
            }
            _ => drop(inbox.remove(0)),
        }
    }
}

impl Device for F5Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.look(now);
        if now.since(self.heard) > GAP {
            self.inbox.clear();
        }
        self.heard = now;
        self.inbox.extend(bytes);
        while let Some(request) = next_command(&mut self.inbox) {
            if self.waiting.is_none() {
                self.work(request, now);
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.look(now);
        self.outbox.take(now)
    }
}
