use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use super::hcp::{Arguments, crc, frame, number, parse};
use super::{Claim, Touch};
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault, Outbox};

/// A way for a [`BmLiteModule`] to misbehave with one of its answers.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BmLiteMisbehaviour {
    /// The line breaks the answer's last frame.
    Line(Fault),
    /// The line breaks the acknowledgement of the command, which is then done.
    Acknowledgement(Fault),
    /// The last answer to this command comes again, and this one so much later.
    Stale(u16, Duration),
    /// This message comes first, and the answer so much later.
    Before(Vec<u8>, Duration),
    /// This message comes instead.
    Instead(Vec<u8>),
    /// The segments say that they are this one of so many.
    Segment(u16, u16),
    /// The module loses power instead of answering: only what is stored stays.
    PowerCycle,
}

/// A simulated BM-Lite module: fingers have names, and match by them.
#[derive(Debug)]
pub struct BmLiteModule {
    storage: BTreeMap<u16, String>,
    finger: Option<(String, Touch)>,
    image: Option<(String, Touch)>,
    features: Option<String>,
    captures: u32,
    /// Whose finger is enrolled, and how many images are in.
    enrolling: Option<(Option<String>, u32)>,
    template: Option<String>,
    /// How much of an answer is in one segment.
    segment: usize,
    /// The command that waits for a person, and until when.
    waiting: Option<(u16, Arguments, Instant)>,
    inbox: Vec<u8>,
    outbox: Outbox,
    faults: VecDeque<(Option<u16>, usize, BmLiteMisbehaviour)>,
    last: BTreeMap<u16, Vec<u8>>,
    commands: Vec<u16>,
    claims: Vec<Claim>,
    sent: usize,
    acknowledged: usize,
    heard: Instant,
}

/// A frame that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

const ACK: [u8; 4] = [0x7F, 0xFF, 0x01, 0x7F];

impl Default for BmLiteModule {
    fn default() -> Self {
        Self::new()
    }
}

impl BmLiteModule {
    /// A module with nothing stored, that wants three images of a finger.
    #[must_use]
    pub fn new() -> Self {
        Self {
            storage: BTreeMap::new(),
            finger: None,
            image: None,
            features: None,
            captures: 3,
            enrolling: None,
            template: None,
            segment: 242,
            waiting: None,
            inbox: Vec::new(),
            outbox: Outbox::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
            sent: 0,
            acknowledged: 0,
            heard: Instant::ZERO,
        }
    }

    /// The same with answers in segments of so many bytes.
    #[must_use]
    pub fn with_segments(mut self, bytes: usize) -> Self {
        self.segment = bytes.clamp(1, 242);
        self
    }

    /// Somebody lays a finger down.
    pub fn place(&mut self, name: &str) {
        self.place_so(name, Touch::Good);
    }

    /// Somebody lays a finger down in this way.
    pub fn place_so(&mut self, name: &str, touch: Touch) {
        self.finger = Some((name.into(), touch));
    }

    /// The finger is lifted.
    pub fn lift(&mut self) {
        self.finger = None;
    }

    /// Puts a template into the storage, past the wire.
    pub fn store(&mut self, id: u16, name: &str) {
        self.storage.insert(id, name.into());
    }

    /// Whose template has this number.
    #[must_use]
    pub fn stored(&self, id: u16) -> Option<&str> {
        self.storage.get(&id).map(String::as_str)
    }

    /// The matches that the module made so far.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The commands that it received so far.
    #[must_use]
    pub fn commands(&self) -> &[u16] {
        &self.commands
    }

