use std::boxed::Box;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::format;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use crate::ErrorType;
use crate::card::reader::tda8007::Bus;
use crate::port::{Class, Clock, Duration, Instant};
use crate::sim::VirtualClock;
use crate::sim::card::{ContactCard, Mishap, Speaker};

use super::seat::{Character, Seat};

/// A TDA8007 on the level of its registers, with two slots behind it.
#[derive(Clone, Debug)]
pub struct SimTda8007 {
    chip: Arc<Mutex<Chip>>,
    clock: VirtualClock,
}

/// The 8-bit bus to a [`SimTda8007`].
#[derive(Clone, Debug)]
pub struct SimBus(SimTda8007);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sequence {
    Inactive,
    Starting { clock_at: Instant },
    Active,
    Stopping { off_at: Instant },
}

#[derive(Debug)]
struct Slot {
    seat: Seat,
    registers: [u8; 8],
    sequence: Sequence,
}

#[derive(Debug)]
struct Chip {
    crystal: u32,
    slots: [Slot; 2],
    csr: u8,
    hsr: u8,
    usr: u8,
    fcr: u8,
    fifo: VecDeque<u8>,
    /// The character in the shift register is over then.
    busy_until: Instant,
}

const CCR: usize = 1;
const PDR: usize = 2;
const UCR2: usize = 3;
const GTR: usize = 5;
const UCR1: usize = 6;
const PCR: usize = 7;

impl SimTda8007 {
    /// Two empty slots and a crystal of so many hertz.
    #[must_use]
    pub fn new(clock: VirtualClock, crystal: u32) -> Self {
        let slot = || Slot {
            seat: Seat::new(),
            registers: [0, 0, 0, 0, 0, 0, 0, 0x30],
            sequence: Sequence::Inactive,
        };
        let chip = Chip {
            crystal,
            slots: [slot(), slot()],
            csr: 0x31,
            // It tells of its own start.
            hsr: 0x10,
            usr: 0,
            fcr: 0,
            fifo: VecDeque::new(),
            busy_until: Instant::ZERO,
        };
        Self { chip: Arc::new(Mutex::new(chip)), clock }
    }

    fn chip(&self) -> (MutexGuard<'_, Chip>, Instant) {
        let now = self.clock.clone().now();
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        chip.pass(now);
        (chip, now)
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> SimBus {
        SimBus(self.clone())
    }

    /// Puts a card into slot 1 or 2.
    pub fn insert(&self, slot: usize, card: impl Into<Box<dyn ContactCard>>) {
        let (mut chip, _) = self.chip();
        chip.hsr |= 0x02 << slot;
        if let Some(slot) = chip.slots.get_mut(slot.wrapping_sub(1)) {
            slot.seat.insert(card.into());
        }
    }

    /// Pulls a card out.
    pub fn remove(&self, slot: usize) {
        let (mut chip, now) = self.chip();
        chip.hsr |= 0x02 << slot;
        if let Some(slot) = chip.slots.get_mut(slot.wrapping_sub(1)) {
            slot.seat.remove();
            slot.stop(now);
        }
    }

    /// The chip takes the power from a card and sets these bits of HSR: 10 its
    /// supply, 01 heat, 20 and 40 overload of card 1 and 2.
    pub fn trip(&self, slot: usize, hsr: u8) {
        let (mut chip, now) = self.chip();
        chip.hsr |= hsr;
        if let Some(slot) = chip.slots.get_mut(slot.wrapping_sub(1)) {
            slot.seat.trip();
            slot.stop(now);
        }
    }

    /// The `n`th character of a card from now has wrong parity.
    pub fn damage(&self, slot: usize, n: usize) {
        self.mishap(slot, Some(Speaker::Card), n, Mishap::Damaged);
    }

    /// What happens to the `n`th character from now, counted from 0: of this
    /// side, or whoever sends it.
    pub fn mishap(&self, slot: usize, of: Option<Speaker>, n: usize, mishap: Mishap) {
        let (mut chip, _) = self.chip();
        if let Some(slot) = chip.slots.get_mut(slot.wrapping_sub(1)) {
            slot.seat.mishap(of, n, mishap);
        }
    }

    /// The characters so far of a slot, before anything happened to them.
    #[must_use]
    pub fn said(&self, slot: usize) -> Vec<(Speaker, u8)> {
        let (chip, _) = self.chip();
        chip.slots.get(slot.wrapping_sub(1)).map(|slot| slot.seat.said()).unwrap_or_default()
    }

    /// Whether a card has power.
    #[must_use]
    pub fn is_powered(&self, slot: usize) -> bool {
        let (chip, _) = self.chip();
        chip.slots.get(slot.wrapping_sub(1)).is_some_and(|slot| slot.seat.is_powered())
    }

    /// What was done wrong.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let (chip, _) = self.chip();
        chip.slots.iter().flat_map(|slot| slot.seat.violations()).collect()
    }
}

