//! An MFRC522, from its registers on.

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

/// The registers by their addresses (MFRC522 data sheet 112139, rev. 3.9, 9).
mod at {
    pub(super) const COMMAND: u8 = 0x01;
    pub(super) const COM_IRQ: u8 = 0x04;
    pub(super) const DIV_IRQ: u8 = 0x05;
    pub(super) const ERROR: u8 = 0x06;
    pub(super) const STATUS1: u8 = 0x07;
    pub(super) const FIFO_DATA: u8 = 0x09;
    pub(super) const FIFO_LEVEL: u8 = 0x0A;
    pub(super) const WATER_LEVEL: u8 = 0x0B;
    pub(super) const CONTROL: u8 = 0x0C;
    pub(super) const BIT_FRAMING: u8 = 0x0D;
    pub(super) const COLL: u8 = 0x0E;
    pub(super) const TX_MODE: u8 = 0x12;
    pub(super) const RX_MODE: u8 = 0x13;
    pub(super) const TX_CONTROL: u8 = 0x14;
    pub(super) const TX_ASK: u8 = 0x15;
    pub(super) const T_MODE: u8 = 0x2A;
    pub(super) const T_PRESCALER: u8 = 0x2B;
    pub(super) const T_RELOAD_HIGH: u8 = 0x2C;
    pub(super) const T_RELOAD_LOW: u8 = 0x2D;
    pub(super) const VERSION: u8 = 0x37;
}

/// An MFRC522 with an antenna and cards before it: put it
/// [on a bus](super::OnSpi).
///
/// It keeps a list of what the host did against the data sheet:
/// [`violations`](Self::violations).
#[derive(Debug)]
pub struct Mfrc522Model {
    /// The cards before the antenna, and what happens to frames on their way.
    pub air: Air,
    registers: [u8; 64],
    fifo: VecDeque<u8>,
    phase: Phase,
    /// When the timer is over.
    timer: Option<Instant>,
    /// It starts: after a reset, after power-down.
    starts_until: Option<Instant>,
    is_hot: bool,
    /// So long after the next frame something comes that is none, and what comes
    /// behind it.
    noise: Option<Duration>,
    behind: Option<Reply>,
    version: u8,
    type_b: bool,
    violations: Vec<String>,
}

impl Default for Mfrc522Model {
    fn default() -> Self {
        Self::new()
    }
}

impl Mfrc522Model {
    /// How long it takes to start (crystal and 37.74 us).
    const START: Duration = Duration::from_micros(1_500);
    /// The FIFO.
    const FIFO: usize = 64;

    /// Version 2.0, type A, an empty field.
    #[must_use]
    pub fn new() -> Self {
        Self {
            air: Air::new(),
            registers: rules::RESET,
            fifo: VecDeque::new(),
            phase: Phase::Idle,
            timer: None,
            starts_until: None,
            is_hot: false,
            noise: None,
            behind: None,
            version: 0x92,
            type_b: false,
            violations: Vec::new(),
        }
    }

    /// One with another `VersionReg`.
    #[must_use]
    pub fn with_version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    /// One that does type B too, as FM17550, WS1850S and PN512: the two lowest
    /// bits of the mode registers say so.
    #[must_use]
    pub fn with_type_b(mut self) -> Self {
        self.type_b = true;
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
        self.starts_until = None;
    }

