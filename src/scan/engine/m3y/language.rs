use super::command::Command;
use super::config::Config;
use crate::port::Duration;
use crate::scan::engine::dialect::{Answer, Reason, Refusal, Steps};
use crate::scan::engine::reader::{Abilities, Bytes, Front, Head, INBOX, Job, Language, Timing};
use crate::scan::{Signals, Symbologies};

const START: u8 = 0x5A;
const END: u8 = 0xA5;
/// The frames of the module: a reply, and a code.
const REPLY: u8 = 0x01;
const CODE: u8 = 0x02;
/// Before the body: start, kind, length.
const HEAD: usize = 4;
/// The longest body of a code that the module sends.
const LONGEST: u16 = 2070;

/// A reply comes within 250 ms in open drivers; no manual was seen.
const TIMING: Timing = Timing {
    reply: Duration::from_millis(400),
    send: Duration::from_millis(500),
    quiet: Duration::from_millis(2),
    byte_gap: Duration::from_millis(50),
    command_gap: Duration::from_millis(100),
    attempts: 3,
};

/// What an M3Y-W speaks.
#[derive(Debug)]
pub struct BccFrames {
    config: Config,
    /// How much of a code is to come, and what its bytes come to so far.
    growing: Option<(u16, u8)>,
    awaited: Option<Command>,
}

impl BccFrames {
    /// To a module that is to work so.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self { config, growing: None, awaited: None }
    }

    fn head(&mut self, bytes: &[u8]) -> Front<Answer> {
        let Some(&[START, kind, high, low]) = bytes.first_chunk::<HEAD>() else {
            let open = matches!(bytes, [START] | [START, REPLY | CODE] | [START, REPLY | CODE, _]);
            return if open { Front::Open } else { Front::Stray(1) };
        };
        let len = u16::from_be_bytes([high, low]);
        match kind {
            CODE if (1..=LONGEST).contains(&len) => {
                self.growing = Some((len, kind ^ high ^ low));
                let encoding = self.config.encoding;
                Front::Begin(HEAD, Head { encoding, ..Head::default() })
            }
            REPLY => self.reply(bytes, len.into()),
            _ => Front::Stray(1),
        }
    }

    fn reply(&mut self, bytes: &[u8], len: usize) -> Front<Answer> {
        let total = HEAD + len + 2;
        let frame = match bytes.get(..total) {
            _ if total > INBOX => return Front::Stray(1),
            None => return Front::Open,
            Some(frame) => frame,
        };
        let [_, checked @ .., END] = frame else { return Front::Stray(1) };
        if checked.iter().fold(0, |bcc, byte| bcc ^ byte) != 0 {
            return Front::Stray(1);
        }
        let body = frame.get(HEAD..HEAD + len).unwrap_or_default();
        let Some(answer) = self.awaited.and_then(|command| answer(command, body)) else {
            return Front::Noise(total);
        };
        self.awaited = None;
        Front::Reply(total, answer)
    }

    fn within(&mut self, bytes: &[u8], left: u16, bcc: u8) -> Front<Answer> {
        if left == 0 {
            return match bytes {
                [check, END, ..] if *check == bcc => self.over(Front::End(2)),
                [check] if *check == bcc => Front::Open,
                _ => self.over(Front::Spoilt(1)),
            };
        }
        let piece = bytes.get(..left.into()).unwrap_or(bytes);
        let taken = u16::try_from(piece.len()).unwrap_or(left);
        let bcc = piece.iter().fold(bcc, |bcc, byte| bcc ^ byte);
        self.growing = Some((left.saturating_sub(taken), bcc));
        Front::Piece(piece.len())
    }

    const fn over(&mut self, front: Front<Answer>) -> Front<Answer> {
        self.growing = None;
        front
    }
}

/// What a body says to the command; `None` if it belongs to another.
fn answer(command: Command, body: &[u8]) -> Option<Answer> {
    match (body, command) {
        ([0x90, 0x00], Command::Version) => None,
        ([0x90, 0x00], _) => Some(Answer::Done(Bytes::new())),
        ([high @ 0x60..=0x6F, low], _) => {
            let reason = Reason::Status(u16::from_be_bytes([*high, *low]));
            Some(Answer::Refused(Refusal { command: command.name(), reason }))
        }
        (text, Command::Version) => Some(Answer::Done(Bytes::of(text))),
        _ => None,
    }
}

impl Language for BccFrames {
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
        Abilities { signals: Signals::ILLUMINATION, modes: &[], symbologies: Symbologies::empty() }
    }

    fn script(&self, job: Job) -> Option<Steps<Command>> {
        let safe = [Command::Stop, Command::SetupCodesOff];
        Some(match job {
            Job::Init => Steps::init([Command::Version].into_iter().chain(safe)),
            Job::Start => Steps::of([Command::SetupCodesOff, Command::Start]),
            Job::Stop => Steps::of([Command::Stop]),
            Job::Signal(Signals::ILLUMINATION, on) => Steps::of([Command::Light(on)]),
            Job::Mode(_) | Job::Symbologies(_) | Job::Signal(..) => return None,
        })
    }

    fn encode(&mut self, command: &Command, _attempt: u8) -> Bytes {
        command.encode()
    }

    fn expect(&mut self, command: Option<&Command>) {
        self.awaited = command.copied();
    }

    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Answer> {
        match self.growing {
            Some((left, bcc)) => self.within(bytes, left, bcc),
            None => match self.head(bytes) {
                // Behind the head of a reply that broke off a code may stand.
                Front::Open if silent => Front::Stray(1),
                front => front,
            },
        }
    }

    fn give_up(&mut self) {
        self.growing = None;
    }
}
