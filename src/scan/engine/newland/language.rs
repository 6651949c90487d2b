use super::command::{Command, Pro, Setting, Storage};
use super::config::{Config, Dialect};
use super::packet::Packet;
use crate::port::Duration;
use crate::scan::engine::dialect::{
    Answer, Echo, Family, Framing, Heard, Identifier, Lines, Refusal, Steps,
};
use crate::scan::engine::reader::{Abilities, Bytes, Front, Job, Language, Timing};
use crate::scan::{Mode, Signals, Symbologies};

/// A reply comes within 500 ms, and 50 ms lie between commands (sources of a
/// payment terminal with such an engine).
const TIMING: Timing = Timing {
    reply: Duration::from_millis(600),
    send: Duration::from_millis(500),
    quiet: Duration::from_millis(2),
    byte_gap: Duration::from_millis(30),
    command_gap: Duration::from_millis(100),
    attempts: 3,
};

/// The reply that is waited for.
#[derive(Debug)]
enum Awaited {
    Echo(Echo),
    /// This character, or NAK.
    Sign(u8),
}

/// What a Newland engine speaks.
#[derive(Debug)]
pub struct Unified {
    config: Config,
    lines: Lines,
    packet: Packet,
    awaited: Option<(Awaited, [u8; 6])>,
    /// When it is to look, as it was last told.
    mode: Mode,
}

impl Unified {
    /// To an engine that is to work so.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        let framing = Framing::ending(b"\r").then_silence();
        let lines = Lines::new(framing, Identifier::Aim, config.encoding);
        Self { config, lines, packet: Packet { growing: None }, awaited: None, mode: Mode::Command }
    }

    /// What must hold whenever it looks for codes, in this mode.
    fn guard(&self, mode: Mode) -> impl Iterator<Item = Command> + use<> {
        let Config { dialect, packed, lock, .. } = self.config;
        let (value, pro) = looking(mode);
        let lines = [
            Some((Setting::Setup, 0)),
            lock.then_some((Setting::SetupCodes, 0)),
            Some((Setting::Mode, value)),
            Some((Setting::Packing, if packed.is_some() { 2 } else { 0 })),
            packed.is_none().then_some((Setting::AimId, 1)),
            packed.is_none().then_some((Setting::Terminator, 1)),
            packed.is_none().then_some((Setting::TerminatorIsCr, 0)),
        ];
        let unified = lines
            .into_iter()
            .flatten()
            .map(|(setting, value)| Command::Set(setting, value, Storage::Temporary));
        let lock = lock.then_some(Pro::SetupCodesOff);
        let nls = lock.into_iter().chain([pro, Pro::Packing]).map(Command::Pro);
        let is_nls = dialect == Dialect::Nls;
        let there = is_nls.then_some(Command::AreYouThere);
        there.into_iter().chain(nls.filter(move |_| is_nls)).chain(unified.filter(move |_| !is_nls))
    }

    fn trigger(&self, on: bool) -> Command {
        match self.config.dialect {
            Dialect::Unified => Command::Trigger(on),
            Dialect::Nls => Command::Escape(on),
        }
    }

    fn abilities(&self) -> Abilities {
        let (mut symbologies, mut signals) = (Symbologies::empty(), Signals::empty());
        if self.config.dialect == Dialect::Unified {
            symbologies = Family::all(Setting::FAMILIES);
            signals = Signals::AIM | Signals::ILLUMINATION;
        }
        Abilities { signals, modes: &[Mode::Command, Mode::Presentation], symbologies }
    }

    fn mode(&self, mode: Mode) -> Option<Steps<Command>> {
        if mode == Mode::Continuous {
            return None;
        }
        let (value, pro) = looking(mode);
        Some(Steps::of([match self.config.dialect {
            Dialect::Unified => Command::Set(Setting::Mode, value, Storage::Temporary),
            Dialect::Nls => Command::Pro(pro),
        }]))
    }

    fn symbologies(&self, on: Symbologies) -> Option<Steps<Command>> {
        let families =
            if self.config.dialect == Dialect::Unified { Setting::FAMILIES } else { &[] };
        Family::steps(families, on, |family, on| {
            Command::Set(Setting::Family(family), u16::from(on), Storage::Temporary)
        })
    }

    fn signal(&self, signals: Signals, on: bool) -> Option<Steps<Command>> {
        let set = |signal, setting| {
            let set = Command::Set(setting, u16::from(on), Storage::Temporary);
            signals.contains(signal).then_some(set)
        };
        let aim = set(Signals::AIM, Setting::Aimer);
        let steps = aim.into_iter().chain(set(Signals::ILLUMINATION, Setting::Light));
        self.abilities().signals.contains(signals).then(|| Steps::of(steps))
    }

    /// The reply that is waited for, if that is what stands there.
    fn reply(&mut self, bytes: &[u8]) -> Option<Front<Answer>> {
        let (awaited, name) = self.awaited.as_ref()?;
        let front = match (awaited, bytes) {
            (Awaited::Echo(echo), _) => echo.front(*name, bytes)?,
            (Awaited::Sign(sign), [byte, ..]) if byte == sign => {
                Front::Reply(1, Answer::Done(Bytes::new()))
            }
            (Awaited::Sign(_), [nak @ 0x15, ..]) => {
                Front::Reply(1, Answer::of(*name, *nak, Bytes::new()))
            }
            (Awaited::Sign(_), _) => return None,
        };
        if let Front::Reply(..) = front {
            self.awaited = None;
        }
        Some(front)
    }

    fn line(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        // Each begins with its AIM identifier.
        if !self.lines.is_growing() && bytes.first() != Some(&b']') {
            return Front::Stray(1);
        }
        let awaited = self.awaited.as_ref();
        let is_reply = |behind: &[u8]| match awaited {
            Some((Awaited::Echo(echo), _)) => !matches!(echo.heard(behind), Heard::Other),
            _ => false,
        };
        self.lines.front(bytes, silent, is_reply)
    }
}