    /// Too hot, or no more: the drivers are off.
    pub fn set_hot(&mut self, is_hot: bool) {
        self.is_hot = is_hot;
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

    fn set_bits(&mut self, register: u8, bits: u8) {
        self.put(register, self.get(register) | bits);
    }

    fn reset(&mut self, now: Instant) {
        self.registers = rules::RESET;
        self.fifo.clear();
        (self.phase, self.timer) = (Phase::Idle, None);
        self.air.field(false, now);
        self.starts_until = Some(now + Self::START);
    }

    fn read(&mut self, register: u8) -> u8 {
        match register {
            at::COMMAND if self.starts_until.is_some() => 0x30,
            at::COM_IRQ => {
                let set = self.get(at::COM_IRQ);
                // Raised as long as the level says so.
                let water = usize::from(self.get(at::WATER_LEVEL));
                let low = u8::from(self.fifo.len() <= water) << 2;
                let high = u8::from(Self::FIFO - self.fifo.len() <= water) << 3;
                set | low | high
            }
            at::FIFO_DATA => self.fifo.pop_front().unwrap_or_else(|| {
                self.violations.push("FIFO read while empty".into());
                0
            }),
            at::FIFO_LEVEL => self.fifo.len().to_le_bytes()[0],
            at::STATUS1 => 0x21 | u8::from(self.timer.is_some()) << 3,
            at::VERSION => self.version,
            _ => self.get(register),
        }
    }

    fn write(&mut self, register: u8, value: u8, now: Instant) {
        self.check_write(register, value);
        match register {
            at::COMMAND => self.command(value, now),
            at::COM_IRQ | at::DIV_IRQ => {
                // Set1, Set2: whether the bits marked are set or cleared.
                let marked = value & 0x7F;
                let old = self.get(register);
                self.put(register, if value & 0x80 == 0 { old & !marked } else { old | marked });
            }
            at::FIFO_DATA => self.push(value),
            at::FIFO_LEVEL if value & 0x80 != 0 => {
                self.fifo.clear();
                let error = self.get(at::ERROR) & !0x10;
                self.put(at::ERROR, error);
            }
            at::BIT_FRAMING => {
                self.put(register, value & 0x7F);
                if value & 0x80 != 0 {
                    self.start_send(now);
                }
            }
            at::TX_CONTROL => {
                self.put(register, value);
                self.air.field(value & 0x03 != 0 && !self.is_hot, now);
            }
            at::COLL => self.put(register, value & 0x80 | self.get(at::COLL) & 0x3F),
            at::CONTROL if value & 0x40 != 0 => self.timer = Some(now + self.timer_length()),
            at::CONTROL | at::FIFO_LEVEL => {}
            _ => self.put(register, value),
        }
    }

    fn command(&mut self, value: u8, now: Instant) {
        let was_down = self.get(at::COMMAND) & 0x10 != 0;
        self.put(at::COMMAND, value & 0x3F);
        match (value & 0x10 != 0, value & 0x0F) {
            (true, _) => self.phase = Phase::Idle,
            (false, _) if was_down => self.starts_until = Some(now + Self::START),
            (false, 0x0F) => self.reset(now),
            (false, 0x00) => (self.phase, self.timer) = (Phase::Idle, None),
            (false, 0x08) => {
                self.put(at::ERROR, self.get(at::ERROR) & 0x50);
                let reply = self.behind.take().filter(|reply| reply.at >= now);
                self.phase = Phase::Listening { reply, came: 0 };
            }
            (false, 0x0C) => self.phase = Phase::Ready,
            (false, 0x07) => {}
            (false, other) => self.violation(format!("command {other:X} is not modelled")),
        }
    }

    fn push(&mut self, value: u8) {
        if matches!(self.phase, Phase::Ended { .. } | Phase::Listening { .. }) {
            // Between the last bit sent and the last bit received (9.3.1.7).
            return self.raise(0x80);
        }
        if self.fifo.len() == Self::FIFO {
            self.violation("FIFO written to while full".into());
            return self.raise(0x10);
        }
        self.fifo.push_back(value);
    }

    /// Bits in the error register, and `ErrIRq`.
    fn raise(&mut self, errors: u8) {
        self.set_bits(at::ERROR, errors);
        self.set_bits(at::COM_IRQ, 0x02);
    }
}

impl SpiChip for Mfrc522Model {
    fn transfer(&mut self, out: &[u8], now: Instant) -> Vec<u8> {
        self.pass(now);
        let Some((first, rest)) = out.split_first() else { return Vec::new() };
        let mut came = std::vec![0];
        if first & 0x80 != 0 {
            // Each byte is the address of what comes with the next one; the
            // last one is 00h (8.1.2.1).
            for address in out.iter().take(rest.len()) {
                self.check_address(*address, true);
                came.push(self.read(address >> 1 & 0x3F));
            }
            if out.last() != Some(&0x00) {
                self.violation(format!("a read ends with {:02X?}", out.last()));
            }
        } else {
            self.check_address(*first, false);
            if rest.is_empty() {
                self.violation("an address without data".into());
            }
            let register = first >> 1 & 0x3F;
            if rest.len() > 1 && register != at::FIFO_DATA {
                self.violation(format!("{} bytes to register {register:02X}", rest.len()));
            }
            for value in rest {
                self.write(register, *value, now);
                came.push(0);
            }
        }
        came
    }
}
