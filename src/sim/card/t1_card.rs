use std::boxed::Box;
use std::collections::VecDeque;
use std::fmt;
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use crate::port::Duration;

use super::{Application, Echo, Trick};

/// A card that speaks T=1 (ISO/IEC 7816-3:2006, clause 11), written from the
/// card's side alone.
///
/// It keeps a list of what the host did wrong: [`violations`](Self::violations).
pub struct T1Card {
    application: Box<dyn Application>,
    atr: Vec<u8>,
    crc: bool,
    ifsc: usize,
    ifsd: usize,
    /// The number of the next block we send, and of the next we expect.
    send_number: u8,
    expected: u8,
    command: Vec<u8>,
    /// Chunks of the response still to be sent.
    chunks: VecDeque<Vec<u8>>,
    /// Requests still to be made before the response.
    requests: VecDeque<[u8; 2]>,
    last: Vec<u8>,
    mute: bool,
    tricks: VecDeque<Trick>,
    thinks: Duration,
    violations: Vec<String>,
}

impl fmt::Debug for T1Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("T1Card").field("tricks", &self.tricks).finish_non_exhaustive()
    }
}

impl T1Card {
    /// A card with LRC, an information field size of 254 and a plain ATR.
    pub fn new(application: impl Application + 'static) -> Self {
        let mut card = Self {
            application: Box::new(application),
            atr: Vec::new(),
            crc: false,
            ifsc: 254,
            ifsd: 32,
            send_number: 0,
            expected: 0,
            command: Vec::new(),
            chunks: VecDeque::new(),
            requests: VecDeque::new(),
            last: Vec::new(),
            mute: false,
            tricks: VecDeque::new(),
            thinks: Duration::from_millis(5),
            violations: Vec::new(),
        };
        card.make_atr();
        card
    }

    /// A card with the application [`Echo`].
    #[must_use]
    pub fn echo() -> Self {
        Self::new(Echo)
    }

    /// The ATR to give instead of the one that fits the card.
    #[must_use]
    pub fn with_atr(mut self, atr: &[u8]) -> Self {
        self.atr = atr.into();
        self
    }

    /// The largest information field it takes, and says so in its ATR.
    #[must_use]
    pub fn with_ifsc(mut self, ifsc: u8) -> Self {
        self.ifsc = ifsc.into();
        self.make_atr();
        self
    }

    /// With a CRC instead of an LRC.
    #[must_use]
    pub fn with_crc(mut self) -> Self {
        self.crc = true;
        self.make_atr();
        self
    }

    /// How long it takes to answer a block.
    #[must_use]
    pub fn thinking(mut self, thinks: Duration) -> Self {
        self.thinks = thinks;
        self
    }

    fn make_atr(&mut self) {
        let ifsc = self.ifsc.to_le_bytes()[0];
        let td2 = if self.crc { 0x71 } else { 0x31 };
        // TB1, TC1, TD1 (T=1); TD2; IFSC, BWI and CWI, check; "POS".
        self.atr = vec![0x3B, 0xE3, 0x00, 0x00, 0x81, td2, ifsc, 0x45];
        self.atr.extend(self.crc.then_some(0x01));
        self.atr.extend(b"POS");
        let tck = self.atr.iter().skip(1).fold(0, |sum, byte| sum ^ byte);
        self.atr.push(tck);
    }

    /// To be done at the next occasion, one after the other.
    pub fn plan(&mut self, trick: Trick) {
        self.tricks.push_back(trick);
    }

    /// What the host did that the standard forbids.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// How long it takes to answer a block.
    #[must_use]
    pub fn thinks(&self) -> Duration {
        self.thinks
    }

    /// Power and reset: the ATR.
    pub fn reset(&mut self) -> Vec<u8> {
        self.application.reset();
        self.mute = false;
        self.start_again();
        self.atr.clone()
    }

    fn start_again(&mut self) {
        (self.send_number, self.expected, self.ifsd) = (0, 0, 32);
        self.command.clear();
        self.chunks.clear();
        self.requests.clear();
        self.last.clear();
    }

    /// How long a block is with these first bytes, if they tell.
    pub(super) fn block_length(&self, start: &[u8]) -> Option<usize> {
        let len = usize::from(*start.get(2)?);
        Some(3 + len + if self.crc { 2 } else { 1 })
    }

