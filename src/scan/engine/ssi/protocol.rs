use heapless::Deque;
use zeroize::Zeroize;

use super::codes::Message;
use super::config::Config;
use super::decode::Layout;
use super::fault::Fault;
use super::order::{Command, Order, Reply};
use super::packet::{Cause, Opcode, Packet, Source, Status, encode};
use super::reply::{Event, Revision};
use super::script::Work;
use crate::port::{Duration, Instant};
use crate::scan::engine::reader::{Abilities, Bytes, Fingerprint, Front, Job, Language, Timing};
use crate::scan::{Mode, Signals};

/// How many events wait to be asked for.
const EVENTS: usize = 4;
/// How often an answer that the engine calls garbled is sent again.
const ANSWERS: u8 = 3;

/// What of the packet at the front is still to be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// All of it.
    Head,
    /// So many bytes of a code, then the check; the last of the code?
    Code { len: usize, last: bool },
    /// The check.
    Check { last: bool },
}

/// What was said to the engine: the cause of a refusal, and how often again.
type Said = (Opcode, Option<Cause>, u8);

/// The last packet that came unasked, what it was answered, and when it last
/// came.
#[derive(Clone, Copy)]
struct Last {
    fingerprint: Fingerprint,
    answered: Option<Said>,
    at: Instant,
}

/// The SSI protocol, and what is known of the engine.
pub struct Protocol {
    pub(super) config: Config,
    pub(super) revision: Revision,
    pub(super) mode: Mode,
    /// The layout, once a packet was seen that has no other.
    pub(super) learned: Option<Layout>,
    events: Deque<Event, EVENTS>,
    pub(super) now: Instant,
    pub(super) place: Place,
    pub(super) message: Option<Message>,
    /// A code was given up between two parts, which bear no number: until when
    /// what comes is what is left of it.
    pub(super) broken_until: Option<Instant>,
    /// Its last part came; only that may come again.
    pub(super) broken_ended: bool,
    /// A packet was garbled since the last good one, so the next is that one
    /// again, or the engine gave up.
    pub(super) garbled: bool,
    /// When bytes last came.
    fed_at: Instant,
    /// More came without a pause than a packet is long; what follows is no
    /// packet until there is one.
    is_noise: bool,
    /// When a garbled packet was last asked for.
    asked_at: Option<Instant>,
    /// It came too soon to be the last good one again.
    was_another: bool,
    last: Option<Last>,
    pub(super) expected: Option<Order>,
    /// The reply may be one that is sent again.
    pub(super) again: bool,
    attempt: u8,
    answer: Option<Bytes>,
    answered: Option<Said>,
}

impl core::fmt::Debug for Protocol {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Protocol").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Drop for Protocol {
    fn drop(&mut self) {
        if let Some(last) = &mut self.last {
            last.fingerprint.zeroize();
        }
    }
}

