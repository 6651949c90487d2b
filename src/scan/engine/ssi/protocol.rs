use heapless::Deque;
use zeroize::Zeroize;

use super::config::Config;
use super::decode::{First, Layout};
use super::fault::Fault;
use super::order::{Answer, Command, Order, Reply, Settings};
use super::packet::{Cause, Opcode, Packet, Source, Status, encode};
use super::parameter::{self, Held};
use super::reply::{Capabilities, Event, Revision};
use super::script::Work;
use crate::port::{Duration, Instant};
use crate::scan::engine::reader::{
    Abilities, Bytes, Fingerprint, Front, Head, Job, Language, Timing,
};
use crate::scan::{Encoding, Mode, Signals, symbology};

/// How many events wait to be asked for.
const EVENTS: usize = 4;
/// How often an answer that the engine calls garbled is sent again.
const ANSWERS: u8 = 3;

/// What of the packet at the front is still to be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// All of it.
    Head,
    /// So many bytes of a code, then the check; the last of the code?
    Code { len: usize, last: bool },
    /// The check.
    Check { last: bool },
}

/// A code of several packets, between two of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Message {
    /// `DECODE_DATA` with status bit 1; each has the type.
    Continued { kind: u8 },
    /// `MULTIPACKET_SEGMENT`: the index of the next, and how many bytes of the
    /// code are missing.
    Segments { next: u8, left: usize },
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
    learned: Option<Layout>,
    events: Deque<Event, EVENTS>,
    now: Instant,
    place: Place,
    message: Option<Message>,
    /// A packet was garbled since the last good one, so the next is that one
    /// again, or the engine gave up.
    garbled: bool,
    /// It came too soon to be the last good one again.
    was_another: bool,
    last: Option<Last>,
    expected: Option<Order>,
    /// The reply may be one that is sent again.
    again: bool,
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
            garbled: false,
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

    pub(super) fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Says something to the engine for what it just said.
    fn say(&mut self, opcode: Opcode, cause: Option<Cause>) {
        self.answered = Some((opcode, cause, 0));
        self.answer = Some(Self::short(opcode, cause, Status::empty()));
    }

    fn short(opcode: Opcode, cause: Option<Cause>, status: Status) -> Bytes {
        encode(opcode, status, cause.map(Cause::raw).as_slice())
    }

    fn refuse(&mut self, cause: Cause) {
        self.say(Opcode::CMD_NAK, Some(cause));
    }

    /// The engine did not understand what it was answered last.
    fn repeat_answer(&mut self) {
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
            [0..Self::SHORTEST, ..] => return Front::Noise(1),
            [len, ..] => bytes.get(..usize::from(*len) + Packet::CHECK),
            [] => None,
        };
        match whole.map(|whole| (whole.len(), Packet::parse(whole))) {
            Some((len, Ok(packet))) if packet.is_intact() => self.intact(packet, len),
            // What else is there was to be part of it. To look for packets among
            // the bytes of a code is to believe what is printed on paper.
            _ if silent => {
                self.again = true;
                self.spoil();
                self.refuse(Cause::Resend);
                Front::Noise(bytes.len())
            }
            _ => Front::Open,
        }
    }

    const SHORTEST: u8 = 4;

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
        (self.garbled, self.was_another) = (false, false);
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
        let Some(last) = self.last.as_mut().filter(|last| {
            marked
                && last.fingerprint == fingerprint
                && self.now.since(last.at) < self.config.resend
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

    /// `CMD_ACK` and `CMD_NAK`. One that is sent again, without that anybody
    /// asked for it, is that of an earlier command.
    fn answered(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        let refused = packet.data().first().map(|raw| Cause::of(*raw));
        let stale = packet.status().contains(Status::RETRANSMIT) && !self.again;
        match (&self.expected, refused) {
            (Some(_), Some(Cause::Resend)) => Front::Again(len),
            (None, Some(Cause::Resend)) => {
                self.repeat_answer();
                Front::Noise(len)
            }
            (Some(_), Some(cause)) if !stale => self.take(Answer::Refused(cause), len),
            (Some(Order::Plain(opcode)), None) if opcode.has_reply() => Front::Noise(len),
            (Some(Order::Request(_)), None) => Front::Noise(len),
            (Some(_), None) if !stale => self.take(Answer::Done, len),
            _ => Front::Noise(len),
        }
    }

    fn take(&mut self, answer: Answer, len: usize) -> Front<Reply> {
        self.expected = None;
        Front::Reply(len, Reply(answer))
    }

    /// What a reply with data says, if it was asked for.
    fn reply(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        if let Ok(Some(opcode)) = packet.opcode().answer() {
            self.say(opcode, None);
        }
        let Some(order) = &self.expected else { return Front::Noise(len) };
        let data = packet.data();
        let answer = match packet.opcode() {
            Opcode::REPLY_REVISION => Some(Answer::Revision(Revision::of(data))),
            Opcode::CAPABILITIES_REPLY => Capabilities::of(data).map(Answer::Capabilities),
            Opcode::SCANNER_INIT => Some(Answer::Done),
            Opcode::PARAM_SEND => Some(Answer::Parameters(values(data))),
            _ => None,
        };
        let fits = match (&answer, order) {
            (Some(Answer::Revision(_)), order) => order.opcode() == Opcode::REQUEST_REVISION,
            (Some(Answer::Capabilities(_)), order) => {
                order.opcode() == Opcode::CAPABILITIES_REQUEST
            }
            (Some(Answer::Parameters(settings)), order) => order.asks_for(settings),
            (Some(_), order) => *order == Order::Announce,
            (None, _) => false,
        };
        match answer {
            Some(answer) if fits => self.take(answer, len),
            _ => Front::Noise(len),
        }
    }

    /// A `DECODE_DATA` packet: a code, or part of one.
    fn decode(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        let data = packet.data();
        let Some(kind) = data.first().copied() else {
            self.refuse(Cause::Denied);
            return Front::Noise(len);
        };
        self.say(Opcode::CMD_ACK, None);
        let last = !packet.status().contains(Status::CONTINUED);
        let marked = packet.status().contains(Status::RETRANSMIT);
        if let Some(Message::Continued { kind: begun }) = self.message
            && begun == kind
            && (marked || !self.garbled)
        {
            self.message = if last { None } else { self.message };
            self.place = Place::Code { len: data.len() - 1, last };
            return Front::Noise(Packet::HEAD + 1);
        }
        let (prefix, sure) = self.prefix(packet);
        self.message = if last { None } else { Some(Message::Continued { kind }) };
        self.place = Place::Code { len: data.len().saturating_sub(prefix), last };
        Front::Begin(Packet::HEAD + prefix, head(kind, !sure))
    }

    /// How many bytes of the data are before the code, and whether that is
    /// sure.
    fn prefix(&mut self, packet: Packet<'_>) -> (usize, bool) {
        const CLASSIC: usize = 1;
        const EXTENDED: usize = 4;
        if packet.status().contains(Status::CONTINUED) {
            return (CLASSIC, true);
        }
        let fits = Layout::Extended.read(packet.data()).is_some();
        let marked = packet.status().contains(Status::NOTIFICATION);
        match (self.learned, fits) {
            (Some(Layout::Classic), _) => (CLASSIC, true),
            (Some(Layout::Extended), true) => (EXTENDED, true),
            (Some(Layout::Extended), false) => (CLASSIC, false),
            (None, false) => {
                self.learned = Some(Layout::Classic);
                (CLASSIC, true)
            }
            (None, true) => {
                if marked {
                    self.learned = Some(Layout::Extended);
                }
                (EXTENDED, marked)
            }
        }
    }

    fn segment(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        match (packet.data(), self.message) {
            ([0, message @ ..], _) => self.first_segment(message, len),
            ([index, part @ ..], Some(Message::Segments { next, left }))
                if *index == next && part.len() <= left =>
            {
                self.part(part.len(), next, left);
                Front::Noise(Packet::HEAD + 1)
            }
            ([index, ..], Some(Message::Segments { next, .. }))
                if index.wrapping_add(1) == next =>
            {
                self.say(Opcode::MULTIPACKET_ACK, None);
                Front::Noise(len)
            }
            (_, before) => {
                self.message = None;
                self.refuse(Cause::Denied);
                if before.is_some() { Front::Spoilt(len) } else { Front::Noise(len) }
            }
        }
    }

    fn first_segment(&mut self, message: &[u8], len: usize) -> Front<Reply> {
        match First::read(message) {
            Some(first) if first.payload.len() <= first.len => {
                self.part(first.payload.len(), 0, first.len);
                let head_len = Packet::HEAD + 1 + message.len() - first.payload.len();
                Front::Begin(head_len, head(first.kind, false))
            }
            _ => {
                self.refuse(Cause::Denied);
                Front::Noise(len)
            }
        }
    }

    /// So many bytes of a code come in segment `index`, of `left` missing.
    fn part(&mut self, len: usize, index: u8, left: usize) {
        let left = left.saturating_sub(len);
        let last = left == 0;
        self.message = (!last).then_some(Message::Segments { next: index.wrapping_add(1), left });
        self.place = Place::Code { len, last };
        self.say(if last { Opcode::CMD_ACK } else { Opcode::MULTIPACKET_ACK }, None);
    }
}

/// What a packet is known by when it comes again.
fn fingerprint(packet: &Packet<'_>) -> Fingerprint {
    let mut fingerprint = Fingerprint::EMPTY;
    fingerprint.add(&[packet.opcode().raw()]);
    fingerprint.add(packet.data());
    fingerprint
}

fn head(kind: u8, truncated: bool) -> Head {
    Head { symbology: symbology::of_ssi(kind), encoding: Encoding::Unknown, truncated }
}

/// The bytes and words that an engine says it holds, as many as can be asked
/// for.
fn values(data: &[u8]) -> Settings {
    let values = parameter::Settings::new(data).filter_map(|(parameter, held)| match held {
        Held::Value(value) => Some((parameter, value)),
        Held::Bytes(_) => None,
    });
    values.take(parameter::SETTINGS).collect()
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
            self.message = None;
        }
        command.0.encode(attempt)
    }

    fn expect(&mut self, command: Option<&Command>) {
        self.expected = command.map(|command| command.0.clone());
        self.again = self.attempt > 0;
    }

    fn at(&mut self, now: Instant) {
        self.now = now;
    }

    fn pause(&self) -> Duration {
        self.config.resend
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
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
        self.message = None;
    }
}
