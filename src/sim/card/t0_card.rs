use std::boxed::Box;
use std::collections::VecDeque;
use std::fmt;
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use crate::port::Duration;

use super::line::{ContactCard, Said};
use super::{Application, Echo};

/// A way for a card that speaks T=0 to misbehave, or to make use of its rights.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum T0Trick {
    /// This many NULL (60) before what the card says next.
    Null(usize),
    /// Data goes byte by byte (the complement of INS) this time: so many bytes,
    /// then the rest at once.
    OneByOne(usize),
    /// What the card says next begins with this byte instead of its own.
    Wrong(u8),
    /// The first byte of what it says next is missing.
    Missing,
    /// A byte too many after what it says next.
    Surplus(u8),
    /// It says what it says next this much later.
    Late(Duration),
    /// The next length asked for is refused with 6Cxx, even if it is right.
    AskAgain,
    /// The next data is handed out in pieces of so many bytes, with 61xx.
    Pieces(u8),
    /// The next command, or ENVELOPE, has this status word instead of its own;
    /// the data waits for GET RESPONSE.
    Status(u16),
    /// Nothing is said until the next reset.
    Mute,
}

/// What the card waits for.
#[derive(Debug)]
enum Phase {
    Header,
    /// Data of the command; so many bytes were asked for so far.
    Data(usize),
}

/// A card that speaks T=0 (ISO/IEC 7816-3:2006, clauses 10 and 12), written
/// from the card's side alone, character by character. An extended command that
/// comes in ENVELOPEs is one to its application.
///
/// It keeps a list of what the host did wrong: [`violations`](Self::violations).
pub struct T0Card {
    application: Box<dyn Application>,
    atr: Vec<u8>,
    /// Nothing was heard since the reset: PPS may come.
    fresh: bool,
    ta1: u8,
    agreed: Option<u8>,
    heard: Vec<u8>,
    phase: Phase,
    /// Data that waits for GET RESPONSE.
    waiting: Vec<u8>,
    /// What came in ENVELOPEs so far; whether it knows them.
    enveloped: Vec<u8>,
    envelopes: bool,
    /// What was refused with 6Cxx, by its first four bytes, with its response.
    refused: Option<([u8; 4], Vec<u8>)>,
    pieces: Option<usize>,
    single: usize,
    mute: bool,
    tricks: VecDeque<T0Trick>,
    thinks: Duration,
    violations: Vec<String>,
}

impl fmt::Debug for T0Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("T0Card").field("tricks", &self.tricks).finish_non_exhaustive()
    }
}

impl T0Card {
    /// A card with a plain ATR.
    pub fn new(application: impl Application + 'static) -> Self {
        Self {
            application: Box::new(application),
            atr: vec![0x3B, 0x63, 0x00, 0x00, b'P', b'O', b'S'],
            fresh: true,
            ta1: 0x11,
            agreed: None,
            heard: Vec::new(),
            phase: Phase::Header,
            waiting: Vec::new(),
            enveloped: Vec::new(),
            envelopes: true,
            refused: None,
            pieces: None,
            single: 0,
            mute: false,
            tricks: VecDeque::new(),
            thinks: Duration::from_millis(5),
            violations: Vec::new(),
        }
    }

    /// A card with the application [`Echo`].
    #[must_use]
    pub fn echo() -> Self {
        Self::new(Echo)
    }

    /// The ATR to give instead.
    #[must_use]
    pub fn with_atr(mut self, atr: &[u8]) -> Self {
        self.atr = atr.into();
        self
    }

    /// Without ENVELOPE, as most cards are.
    #[must_use]
    pub fn without_envelope(mut self) -> Self {
        self.envelopes = false;
        self
    }

    /// How long it takes before it says something.
    #[must_use]
    pub fn thinking(mut self, thinks: Duration) -> Self {
        self.thinks = thinks;
        self
    }

    /// To be done at the next occasion, one after the other.
    pub fn plan(&mut self, trick: T0Trick) {
        self.tricks.push_back(trick);
    }

    /// What the host did that the standard forbids.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// Whether data comes with the instruction: T=0 does not tell, the card
    /// knows (SELECT, VERIFY, the commands of EMV that send, UPDATE, PUT DATA,
    /// ENVELOPE, scripts).
    fn is_incoming(ins: u8) -> bool {
        matches!(ins, 0x04 | 0x0E | 0x16 | 0x18 | 0x1E | 0x20..=0x2C | 0x82 | 0x86..=0x88
            | 0xA4 | 0xA8 | 0xAE | 0xC2 | 0xD0..=0xE8)
    }

    /// Whether an instruction with data has a response with data.
    fn answers(ins: u8) -> bool {
        matches!(ins, 0x2A | 0x86..=0x88 | 0xA4 | 0xA8 | 0xAE | 0xC2 | 0xDA)
    }