impl Protocol {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            config,
            revision: Revision::EMPTY,
            mode: Mode::Command,
            learned: config.layout,
            events: Deque::new(),
            now: Instant::ZERO,
            place: Place::Head,
            message: None,
            broken_until: None,
            broken_ended: false,
            garbled: false,
            fed_at: Instant::ZERO,
            is_noise: false,
            asked_at: None,
            was_another: false,
            last: None,
            expected: None,
            again: false,
            attempt: 0,
            answer: None,
            answered: None,
        }
    }

    /// What is known of another engine is not known of this one.
    pub(super) fn meet(&mut self) {
        self.learned = self.config.layout;
        (self.revision, self.mode) = (Revision::EMPTY, Mode::Command);
    }

    /// After how long an engine gives up that nobody answers: it sends a packet
    /// three times.
    pub(super) const fn patience(&self) -> Duration {
        self.config.resend.times(3)
    }

    pub(super) fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Says something to the engine for what it just said.
    pub(super) fn say(&mut self, opcode: Opcode, cause: Option<Cause>) {
        self.answered = Some((opcode, cause, 0));
        self.answer = Some(Self::short(opcode, cause, Status::empty()));
    }

    fn short(opcode: Opcode, cause: Option<Cause>, status: Status) -> Bytes {
        encode(opcode, status, cause.map(Cause::raw).as_slice())
    }

    pub(super) fn refuse(&mut self, cause: Cause) {
        self.say(Opcode::CMD_NAK, Some(cause));
    }

    /// The engine did not understand what it was answered last.
    pub(super) fn repeat_answer(&mut self) {
        let Some((opcode, cause, times)) = &mut self.answered else { return };
        if *times < ANSWERS {
            *times += 1;
            self.answer = Some(Self::short(*opcode, *cause, Status::RETRANSMIT));
        }
    }

    /// What stands at the front when no packet was begun.
    fn packet(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
        let whole = match bytes {
            // No packet is that short: what an engine lets out that wakes up.
            [0..Self::SHORTEST, ..] if !self.is_noise => return Front::Noise(1),
            [len, ..] if !self.is_noise => bytes.get(..usize::from(*len) + Packet::CHECK),
            [] => return Front::Open,
            _ => None,
        };
        match whole.map(|whole| (whole.len(), Packet::parse(whole))) {
            Some((len, Ok(packet))) if packet.is_intact() => self.intact(packet, len),
            // What else is there was to be part of it. To look for packets among
            // the bytes of a code is to believe what is printed on paper.
            _ if silent => {
                // There may only be no room, and the line not quiet yet.
                self.is_noise = self.is_fed();
                self.again = true;
                self.spoil();
                self.ask_again();
                Front::Noise(bytes.len())
            }
            _ => Front::Open,
        }
    }

    const SHORTEST: u8 = 4;

    /// Whether bytes came just now.
    fn is_fed(&self) -> bool {
        self.now.since(self.fed_at) < self.config.timing.byte_gap
    }

    /// Asks for the garbled packet; not for each of many, for each is sent.
    fn ask_again(&mut self) {
        let since = self.asked_at.map(|at| self.now.since(at));
        if since.is_none_or(|since| since >= self.config.timing.byte_gap.times(4)) {
            self.asked_at = Some(self.now);
            self.refuse(Cause::Resend);
        }
    }

    fn intact(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        let is_segment = packet.opcode() == Opcode::MULTIPACKET_SEGMENT;
        if packet.source() != Source::Decoder && !is_segment {
            return Front::Noise(len);
        }
        if packet.opcode().is_answer() {
            return self.answered(packet, len);
        }
        if !packet.opcode().is_unasked() {
            return self.reply(packet, len);
        }
        let fingerprint = fingerprint(&packet);
        if self.came_before(&packet, fingerprint) {
            return Front::Noise(len);
        }
        let front = self.unasked(packet, len);
        (self.garbled, self.was_another, self.asked_at) = (false, false, None);
        self.last = Some(Last { fingerprint, answered: self.answered, at: self.now });
        front
    }

    fn unasked(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        match packet.opcode() {
            Opcode::DECODE_DATA => return self.decode(packet, len),
            Opcode::MULTIPACKET_SEGMENT => return self.segment(packet, len),
            Opcode::EVENT => self.happened(packet),
            _ => {}
        }
        match packet.opcode().answer() {
            Ok(Some(opcode)) => self.say(opcode, None),
            Ok(None) => {}
            Err(cause) => self.refuse(cause),
        }
        Front::Noise(len)
    }

    /// Of more events than there is room for, the oldest is lost.
    fn happened(&mut self, packet: Packet<'_>) {
        let Some(raw) = packet.data().first() else { return };
        if self.events.is_full() {
            self.events.pop_front();
        }
        // There is room now.
        _ = self.events.push_back(Event::of(*raw));
    }

    /// Whether the engine sent this packet before and did not hear the answer,
    /// which it then gets again.
    fn came_before(&mut self, packet: &Packet<'_>, fingerprint: Fingerprint) -> bool {
        let marked = packet.status().contains(Status::RETRANSMIT) && !self.was_another;
        let patience = self.patience();
        let Some(last) = self.last.as_mut().filter(|last| {
            marked && last.fingerprint == fingerprint && self.now.since(last.at) < patience
        }) else {
            return false;
        };
        last.at = self.now;
        let answered = last.answered;
        answered.into_iter().for_each(|(opcode, cause, _)| self.say(opcode, cause));
        true
    }

    /// A packet is garbled. One that was not acknowledged comes again when the
    /// engine has lost patience, another one at once.
    fn spoil(&mut self) {
        self.garbled = true;
        if let Some(last) = &mut self.last {
            let age = self.now.since(last.at).as_micros();
            self.was_another |= age < self.config.resend.as_micros() / 2;
            last.at = self.now;
        }
    }
}

/// What a packet is known by when it comes again.
fn fingerprint(packet: &Packet<'_>) -> Fingerprint {
    let mut fingerprint = Fingerprint::EMPTY;
    fingerprint.add(&[packet.opcode().raw()]);
    fingerprint.add(packet.data());
    fingerprint
}

impl Language for Protocol {
    type Command = Command;
    type Reply = Reply;
    type Fault = Fault;
    type Script = Work;

    fn timing(&self) -> &Timing {
        &self.config.timing
    }

    fn repeat(&self) -> Duration {
        self.config.repeat
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            signals: Signals::all(),
            modes: &[Mode::Command, Mode::Presentation],
            symbologies: super::script::SYMBOLOGIES,
        }
    }

    fn script(&self, job: Job) -> Option<Work> {
        Work::of(job, self)
    }

    fn encode(&mut self, command: &Command, attempt: u8) -> Bytes {
        self.attempt = attempt;
        if command.0 == Order::Plain(Opcode::START_SESSION) {
            // What comes then is another code.
            (self.message, self.broken_until) = (None, None);
        }
        command.0.encode(attempt)
    }

    fn expect(&mut self, command: Option<&Command>) {
        self.expected = command.map(|command| command.0.clone());
        self.again = self.attempt > 0;
    }

    fn at(&mut self, now: Instant) {
        self.now = now;
        self.is_noise &= self.is_fed();
    }

    fn pause(&self) -> Duration {
        self.config.resend
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
        if !silent {
            self.fed_at = self.now;
        }
        match self.place {
            Place::Head => self.packet(bytes, silent),
            Place::Code { len, last } => {
                self.place = Place::Check { last };
                Front::Piece(len)
            }
            Place::Check { last } => {
                self.place = Place::Head;
                if last { Front::End(Packet::CHECK) } else { Front::Noise(Packet::CHECK) }
            }
        }
    }

    fn answer(&mut self) -> Option<Bytes> {
        self.answer.take()
    }

    fn give_up(&mut self) {
        if let Some(Message::Continued { .. }) = self.message.take() {
            self.broken_until = Some(self.now + self.patience());
            self.broken_ended = false;
        }
    }
}
