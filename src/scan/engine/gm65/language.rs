use super::config::{Config, SAVE, SETTLE};
use super::family::Family;
use super::fault::Refusal;
use super::frame::{self, Command, Header, Reply};
use super::register::Wanted;
use super::script::{Identity, Work};
use super::symbology;
use crate::port::Duration;
use crate::scan::engine::reader::{Abilities, Bytes, Front, Head, Job, Language, Timing};
use crate::scan::{Mode, Signals};

/// How many lengths the replies to reads of the same registers go through.
/// A reply does not say what it replies to, so each read asks for some
/// registers more than wanted, another number each time: a late reply to an
/// earlier one then has the wrong length. Never none more: a reply with one
/// data byte is that of a write.
const TURNS: u8 = 4;

/// The mode in which one code is read for each trigger (0000, bits 1-0).
pub(super) const COMMAND: u8 = 0b01;

/// What the bytes that were understood end with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tail {
    /// Nothing that matters.
    Clear,
    /// A code of which so many bytes are still to come.
    Code { left: usize },
    /// A code: what follows it at once is more of it, unless it is a reply.
    Counted,
    /// More of a code than its length says: skipped until the line is quiet.
    Excess,
}

/// What a GM65 speaks.
#[derive(Debug)]
pub struct Grow {
    pub(super) config: Config,
    pub(super) wanted: Wanted,
    pub(super) identity: Option<Identity>,
    /// Whether codes come with a length in front. Not known before `init`.
    pub(super) framed: bool,
    tail: Tail,
    /// A reply that a code parts, and how many bytes of it follow the code.
    parted: Option<(usize, Reply)>,
    /// How many data bytes the reply has that is waited for.
    expected: Option<usize>,
    /// The register that was asked for last, and how many of what comes.
    asked: (u8, u8),
    /// Counts reads, so that replies to different ones differ in length.
    turn: u8,
    /// The times while the speed is searched.
    pub(super) searching: Option<Timing>,
}

impl Grow {
    /// To a module that nothing is known of.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        let Config { code_ids, read_time, .. } = config;
        Self {
            config,
            wanted: Wanted { family: Family::Gm65, mode: COMMAND, code_ids, read_time, raw: false },
            identity: None,
            framed: false,
            tail: Tail::Clear,
            parted: None,
            expected: None,
            asked: (0, 0),
            turn: 0,
            searching: None,
        }
    }

    pub(super) const fn asked_for(&self) -> u8 {
        self.asked.0
    }

    pub(super) fn wanted_bytes(&self) -> usize {
        self.asked.1.into()
    }

    /// Nothing is known of how codes come.
    pub(super) fn unlearn(&mut self) {
        self.framed = false;
        self.identity = None;
        self.searching = None;
    }

    const fn header(&self) -> Header {
        match self.wanted.family {
            Family::Gm65 => Header::Short,
            Family::Gm60 => Header::Long,
        }
    }

    /// Where nothing has begun.
    fn outside(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
        match bytes {
            [] => {
                self.tail = Tail::Clear;
                Front::Open
            }
            [frame::REPLY_MARK, ..] => self.reply(bytes, silent),
            _ if self.framed => match self.header().of(bytes) {
                None if !silent => Front::Open,
                Some(Some((header, len))) => self.begin(0, header, len, bytes, silent),
                _ => Front::Stray(1),
            },
            _ => Front::Stray(1),
        }
    }

    /// A code of `len` bytes behind a header that begins `at`.
    fn begin(
        &mut self,
        at: usize,
        header: usize,
        len: usize,
        bytes: &[u8],
        silent: bool,
    ) -> Front<Reply> {
        let before = at + header;
        let mut head = Head::default();
        if !self.wanted.has_code_ids() {
            self.tail = Tail::Code { left: len };
            return Front::Begin(before, head);
        }
        match bytes.get(before) {
            Some(id) => head.symbology = symbology::aim(*id),
            None if silent => return Front::Stray(1),
            None => return Front::Open,
        }
        self.tail = Tail::Code { left: len.saturating_sub(1) };
        Front::Begin(before + 1, head)
    }

    fn reply(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
        let expected = self.expected.filter(|_| self.framed);
        match frame::Front::of(bytes, expected, self.header()) {
            frame::Front::Open if !silent => Front::Open,
            frame::Front::Open | frame::Front::Noise => Front::Stray(1),
            frame::Front::Reply { reply, total } => {
                self.tail = Tail::Clear;
                self.replied(total, reply)
            }
            frame::Front::Parted { reply, at, header, code_len, left } => {
                self.parted = Some((left, reply));
                self.begin(at, header, code_len.saturating_sub(header), bytes, true)
            }
        }
    }

    /// A late reply to an earlier command has another length, and is dropped.
    fn replied(&mut self, n: usize, reply: Reply) -> Front<Reply> {
        if self.expected != Some(reply.data.len()) {
            return Front::Noise(n);
        }
        self.expected = None;
        Front::Reply(n, reply)
    }

    /// Behind the last byte of a code. The module reads one code for each
    /// trigger, so no other can stand there; where it goes on by itself, one could,
    /// but what looks like it may be printed in the first.
    fn counted(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
        if self.parted.is_some() || bytes.is_empty() {
            self.tail = Tail::Clear;
            return Front::End(0);
        }
        if let [frame::REPLY_MARK, ..] = bytes {
            match frame::Front::of(bytes, self.expected, self.header()) {
                frame::Front::Open if !silent => return Front::Open,
                frame::Front::Reply { .. } | frame::Front::Parted { .. } => {
                    self.tail = Tail::Clear;
                    return Front::End(0);
                }
                frame::Front::Open | frame::Front::Noise => {}
            }
        }
        self.tail = Tail::Excess;
        Front::Excess(bytes.len(), u32::from(self.wanted.mode != COMMAND))
    }
}

