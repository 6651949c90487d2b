mod hcp;
mod line;
mod obey;
mod spi;

use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use self::hcp::{Arguments, frame};
use self::line::Line;
pub use self::spi::{BmLiteReady, BmLiteSpi};
use super::{Claim, Touch};
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault};

/// A way for a [`BmLiteModule`] to misbehave with one of its answers.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BmLiteMisbehaviour {
    /// The line breaks the answer's last frame.
    Line(Fault),
    /// The line breaks this segment of the answer, from 1.
    LineAt(usize, Fault),
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
    /// These segments of the answer come, from 1, in this order.
    Order(Vec<usize>),
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
    template_bytes: usize,
    unique_id: [u8; 12],
    /// How much of an answer is in one segment.
    segment: usize,
    result_first: bool,
    empty_tail: bool,
    /// The command that waits for a person, and until when.
    waiting: Option<(u16, Arguments, Instant)>,
    /// It starts until then, and hears nothing.
    deaf: Instant,
    line: Line,
    faults: VecDeque<(Option<u16>, usize, BmLiteMisbehaviour)>,
    last: BTreeMap<u16, Vec<u8>>,
    commands: Vec<u16>,
    claims: Vec<Claim>,
}

/// The message that cancels.
const CANCEL: [u8; 4] = [0x03, 0x30, 0, 0];

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
            template_bytes: 900,
            unique_id: *b"BMLITE-SIM-1",
            segment: 242,
            result_first: false,
            empty_tail: false,
            waiting: None,
            deaf: Instant::ZERO,
            line: Line::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// The same with answers in segments of so many bytes.
    #[must_use]
    pub fn with_segments(mut self, bytes: usize) -> Self {
        self.segment = bytes.clamp(1, 242);
        self
    }

    /// The same with templates of so many bytes.
    #[must_use]
    pub fn with_templates(mut self, bytes: usize) -> Self {
        self.template_bytes = bytes;
        self
    }

    /// The same with this number.
    #[must_use]
    pub fn with_unique_id(mut self, unique_id: [u8; 12]) -> Self {
        self.unique_id = unique_id;
        self
    }

    /// The same with the result before all else in an answer, as in FPC's
    /// description; without it, behind.
    #[must_use]
    pub fn with_result_first(mut self) -> Self {
        self.result_first = true;
        self
    }

    /// The same with an empty last segment where the one before is full, as
    /// FPC's host code sends it.
    #[must_use]
    pub fn with_empty_tail(mut self) -> Self {
        self.empty_tail = true;
        self
    }

    /// The same, but it hears nothing.
    #[must_use]
    pub fn deaf(mut self) -> Self {
        self.deaf = Instant::FAR_FUTURE;
        self
    }

    /// The image of a finger: 160 rows of 160 bytes.
    #[must_use]
    pub fn image_of(name: &str) -> Vec<u8> {
        obey::picture(name)
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

    /// Takes a template out of the storage, past the wire.
    pub fn erase(&mut self, id: u16) {
        self.storage.remove(&id);
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
        (self.line.sent, self.line.acknowledged)
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

    /// Loses power and gets it back: only what is stored stays.
    pub fn power_cycle(&mut self) {
        self.forget();
        self.line.clear();
    }

    /// Sends a message on its own.
    pub fn say(&mut self, message: &[u8], now: Instant) {
        self.line.outbox.push(now, Duration::ZERO, frame(message, 1, 1));
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

    fn answer(
        &mut self,
        command: u16,
        result: Option<i8>,
        mut arguments: Arguments,
        delay: Duration,
        now: Instant,
    ) {
        if let Some(result) = result {
            let at = if self.result_first { 0 } else { arguments.len() };
            arguments.insert(at, (0x2001, result.to_le_bytes().to_vec()));
        }
        let mut message = command.to_le_bytes().to_vec();
        message.extend(u16::try_from(arguments.len()).unwrap_or(0).to_le_bytes());
        for (name, data) in arguments {
            message.extend(name.to_le_bytes());
            message.extend(u16::try_from(data.len()).unwrap_or(0).to_le_bytes());
            message.extend(data);
        }
        let mut fault = self.fault(command);
        if let Some(BmLiteMisbehaviour::Stale(stale, gap)) = fault {
            let last = self.last.get(&stale).cloned();
            fault = last.map(|last| BmLiteMisbehaviour::Before(last, gap));
        }
        self.last.insert(command, message.clone());
        self.send_with(fault, message, delay, now);
    }

    fn send_with(
        &mut self,
        fault: Option<BmLiteMisbehaviour>,
        message: Vec<u8>,
        delay: Duration,
        now: Instant,
    ) {
        let mut segments = self.segments(&message);
        match fault {
            None | Some(BmLiteMisbehaviour::Acknowledgement(_) | BmLiteMisbehaviour::Stale(..)) => {
            }
            Some(BmLiteMisbehaviour::Line(fault)) => {
                segments.last_mut().iter_mut().for_each(|last| last.1 = Some(fault.clone()));
            }
            Some(BmLiteMisbehaviour::LineAt(at, fault)) => {
                segments.get_mut(at - 1).iter_mut().for_each(|it| it.1 = Some(fault.clone()));
            }
            Some(BmLiteMisbehaviour::Before(first, gap)) => {
                self.send(&first, delay, now);
                return self.line.send(segments, delay + gap, now);
            }
            Some(BmLiteMisbehaviour::Instead(other)) => segments = self.segments(&other),
            Some(BmLiteMisbehaviour::Segment(at, of)) => {
                segments = std::vec![(frame(&message, at, of), None)];
            }
            Some(BmLiteMisbehaviour::Order(order)) => {
                let at = |at: &usize| segments.get(at - 1).cloned();
                segments = order.iter().filter_map(at).collect();
            }
            Some(BmLiteMisbehaviour::PowerCycle) => return self.power_cycle(),
        }
        self.line.send(segments, delay, now);
    }

    fn send(&mut self, message: &[u8], delay: Duration, now: Instant) {
        let segments = self.segments(message);
        self.line.send(segments, delay, now);
    }

    fn segments(&self, message: &[u8]) -> Vec<(Vec<u8>, Option<Fault>)> {
        let mut pieces: Vec<_> = message.chunks(self.segment).collect();
        if self.empty_tail && message.len().is_multiple_of(self.segment) {
            pieces.push(&[]);
        }
        let of = u16::try_from(pieces.len()).unwrap_or(u16::MAX);
        (1..=of).zip(pieces).map(|(at, piece)| (frame(piece, at, of), None)).collect()
    }

    /// What is to go wrong with the acknowledgement of a command.
    fn acknowledgement(&mut self, command: u16) -> Option<Fault> {
        let due = self.faults.iter().position(|(on, left, how)| {
            let now = matches!(how, BmLiteMisbehaviour::Acknowledgement(_));
            now && on.map_or(*left == 0, |on| on == command)
        })?;
        match self.faults.remove(due) {
            Some((_, _, BmLiteMisbehaviour::Acknowledgement(fault))) => Some(fault),
            _ => None,
        }
    }
}

impl Device for BmLiteModule {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if now < self.deaf {
            return;
        }
        self.line.hear(bytes, now);
        if let Some((command, ..)) = self.waiting.take_if(|_| self.line.has(&CANCEL)) {
            self.answer(command, Some(-5), Vec::new(), Duration::ZERO, now);
        }
        while self.waiting.is_none() {
            let Some((command, arguments)) = self.line.next(now) else { break };
            let fault = self.acknowledgement(command);
            self.line.acknowledge(fault, now);
            if let Some(arguments) = arguments {
                self.obey(command, arguments, now);
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.tick(now);
        self.line.outbox.take(now)
    }
}