    fn takes(&mut self, kind: impl Fn(&T0Trick) -> bool) -> Option<T0Trick> {
        let is_next = self.tricks.front().is_some_and(kind);
        if is_next { self.tricks.pop_front() } else { None }
    }

    /// The procedure byte that asks for, or announces, data; and how much.
    fn acknowledge(&mut self, ins: u8, left: usize) -> (u8, usize) {
        if let Some(T0Trick::OneByOne(n)) = self.takes(|t| matches!(t, T0Trick::OneByOne(_))) {
            self.single = n;
        }
        match self.single.checked_sub(1) {
            Some(single) if left > 0 => {
                self.single = single;
                (!ins, 1)
            }
            _ => (ins, left),
        }
    }

    fn header(&mut self, header: [u8; 5]) -> Option<Said> {
        let [cla, ins, _, _, p3] = header;
        if matches!(ins >> 4, 6 | 9) || cla == 0xFF {
            self.violations.push(format!("header {header:02X?}"));
        }
        if ins == 0xC2 && !self.envelopes {
            self.heard.clear();
            return self.say(vec![0x6D, 0x00]);
        }
        if Self::is_incoming(ins) && p3 > 0 {
            let (procedure, asked) = self.acknowledge(ins, p3.into());
            self.phase = Phase::Data(asked);
            return self.say(vec![procedure]);
        }
        let (data, status) = self.outgoing(header);
        self.hand_out(ins, &data, status)
    }

    /// A command without data: its data, and its status word.
    fn outgoing(&mut self, header: [u8; 5]) -> (Vec<u8>, [u8; 2]) {
        let [cla, ins, p1, p2, p3] = header;
        let name = [cla, ins, p1, p2];
        self.heard.clear();
        if ins == 0xC0 {
            return self.get_response(p3);
        }
        self.waiting.clear();
        self.enveloped.clear();
        let response = match self.refused.take() {
            Some((refused, response)) if refused == name => response,
            _ if Self::is_incoming(ins) => self.application.process(&name),
            _ => self.application.process(&header),
        };
        let (data, status) = split(&response);
        let wanted = if p3 == 0 { 256 } else { p3.into() };
        let again = self.takes(|trick| *trick == T0Trick::AskAgain).is_some();
        if !data.is_empty() && (data.len() < wanted || again) {
            let exact = data.len().to_le_bytes()[0];
            self.refused = Some((name, response));
            return (Vec::new(), [0x6C, exact]);
        }
        self.waiting = data.get(wanted..).unwrap_or_default().to_vec();
        let now = data.get(..wanted).unwrap_or(&data).to_vec();
        (now, self.more().unwrap_or(status))
    }

    fn get_response(&mut self, p3: u8) -> (Vec<u8>, [u8; 2]) {
        let there = self.waiting.len().min(self.pieces.unwrap_or(usize::MAX));
        let wanted = if p3 == 0 { 256 } else { usize::from(p3) };
        let again = self.takes(|trick| *trick == T0Trick::AskAgain).is_some();
        if there == 0 {
            return (Vec::new(), [0x69, 0x85]);
        }
        if wanted > there || again {
            return (Vec::new(), [0x6C, there.to_le_bytes()[0]]);
        }
        let now = self.waiting.drain(..wanted).collect();
        (now, self.more().unwrap_or([0x90, 0x00]))
    }

    /// 61xx, if data waits.
    fn more(&mut self) -> Option<[u8; 2]> {
        if let Some(T0Trick::Pieces(n)) = self.takes(|t| matches!(t, T0Trick::Pieces(_))) {
            self.pieces = Some(n.max(1).into());
        }
        if self.waiting.is_empty() {
            self.pieces = None;
            return None;
        }
        let there = self.waiting.len().min(self.pieces.unwrap_or(usize::MAX));
        Some([0x61, u8::try_from(there).unwrap_or(0)])
    }

    /// All data of a command is there.
    fn command(&mut self) -> [u8; 2] {
        self.phase = Phase::Header;
        let mut command = std::mem::take(&mut self.heard);
        match command.get(1) {
            Some(0xC2) => match self.unwrap(&command) {
                Ok(whole) => command = whole,
                Err(status) => return status,
            },
            Some(ins) if Self::answers(*ins) => command.push(0),
            _ => {}
        }
        let (data, status) = split(&self.application.process(&command));
        self.waiting = data;
        if let Some(T0Trick::Status(status)) = self.takes(|t| matches!(t, T0Trick::Status(_))) {
            return status.to_be_bytes();
        }
        match status {
            [0x90, 0x00] => self.more().unwrap_or(status),
            other => other,
        }
    }

