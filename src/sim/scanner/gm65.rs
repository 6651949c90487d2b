mod reading;
mod speed;

use std::collections::VecDeque;
use std::vec::Vec;

use crate::port::{Duration, Instant};
use crate::sim::outbox::Outbox;
use crate::sim::wire::Device;

/// What a code held up to the module is printed in; the number is the place
/// among its code identifiers (GM65-S manual, appendix B).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Symbology {
    /// EAN-13.
    Ean13 = 0,
    /// EAN-8.
    Ean8 = 1,
    /// UPC-A.
    UpcA = 2,
    /// Code 128.
    Code128 = 5,
    /// Code 39.
    Code39 = 6,
    /// Interleaved 2 of 5.
    Interleaved2of5 = 9,
    /// QR.
    Qr = 17,
    /// Data Matrix.
    DataMatrix = 18,
    /// PDF417.
    Pdf417 = 19,
}

/// What the module was made to do that it should not have been.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Harm {
    /// Setup codes that it obeyed.
    pub setup_codes: u32,
    /// Commands to erase its program that it got, with or without a right
    /// check.
    pub erasures: u32,
}

/// A GM65-S module as it leaves the factory: it reads continuously, obeys
/// setup codes, and outputs what it reads with a carriage return behind it.
#[derive(Debug)]
pub struct Gm65Module {
    registers: [u8; 256],
    saved: [u8; 256],
    saves: u32,
    writes: u32,
    command: Vec<u8>,
    heard_at: Instant,
    triggered: bool,
    view: VecDeque<(Vec<u8>, Symbology)>,
    blind_until: Instant,
    interruption: Option<(usize, Vec<u8>)>,
    stuck: Vec<(u8, u8)>,
    answer_after: Duration,
    harm: Harm,
    /// What the host's port is set to; `None` for whatever is right.
    host: Option<u32>,
    /// The divisor that the UART runs with; and when it changes, to what.
    divisor: u16,
    next_divisor: Option<(Instant, u16)>,
    /// What is still to leave, and the faults to come.
    pub outbox: Outbox,
}

/// Manual 9.7: the registers whose factory value is not zero, as far as the
/// manual tells.
const FACTORY: [(u8, &[u8]); 9] = [
    (0x00, &[0xD6]), // LED, sound, aim and light as usual, continuous reading
    (0x04, &[0x04, 0x0A, 0x32]),
    (0x0A, &[0x64, 0x3C]),
    (0x0F, &[0x32, 0x0A]),
    (0x2A, &[0x39, 0x01, 0x05]),
    (0x3F, &[0x01]),
    (0x60, &[0x01]),
    (0x91, b"ddcccjbiaeDvHmRRRQur"),
    (0xE0, &[0x05, 0x64, 0x64, 0x14, 0x06, 0x01]),
];

impl Default for Gm65Module {
    fn default() -> Self {
        Self::new()
    }
}

impl Gm65Module {
    /// A module from the factory, just switched on.
    #[must_use]
    pub fn new() -> Self {
        let mut registers = [0; 256];
        for (from, values) in FACTORY {
            registers.iter_mut().skip(from.into()).zip(values).for_each(|(r, v)| *r = *v);
        }
        Self {
            registers,
            saved: registers,
            saves: 0,
            writes: 0,
            command: Vec::new(),
            heard_at: Instant::ZERO,
            triggered: false,
            view: VecDeque::new(),
            blind_until: Instant::ZERO,
            interruption: None,
            stuck: Vec::new(),
            answer_after: Duration::from_millis(2),
            harm: Harm::default(),
            host: None,
            divisor: 0x0139,
            next_divisor: None,
            outbox: Outbox::default(),
        }
    }

    /// A GM60 from the factory: symbologies have other registers, and codes come
    /// as its register 001A says. Its model number is made up.
    #[must_use]
    pub fn gm60() -> Self {
        let mut module = Self::new().with(0xE0, 0x60).with(0x3F, 0);
        for register in [0x2E, 0x31, 0x34, 0x3B, 0x3E, 0x49, 0x4D, 0x4E] {
            module = module.with(register, 1);
        }
        module
    }

    /// The same module with another value in a register, also of those that
    /// cannot be written.
    #[must_use]
    pub fn with(mut self, address: u8, value: u8) -> Self {
        self.set(address, value);
        self.saved = self.registers;
        self
    }

    /// What a register holds.
    #[must_use]
    pub fn register(&self, address: u8) -> u8 {
        self.registers.iter().copied().nth(address.into()).unwrap_or_default()
    }

    /// What a register will hold after the power was off.
    #[must_use]
    pub fn saved_register(&self, address: u8) -> u8 {
        self.saved.iter().copied().nth(address.into()).unwrap_or_default()
    }

    /// How often the registers were saved.
    #[must_use]
    pub const fn saves(&self) -> u32 {
        self.saves
    }

    /// How many write commands were obeyed.
    #[must_use]
    pub const fn writes(&self) -> u32 {
        self.writes
    }