    /// Hears a block; returns the block it answers with, empty for silence.
    pub fn hear(&mut self, block: &[u8]) -> Vec<u8> {
        if self.takes(|trick| *trick == Trick::Mute).is_some() {
            self.mute = true;
        }
        if self.mute {
            return Vec::new();
        }
        if self.takes(|trick| *trick == Trick::OutOfStep).is_some() {
            self.expected ^= 1;
        }
        let misheard = self.takes(|trick| *trick == Trick::Misheard).is_some();
        let (pcb, inf) = match block {
            [nad, pcb, len, rest @ ..] if self.fits(block, *len) && !misheard => {
                let reserved = match *pcb {
                    0x00..=0x7F => pcb & 0x1F,
                    0x80..=0xBF => pcb & 0x2C,
                    _ => 0,
                };
                if *nad != 0 || reserved != 0 {
                    self.violation(format!("node address {nad:02X}, PCB {pcb:02X}"));
                    return self.complain(2);
                }
                (*pcb, rest.get(..usize::from(*len)).unwrap_or_default().to_vec())
            }
            _ => return self.complain(1),
        };
        match pcb {
            0x00..=0x7F => self.hear_information(pcb, &inf),
            0x80..=0xBF => self.hear_ready(pcb),
            _ => self.hear_control(pcb, &inf),
        }
    }

    fn fits(&self, block: &[u8], len: u8) -> bool {
        let body = 3 + usize::from(len);
        let check = self.check(block.get(..body).unwrap_or_default());
        block.get(body..) == Some(&check)
    }

    fn hear_information(&mut self, pcb: u8, inf: &[u8]) -> Vec<u8> {
        if inf.len() > self.ifsc {
            self.violation(format!("{} bytes in a block, {} allowed", inf.len(), self.ifsc));
        }
        if (pcb >> 6) & 1 != self.expected || !self.chunks.is_empty() {
            return self.complain(2);
        }
        self.expected ^= 1;
        self.command.extend(inf);
        if self.takes(|trick| *trick == Trick::Abort).is_some() {
            self.command.clear();
            return self.say(0xC2, &[]);
        }
        if pcb & 0x20 != 0 {
            return self.say(0x80 | self.expected << 4, &[]);
        }
        let command = std::mem::take(&mut self.command);
        let response = self.application.process(&command);
        self.chunks = response.chunks(self.ifsd.max(1)).map(Vec::from).collect();
        while let Some(trick) = self.takes(|t| matches!(t, Trick::Wtx { .. } | Trick::Ifs(_))) {
            match trick {
                Trick::Wtx { multiplier, times } => {
                    self.requests.extend(vec![[0xC3, multiplier]; times]);
                }
                Trick::Ifs(ifsc) => self.requests.push_back([0xC1, ifsc]),
                _ => {}
            }
        }
        self.go_on()
    }

    /// The next request, or else the next chunk of the response.
    fn go_on(&mut self) -> Vec<u8> {
        if let Some([pcb, value]) = self.requests.front().copied() {
            return self.say(pcb, &[value]);
        }
        let Some(chunk) = self.chunks.front().cloned() else { return self.complain(2) };
        let more = if self.chunks.len() > 1 { 0x20 } else { 0 };
        self.say(self.send_number << 6 | more, &chunk)
    }

    fn hear_ready(&mut self, pcb: u8) -> Vec<u8> {
        let wanted = (pcb >> 4) & 1;
        let last_was_information = self.last.get(1).is_some_and(|pcb| pcb & 0x80 == 0);
        if last_was_information && wanted != self.send_number && self.chunks.len() > 1 {
            self.chunks.pop_front();
            self.send_number ^= 1;
            if self.takes(|trick| *trick == Trick::Abort).is_some() {
                self.chunks.clear();
                return self.say(0xC2, &[]);
            }
            return self.go_on();
        }
        let answered = self.last.get(1).is_some_and(|pcb| pcb & 0xE0 == 0xE0);
        let acknowledged = last_was_information && wanted == self.send_number;
        if answered || (acknowledged && self.chunks.is_empty()) {
            // That was heard; what we wait for, and missed, is the next command.
            return self.complain(0);
        }
        match self.last.clone() {
            // Again, without the trick that spoilt it.
            last if !last.is_empty() => self.spoil(last),
            _ => self.complain(0),
        }
    }

