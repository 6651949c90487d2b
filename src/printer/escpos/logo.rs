use super::command;
use super::encoder::Out;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::print::{Sending, Sent};
use super::profile::{Logos, Profile};
use super::refusal::Refusal;
use super::status::Reply;
use super::wait::Wait;
use super::work::Work;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::{Logo, Status};

/// # Errors
/// A logo that the printer cannot have.
pub(super) fn check(logo: Logo, profile: &Profile) -> Result<Logo, Refusal> {
    match (profile.logos, logo) {
        (Logos::Keys { .. }, Logo::Key(key)) if key.iter().all(|c| matches!(c, 0x20..=0x7E)) => {
            Ok(logo)
        }
        (Logos::Numbers { .. }, Logo::Number(1..)) => Ok(logo),
        (Logos::Keys { .. }, Logo::Key(_)) | (Logos::Numbers { .. }, Logo::Number(0)) => {
            Err(Refusal::LogoKey)
        }
        _ => Err(Refusal::NoLogo),
    }
}

pub(super) fn print(logo: Logo, profile: &Profile, out: &mut Out<'_>) -> bool {
    let (Logos::Keys { rows } | Logos::Numbers { rows }) = profile.logos else { return true };
    let fits = match logo {
        Logo::Key(key) => out.put(&command::print_logo(key)),
        Logo::Number(n) => out.put(&command::print_nv(n)),
    };
    fits && out.working(Work::printing(rows.into()))
}

/// What is to be found out about the logos that a printer keeps.
#[derive(Debug)]
pub(super) enum Question<'a> {
    Capacity,
    Room,
    /// As many keys as there is room for.
    Keys(&'a mut [[u8; 2]]),
    /// How often this key is among them.
    Key([u8; 2]),
}

/// The conversation that asks about the logos that the printer keeps.
#[derive(Debug)]
pub struct AskLogos<'a, F> {
    question: Result<Question<'a>, Refusal>,
    sending: Sending<F>,
    stage: Asking,
    wait: Wait,
    block: Block,
    /// The number that was answered, or how many keys were.
    found: u32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asking {
    Payload,
    Request,
    Reply,
    /// A block of keys came, and is acknowledged.
    Acknowledge,
}

/// A block of an answer: `37`, what it is, what it says, NUL.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// It is the one that was asked for.
    open: bool,
    /// Of a list, whether more follow.
    more: Option<bool>,
    half: Option<u8>,
    complete: bool,
}

impl<'a> Question<'a> {
    const fn request(&self) -> &'static [u8] {
        match self {
            Self::Capacity => &command::LOGO_CAPACITY,
            Self::Room => &command::LOGO_ROOM,
            Self::Keys(_) | Self::Key(_) => &command::LIST_LOGOS,
        }
    }

    /// What tells the answer from others.
    const fn identifier(&self) -> u8 {
        match self {
            Self::Capacity => 0x30,
            Self::Room => 0x31,
            Self::Keys(_) | Self::Key(_) => 0x72,
        }
    }

    const fn is_list(&self) -> bool {
        matches!(self, Self::Keys(_) | Self::Key(_))
    }

    /// Takes the next key of the list.
    fn take(&mut self, key: [u8; 2], found: &mut u32) {
        match self {
            Self::Keys(keys) => {
                let at = usize::try_from(*found).unwrap_or(usize::MAX);
                if let Some(slot) = keys.get_mut(at) {
                    *slot = key;
                }
            }
            Self::Key(wanted) if *wanted != key => return,
            _ => {}
        }
        *found = found.saturating_add(1);
    }
}

impl Block {
    const NEW: Self = Self { open: false, more: None, half: None, complete: false };

    fn take(&mut self, reply: Reply, question: &mut Question<'_>, found: &mut u32) {
        match reply {
            _ if self.complete => {}
            Reply::Block { header, id } => {
                let open = header == 0x37 && id == question.identifier();
                *self = Self { open, ..Self::NEW };
            }
            Reply::End => self.complete = self.open,
            Reply::Data(byte) if self.open && question.is_list() => match (self.more, self.half) {
                (None, _) => self.more = Some(byte == 0x41),
                (_, None) => self.half = Some(byte),
                (_, Some(first)) => {
                    self.half = None;
                    question.take([first, byte], found);
                }
            },
            Reply::Data(byte @ b'0'..=b'9') if self.open => {
                *found = found.saturating_mul(10).saturating_add(u32::from(byte - b'0'));
            }
            _ => {}
        }
    }
}

impl<'a, F: Flow> AskLogos<'a, F> {
    pub(super) const fn new(question: Result<Question<'a>, Refusal>) -> Self {
        Self {
            question,
            sending: Sending::new(),
            stage: Asking::Payload,
            wait: Wait::until(Instant::ZERO),
            block: Block::NEW,
            found: 0,
        }
    }

    fn asking(profile: &Profile, question: Question<'a>) -> Self {
        let keys = matches!(profile.logos, Logos::Keys { .. });
        Self::new(if keys { Ok(question) } else { Err(Refusal::NoLogo) })
    }

    pub(super) fn capacity(profile: &Profile) -> Self {
        Self::asking(profile, Question::Capacity)
    }

    pub(super) fn room(profile: &Profile) -> Self {
        Self::asking(profile, Question::Room)
    }

    pub(super) fn keys(profile: &Profile, keys: &'a mut [[u8; 2]]) -> Self {
        Self::asking(profile, Question::Keys(keys))
    }

    const fn answered(&self, link: &mut Link<F>) -> u32 {
        link.answer_owed = false;
        self.found
    }

    /// Hands the next bytes to the sending, or goes on to the answer.
    fn load(&mut self, link: &mut Link<F>, request: &[u8], now: Instant) -> Option<u32> {
        match self.stage {
            Asking::Payload if link.complete_payload() => {}
            Asking::Payload => {
                link.load_bytes(request);
                self.stage = Asking::Request;
            }
            Asking::Acknowledge if self.block.more != Some(true) => {
                return Some(self.answered(link));
            }
            _ => {
                let timing = &link.profile().timing;
                self.wait = Wait::until(link.load.done().max(now) + timing.keep + timing.proof);
                // Should this be given up: digits look like a status.
                link.answer_owed = true;
                (self.stage, self.block) = (Asking::Reply, Block::NEW);
            }
        }
        None
    }
}

impl<F: Flow> Exchange for AskLogos<'_, F> {
    type Link = Link<F>;
    type Output = u32;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        let (request, is_list) = match &self.question {
            Ok(question) => (question.request(), question.is_list()),
            Err(refusal) => return Step::Done(Err(Fault::Refused(*refusal))),
        };
        loop {
            if self.stage != Asking::Reply {
                if let Sent::Wait(step) = self.sending.step(link, now) {
                    return step;
                }
                if let Some(found) = self.load(link, request, now) {
                    return Step::Done(Ok(found));
                }
            } else if self.block.complete && is_list {
                link.load_bytes(&command::ACK);
                self.stage = Asking::Acknowledge;
            } else if self.block.complete {
                return Step::Done(Ok(self.answered(link)));
            } else {
                return match self.wait.goes_on(now) {
                    Some(until) => Step::Receive { until },
                    None => Step::Done(Err(Fault::Silent)),
                };
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        self.sending.outgoing(link)
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        self.sending.sent(link, n, now);
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match (&mut self.question, self.stage) {
            (Ok(question), Asking::Reply) => {
                for reply in bytes.iter().filter_map(|byte| link.hear(*byte)) {
                    self.block.take(reply, question, &mut self.found);
                }
                bytes.len()
            }
            _ => self.sending.received(link, bytes, now),
        }
    }
}