    /// Whether it is looking for a code.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        match self.register(0x00) & 0b11 {
            0b01 => self.triggered,
            0b10 | 0b11 => true,
            _ => false,
        }
    }

    /// What went wrong.
    #[must_use]
    pub const fn harm(&self) -> Harm {
        self.harm
    }

    /// Holds a code up. It stays until the module has read it; several are
    /// read one after another.
    pub fn present(&mut self, code: &[u8], symbology: Symbology) {
        self.view.push_back((code.into(), symbology));
    }

    /// Takes away what is held up.
    pub fn withdraw(&mut self) {
        self.view.clear();
    }

    /// Reads a code in the middle of its next reply, before byte `at` of it:
    /// what leaves is the reply with the code in it.
    pub fn interrupt(&mut self, at: usize, code: &[u8], symbology: Symbology) {
        let bytes = self.output(code, symbology);
        self.interruption = Some((at, bytes));
    }

    /// From now on a register keeps `value` whatever is written.
    pub fn stick(&mut self, address: u8, value: u8) {
        self.set(address, value);
        self.stuck.push((address, value));
    }

    /// How long it takes to answer.
    pub fn answer_after(&mut self, length: Duration) {
        self.answer_after = length;
    }

    /// Power goes off and on: what was not saved is forgotten.
    pub fn power_cycle(&mut self) {
        self.registers = self.saved;
        self.divisor = u16::from_le_bytes([self.register(0x2A), self.register(0x2B)]);
        self.triggered = false;
        self.command.clear();
        self.outbox.clear();
    }

    fn set(&mut self, address: u8, value: u8) {
        let stuck = self.stuck.iter().find(|(stuck, _)| *stuck == address);
        let value = stuck.map_or(value, |(_, value)| *value);
        self.registers.iter_mut().skip(address.into()).take(1).for_each(|r| *r = value);
    }

    fn write(&mut self, address: u8, value: u8) {
        match address {
            0x02 => {
                self.triggered = value & 1 == 1;
                self.set(address, value & !1);
            }
            0xD9 if value == 0x55 => *self = Self { harm: self.harm, ..Self::new() },
            0xD9 | 0xE0..=0xE5 => {}
            _ => self.set(address, value),
        }
    }

    fn reply(&mut self, data: &[u8], now: Instant) {
        let mut reply = std::vec![0x02, 0x00, 0x00, data.len().to_le_bytes()[0]];
        reply.extend_from_slice(data);
        let check = xmodem(reply.get(2..).unwrap_or_default());
        reply.extend(check.to_be_bytes());
        if let Some((at, code)) = self.interruption.take() {
            let at = at.min(reply.len());
            reply.splice(at..at, code);
        }
        self.outbox.push(now, self.answer_after, reply);
    }

    /// Obeys the command at the front of what has come. Whether there is more
    /// to look at.
    fn command(&mut self, now: Instant) -> bool {
        let rest = match self.command.as_slice() {
            [] | [0x7E] => return false,
            [0x7E, 0x00, rest @ ..] => rest,
            _ => {
                self.command.remove(0);
                return true;
            }
        };
        let [kind, count, high, address, data @ ..] = rest else { return false };
        let count = if *count == 0 { 256 } else { usize::from(*count) };
        let (kind, high, address) = (*kind, *high, *address);
        let Some((data, [check_high, check_low, ..])) = data.split_at_checked(count) else {
            return false;
        };
        let data = data.to_vec();
        let check = u16::from_be_bytes([*check_high, *check_low]);
        let right = xmodem(rest.get(..4 + count).unwrap_or_default());
        self.command.drain(..6 + count + 2);
        if kind == 0x05 {
            self.harm.erasures += 1;
        }
        if (check == right || check == 0xABCD) && high == 0 {
            self.execute(kind, address, &data, now);
        }
        true
    }

    fn execute(&mut self, kind: u8, address: u8, data: &[u8], now: Instant) {
        match (kind, data) {
            (0x07, [count]) => {
                let count = if *count == 0 { 256 } else { usize::from(*count) };
                let mut values = Vec::from_iter(
                    self.registers.iter().copied().cycle().skip(address.into()).take(count),
                );
                if let Some(trigger) = 0x02_usize.checked_sub(address.into()) {
                    values
                        .iter_mut()
                        .skip(trigger)
                        .take(1)
                        .for_each(|v| *v |= u8::from(self.triggered));
                }
                self.reply(&values, now);
            }
            (0x08, values) => {
                self.writes += 1;
                // As it reads, it goes round from FF to 00.
                for (address, value) in (address..=0xFF).chain(0..=0xFF).zip(values) {
                    self.write(address, *value);
                }
                self.reply(&[0], now);
                let divisor = u16::from_le_bytes([self.register(0x2A), self.register(0x2B)]);
                if divisor != self.divisor {
                    let at = now + self.answer_after + Duration::from_millis(1);
                    self.next_divisor = Some((at, divisor));
                }
            }
            (0x09, [0x00]) => {
                self.saved = self.registers;
                self.saves += 1;
                self.reply(&[0], now);
            }
            _ => {}
        }
    }
}

impl Device for Gm65Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        // Manual 9.2: after 400 ms it forgets the beginning of a command.
        if now.since(self.heard_at) > Duration::from_millis(400) {
            self.command.clear();
        }
        self.heard_at = now;
        if !self.is_heard() {
            return self.command.clear();
        }
        self.command.extend_from_slice(bytes);
        while self.command(now) {}
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.look(now);
        let bytes = self.outbox.take(now);
        let heard = self.is_heard();
        if let Some((_, divisor)) = self.next_divisor.take_if(|(at, _)| *at <= now) {
            self.divisor = divisor;
        }
        if heard { bytes } else { bytes.iter().map(|_| 0xF0).collect() }
    }
}

/// CRC-16 with polynomial 1021 from 0, the highest bit first, bit by bit.
fn xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 { shifted } else { shifted ^ 0x1021 }
        })
    })
}
