//! An ST25R3916, from its registers on.

mod radio;
mod rules;

use std::collections::VecDeque;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::port::{Duration, Instant};

use super::on_spi::SpiChip;
use super::{Air, Reply};
use radio::Phase;

/// Registers by their addresses (DS12484, table of registers).
mod at {
    pub(super) const OPERATION: u8 = 0x02;
    pub(super) const MODE: u8 = 0x03;
    pub(super) const BIT_RATE: u8 = 0x04;
    pub(super) const ISO14443A: u8 = 0x05;
    pub(super) const AUXILIARY: u8 = 0x0A;
    pub(super) const MASK_RECEIVE: u8 = 0x0F;
    pub(super) const NO_RESPONSE_HIGH: u8 = 0x10;
    pub(super) const NO_RESPONSE_LOW: u8 = 0x11;
    pub(super) const TIMER_CONTROL: u8 = 0x12;
    pub(super) const MAIN: u8 = 0x1A;
    pub(super) const TARGET: u8 = 0x1D;
    pub(super) const FIFO_STATUS1: u8 = 0x1E;
    pub(super) const FIFO_STATUS2: u8 = 0x1F;
    pub(super) const COLLISION: u8 = 0x20;
    pub(super) const BITS_HIGH: u8 = 0x22;
    pub(super) const BITS_LOW: u8 = 0x23;
    pub(super) const REGULATOR: u8 = 0x2C;
    pub(super) const AUXILIARY_DISPLAY: u8 = 0x31;
    pub(super) const IDENTITY: u8 = 0x3F;
}

/// Interrupts: main, timer, error and target register from the lowest byte on.
mod irq {
    pub(super) const OSCILLATOR: u32 = 0x80;
    pub(super) const RECEIVE_START: u32 = 0x20;
    pub(super) const RECEIVE_END: u32 = 0x10;
    pub(super) const TRANSMIT_END: u32 = 0x08;
    pub(super) const COLLISION: u32 = 0x04;
    pub(super) const COMMAND_DONE: u32 = 0x80_00;
    pub(super) const NO_RESPONSE: u32 = 0x40_00;
    pub(super) const FOREIGN_FIELD: u32 = 0x04_00;
    pub(super) const FIELD_STANDS: u32 = 0x02_00;
    pub(super) const CRC: u32 = 0x80_0000;
    pub(super) const PARITY: u32 = 0x40_0000;
    pub(super) const HARD_FRAMING: u32 = 0x10_0000;
    pub(super) const FIELD_ON: u32 = 0x2000_0000;
}

/// An ST25R3916 with an antenna and cards before it: put it
/// [on a bus](super::OnSpi).
///
/// It keeps a list of what the host did against the data sheet:
/// [`violations`](Self::violations).
#[derive(Debug)]
pub struct St25r3916Model {
    /// The cards before the antenna, and what happens to frames on their way.
    pub air: Air,
    registers: [u8; 64],
    space_b: [u8; 64],
    fifo: VecDeque<u8>,
    /// FIFO status 2 without the level: what was lost, bits of the last byte.
    fifo_flags: u8,
    interrupts: u32,
    phase: Phase,
    /// How many bits were sent, for the place of a collision.
    base: usize,
    /// When the no-response timer is over.
    timer: Option<Instant>,
    /// When the oscillator runs.
    runs_at: Option<Instant>,
    /// When a direct command is done, and what it reports then.
    done_at: Option<(Instant, u32)>,
    identity: u8,
    has_crystal: bool,
    foreign_field: bool,
    swallows_ends: usize,
    /// So long after the next frame something comes that is none, and what comes
    /// behind it.
    noise: Option<Duration>,
    behind: Option<Reply>,
    violations: Vec<String>,
}

impl Default for St25r3916Model {
    fn default() -> Self {
        Self::new()
    }
}

impl St25r3916Model {
    /// How long the oscillator takes to start.
    const START: Duration = Duration::from_micros(700);
    const FIFO: usize = 512;

