mod data;
mod line;
mod obey;

use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use line::frame;

use super::module::{Claim, Skin};
use crate::port::{Duration, Instant};
use crate::sim::{Fault, Outbox};

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
    /// The line breaks the long frame behind the reply; or, where there is none,
    /// the reply.
    Data(Fault),
    /// Two bytes of the long frame are XORed with the same mask: its check does
    /// not notice.
    Pair(usize, usize, u8),
    /// The long frame ends after so many bytes.
    Short(usize),
    /// The long frame comes byte by byte, with such a pause behind each.
    Drip(Duration),
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
    level: u8,
    unique: bool,
    serial: [u8; 3],
    asleep: bool,
    /// It answers 42h as 43h, as the manual prints it.
    misprinted: bool,
    /// It fails to delete all when there is nothing.
    strict: bool,
    /// The next features that come are kept wrongly.
    garbled: bool,
    /// Its speed, and when it changes to which.
    baud: u32,
    faster: Option<(Instant, u32)>,
    /// The speed of the host, if it matters.
    host: Option<u32>,
    /// The bytes take their time.
    paced: bool,
    /// The command whose long frame is awaited.
    awaiting: Option<[u8; 4]>,
    /// The features that came with the command that waits for a finger.
    features: Vec<u8>,
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

const OK: u8 = 0;
const FAIL: u8 = 1;
const FULL: u8 = 4;
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
            level: 5,
            unique: true,
            serial: [0x12, 0x34, 0x56],
            asleep: false,
            misprinted: false,
            strict: false,
            garbled: false,
            baud: 19_200,
            faster: None,
            host: None,
            paced: false,
            awaiting: None,
            features: Vec::new(),
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

    /// The same, which answers command 42h as the manual prints it: as 43h.
    #[must_use]
    pub fn misprinted(mut self) -> Self {
        self.misprinted = true;
        self
    }

    /// The same, which fails to delete all when there is nothing.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The same, whose bytes take their time at its speed.
    #[must_use]
    pub fn paced(mut self) -> Self {
        self.paced = true;
        self.runs_at(self.baud);
        self
    }

    /// Its speed, in bits a second.
    #[must_use]
    pub fn baud(&self) -> u32 {
        self.baud
    }

    /// The host sends and listens at this speed. If the module does not, neither
    /// understands the other. Without this, the speed does not matter.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = Some(baud);
    }

    /// Runs at this speed, in bits a second, as if it had been told to.
    pub fn runs_at(&mut self, baud: u32) {
        self.baud = baud;
        if self.paced {
            self.outbox.pace(baud);
        }
    }

    /// How strictly it matches.
    #[must_use]
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Whether it refuses to enrol a finger twice.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.unique
    }

    /// Whether it sleeps, deaf until it loses power.
    #[must_use]
    pub fn is_asleep(&self) -> bool {
        self.asleep
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

    /// Another module takes its place, with another serial number.
    pub fn replace(&mut self, serial: [u8; 3]) {
        self.serial = serial;
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
        (self.awaiting, self.faster, self.asleep) = (None, None, false);
        self.inbox.clear();
        self.outbox.clear();
    }

    fn answer(&mut self, command: u8, result: [u8; 3], data: Vec<u8>, millis: u64, now: Instant) {
        let delay = Duration::from_millis(millis);
        let printed = if self.misprinted && command == 0x42 { 0x43 } else { command };
        let good = frame(printed, result);
        let whole = [&good[..], &data].concat();
        let mut before = None;
        match self.fault(command) {
            None => {}
            Some(F5Misbehaviour::Line(fault)) => self.outbox.inject(fault),
            Some(F5Misbehaviour::Data(fault)) if data.is_empty() => self.outbox.inject(fault),
            Some(F5Misbehaviour::Stale(other, gap)) => {
                before = Some((self.last.get(&other).cloned().unwrap_or_default(), gap));
            }
            Some(F5Misbehaviour::Before(bytes, gap)) => before = Some((frame(command, bytes), gap)),
            Some(F5Misbehaviour::Instead(bytes)) => {
                return self.outbox.push(now, delay, frame(command, bytes));
            }
            Some(F5Misbehaviour::Data(fault)) => {
                self.outbox.push(now, delay, good);
                self.outbox.inject(fault);
                return self.outbox.push(now, delay, data);
            }
            Some(F5Misbehaviour::Pair(one, other, mask)) => {
                let flipped = data.iter().enumerate().map(|(at, byte)| match at {
                    at if at == one || at == other => byte ^ mask,
                    _ => *byte,
                });
                let flipped: Vec<u8> = flipped.collect();
                return self.outbox.push(now, delay, [good, flipped].concat());
            }
            Some(F5Misbehaviour::Short(bytes)) => {
                self.outbox.push(now, delay, good);
                let short: Vec<u8> = data.into_iter().take(bytes).collect();
                return self.outbox.push(now, delay, short);
            }
            Some(F5Misbehaviour::Drip(pause)) => {
                self.outbox.push(now, delay, good);
                for (nth, byte) in (0..).zip(data) {
                    self.outbox.push(now, delay + pause.times(nth), [byte]);
                }
                return;
            }
            Some(F5Misbehaviour::PowerCycle) => return self.power_cycle(),
        }
        self.last.insert(command, whole.clone());
        let gap = before.as_ref().map_or(Duration::ZERO, |(_, gap)| *gap);
        if let Some((first, _)) = before {
            self.outbox.push(now, delay, first);
        }
        self.outbox.push(now, delay + gap, whole);
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
