use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::print::{Sending, Sent};
use super::profile::Extras;
use super::refusal::Refusal;
use super::status::{Replies, Reply};
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// What a printer can be asked about itself.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Question {
    /// `GS I 1`: the number of the model, one byte.
    ModelNumber,
    /// `GS I 2`: one byte; bit 0 two-byte characters, bit 1 a cutter.
    Type,
    /// `GS I 3`: the version of the ROM, one byte.
    Rom,
    /// `GS I 65`: the version of the firmware.
    Firmware,
    /// `GS I 66`: the maker.
    Maker,
    /// `GS I 67`: the model.
    Model,
    /// `GS I 68`: the serial number.
    Serial,
    /// `GS I 69`: the languages of the fonts.
    Fonts,
    /// `GS g 2`: a maintenance counter, in digits.
    Counter(Counter),
}

/// What a printer counts. Each but the hours since it was reset; with 128
/// added, since it was made.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Counter {
    /// Lines fed (20).
    Lines,
    /// How often the head was energised (21).
    HeadRows,
    /// Cuts (50).
    Cuts,
    /// Hours of operation (70).
    Hours,
    /// Another, by its number.
    Other(u16),
}

impl Question {
    /// The bytes that ask, and how many of them.
    fn bytes(self) -> ([u8; 6], usize) {
        let short = |n| ([0x1D, b'I', n, 0, 0, 0], 3);
        match self {
            Self::ModelNumber => short(1),
            Self::Type => short(2),
            Self::Rom => short(3),
            Self::Firmware => short(65),
            Self::Maker => short(66),
            Self::Model => short(67),
            Self::Serial => short(68),
            Self::Fonts => short(69),
            Self::Counter(counter) => {
                let [low, high] = counter.number().to_le_bytes();
                ([0x1D, b'g', b'2', 0, low, high], 6)
            }
        }
    }

    const fn is_byte(self) -> bool {
        matches!(self, Self::ModelNumber | Self::Type | Self::Rom)
    }

    const fn needs(self) -> Extras {
        match self {
            Self::Counter(_) => Extras::COUNTERS,
            _ => Extras::IDENTITY,
        }
    }
}

impl Counter {
    const fn number(self) -> u16 {
        match self {
            Self::Lines => 20,
            Self::HeadRows => 21,
            Self::Cuts => 50,
            Self::Hours => 70,
            Self::Other(n) => n,
        }
    }
}

/// What a printer answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Answer {
    bytes: [u8; Replies::BLOCK as usize],
    length: u8,
}

impl Answer {
    /// Its bytes: one, or a text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or(&self.bytes)
    }

    /// The text, if it is ASCII.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(self.as_bytes()).ok()
    }

    /// The number of a counter.
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        self.as_str()?.parse().ok()
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(usize::from(self.length)) {
            *slot = byte;
            self.length += 1;
        }
    }
}

/// The conversation that asks a printer about itself, behind all that it was
/// sent.
#[derive(Debug)]
pub struct Identify<F> {
    sending: Sending<F>,
    question: Question,
    stage: Stage,
    wait: Wait,
    answer: Answer,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Payload,
    /// What comes now came unasked, or late.
    Quiet,
    Request,
    Wait,
    /// The block of the answer.
    Block,
    Answered,
}

impl<F: Flow> Identify<F> {
    pub(super) const fn new(question: Question) -> Self {
        Self {
            sending: Sending::new(),
            question,
            stage: Stage::Payload,
            wait: Wait::until(Instant::ZERO),
            answer: Answer { bytes: [0; Replies::BLOCK as usize], length: 0 },
        }
    }

    /// All is out: what comes next.
    fn load(&mut self, link: &mut Link<F>, now: Instant) {
        let timing = &link.profile().timing;
        match self.stage {
            Stage::Payload if link.complete_payload() => {}
            Stage::Payload => {
                self.stage = Stage::Quiet;
                self.wait = Wait::until(now + timing.quiet);
            }
            _ => {
                self.stage = Stage::Wait;
                self.wait = Wait::until(link.load.done().max(now) + timing.proof);
            }
        }
    }

    fn heard(&mut self, link: &Link<F>, reply: Reply) {
        let wants_byte = self.question.is_byte();
        match (self.stage, reply) {
            // Answers come in the order of the questions.
            (Stage::Wait, Reply::InOrder(byte)) if wants_byte && link.barriers == 0 => {
                self.answer.push(byte);
                self.stage = Stage::Answered;
            }
            (Stage::Wait, Reply::Block { header: 0x5F | 0x3D, .. }) if !wants_byte => {
                self.stage = Stage::Block;
            }
            (Stage::Block, Reply::Data(byte)) => self.answer.push(byte),
            (Stage::Block, Reply::End) => self.stage = Stage::Answered,
            _ => {}
        }
    }
}

impl<F: Flow> Exchange for Identify<F> {
    type Link = Link<F>;
    type Output = Answer;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if !link.profile().extras.contains(self.question.needs()) {
            return Step::Done(Err(Fault::Refused(Refusal::NoSetting)));
        }
        loop {
            match self.stage {
                Stage::Answered => return Step::Done(Ok(self.answer)),
                Stage::Quiet => match self.wait.goes_on(now) {
                    Some(until) => return Step::Receive { until },
                    None => {
                        let (bytes, length) = self.question.bytes();
                        link.load_bytes(bytes.get(..length).unwrap_or(&bytes));
                        // Counted like any other, so that it is told from them.
                        if self.question.is_byte() {
                            link.barriers = link.barriers.saturating_add(1);
                        }
                        self.stage = Stage::Request;
                    }
                },
                Stage::Wait | Stage::Block => {
                    return match self.wait.goes_on(now) {
                        Some(until) => Step::Receive { until },
                        None => Step::Done(Err(Fault::Silent)),
                    };
                }
                Stage::Payload | Stage::Request => {
                    if let Sent::Wait(step) = self.sending.step(link, now) {
                        return step;
                    }
                    self.load(link, now);
                }
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
        if matches!(self.stage, Stage::Payload | Stage::Request) {
            return self.sending.received(link, bytes, now);
        }
        for byte in bytes {
            if let Some(reply) = link.hear(*byte) {
                self.heard(link, reply);
            }
        }
        bytes.len()
    }
}
