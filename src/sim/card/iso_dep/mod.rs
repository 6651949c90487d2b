//! A contactless card, from its side alone.

mod blocks;
mod select;

use std::boxed::Box;
use std::collections::VecDeque;
use std::fmt;
use std::string::String;
use std::vec::Vec;

use crate::card::contactless::{Rate, Technology};
use crate::port::{Duration, Instant};

use super::{Application, Picc, Signal};
use select::State;

/// A way for a card to misbehave, or to make use of its rights. Those that are
/// of its answers ("the next block") count when ISO-DEP runs.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PiccTrick {
    /// The next block does not come. The card believes that it sent it.
    LostBlock,
    /// The next block has a wrong CRC.
    WrongCheck,
    /// The next block is so much later than the card otherwise is.
    LateBlock(Duration),
    /// The next block has this PCB instead of its own.
    Pcb(u8),
    /// The next block has its block number inverted.
    WrongNumber,
    /// What comes next is not heard.
    Deaf,
    /// The next I-block or R(ACK) is preceded by this many S(WTX), each with
    /// this byte: the multiplier, and how strong the field is.
    Wtx {
        /// The information field.
        inf: u8,
        /// How many.
        times: usize,
    },
    /// The next response is sent in I-blocks of so many bytes each.
    Chunks(usize),
    /// Nothing is answered until the field was off.
    Mute,
}

/// A contactless card (ISO/IEC 14443-3 and -4) over an [`Application`],
/// written from the card's side alone.
///
/// It keeps a list of what the reader did wrong:
/// [`violations`](Self::violations).
pub struct IsoDepCard {
    application: Box<dyn Application>,
    technology: Technology,
    uid: Vec<u8>,
    atqa: [u8; 2],
    sak: u8,
    /// ATS or ATQB.
    answer: Vec<u8>,
    state: State,
    /// It was halted: only WUPA or WUPB wakes it.
    halted: bool,
    /// How many cascade levels are selected; in which slot it answers.
    level: usize,
    slot: u8,
    rate_in: Rate,
    rate_out: Rate,
    /// The longest frame the reader takes, and we do, with CRC.
    fsd: usize,
    fsc: usize,
    cid: u8,
    number: bool,
    command: Vec<u8>,
    chunks: VecDeque<Vec<u8>>,
    requests: VecDeque<u8>,
    /// What was sent last, without CRC.
    last: Vec<u8>,
    /// What is to be sent when the requests for time are granted.
    pending: Vec<u8>,
    mute: bool,
    tricks: VecDeque<PiccTrick>,
    thinks: Duration,
    violations: Vec<String>,
}