impl Slot {
    fn stop(&mut self, now: Instant) {
        if !matches!(self.sequence, Sequence::Inactive | Sequence::Stopping { .. }) {
            self.seat.set_reset(false, now);
            self.sequence = Sequence::Stopping { off_at: now + Duration::from_micros(150) };
        }
    }

    fn register(&self, register: usize) -> u8 {
        self.registers.get(register).copied().unwrap_or(0)
    }

    fn set(&mut self, register: usize, value: u8) {
        if let Some(place) = self.registers.get_mut(register) {
            *place = value;
        }
    }

    /// Whether it is in transmission mode.
    fn sends(&self) -> bool {
        self.register(UCR1) & 0x08 != 0
    }

    fn hertz(&self, crystal: u32) -> u32 {
        crystal >> (self.register(CCR) & 3)
    }

    /// Bits a second: the card's clock, doubled or not, over prescaler and
    /// divider.
    fn baud(&self, crystal: u32) -> u32 {
        let ucr2 = self.register(UCR2);
        let prescaler = if ucr2 & 0x01 != 0 { 32 } else { 31 };
        let doubled = if ucr2 & 0x02 != 0 && self.register(CCR) & 3 != 0 { 2 } else { 1 };
        self.hertz(crystal) * doubled / (prescaler * u32::from(self.register(PDR).max(1)))
    }

    fn power(&mut self, pcr: u8, now: Instant) {
        let before = self.register(PCR);
        match (before & 0x01, pcr & 0x01) {
            (0, 1) if !self.seat.is_present() => {
                self.seat.violation("START of an empty slot".into())
            }
            (0, 1) => {
                let class = match pcr & 0x0A {
                    0x00 => Class::A,
                    0x02 => Class::B,
                    0x08 => Class::C,
                    _ => return self.seat.violation("two supplies at once".into()),
                };
                if pcr & 0x04 != 0 {
                    self.seat.violation("RSTIN is set as the activation begins".into());
                }
                self.seat.power(class, now);
                self.sequence = Sequence::Starting { clock_at: now + Duration::from_micros(130) };
            }
            (1, 0) => self.stop(now),
            (1, 1) if (before ^ pcr) & 0x0A != 0 => {
                self.seat.violation("another supply while the card has one".into());
            }
            _ => {}
        }
        self.set(PCR, pcr);
        if self.sequence == Sequence::Active {
            self.seat.set_reset(pcr & 0x04 != 0, now);
        }
    }
}

impl Chip {
    fn pass(&mut self, now: Instant) {
        let crystal = self.crystal;
        for slot in &mut self.slots {
            if let Sequence::Starting { clock_at } = slot.sequence
                && now >= clock_at
            {
                let hertz = slot.hertz(crystal);
                slot.seat.run_clock(hertz, clock_at);
                slot.sequence = Sequence::Active;
                let high = slot.register(PCR) & 0x04 != 0;
                slot.seat.set_reset(high, clock_at);
            }
            if let Sequence::Stopping { off_at } = slot.sequence
                && now >= off_at
            {
                slot.seat.off(off_at);
                slot.sequence = Sequence::Inactive;
            }
        }
        self.receive(now);
    }

    fn current(&mut self) -> Option<&mut Slot> {
        let slot = match self.csr & 0x07 {
            1 => 0,
            2 => 1,
            _ => return None,
        };
        self.slots.get_mut(slot)
    }