    /// How many frames it sent, and how many were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> (usize, usize) {
        (self.sent, self.acknowledged)
    }

    /// Misbehaves with the next answer to this command.
    pub fn misbehave_on(&mut self, command: u16, how: BmLiteMisbehaviour) {
        self.faults.push_back((Some(command), 0, how));
    }

    /// Misbehaves with the answer after so many good ones.
    pub fn misbehave_after(&mut self, answers: usize, how: BmLiteMisbehaviour) {
        self.faults.push_back((None, answers, how));
    }

    /// Whether all that was to go wrong has gone wrong.
    #[must_use]
    pub fn has_misbehaved(&self) -> bool {
        self.faults.is_empty()
    }

    /// Sends a message on its own.
    pub fn say(&mut self, message: &[u8], now: Instant) {
        self.outbox.push(now, Duration::ZERO, frame(message, 1, 1));
    }

    fn obey(&mut self, command: u16, arguments: Arguments, now: Instant) {
        self.commands.push(command);
        if matches!(command, 0x0001 | 0x0007) {
            let limit = number(&arguments, 0x5001).unwrap_or(0);
            let until = now + Duration::from_millis(u64::from(limit));
            self.waiting = Some((command, arguments, until));
            return self.tick(now);
        }
        let has = |argument: u16| arguments.iter().any(|(name, _)| *name == argument);
        let id = number(&arguments, 0x0006);
        let (result, more, millis): (i8, Arguments, u64) = match command {
            0x0005 if has(0x0008) => (self.extract(), Vec::new(), 120),
            0x0003 => self.identify(),
            0x0002 if has(0x0003) => {
                self.enrolling = Some((None, 0));
                (0, Vec::new(), 5)
            }
            0x0002 if has(0x0004) => self.add(),
            0x0002 if has(0x0005) => (self.finish(), Vec::new(), 40),
            0x0006 if has(0x1008) => (self.save(id), Vec::new(), 60),
            0x4002 if has(0x2002) => (0, std::vec![(0x2002, self.count())], 5),
            0x4002 if has(0x1009) && has(0x0007) => {
                self.storage.clear();
                (0, Vec::new(), 80)
            }
            0x4002 if has(0x1009) => match id.and_then(|id| self.storage.remove(&id)) {
                Some(_) => (0, Vec::new(), 40),
                None => (-13, Vec::new(), 5),
            },
            0x4002 if has(0x0006) => {
                let ids = self.storage.keys().flat_map(|id| id.to_le_bytes()).collect();
                (0, std::vec![(0x100A, ids)], 5)
            }
            0x3004 if has(0x6003) => (0, std::vec![(0x6003, b"3.2.1\0".to_vec())], 3),
            _ => (-24, Vec::new(), 2),
        };
        self.answer(command, result, more, Duration::from_millis(millis), now);
    }

    /// Lets the command that waits for a person go on.
    fn tick(&mut self, now: Instant) {
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
        if let Some(result) = result {
            self.waiting = None;
            self.answer(command, result, Vec::new(), Duration::from_millis(80), now);
        }
    }

    fn extract(&mut self) -> i8 {
        self.features = self.image.as_ref().map(|(name, _)| name.clone());
        if self.features.is_some() { 0 } else { -10 }
    }

    fn identify(&mut self) -> (i8, Arguments, u64) {
        let Some(live) = &self.features else { return (-18, Vec::new(), 5) };
        let Some((id, finger)) = self.storage.iter().find(|(_, name)| *name == live) else {
            return (0, std::vec![(0x000A, std::vec![0])], 60);
        };
        self.claims.push(Claim { finger: finger.clone(), slot: *id, score: 0 });
        let id = id.to_le_bytes().to_vec();
        (0, std::vec![(0x000A, std::vec![1]), (0x0006, id)], 60)
    }

    fn add(&mut self) -> (i8, Arguments, u64) {
        let live = self.image.take().map(|(name, _)| name);
        let captures = self.captures;
        let (Some(live), Some((owner, count))) = (live, &mut self.enrolling) else {
            return (-10, Vec::new(), 5);
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

    /// What is to go wrong with this answer.
    fn fault(&mut self, command: u16) -> Option<BmLiteMisbehaviour> {
        let due = self.faults.iter().position(|(on, left, how)| {
            let now = !matches!(how, BmLiteMisbehaviour::Acknowledgement(_));
            now && on.map_or(*left == 0, |on| on == command)
        });
        for (_, left, _) in &mut self.faults {
            *left = left.saturating_sub(1);
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, _, how)| how)
    }

    fn answer(&mut self, command: u16, result: i8, more: Arguments, delay: Duration, now: Instant) {
        let mut arguments = more;
        arguments.push((0x2001, result.to_le_bytes().to_vec()));
        let mut message = command.to_le_bytes().to_vec();
        message.extend(u16::try_from(arguments.len()).unwrap_or(0).to_le_bytes());
        for (name, data) in arguments {
            message.extend(name.to_le_bytes());
            message.extend(u16::try_from(data.len()).unwrap_or(0).to_le_bytes());
            message.extend(data);
        }
        let good = message.clone();
        match self.fault(command) {
            None => self.send(&message, delay, now, None),
            Some(BmLiteMisbehaviour::Line(fault)) => self.send(&message, delay, now, Some(fault)),
            Some(BmLiteMisbehaviour::Stale(stale, gap)) => {
                if let Some(last) = self.last.get(&stale).cloned() {
                    self.send(&last, delay, now, None);
                }
                self.send(&message, delay + gap, now, None);
            }
            Some(BmLiteMisbehaviour::Before(first, gap)) => {
                self.send(&first, delay, now, None);
                self.send(&message, delay + gap, now, None);
            }
            Some(BmLiteMisbehaviour::Instead(other)) => self.send(&other, delay, now, None),
            Some(BmLiteMisbehaviour::Segment(at, of)) => {
                self.outbox.push(now, delay, frame(&message, at, of));
            }
            Some(BmLiteMisbehaviour::Acknowledgement(_)) => {}
            Some(BmLiteMisbehaviour::PowerCycle) => {
                (self.image, self.features, self.enrolling) = (None, None, None);
                self.template = None;
                self.outbox.clear();
            }
        }
        self.last.insert(command, good);
    }

    fn send(&mut self, message: &[u8], delay: Duration, now: Instant, mut fault: Option<Fault>) {
        let count = message.len().div_ceil(self.segment);
        let of = u16::try_from(count).unwrap_or(u16::MAX);
        for (at, data) in (1..=of).zip(message.chunks(self.segment)) {
            if let Some(fault) = fault.take_if(|_| at == of) {
                self.outbox.inject(fault);
            }
            self.outbox.push(now, delay, frame(data, at, of));
            self.sent += 1;
        }
    }

    /// The acknowledgement of a command, unless that is what goes wrong.
    fn acknowledge(&mut self, command: u16, now: Instant) {
        let due = self.faults.iter().position(|(on, left, how)| {
            let now = matches!(how, BmLiteMisbehaviour::Acknowledgement(_));
            now && on.map_or(*left == 0, |on| on == command)
        });
        let due = due.and_then(|at| self.faults.remove(at));
        if let Some((_, _, BmLiteMisbehaviour::Acknowledgement(fault))) = due {
            self.outbox.inject(fault);
        }
        self.outbox.push(now, Duration::from_millis(1), ACK);
    }

    /// Takes the first command out of what came in, if it is whole.
    fn next_request(&mut self) -> Option<(u16, Arguments)> {
        loop {
            if self.inbox.starts_with(&ACK) {
                self.inbox.drain(..4);
                self.acknowledged += 1;
                continue;
            }
            let word = |at: usize| {
                let pair = self.inbox.get(at..at + 2)?;
                Some(pair.iter().rev().fold(0, |n, byte| n * 256 + usize::from(*byte)))
            };
            let (channel, size) = (word(0)?, word(2)?);
            if channel != 0 || size > 248 {
                self.inbox.remove(0);
                continue;
            }
            let payload = self.inbox.get(4..4 + size)?.to_vec();
            let check = self.inbox.get(4 + size..8 + size)?.to_vec();
            self.inbox.drain(..8 + size);
            if check == crc(&payload).to_le_bytes() && payload.get(2..6) == Some(&[1, 0, 1, 0]) {
                return parse(payload.get(6..)?);
            }
        }
    }
}

impl Device for BmLiteModule {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if now.since(self.heard) > GAP {
            self.inbox.clear();
        }
        self.heard = now;
        self.inbox.extend(bytes);
        while self.waiting.is_none() {
            let Some((command, arguments)) = self.next_request() else { break };
            self.acknowledge(command, now);
            self.obey(command, arguments, now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.tick(now);
        self.outbox.take(now)
    }
}