    /// An ST25R3916, an empty field.
    #[must_use]
    pub fn new() -> Self {
        Self {
            air: Air::new(),
            registers: rules::RESET,
            space_b: rules::RESET_B,
            fifo: VecDeque::new(),
            fifo_flags: 0,
            interrupts: 0,
            phase: Phase::Idle,
            base: 0,
            timer: None,
            runs_at: None,
            done_at: None,
            identity: 5 << 3 | 2,
            has_crystal: true,
            foreign_field: false,
            swallows_ends: 0,
            noise: None,
            behind: None,
            violations: Vec::new(),
        }
    }

    /// An ST25R3916B.
    #[must_use]
    pub fn new_b() -> Self {
        Self { identity: 6 << 3 | 1, ..Self::new() }
    }

    /// One with another identity.
    #[must_use]
    pub fn with_identity(mut self, identity: u8) -> Self {
        self.identity = identity;
        self
    }

    /// One whose oscillator never runs.
    #[must_use]
    pub fn without_crystal(mut self) -> Self {
        self.has_crystal = false;
        self
    }

    /// What the host did against the data sheet, and the reader against the
    /// standard.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.violations.iter().chain(self.air.violations()).cloned().collect()
    }

    /// Its supply breaks down for a moment: a reset that nobody ordered.
    pub fn brown_out(&mut self, now: Instant) {
        self.reset(now);
    }

    /// Another reader's field is there, or no more.
    pub fn set_foreign_field(&mut self, is_there: bool) {
        self.foreign_field = is_there;
    }

    /// Of the next answers, this many, the end is not reported, as rarely
    /// happens to corrupted ones (errata sheet, 2.1.2).
    pub fn swallow_ends(&mut self, answers: usize) {
        self.swallows_ends = answers;
    }

    /// So long after the next frame comes a byte that is noise. The answer is
    /// heard if the receiver is on again by then.
    pub fn make_noise(&mut self, after: Duration) {
        self.noise = Some(after);
    }

    fn violation(&mut self, text: String) {
        self.violations.push(text);
    }

    fn get(&self, register: u8) -> u8 {
        self.registers.get(usize::from(register)).copied().unwrap_or(0)
    }

    fn put(&mut self, register: u8, value: u8) {
        if let Some(place) = self.registers.get_mut(usize::from(register)) {
            *place = value;
        }
    }

    fn runs(&self) -> bool {
        self.get(at::OPERATION) & 0x80 != 0 && self.runs_at.is_none() && self.has_crystal
    }

    fn is_busy(&self) -> bool {
        self.done_at.is_some() || !matches!(self.phase, Phase::Idle)
    }

    fn reset(&mut self, now: Instant) {
        (self.registers, self.space_b) = (rules::RESET, rules::RESET_B);
        self.fifo.clear();
        (self.fifo_flags, self.interrupts) = (0, 0);
        (self.phase, self.timer, self.runs_at, self.done_at) = (Phase::Idle, None, None, None);
        self.air.field(false, now);
    }

    fn read(&mut self, register: u8) -> u8 {
        match register {
            // Reading clears.
            at::MAIN..=at::TARGET => {
                let shift = u32::from(register - at::MAIN) * 8;
                let value = (self.interrupts >> shift).to_le_bytes()[0];
                self.interrupts &= !(0xFF << shift);
                value
            }
            at::FIFO_STATUS1 => self.fifo.len().to_le_bytes()[0],
            at::FIFO_STATUS2 => {
                let high = self.fifo.len().to_le_bytes()[1] << 6;
                let flags = std::mem::take(&mut self.fifo_flags);
                // Only what was lost is cleared.
                self.fifo_flags = flags & 0x0F;
                high | flags
            }
            at::AUXILIARY_DISPLAY => u8::from(self.runs()) << 4 | u8::from(self.air.is_on()) << 5,
            at::IDENTITY => self.identity,
            _ => self.get(register),
        }
    }

    fn write(&mut self, register: u8, value: u8, now: Instant) {
        self.check_write(register, value);
        let old = self.get(register);
        self.put(register, value);
        if register == at::OPERATION {
            match (old & 0x80, value & 0x80) {
                (0, 0x80) => self.runs_at = Some(now + Self::START),
                (_, 0) => (self.runs_at, self.phase) = (None, Phase::Idle),
                _ => {}
            }
            self.air.field(value & 0x88 == 0x88, now);
        }
    }

    fn command(&mut self, command: u8, now: Instant) {
        let needs_clock = !matches!(command, 0xC1 | 0xC2);
        if needs_clock && !self.runs() {
            return self.violation(format!("command {command:02X} without a clock"));
        }
        if self.is_busy() && !matches!(command, 0xC1 | 0xC2) {
            self.violation(format!("command {command:02X} while busy"));
        }
        match command {
            0xC1 => self.reset(now),
            0xC2 => {
                self.fifo.clear();
                (self.fifo_flags, self.interrupts) = (0, 0);
                (self.phase, self.timer, self.done_at) = (Phase::Idle, None, None);
            }
            0xC4..=0xC7 => self.start_send(command, now),
            0xC8 => self.collision_avoidance(now),
            0xD1 => {
                self.fifo.clear();
                let reply = self.behind.take().filter(|reply| reply.at >= now);
                self.phase = Phase::Listening { reply, deaf: now, started: false, came: 0 };
            }
            0xD5 => {}
            0xD6 => {
                if self.get(at::REGULATOR) & 0x80 != 0 {
                    self.violation("regulators set by hand are not adjusted".into());
                }
                self.done_at = Some((now + Duration::from_millis(5), irq::COMMAND_DONE));
            }
            _ => self.violation(format!("command {command:02X} is not modelled")),
        }
    }

    /// The field goes on after 75 us without a foreign one.
    fn collision_avoidance(&mut self, now: Instant) {
        if self.get(at::OPERATION) & 0x03 == 0 {
            self.violation("collision avoidance without the field detector".into());
        }
        let listened = now + Duration::from_micros(37);
        if self.foreign_field {
            self.done_at = Some((listened, irq::FOREIGN_FIELD));
            return;
        }
        self.done_at = Some((listened + Duration::from_micros(75), irq::FIELD_STANDS));
        self.interrupts |= irq::FIELD_ON;
        self.put(at::OPERATION, self.get(at::OPERATION) | 0x08);
        self.air.field(true, listened);
    }

    fn load(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.fifo.len() == Self::FIFO {
                self.fifo_flags |= 0x10;
                self.violation("FIFO written to while full".into());
            } else {
                self.fifo.push_back(*byte);
            }
        }
    }

    fn unload(&mut self) -> u8 {
        if self.fifo.is_empty() {
            self.fifo_flags |= 0x20;
            self.violation("FIFO read while empty".into());
        }
        self.fifo.pop_front().unwrap_or(0)
    }

    fn access_b(&mut self, out: &[u8]) -> Vec<u8> {
        let [address, values @ ..] = out else { return Vec::new() };
        let mut came = std::vec![0];
        for (register, value) in (address & 0x3F..).zip(values) {
            let read = address & 0x40 != 0;
            let model_b = self.identity >> 3 == 6;
            if !rules::is_in_space_b(register, model_b) {
                self.violation(format!("register {register:02X} of space B"));
            }
            match self.space_b.get_mut(usize::from(register)) {
                Some(place) if !read => *place = *value,
                Some(place) => came.push(*place),
                None => {}
            }
        }
        came.resize(out.len(), 0);
        came
    }
}

impl SpiChip for St25r3916Model {
    fn transfer(&mut self, out: &[u8], now: Instant) -> Vec<u8> {
        self.pass(now);
        let Some((first, rest)) = out.split_first() else { return Vec::new() };
        let mut came = std::vec![0];
        match first {
            0x00..=0x3F if rest.is_empty() => self.violation("an address without data".into()),
            0x00..=0x3F => {
                for (register, value) in (*first..).zip(rest) {
                    self.write(register & 0x3F, *value, now);
                }
            }
            0x40..=0x7F => {
                for register in (first & 0x3F..).take(rest.len()) {
                    came.push(self.read(register & 0x3F));
                }
            }
            0x80 => self.load(rest),
            0x9F => came.extend(rest.iter().map(|_| self.unload()).collect::<Vec<u8>>()),
            0xFB => came.extend(self.access_b(rest)),
            // Test registers: only the heat protection of the ST25R3916.
            0xFC if rest == [0x04, 0x10] && self.identity >> 3 == 5 => {}
            0xC1..=0xEA if rest.is_empty() => self.command(*first, now),
            _ => self.violation(format!("{out:02X?} is nothing that the chip knows")),
        }
        came.resize(out.len(), 0);
        came
    }
}