    /// The command that an ENVELOPE brings the end of; else the status word it
    /// gets. What is no part of an extended command is the application's.
    fn unwrap(&mut self, envelope: &[u8]) -> Result<Vec<u8>, [u8; 2]> {
        let part = envelope.get(5..).unwrap_or_default();
        if self.enveloped.is_empty() && part.get(4) != Some(&0) {
            return Ok([envelope, &[0]].concat());
        }
        self.enveloped.extend(part);
        let lc = self.enveloped.get(5..7).and_then(<[u8]>::first_chunk);
        let lc = usize::from(lc.map_or(0, |lc| u16::from_be_bytes(*lc)));
        match self.enveloped.len().checked_sub(7 + lc) {
            None => match self.takes(|trick| matches!(trick, T0Trick::Status(_))) {
                Some(T0Trick::Status(status)) => Err(status.to_be_bytes()),
                _ => Err([0x90, 0x00]),
            },
            // After a full part nobody knows whether Le follows.
            Some(0 | 2) if part.len() < 255 => Ok(std::mem::take(&mut self.enveloped)),
            Some(_) => {
                self.violations.push(format!("{lc} bytes end in {} bytes", part.len()));
                Err([0x67, 0x00])
            }
        }
    }

    fn hand_out(&mut self, ins: u8, data: &[u8], status: [u8; 2]) -> Option<Said> {
        let mut said = Vec::new();
        let mut at = 0;
        while at < data.len() {
            let (procedure, n) = self.acknowledge(ins, data.len() - at);
            said.push(procedure);
            said.extend(data.get(at..at + n).unwrap_or_default());
            at += n;
        }
        said.extend(status);
        self.say(said)
    }

    fn say(&mut self, mut said: Vec<u8>) -> Option<Said> {
        let on_the_wire = |trick: &T0Trick| {
            use T0Trick::{Late, Missing, Mute, Null, Surplus, Wrong};
            matches!(trick, Null(_) | Wrong(_) | Missing | Surplus(_) | Late(_) | Mute)
        };
        let mut delay = self.thinks;
        match self.takes(on_the_wire) {
            Some(T0Trick::Null(n)) => said.splice(0..0, vec![0x60; n]).for_each(drop),
            Some(T0Trick::Wrong(byte)) => said.splice(0..1, [byte]).for_each(drop),
            Some(T0Trick::Missing) => drop(said.remove(0)),
            Some(T0Trick::Surplus(byte)) => said.push(byte),
            Some(T0Trick::Late(late)) => delay = late,
            Some(T0Trick::Mute) => self.mute = true,
            _ => {}
        }
        (!self.mute).then_some((delay, said))
    }

    /// PPS, if that is what it is and all of it is there: agreed to, as asked.
    fn selection(&mut self) -> Option<Option<Said>> {
        let [0xFF, rest @ ..] = &self.heard[..] else { return None };
        let len = rest.first().map(|pps0| 3 + (pps0 & 0x70).count_ones() as usize);
        if len != Some(self.heard.len()) {
            return Some(None);
        }
        let heard = std::mem::take(&mut self.heard);
        if let [_, pps0, ta1, ..] = heard[..] {
            self.agreed = (pps0 & 0x10 != 0).then_some(ta1);
        }
        self.fresh = false;
        Some(self.say(heard))
    }
}

impl ContactCard for T0Card {
    fn reset(&mut self) -> Vec<u8> {
        self.application.reset();
        (self.fresh, self.mute, self.ta1, self.agreed) = (true, false, 0x11, None);
        self.heard.clear();
        self.waiting.clear();
        self.enveloped.clear();
        (self.refused, self.pieces, self.single) = (None, None, 0);
        self.phase = Phase::Header;
        self.atr.clone()
    }

    fn hear(&mut self, byte: u8) -> Option<Said> {
        if let Some(ta1) = self.agreed.take() {
            self.ta1 = ta1;
        }
        self.heard.push(byte);
        if self.fresh
            && let Some(said) = self.selection()
        {
            return said;
        }
        self.fresh = false;
        let header = *self.heard.first_chunk::<5>()?;
        let [_, ins, .., p3] = header;
        match (&self.phase, self.heard.len() - 5) {
            (Phase::Header, _) => self.header(header),
            (Phase::Data(_), n) if n == usize::from(p3) => {
                let status = self.command();
                self.say(status.into())
            }
            (Phase::Data(asked), n) if n == *asked => {
                let (procedure, more) = self.acknowledge(ins, usize::from(p3) - n);
                self.phase = Phase::Data(n + more);
                self.say(vec![procedure])
            }
            (Phase::Data(_), _) => None,
        }
    }

    fn ta1(&self) -> u8 {
        self.agreed.unwrap_or(self.ta1)
    }

    fn is_t1(&self) -> bool {
        false
    }

    fn violations(&self) -> Vec<String> {
        self.violations.clone()
    }
}

fn split(response: &[u8]) -> (Vec<u8>, [u8; 2]) {
    response.split_last_chunk().map_or((Vec::new(), [0x6F, 0x00]), |(d, s)| (d.to_vec(), *s))
}