impl fmt::Debug for IsoDepCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IsoDepCard")
            .field("technology", &self.technology)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl IsoDepCard {
    fn new(application: impl Application + 'static, technology: Technology) -> Self {
        Self {
            application: Box::new(application),
            technology,
            uid: [0x12, 0x34, 0x56, 0x78].into(),
            atqa: [0x04, 0x00],
            sak: 0x20,
            answer: Vec::new(),
            state: State::Off,
            halted: false,
            level: 0,
            slot: 0,
            rate_in: Rate::R106,
            rate_out: Rate::R106,
            fsd: 256,
            fsc: 256,
            cid: 0,
            number: true,
            command: Vec::new(),
            chunks: VecDeque::new(),
            requests: VecDeque::new(),
            last: Vec::new(),
            pending: Vec::new(),
            mute: false,
            tricks: VecDeque::new(),
            thinks: Duration::from_millis(2),
            violations: Vec::new(),
        }
    }

    /// A card of type A with a UID of four bytes.
    pub fn type_a(application: impl Application + 'static) -> Self {
        // FSCI 8, TA 00, TB: FWI 8, SFGI 0, TC: CID; "POS".
        Self::new(application, Technology::A)
            .with_answer(&[0x08, 0x78, 0x00, 0x80, 0x02, b'P', b'O', b'S'])
    }

    /// A card of type B.
    pub fn type_b(application: impl Application + 'static) -> Self {
        // Application data; rates 00, FSCI 8 and ISO-DEP, FWI 8 and CID.
        Self::new(application, Technology::B)
            .with_answer(&[0x50, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 0x00, 0x81, 0x81])
    }

    /// Another UID: 4, 7 or 10 bytes (ATQA says so), or another PUPI.
    #[must_use]
    pub fn with_uid(mut self, uid: &[u8]) -> Self {
        self.uid = uid.into();
        self.atqa = match uid.len() {
            7 => [0x44, 0x00],
            10 => [0x84, 0x00],
            _ => [0x04, 0x00],
        };
        if self.technology == Technology::B {
            let pupi = self.answer.iter_mut().skip(1);
            pupi.zip(uid).take(4).for_each(|(to, from)| *to = *from);
        }
        self
    }

    /// Another ATS or ATQB, without CRC.
    #[must_use]
    pub fn with_answer(mut self, answer: &[u8]) -> Self {
        self.answer = answer.into();
        let fsci = match (self.technology, answer) {
            (Technology::A, [_, t0, ..]) => t0 & 0x0F,
            (Technology::A, _) => 2,
            (Technology::B, _) => answer.get(10).map_or(0, |byte| byte >> 4),
        };
        self.fsc = size(fsci);
        self
    }

    /// Another SAK: without bit 6 the card does not speak ISO-DEP.
    #[must_use]
    pub fn with_sak(mut self, sak: u8) -> Self {
        self.sak = sak;
        self
    }

    /// The slot in which a card of type B answers, if there are so many.
    #[must_use]
    pub fn in_slot(mut self, slot: u8) -> Self {
        self.slot = slot;
        self
    }

    /// How long it takes to answer a block.
    #[must_use]
    pub fn thinking(mut self, thinks: Duration) -> Self {
        self.thinks = thinks;
        self
    }

    /// To be done at the next occasion, one after the other.
    pub fn plan(&mut self, trick: PiccTrick) {
        self.tricks.push_back(trick);
    }

    /// Tricks that are still to come.
    #[must_use]
    pub fn planned(&self) -> usize {
        self.tricks.len()
    }

    /// What the reader did that the standard forbids.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// Whether ISO-DEP runs.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == State::Protocol
    }

    /// The bit rates agreed on: to the card, from it.
    #[must_use]
    pub fn rates(&self) -> (Rate, Rate) {
        (self.rate_in, self.rate_out)
    }

    fn start(&mut self, fsdi: u8, cid: u8) {
        self.fsd = size(fsdi);
        self.cid = if self.takes_cid() { cid } else { 0 };
        self.number = true;
        self.state = State::Protocol;
        self.forget();
    }

    /// TC of the ATS, or the third byte of protocol info.
    fn takes_cid(&self) -> bool {
        match (self.technology, &self.answer[..]) {
            (Technology::A, [_, t0, rest @ ..]) if t0 & 0x40 != 0 => {
                let before = usize::from(t0 & 0x10 != 0) + usize::from(t0 & 0x20 != 0);
                rest.get(before).is_some_and(|tc| tc & 0x02 != 0)
            }
            (Technology::A, _) => true,
            (Technology::B, answer) => answer.get(11).is_some_and(|byte| byte & 0x01 != 0),
        }
    }

    fn forget(&mut self) {
        self.command.clear();
        self.chunks.clear();
        self.requests.clear();
        self.last.clear();
        self.pending.clear();
    }

    /// The next trick, if it is of this kind.
    fn takes(&mut self, kind: impl Fn(&PiccTrick) -> bool) -> Option<PiccTrick> {
        let is_next = self.tricks.front().is_some_and(kind);
        if is_next { self.tricks.pop_front() } else { None }
    }
}

/// ISO/IEC 14443-4, table 1.
fn size(index: u8) -> usize {
    let sizes = [16, 24, 32, 40, 48, 64, 96, 128, 256];
    sizes.get(usize::from(index)).copied().unwrap_or(256)
}

impl Picc for IsoDepCard {
    fn field(&mut self, on: bool, _: Instant) {
        self.application.reset();
        self.forget();
        self.state = if on { State::Idle } else { State::Off };
        (self.halted, self.mute) = (false, false);
        (self.rate_in, self.rate_out) = (Rate::R106, Rate::R106);
    }

    fn hear(&mut self, signal: &Signal, _: Instant) -> Option<(Duration, Signal)> {
        if self.state == State::Off || signal.technology != self.technology {
            return None;
        }
        if self.takes(|trick| *trick == PiccTrick::Mute).is_some() {
            self.mute = true;
        }
        if self.mute || signal.rate != self.rate_in {
            return None;
        }
        match (self.state, self.technology) {
            (State::Protocol, _) => self.hear_block(signal),
            (_, Technology::A) => self.select_a(signal),
            (_, Technology::B) => self.select_b(signal),
        }
    }
}
