//! A decoder that speaks SSI.

mod packet;

use std::collections::{BTreeMap, VecDeque};
use std::vec::Vec;

pub use packet::{SsiLayout, SsiLong, SsiValue};

use crate::port::{Duration, Instant};
use crate::sim::outbox::Outbox;
use crate::sim::wire::Device;
use SsiValue::{Byte, Word};

/// What the engine was made to do that it should not have been.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SsiHarm {
    /// Setup codes that it obeyed.
    pub setup_codes: u32,
    /// Management commands, with which firmware is changed (80), and defaults
    /// that were overwritten (12).
    pub management: u32,
    /// Permanent changes: its memory bears so many.
    pub permanent: u32,
}

/// A packet that waits for an answer.
#[derive(Debug)]
struct Waiting {
    packet: Vec<u8>,
    at: Instant,
    tries: u8,
}

/// A decoder as it leaves the factory: level trigger, raw data, setup codes on.
#[derive(Debug)]
pub struct SsiEngine {
    layout: SsiLayout,
    long: SsiLong,
    parameters: BTreeMap<u16, SsiValue>,
    saved: BTreeMap<u16, SsiValue>,
    stuck: Vec<u16>,
    command: Vec<u8>,
    heard_at: Instant,
    asleep: bool,
    deaf_until: Instant,
    is_enabled: bool,
    session: bool,
    view: VecDeque<(Vec<u8>, u8)>,
    queue: VecDeque<Vec<u8>>,
    waiting: Option<Waiting>,
    interruption: Option<Vec<u8>>,
    obeyed: Vec<u8>,
    last: Vec<u8>,
    answer_after: Duration,
    lose: (u32, u32),
    dies_after: Option<u32>,
    causes: Vec<u8>,
    harm: SsiHarm,
    transmit_errors: u32,
    heard: Vec<u8>,
    /// What is still to leave, and the faults to come.
    pub outbox: Outbox,
}

/// Values from the factory, as far as the tests need them.
const FACTORY: [(u16, SsiValue); 20] = [
    (0x00, Byte(1)),
    (0x01, Byte(1)),
    (0x08, Byte(1)),
    (0x2D, Byte(0)),
    (0x38, Byte(1)),
    (0x88, Byte(0x1E)),
    (0x8A, Byte(0)),
    (0x9B, Byte(20)),
    (0x9C, Byte(6)),
    (0x9F, Byte(1)),
    (0xEB, Byte(0)),
    (0xEC, Byte(1)),
    (0xEE, Byte(0)),
    (256, Byte(0)),
    (293, Byte(1)),
    (318, Word(0x04FF)),
    (334, Byte(0)),
    (574, Byte(0)),
    (1000, Byte(3)),
    (1254, Byte(0)),
];

impl SsiEngine {
    /// A decoder from the factory, just switched on.
    #[must_use]
    pub fn new(layout: SsiLayout, long: SsiLong) -> Self {
        let parameters = BTreeMap::from(FACTORY);
        Self {
            layout,
            long,
            saved: parameters.clone(),
            parameters,
            stuck: Vec::new(),
            command: Vec::new(),
            heard_at: Instant::ZERO,
            asleep: false,
            deaf_until: Instant::ZERO,
            is_enabled: true,
            session: false,
            view: VecDeque::new(),
            queue: VecDeque::new(),
            waiting: None,
            interruption: None,
            obeyed: Vec::new(),
            last: Vec::new(),
            answer_after: Duration::from_millis(2),
            lose: (0, 0),
            dies_after: None,
            causes: Vec::new(),
            harm: SsiHarm::default(),
            transmit_errors: 0,
            heard: Vec::new(),
            outbox: Outbox::default(),
        }
    }

    /// What a parameter holds.
    #[must_use]
    pub fn parameter(&self, number: u16) -> Option<SsiValue> {
        self.parameters.get(&number).copied()
    }

    /// What a parameter will hold after the power was off.
    #[must_use]
    pub fn saved_parameter(&self, number: u16) -> Option<SsiValue> {
        self.saved.get(&number).copied()
    }

