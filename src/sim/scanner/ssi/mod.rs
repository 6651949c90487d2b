//! A decoder that speaks SSI.

mod line;
mod packet;
mod parameters;

use std::collections::VecDeque;
use std::vec::Vec;

pub use packet::{SsiLayout, SsiLong, SsiValue};

use crate::port::{Duration, Instant};
use crate::sim::outbox::Outbox;
use crate::sim::wire::Device;
use SsiValue::Byte;
use parameters::Parameters;

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
    parameters: Parameters,
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

impl SsiEngine {
    /// A decoder from the factory, just switched on.
    #[must_use]
    pub fn new(layout: SsiLayout, long: SsiLong) -> Self {
        Self {
            layout,
            long,
            parameters: Parameters::new(),
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
        self.parameters.get(number)
    }

    /// What a parameter will hold after the power was off.
    #[must_use]
    pub fn saved_parameter(&self, number: u16) -> Option<SsiValue> {
        self.parameters.saved(number)
    }

    /// Gives it a parameter, or takes it away.
    pub fn set(&mut self, number: u16, value: Option<SsiValue>) {
        self.parameters.put(number, value);
        self.parameters.save();
    }

    /// From now on it agrees to changes of a parameter and does not make them.
    pub fn stick(&mut self, number: u16) {
        self.parameters.stick(number);
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
        let fresh = Self::new(self.layout, self.long);
        let before = core::mem::replace(self, fresh);
        (self.parameters, self.harm) = (before.parameters, before.harm);
        self.parameters.lose_power();
    }

    /// Old decoders leave the upper bits of the status alone.
    const fn status(&self, newer: u8) -> u8 {
        match self.layout {
            SsiLayout::Classic => 0,
            SsiLayout::Extended => newer,
        }
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
        self.parameters.put((*number).into(), Some(Byte(*value)));
        self.harm.setup_codes += 1;
        true
    }

    fn obey(&mut self, opcode: u8, status: u8, data: &[u8], now: Instant) {
        // What it is set to before, not after.
        let acknowledges = self.parameter(0x9F) == Some(Byte(1));
        let refused = match (opcode, data) {
            (0xA3, []) => return self.reply(0xA4, b"PAAAES00-001-R00 N 12 1A2B", now),
            (0xD3, []) => return self.reply(0xD4, &CAPABILITIES, now),
            (0xC7, numbers) => return self.reply(0xC6, &self.parameters.settings(numbers), now),
            (0x90, _) => {
                self.queue.push_front(packet::packet(0x91, self.status(0x80), &[]));
                return;
            }
            _ => self.work(opcode, status, data),
        };
        match refused {
            _ if !acknowledges => {}
            0 => self.reply(0xD0, &[], now),
            cause => self.reply(0xD1, &[cause], now),
        }
    }

    /// Does what is answered by yes or no: 0, or the cause.
    fn work(&mut self, opcode: u8, status: u8, data: &[u8]) -> u8 {
        const DENIED: u8 = 6;
        match (opcode, data) {
            (0xC6, [_, settings @ ..]) => return self.change(settings, status & 0x08 != 0),
            (0xC8, []) => self.parameters = Parameters::new(),
            (0xE4, []) if self.is_enabled && self.parameter(0x8A) == Some(Byte(8)) => {
                self.session = true;
            }
            (0xE4, []) => return DENIED,
            (0xE5, []) => self.session = false,
            (0xE9, []) => self.is_enabled = true,
            (0xEA, []) => self.is_enabled = false,
            (0xEB, []) => self.asleep = true,
            (0xD2, []) => self.queue.clear(),
            (0xE6, [code]) if *code > 0x1A => return DENIED,
            (0xE6..=0xE8, [_]) | (0xC0 | 0xC1 | 0xC4 | 0xC5, []) => {}
            (0x12 | 0x80, _) => {
                self.harm.management += 1;
                return DENIED;
            }
            _ => return 2,
        }
        0
    }

    fn change(&mut self, settings: &[u8], permanent: bool) -> u8 {
        self.harm.permanent += u32::from(permanent);
        let has_all = self.parameters.change(settings);
        if permanent {
            self.parameters.save();
        }
        if has_all { 0 } else { 6 }
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