impl Language for Grow {
    type Command = Command;
    type Reply = Reply;
    type Fault = Refusal;
    type Script = super::talk::Held<Work>;

    fn timing(&self) -> &Timing {
        self.searching.as_ref().unwrap_or(&self.config.timing)
    }

    fn repeat(&self) -> Duration {
        self.config.repeat
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            signals: Signals::AIM | Signals::ILLUMINATION,
            modes: &[Mode::Command, Mode::Continuous, Mode::Presentation],
            symbologies: self.wanted.family.symbologies(),
        }
    }

    fn script(&self, job: Job) -> Option<Self::Script> {
        Work::of(job, self).map(super::talk::Held)
    }

    fn encode(&mut self, command: &Command, _attempt: u8) -> Bytes {
        let Command::Read { address, count } = *command else {
            self.asked = (command.address(), 0);
            return command.encode();
        };
        self.asked = (address, count);
        self.turn = (self.turn + 1) % TURNS;
        Command::Read { address, count: count + 1 + self.turn }.encode()
    }

    fn expect(&mut self, command: Option<&Command>) {
        self.expected = command.map(|command| match command {
            Command::Read { count, .. } => usize::from(count + 1 + self.turn),
            Command::Write { .. } | Command::Save => 1,
        });
    }

    fn patience(&self, command: &Command) -> Duration {
        match command {
            Command::Save => SAVE,
            Command::Read { .. } | Command::Write { .. } => self.timing().reply,
        }
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Reply> {
        match self.tail {
            Tail::Code { left: 0 } => {
                self.tail = Tail::Counted;
                self.counted(bytes, silent)
            }
            Tail::Code { left } => {
                let n = left.min(bytes.len());
                if n == 0 {
                    return Front::Open;
                }
                self.tail = Tail::Code { left: left - n };
                Front::Piece(n)
            }
            Tail::Counted => self.counted(bytes, silent),
            Tail::Excess if bytes.is_empty() => self.outside(bytes, silent),
            Tail::Excess => Front::Noise(bytes.len()),
            Tail::Clear => match self.parted.take() {
                Some((left, reply)) => self.replied(left, reply),
                None => self.outside(bytes, silent),
            },
        }
    }

    fn is_unsettled(&self) -> bool {
        self.tail == Tail::Excess
    }

    fn pause(&self) -> Duration {
        match self.tail {
            Tail::Code { left: 1.. } => self.timing().byte_gap,
            _ => SETTLE,
        }
    }

    fn give_up(&mut self) {
        (self.tail, self.parted) = (Tail::Clear, None);
    }
}