    /// Gives it a parameter, or takes it away.
    pub fn set(&mut self, number: u16, value: Option<SsiValue>) {
        match value {
            Some(value) => _ = self.parameters.insert(number, value),
            None => _ = self.parameters.remove(&number),
        }
        self.saved = self.parameters.clone();
    }

    /// From now on it agrees to changes of a parameter and does not make them.
    pub fn stick(&mut self, number: u16) {
        self.stuck.push(number);
    }

    /// What went wrong.
    #[must_use]
    pub const fn harm(&self) -> SsiHarm {
        self.harm
    }

    /// How many packets nobody acknowledged.
    #[must_use]
    pub const fn transmit_errors(&self) -> u32 {
        self.transmit_errors
    }

    /// The opcodes it was told, in order.
    #[must_use]
    pub fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// Whether it is looking for a code.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        let host = self.parameter(0x8A) == Some(Byte(8));
        self.is_enabled && host && self.session && !self.asleep
    }

    /// Whether it is asleep.
    #[must_use]
    pub const fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// Puts it to sleep, as its own low power mode does.
    pub const fn fall_asleep(&mut self) {
        self.asleep = true;
    }

    /// Holds up a code of the SSI type `kind`, until it is read.
    pub fn present(&mut self, code: &[u8], kind: u8) {
        self.view.push_back((code.into(), kind));
    }

    /// Takes away what is held up.
    pub fn withdraw(&mut self) {
        self.view.clear();
    }

    /// Reads a code right before its next reply: what leaves is the code,
    /// then the reply.
    pub fn interrupt(&mut self, code: &[u8], kind: u8) {
        let [packet] =
            packet::code(self.layout, self.long, kind, code).try_into().unwrap_or_default();
        self.interruption = Some(packet);
    }

    /// Says something, acknowledged or not: an event, an opcode of no manual.
    pub fn say(&mut self, opcode: u8, data: &[u8], now: Instant) {
        let packet = packet::packet(opcode, self.status(0x20), data);
        self.outbox.push(now, Duration::ZERO, packet);
    }

    /// Does not hear one packet of the host, the one after `count` more.
    pub const fn lose_after(&mut self, count: u32) {
        self.lose = (count, 1);
    }

    /// Gives up a message after `count` packets of it.
    pub const fn die_after(&mut self, count: u32) {
        self.dies_after = Some(count);
    }

    /// Why the host refused packets, in order.
    #[must_use]
    pub fn causes(&self) -> &[u8] {
        &self.causes
    }

    /// How long it takes to answer.
    pub const fn answer_after(&mut self, length: Duration) {
        self.answer_after = length;
    }

    /// Power goes off and on: what was not made permanent is forgotten.
    pub fn power_cycle(&mut self) {
        let (layout, long, saved) = (self.layout, self.long, self.saved.clone());
        let (harm, outbox) = (self.harm, core::mem::take(&mut self.outbox));
        let fresh = Self::new(layout, long);
        *self = Self { parameters: saved.clone(), saved, harm, outbox, ..fresh };
        self.outbox.clear();
    }

    /// Old decoders leave the upper bits of the status alone.
    const fn status(&self, newer: u8) -> u8 {
        match self.layout {
            SsiLayout::Classic => 0,
            SsiLayout::Extended => newer,
        }
    }

    fn reply(&mut self, opcode: u8, data: &[u8], now: Instant) {
        if let Some(code) = self.interruption.take() {
            self.outbox.push(now, Duration::ZERO, code.clone());
            self.waiting = Some(Waiting { packet: code, at: now, tries: 0 });
        }
        let packet = packet::packet(opcode, self.status(0x80), data);
        self.last.clone_from(&packet);
        self.outbox.push(now, self.answer_after, packet);
    }

    fn look(&mut self) {
        while self.is_looking() {
            let Some((code, kind)) = self.view.pop_front() else { return };
            self.session = false;
            if self.parameter(0xEC) == Some(Byte(1)) && self.obey_code(&code) {
                continue;
            }
            if self.parameter(0xEE) == Some(Byte(1)) {
                self.queue.extend(packet::code(self.layout, self.long, kind, &code));
            } else {
                self.queue.push_back(code);
            }
            if self.parameter(256) == Some(Byte(1)) {
                self.queue.push_back(packet::packet(0xF6, self.status(0x20), &[0x01]));
            }
        }
    }

    /// A setup code: here, F3 (FNC3), a parameter of one byte and its value.
    fn obey_code(&mut self, code: &[u8]) -> bool {
        let [0xF3, number, value] = code else { return false };
        self.parameters.insert((*number).into(), Byte(*value));
        self.harm.setup_codes += 1;
        true
    }

    /// Sends the next packet, or the last again: twice when nobody answers.
    fn speak(&mut self, now: Instant) {
        let Some(Byte(tenths)) = self.parameter(0x9B) else { return };
        let patience = Duration::from_millis(100 * u64::from(tenths));
        match &mut self.waiting {
            Some(waiting) if now.since(waiting.at) < patience => {}
            Some(waiting) if waiting.tries < 2 => {
                waiting.tries += 1;
                waiting.at = now;
                self.outbox.push(now, Duration::ZERO, packet::again(&waiting.packet));
            }
            Some(_) => {
                self.transmit_errors += 1;
                self.waiting = None;
                self.queue.clear();
            }
            None => {
                let Some(packet) = self.queue.pop_front() else { return };
                if let Some(left) = &mut self.dies_after {
                    *left = left.saturating_sub(1);
                }
                self.outbox.push(now, Duration::ZERO, packet.clone());
                let waits = [0x9F, 0xEE].map(|number| self.parameter(number));
                if waits == [Some(Byte(1)); 2] {
                    self.waiting = Some(Waiting { packet, at: now, tries: 0 });
                }
            }
        }
    }

    /// Takes a packet from the front of what has come. Whether there is more
    /// to look at.
    fn listen(&mut self, now: Instant) -> bool {
        let Some(len) = self.command.first().map(|len| usize::from(*len)) else { return false };
        if len < 4 {
            self.command.remove(0);
            return true;
        }
        if self.command.len() < len + 2 {
            return false;
        }
        let packet: Vec<u8> = self.command.drain(..len + 2).collect();
        let (before, lost) = self.lose;
        self.lose = (before.saturating_sub(1), if before == 0 { 0 } else { lost });
        if before == 0 && lost > 0 {
            return true;
        }
        if packet::is_right(&packet) {
            self.hear(&packet, now);
        } else {
            self.command.clear();
            self.reply(0xD1, &[1], now);
        }
        true
    }

    fn hear(&mut self, packet: &[u8], now: Instant) {
        let [_, opcode, 0x04, status, data @ .., _, _] = packet else { return };
        self.heard.push(*opcode);
        match (*opcode, data) {
            (0xD0 | 0x74 | 0x96, []) => self.acknowledged(*opcode),
            (0xD1, [cause]) => {
                self.causes.push(*cause);
                self.refused(*cause, now);
            }
            _ if status & 1 != 0 && self.obeyed == packet::again(packet) => {
                self.outbox.push(now, self.answer_after, packet::again(&self.last));
            }
            _ => {
                self.obeyed = packet::again(packet);
                self.obey(*opcode, *status, data, now);
            }
        }
    }

    /// A segment that is not the last is acknowledged with 74, `SCANNER_INIT`
    /// with 96.
    fn acknowledged(&mut self, opcode: u8) {
        let right = match self.waiting.as_ref().and_then(|waiting| waiting.packet.get(1)) {
            Some(0x73) if !self.queue.is_empty() => opcode == 0x74,
            Some(0x91) => opcode == 0x96,
            _ => true,
        };
        if right {
            self.waiting = None;
            if self.dies_after.take_if(|left| *left == 0).is_some() {
                self.queue.clear();
            }
        }
    }

    /// Only what is said to have been garbled is sent again.
    fn refused(&mut self, cause: u8, now: Instant) {
        match &mut self.waiting {
            Some(waiting) if cause == 1 => {
                waiting.at = now;
                self.outbox.push(now, self.answer_after, packet::again(&waiting.packet));
            }
            None if cause == 1 && !self.last.is_empty() => {
                self.outbox.push(now, self.answer_after, packet::again(&self.last));
            }
            _ => self.waiting = None,
        }
    }

    fn obey(&mut self, opcode: u8, status: u8, data: &[u8], now: Instant) {
        // What it is set to before, not after.
        let acknowledges = self.parameter(0x9F) == Some(Byte(1));
        let answer = match (opcode, data) {
            (0xA3, []) => return self.reply(0xA4, b"PAAAES00-001-R00 N 12 1A2B", now),
            (0xD3, []) => return self.reply(0xD4, &CAPABILITIES, now),
            (0xC7, numbers) => {
                let settings = self.settings(numbers);
                return self.reply(0xC6, &settings, now);
            }
            (0x90, _) => {
                self.queue.push_front(packet::packet(0x91, self.status(0x80), &[]));
                return;
            }
            (0xC6, [_, settings @ ..]) => self.change(settings, status & 0x08 != 0),
            (0xC8, []) => {
                self.parameters = BTreeMap::from(FACTORY);
                self.saved = self.parameters.clone();
                Some(())
            }
            (0xE4, []) => (self.is_enabled && self.parameter(0x8A) == Some(Byte(8)))
                .then(|| self.session = true),
            (0xE5, []) => Some(self.session = false),
            (0xE9, []) => Some(self.is_enabled = true),
            (0xEA, []) => Some(self.is_enabled = false),
            (0xEB, []) => Some(self.asleep = true),
            (0xD2, []) => Some(self.queue.clear()),
            (0xE6, [code]) => (*code <= 0x1A).then_some(()),
            (0xC0 | 0xC1 | 0xC4 | 0xC5, []) | (0xE7 | 0xE8, [_]) => Some(()),
            (0x12 | 0x80, _) => {
                self.harm.management += 1;
                None
            }
            _ => return self.reply(0xD1, &[2], now),
        };
        match answer {
            _ if !acknowledges => {}
            Some(()) => self.reply(0xD0, &[], now),
            None => self.reply(0xD1, &[6], now),
        }
    }

    /// The values of the parameters asked for that it has; FE asks for all.
    fn settings(&self, mut numbers: &[u8]) -> Vec<u8> {
        let mut out = std::vec![0xFF];
        if numbers.first() == Some(&0xFE) {
            let all =
                self.parameters.iter().map(|(number, value)| packet::setting(*number, *value));
            out.extend(all.flatten());
            return out;
        }
        while let Some((number, rest)) = packet::number(numbers) {
            let value = self.parameter(number).map(|value| packet::setting(number, value));
            out.extend(value.unwrap_or_default());
            numbers = rest;
        }
        out
    }

    fn change(&mut self, mut settings: &[u8], permanent: bool) -> Option<()> {
        self.harm.permanent += u32::from(permanent);
        while !settings.is_empty() {
            let (word, bytes) = match settings {
                [0xF4, rest @ ..] => (true, rest),
                rest => (false, rest),
            };
            let (number, rest) = packet::number(bytes)?;
            let (value, rest) = match rest {
                [high, low, rest @ ..] if word => (Word(u16::from_be_bytes([*high, *low])), rest),
                [value, rest @ ..] if !word => (Byte(*value), rest),
                _ => return None,
            };
            settings = rest;
            self.parameter(number)?;
            if !self.stuck.contains(&number) {
                self.parameters.insert(number, value);
            }
            if permanent {
                self.saved = self.parameters.clone();
            }
        }
        Some(())
    }
}

/// Baud rates of 1200 to 115 200, no multipacket option but the first, and the
/// commands above.
const CAPABILITIES: [u8; 27] = [
    0x1F, 0xFF, 0x00, 0x00, 0x90, 0xA3, 0xC0, 0xC1, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xD0, 0xD1, 0xD2,
    0xD3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xEB, 0xF3, 0xF6,
];

impl Device for SsiEngine {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        // Guide, WAKEUP: what comes in the first 10 ms is not heard.
        if core::mem::replace(&mut self.asleep, false) {
            self.deaf_until = now + Duration::from_millis(10);
        }
        if now < self.deaf_until {
            return;
        }
        // Host character time-out, parameter EF.
        if now.since(self.heard_at) > Duration::from_millis(200) {
            self.command.clear();
        }
        self.heard_at = now;
        self.command.extend_from_slice(bytes);
        while self.listen(now) {}
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.look();
        self.speak(now);
        self.outbox.take(now)
    }
}