/// How a mode is said in each dialect. It has no other than these.
const fn looking(mode: Mode) -> (u16, Pro) {
    match mode {
        Mode::Presentation => (2, Pro::Sensor),
        Mode::Command | Mode::Continuous => (0, Pro::OnCommand),
    }
}

impl Language for Unified {
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
            Job::Init => Steps::init(self.guard(Mode::Command)),
            // It may have lost power, and what was temporary, since.
            Job::Start => Steps::of(self.guard(self.mode).chain([self.trigger(true)])),
            Job::Stop => Steps::of([self.trigger(false)]),
            Job::Mode(mode) => return self.mode(mode),
            Job::Symbologies(on) => return self.symbologies(on),
            Job::Signal(signals, on) => return self.signal(signals, on),
        })
    }

    fn encode(&mut self, command: &Command, _attempt: u8) -> Bytes {
        match command {
            Command::Set(Setting::Mode, 0, _) | Command::Pro(Pro::OnCommand) => {
                self.mode = Mode::Command;
            }
            Command::Set(Setting::Mode, 2, _) | Command::Pro(Pro::Sensor) => {
                self.mode = Mode::Presentation;
            }
            _ => {}
        }
        command.encode()
    }

    fn expect(&mut self, command: Option<&Command>) {
        self.awaited = command.and_then(|command| {
            let awaited = match command {
                Command::AreYouThere => Awaited::Sign(b'!'),
                Command::Pro(_) => Awaited::Sign(0x06),
                command => Awaited::Echo(command.echo()?),
            };
            Some((awaited, command.name()))
        });
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        if self.packet.is_growing() {
            return self.packet.within(bytes);
        }
        if !self.lines.is_growing()
            && let Some(front) = self.reply(bytes)
            && !(silent && matches!(front, Front::Open))
        {
            return front;
        }
        match (self.config.packed, bytes) {
            // An answer that nobody waits for: to ESC, say.
            (Some(_), [b'!' | 0x06 | 0x15, ..]) if self.config.dialect == Dialect::Nls => {
                Front::Noise(1)
            }
            (Some(counts), _) => self.packet.begin(bytes, counts, self.config.encoding),
            (None, _) => self.line(bytes, silent),
        }
    }

    fn give_up(&mut self) {
        self.lines.give_up();
        self.packet.give_up();
    }
}