    /// Takes in what the card has said.
    fn receive(&mut self, now: Instant) {
        let (crystal, is_on) = (self.crystal, self.csr & 0x08 != 0);
        let depth = usize::from(self.fcr & 0x07) + 1;
        let Some(slot) = self.current() else { return };
        let hears = is_on && !slot.sends();
        let characters = slot.seat.take(now);
        for character in characters.into_iter().filter(|_| hears) {
            let Some(slot) = self.current() else { return };
            let (baud, ucr1) = (slot.baud(crystal), slot.register(UCR1));
            let automatic = slot.register(UCR2) & 0x04 == 0;
            if automatic && ucr1 & 0x02 != 0 {
                // The first character: TS tells the convention.
                let direct = character.byte == 0x3B;
                let found = ucr1 & !0x03 | u8::from(direct);
                slot.set(UCR1, found);
            }
            let inverse = slot.register(UCR1) & 0x01 == 0;
            let near = character.baud.abs_diff(baud) * 50 <= baud;
            if !near || character.odd != inverse {
                self.usr |= 0x08;
            }
            if self.fifo.len() >= depth {
                self.usr |= 0x04;
                continue;
            }
            let byte = character.byte;
            self.fifo.push_back(if inverse { (!byte).reverse_bits() } else { byte });
        }
    }

    fn read(&mut self, register: u8, now: Instant) -> u8 {
        match register {
            0x00 => self.csr,
            0x0C => self.mixed_status(now),
            0x0D => self.fifo.pop_front().unwrap_or(0),
            0x0E => std::mem::take(&mut self.usr),
            0x0F => std::mem::take(&mut self.hsr),
            register => self.current().map_or(0, |slot| slot.register(register.into())),
        }
    }

    /// While it sends, ready tells that it can take the next character; while it
    /// listens, that it has one.
    fn mixed_status(&mut self, now: Instant) -> u8 {
        let sends = self.current().is_some_and(|slot| slot.sends());
        let ready = if sends { now >= self.busy_until } else { !self.fifo.is_empty() };
        let [first, second] = &self.slots;
        let empty = if self.fifo.is_empty() { 0x40 } else { 0 };
        let first = if first.seat.is_present() { 0x04 } else { 0 };
        let second = if second.seat.is_present() { 0x08 } else { 0 };
        u8::from(ready) | first | second | 0x10 | empty
    }

    fn write(&mut self, register: u8, value: u8, now: Instant) {
        match register {
            0x00 => self.select(value),
            0x07 => {
                if let Some(slot) = self.current() {
                    slot.power(value, now);
                }
            }
            0x0C => self.fcr = value,
            0x0D => self.transmit(value, now),
            0x01..=0x06 => {
                if let Some(slot) = self.current() {
                    slot.set(register.into(), value);
                }
            }
            _ => {
                let [first, _] = &mut self.slots;
                first.seat.violation(format!("register {register:X} cannot be written"));
            }
        }
    }

    fn select(&mut self, csr: u8) {
        self.csr = self.csr & 0xF0 | csr & 0x0F;
        if csr & 0x08 == 0 {
            self.fifo.clear();
            (self.usr, self.fcr) = (0, 0);
            if let Some(slot) = self.current() {
                for register in [PDR, UCR2, GTR, UCR1] {
                    slot.set(register, 0);
                }
            }
        }
    }

    fn transmit(&mut self, byte: u8, now: Instant) {
        let crystal = self.crystal;
        let at = self.busy_until.max(now);
        let is_on = self.csr & 0x08 != 0;
        let early = now < self.busy_until;
        let Some(slot) = self.current() else { return };
        let ucr1 = slot.register(UCR1);
        if !slot.sends() || !is_on || early {
            return slot.seat.violation("UTR is written while the UART does not send".into());
        }
        let inverse = ucr1 & 0x01 == 0;
        let baud = slot.baud(crystal);
        let byte = if inverse { (!byte).reverse_bits() } else { byte };
        let (_, at) = slot.seat.hear(Character { byte, odd: inverse, baud }, at);
        if ucr1 & 0x04 != 0 {
            // The last one: it listens again.
            slot.set(UCR1, ucr1 & !0x0C);
        }
        let guard = match slot.register(GTR) {
            0xFF if ucr1 & 0x10 != 0 => 11,
            0xFF => 12,
            n => 12 + u64::from(n),
        };
        self.busy_until = at + Duration::from_micros((guard * 1_000_000).div_ceil(baud.into()));
    }
}

impl ErrorType for SimBus {
    type Error = Infallible;
}

impl Bus for SimBus {
    fn read(&mut self, register: u8) -> Result<u8, Infallible> {
        let (mut chip, now) = self.0.chip();
        Ok(chip.read(register, now))
    }

    fn write(&mut self, register: u8, value: u8) -> Result<(), Infallible> {
        let (mut chip, now) = self.0.chip();
        chip.write(register, value, now);
        Ok(())
    }
}