    fn hear_control(&mut self, pcb: u8, inf: &[u8]) -> Vec<u8> {
        match (pcb, inf) {
            (0xC0, []) => {
                self.start_again();
                self.say(0xE0, &[])
            }
            (0xC1, [ifsd @ 1..=254]) => {
                self.ifsd = (*ifsd).into();
                self.say(0xE1, inf)
            }
            (0xC2, []) => {
                self.chunks.clear();
                self.send_number ^= 1;
                self.say(0xE2, &[])
            }
            (0xE1 | 0xE3, [value]) => {
                let asked = self.requests.front().copied();
                if asked != Some([pcb & 0xDF, *value]) {
                    self.violation(format!("{pcb:02X} {value:02X} in answer to {asked:02X?}"));
                    return self.complain(2);
                }
                if pcb == 0xE1 {
                    self.ifsc = (*value).into();
                }
                self.requests.pop_front();
                self.go_on()
            }
            (0xE2, []) => self.say(0x80 | self.expected << 4, &[]),
            _ => {
                self.violation(format!("block {pcb:02X} with {} bytes", inf.len()));
                self.complain(2)
            }
        }
    }

    fn complain(&mut self, cause: u8) -> Vec<u8> {
        // An S-request not understood is made again (rule 7.3).
        if self.last.get(1).is_some_and(|pcb| pcb & 0xE0 == 0xC0) {
            return self.spoil(self.last.clone());
        }
        let block = self.frame(0x80 | self.expected << 4 | cause, &[]);
        self.spoil(block)
    }

    fn say(&mut self, pcb: u8, inf: &[u8]) -> Vec<u8> {
        // The answer of the host acknowledges the last block of a response.
        if pcb & 0x80 == 0 && pcb & 0x20 == 0 {
            self.send_number ^= 1;
            self.chunks.clear();
        }
        self.last = self.frame(pcb, inf);
        self.spoil(self.last.clone())
    }

    fn frame(&self, pcb: u8, inf: &[u8]) -> Vec<u8> {
        let mut block = vec![0x00, pcb, inf.len().to_le_bytes()[0]];
        block.extend(inf);
        block.extend(self.check(&block));
        block
    }

    fn spoil(&mut self, mut block: Vec<u8>) -> Vec<u8> {
        let on_the_wire = |trick: &Trick| {
            matches!(trick, Trick::WrongCheck | Trick::LostBlock | Trick::Pcb(_) | Trick::WrongNad)
        };
        let body = block.len() - if self.crc { 2 } else { 1 };
        match self.takes(on_the_wire) {
            Some(Trick::LostBlock) => block.clear(),
            Some(Trick::WrongCheck) => {
                if let Some(last) = block.last_mut() {
                    *last ^= 0x5A;
                }
            }
            Some(Trick::Pcb(pcb)) => return self.recheck(block, body, 1, pcb),
            Some(Trick::WrongNad) => return self.recheck(block, body, 0, 0x21),
            _ => {}
        }
        block
    }

    fn recheck(&self, mut block: Vec<u8>, body: usize, index: usize, value: u8) -> Vec<u8> {
        block.truncate(body);
        if let Some(byte) = block.get_mut(index) {
            *byte = value;
        }
        block.extend(self.check(&block));
        block
    }

    fn check(&self, bytes: &[u8]) -> Vec<u8> {
        if !self.crc {
            return vec![bytes.iter().fold(0, |sum, byte| sum ^ byte)];
        }
        let mut crc = 0xFFFF_u16;
        for byte in bytes {
            crc ^= u16::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0x8408 };
            }
        }
        crc.to_be_bytes().into()
    }

    /// The next trick, if it is of this kind.
    fn takes(&mut self, kind: impl Fn(&Trick) -> bool) -> Option<Trick> {
        let is_next = self.tricks.front().is_some_and(kind);
        if is_next { self.tricks.pop_front() } else { None }
    }

    fn violation(&mut self, what: String) {
        self.violations.push(what);
    }
}
