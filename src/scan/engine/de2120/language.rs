use super::command::{Command, Look, Setting};
use super::config::Config;
use crate::port::Duration;
use crate::scan::engine::dialect::{Answer, Family, Framing, Identifier, Lines, Refusal, Steps};
use crate::scan::engine::reader::{Abilities, Bytes, Front, Job, Language, Timing};
use crate::scan::{Encoding, Mode, Signals, Symbologies};

const ACK: u8 = 0x06;
const NAK: u8 = 0x15;

/// A version takes 430 ms, a new speed 300, in the comments of the library of
/// the maker; nothing else is said of times.
const TIMING: Timing = Timing {
    reply: Duration::from_millis(800),
    send: Duration::from_millis(500),
    quiet: Duration::from_millis(2),
    byte_gap: Duration::from_millis(30),
    command_gap: Duration::from_millis(100),
    attempts: 3,
};

/// What a DE2120 speaks.
#[derive(Debug)]
pub struct CaretCommands {
    lines: Lines,
    config: Config,
    awaited: Option<[u8; 6]>,
    /// How many answers did not come in time, and still may.
    late: u8,
}

impl CaretCommands {
    /// To a module that is to work so.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        let identifier = if config.code_ids { Identifier::Honeywell } else { Identifier::None };
        let framing = Framing::ending(b"\r").then_silence();
        let lines = Lines::new(framing, identifier, config.encoding);
        Self { lines, config, awaited: None, late: 0 }
    }

    fn init(&self) -> Steps<Command> {
        let Config { code_ids, encoding, .. } = self.config;
        let set = [Setting::Look(Look::Manual), Setting::CodeIds(code_ids)];
        let encoding = Some(Setting::Encoding(encoding)).filter(|_| encoding != Encoding::Unknown);
        let set = set.into_iter().chain(encoding).map(Command::Set);
        Steps::init([Command::Sleep].into_iter().chain(set))
    }

    fn symbologies(on: Symbologies) -> Option<Steps<Command>> {
        Family::steps(Setting::FAMILIES, on, |family, on| Command::Set(Setting::Family(family, on)))
    }

    fn signal(signals: Signals, on: bool) -> Option<Steps<Command>> {
        let light = signals.contains(Signals::ILLUMINATION).then_some(Setting::Light(on));
        let aim = signals.contains(Signals::AIM).then_some(Setting::Aim(on));
        let set = light.into_iter().chain(aim).map(Command::Set);
        ABILITIES.signals.contains(signals).then(|| Steps::of(set))
    }
}

const ABILITIES: Abilities = Abilities {
    signals: Signals::AIM.union(Signals::ILLUMINATION),
    modes: &[Mode::Command, Mode::Continuous, Mode::Presentation],
    symbologies: Family::all(Setting::FAMILIES),
};

impl Language for CaretCommands {
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
        ABILITIES
    }

    fn script(&self, job: Job) -> Option<Steps<Command>> {
        let set = |look| Steps::of([Command::Set(Setting::Look(look))]);
        Some(match job {
            Job::Init => self.init(),
            Job::Start => Steps::of([Command::Scan]),
            Job::Stop => Steps::of([Command::Sleep]),
            Job::Mode(Mode::Command) => set(Look::Manual),
            Job::Mode(Mode::Continuous) => set(Look::Continuous),
            Job::Mode(Mode::Presentation) => set(Look::Motion),
            Job::Symbologies(on) => return Self::symbologies(on),
            Job::Signal(signals, on) => return Self::signal(signals, on),
        })
    }

    fn encode(&mut self, command: &Command, _attempt: u8) -> Bytes {
        command.encode()
    }

    fn expect(&mut self, command: Option<&Command>) {
        let awaited = command.map(|command| command.name());
        if core::mem::replace(&mut self.awaited, awaited).is_some() {
            self.late = (self.late + 1).min(TIMING.attempts);
        }
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        match (bytes, self.awaited) {
            _ if self.lines.is_growing() => {}
            ([status @ (ACK | NAK), ..], Some(name)) => {
                self.awaited = None;
                return Front::Reply(1, Answer::of(name, *status, Bytes::new()));
            }
            // A late reply: no letter for a symbology.
            ([ACK | NAK, ..], None) if self.config.code_ids => {
                self.late = self.late.saturating_sub(1);
                return Front::Noise(1);
            }
            // It may also be the first byte of a code.
            ([ACK | NAK, ..], None) if self.late > 0 => {
                self.late -= 1;
                return Front::Stray(1);
            }
            _ => {}
        }
        let may_come = self.awaited.is_some() || self.late > 0;
        self.lines.front(bytes, silent, |behind| may_come && matches!(behind, [ACK | NAK]))
    }

    fn give_up(&mut self) {
        self.lines.give_up();
    }
}
