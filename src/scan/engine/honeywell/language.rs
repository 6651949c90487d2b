use super::command::{Command, Setting, Storage};
use super::config::{Config, Make};
use super::header::{Header, MARK};
use crate::port::Duration;
use crate::scan::engine::dialect::{Answer, Echo, Family, Heard, Lines, Refusal, Steps};
use crate::scan::engine::reader::{Abilities, Bytes, Front, Job, Language, Timing};
use crate::scan::{Mode, Signals, Symbologies};

/// The manuals give no times.
const TIMING: Timing = Timing {
    reply: Duration::from_millis(500),
    send: Duration::from_millis(500),
    quiet: Duration::from_millis(2),
    byte_gap: Duration::from_millis(30),
    command_gap: Duration::from_millis(100),
    attempts: 3,
};

/// What an engine with the serial menu speaks.
#[derive(Debug)]
pub struct SerialMenu {
    config: Config,
    /// How codes come without a header.
    lines: Lines,
    /// How much of the code with a header is still to come, its CR included.
    left: Option<u32>,
    awaited: Option<(Echo, [u8; 6])>,
    /// Those before: without a header, late ones would look like codes.
    past: [Option<Echo>; 2],
}

impl SerialMenu {
    /// To an engine that is to work so.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        let lines = Lines::new(config.framing, config.identifier, config.encoding);
        Self { config, lines, left: None, awaited: None, past: [None, None] }
    }

    const fn has_header(&self) -> bool {
        matches!(self.config.make, Make::Honeywell)
    }

    /// What must hold whenever it looks for codes.
    fn guard(&self) -> impl Iterator<Item = Command> + use<> {
        let volatile = |setting, value| Command::Set(setting, value, Storage::Volatile);
        let header = self.has_header().then_some(volatile(Setting::Header, 1));
        header.into_iter().chain([volatile(Setting::Trigger, 0)])
    }

    fn abilities(&self) -> Abilities {
        let mut symbologies = Symbologies::empty();
        if self.has_header() {
            symbologies = Family::all(Setting::FAMILIES);
        }
        let signals = Signals::BEEPER | Signals::AIM | Signals::ILLUMINATION;
        Abilities { signals, modes: &[Mode::Command], symbologies }
    }

    fn symbologies(&self, on: Symbologies) -> Option<Steps<Command>> {
        let families = if self.has_header() { Setting::FAMILIES } else { &[] };
        Family::steps(families, on, |family, on| {
            Command::Set(Setting::Family(family), u16::from(on), Storage::Volatile)
        })
    }

    fn signal(&self, signals: Signals, on: bool) -> Option<Steps<Command>> {
        let set = |signal, setting, value| {
            let value = if on { value } else { 0 };
            let set = Command::Set(setting, value, Storage::Volatile);
            signals.contains(signal).then_some(set)
        };
        let beep = (on && signals.contains(Signals::BEEPER)).then_some(Command::Beep);
        let aim = set(Signals::AIM, Setting::Aimer, 2);
        let light = set(Signals::ILLUMINATION, Setting::Light, 1);
        let steps = [beep, aim, light].into_iter().flatten();
        self.abilities().signals.contains(signals).then(|| Steps::of(steps))
    }

    /// The reply that is waited for, if that is what stands there.
    fn reply(&mut self, bytes: &[u8]) -> Option<Front<Answer>> {
        let (echo, name) = self.awaited.as_ref()?;
        let front = echo.front(*name, bytes)?;
        if let Front::Reply(..) = front {
            self.expect(None);
        }
        Some(front)
    }

    fn with_header(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        match self.left {
            Some(left) => return self.data(bytes, left),
            None if bytes.first() != Some(&MARK) => {
                // Behind a reply that does not end a code may stand.
                let reply = self.reply(bytes);
                let reply = reply.filter(|reply| !(silent && matches!(reply, Front::Open)));
                return reply.unwrap_or(Front::Stray(1));
            }
            None => {}
        }
        match Header::of(bytes) {
            Header::Open => Front::Open,
            Header::No => Front::Stray(1),
            Header::Found { len, data, mut head } => {
                self.left = Some(data);
                head.encoding = self.config.encoding;
                Front::Begin(len, head)
            }
        }
    }

    /// The data of a code: the length counts a CR at their end, which is no
    /// payload.
    fn data(&mut self, bytes: &[u8], left: u32) -> Front<Answer> {
        let n = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX).saturating_sub(1));
        let taken = u32::try_from(n).unwrap_or(left);
        self.left = Some(left.saturating_sub(taken));
        match (n, bytes.first()) {
            (1.., _) => return Front::Piece(n),
            (0, Some(b'\r')) => self.left = None,
            (0, _) => return Front::Spoilt(1),
        }
        Front::End(1)
    }

    /// A reply to an earlier command, if that is what stands there.
    fn late(&self, bytes: &[u8]) -> Option<Front<Answer>> {
        let past = self.past.iter().flatten().filter(|_| !self.lines.is_growing());
        past.map(|echo| echo.heard(bytes)).find_map(|heard| match heard {
            Heard::Other => None,
            Heard::Open => Some(Front::Open),
            Heard::Reply { len, .. } => Some(Front::Noise(len)),
        })
    }

    /// Without a header, codes and replies are lines of text alike.
    fn without_header(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        if !self.lines.is_growing()
            && let Some(front) = self.reply(bytes)
            && !(silent && matches!(front, Front::Open))
        {
            return front;
        }
        if let Some(front) =
            self.late(bytes).filter(|front| !(silent && matches!(front, Front::Open)))
        {
            return front;
        }
        let awaited = self.awaited.as_ref();
        let is_reply = |behind: &[u8]| {
            awaited.is_some_and(|(echo, _)| !matches!(echo.heard(behind), Heard::Other))
        };
        self.lines.front(bytes, silent, is_reply)
    }
}

impl Language for SerialMenu {
    type Command = Command;
    type Reply = Answer;
    type Fault = Refusal;
    type Script = Steps<Command>;

    fn timing(&self) -> &Timing {
        &TIMING
    }

    fn repeat(&self) -> Duration {
        self.config.repeat
    }

    fn abilities(&self) -> Abilities {
        Self::abilities(self)
    }

    fn script(&self, job: Job) -> Option<Steps<Command>> {
        Some(match job {
            Job::Init => Steps::init([Command::Untrigger].into_iter().chain(self.guard())),
            // It may have lost power, and with it the header, since.
            Job::Start => Steps::of(self.guard().chain([Command::Trigger])),
            Job::Stop => Steps::of([Command::Untrigger]),
            Job::Mode(Mode::Command) => Steps::of(self.guard()),
            Job::Mode(_) => return None,
            Job::Symbologies(on) => return self.symbologies(on),
            Job::Signal(signals, on) => return self.signal(signals, on),
        })
    }

    fn encode(&mut self, command: &Command, _attempt: u8) -> Bytes {
        command.encode()
    }

    fn expect(&mut self, command: Option<&Command>) {
        let awaited = command.and_then(|command| Some((command.echo()?, command.name())));
        if let Some((echo, _)) = core::mem::replace(&mut self.awaited, awaited) {
            let [last, _] = &mut self.past;
            let last = last.replace(echo);
            let [_, first] = &mut self.past;
            *first = last;
        }
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        if self.has_header() {
            self.with_header(bytes, silent)
        } else {
            self.without_header(bytes, silent)
        }
    }

    fn give_up(&mut self) {
        self.left = None;
        self.lines.give_up();
    }
}
