use std::boxed::Box;
use std::format;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use embedded_hal::i2c::{self, I2c, NoAcknowledgeSource, Operation};

use crate::port::{Class, Clock, Duration, Instant};
use crate::sim::VirtualClock;
use crate::sim::card::{ContactCard, Mishap, Speaker};

use super::seat::{Character, Seat};
use super::uart::{IoLine, SimUart};

/// A TDA8026 on the level of its registers, with five slots behind it.
#[derive(Clone, Debug)]
pub struct SimTda8026 {
    chip: Arc<Mutex<Chip>>,
    clock: VirtualClock,
}

/// The I2C bus to a [`SimTda8026`].
#[derive(Clone, Debug)]
pub struct SimI2c(SimTda8026);

/// How far a slot's sequence is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sequence {
    Inactive,
    Starting {
        clock_at: Instant,
    },
    /// RST goes high then.
    Low {
        until: Instant,
    },
    Running,
    Stopping {
        off_at: Instant,
    },
}

#[derive(Debug)]
struct Slot {
    seat: Seat,
    register0: u8,
    config: u8,
    reset_cycles: u16,
    /// PRESL, SUPL, PROT.
    latched: u8,
    sequence: Sequence,
}

#[derive(Debug)]
struct Chip {
    slots: [Slot; 5],
    /// Of slot 1, of the others.
    clocks: [u32; 2],
    selected: u8,
    general: u8,
    /// Transactions that get no answer.
    deaf: usize,
}

const SUPL: u8 = 0x08;

impl SimTda8026 {
    /// Five empty slots, both clock inputs at 4 MHz.
    #[must_use]
    pub fn new(clock: VirtualClock) -> Self {
        let slot = || Slot {
            seat: Seat::new(),
            register0: 0,
            config: 0,
            reset_cycles: 0,
            // It tells of its own start.
            latched: SUPL,
            sequence: Sequence::Inactive,
        };
        let slots = [slot(), slot(), slot(), slot(), slot()];
        let chip = Chip { slots, clocks: [4_000_000; 2], selected: 0, general: 0, deaf: 0 };
        Self { chip: Arc::new(Mutex::new(chip)), clock }
    }

    fn chip(&self) -> (MutexGuard<'_, Chip>, Instant) {
        let now = self.clock.clone().now();
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        chip.pass(now);
        (chip, now)
    }

    fn with<T>(&self, slot: usize, f: impl FnOnce(&mut Slot, Instant) -> T) -> Option<T> {
        let (mut chip, now) = self.chip();
        chip.slots.get_mut(slot.wrapping_sub(1)).map(|slot| f(slot, now))
    }

    /// The bus.
    #[must_use]
    pub fn i2c(&self) -> SimI2c {
        SimI2c(self.clone())
    }

    /// A plain UART on I/OUC1 or I/OUC2.
    #[must_use]
    pub fn uart(&self, line: usize) -> SimUart {
        SimUart::new(self.chip.clone(), line, self.clock.clone())
    }

    /// Puts a card into slot 1 to 5.
    pub fn insert(&self, slot: usize, card: impl Into<Box<dyn ContactCard>>) {
        let card = card.into();
        self.with(slot, |slot, _| {
            slot.seat.insert(card);
            slot.latched |= 0x02;
        });
    }

    /// Pulls a card out.
    pub fn remove(&self, slot: usize) {
        self.with(slot, |slot, now| {
            slot.seat.remove();
            slot.latched |= 0x02;
            slot.stop(now);
        });
    }

    /// Overload or heat: the chip takes the power from a slot.
    pub fn trip(&self, slot: usize) {
        self.with(slot, |slot, now| {
            slot.latched |= 0x10;
            slot.seat.trip();
            slot.stop(now);
        });
    }

    /// The supply of the chip drops.
    pub fn brown_out(&self) {
        let (mut chip, now) = self.chip();
        for slot in &mut chip.slots {
            slot.latched |= SUPL;
            slot.seat.trip();
            slot.stop(now);
        }
    }

    /// So many transactions from now get no answer.
    pub fn ignore(&self, transactions: usize) {
        self.chip().0.deaf = transactions;
    }

    /// The `n`th character of a card from now has wrong parity.
    pub fn damage(&self, slot: usize, n: usize) {
        self.mishap(slot, Some(Speaker::Card), n, Mishap::Damaged);
    }

    /// What happens to the `n`th character from now, counted from 0: of this
    /// side, or whoever sends it.
    pub fn mishap(&self, slot: usize, of: Option<Speaker>, n: usize, mishap: Mishap) {
        self.with(slot, |slot, _| slot.seat.mishap(of, n, mishap));
    }

    /// The characters so far of a slot, before anything happened to them.
    #[must_use]
    pub fn said(&self, slot: usize) -> Vec<(Speaker, u8)> {
        self.with(slot, |slot, _| slot.seat.said()).unwrap_or_default()
    }

    /// Whether a card has power.
    #[must_use]
    pub fn is_powered(&self, slot: usize) -> bool {
        self.with(slot, |slot, _| slot.seat.is_powered()).unwrap_or(false)
    }

    /// How many characters a card has heard.
    #[must_use]
    pub fn heard(&self, slot: usize) -> usize {
        self.with(slot, |slot, _| slot.seat.heard()).unwrap_or(0)
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
            self.sequence = Sequence::Stopping { off_at: now + Duration::from_micros(100) };
        }
    }

    fn is_active(&self) -> bool {
        matches!(self.sequence, Sequence::Low { .. } | Sequence::Running)
    }

    fn pass(&mut self, now: Instant, hertz: u32) {
        let hertz = hertz / [1, 2, 4, 5].get(usize::from(self.config & 3)).copied().unwrap_or(1);
        let low =
            Duration::from_micros(u64::from(self.reset_cycles) * 1_000_000 / u64::from(hertz));
        if let Sequence::Starting { clock_at } = self.sequence
            && now >= clock_at
        {
            self.seat.run_clock(hertz, clock_at);
            self.sequence = Sequence::Low { until: clock_at + low };
        }
        if let Sequence::Low { until } = self.sequence
            && now >= until
        {
            self.seat.set_reset(true, until);
            self.sequence = Sequence::Running;
        }
        if let Sequence::Stopping { off_at } = self.sequence
            && now >= off_at
        {
            self.seat.off(off_at);
            self.sequence = Sequence::Inactive;
        }
    }

    fn write0(&mut self, value: u8, now: Instant, hertz: u32) {
        let before = std::mem::replace(&mut self.register0, value);
        if value & 0x01 == 0 {
            return self.stop(now);
        }
        if before & 0x01 == 0 {
            if !self.seat.is_present() {
                return self.seat.violation("START of an empty slot".into());
            }
            if self.config & 0x40 == 0 {
                self.seat.violation("START in synchronous mode".into());
            }
            let class = match value & 0x84 {
                0x04 => Class::A,
                0x00 => Class::B,
                0x80 => Class::C,
                _ => return self.seat.violation("two supplies at once".into()),
            };
            self.seat.power(class, now);
            self.sequence = Sequence::Starting { clock_at: now + Duration::from_micros(250) };
        } else if value & 0x02 != 0 {
            let cycles = u64::from(self.reset_cycles);
            let low = Duration::from_micros(cycles * 1_000_000 / u64::from(hertz));
            self.seat.set_reset(false, now);
            self.sequence = Sequence::Low { until: now + low };
        } else if (before ^ value) & 0x84 != 0 {
            self.seat.violation("another supply while the card has one".into());
        }
    }

    fn write1(&mut self, value: u8) {
        let [high, low] = self.reset_cycles.to_be_bytes();
        match self.register0 & 0x30 {
            0x00 => self.config = value,
            // When an answer is too early.
            0x10 => {}
            0x20 => self.reset_cycles = u16::from_be_bytes([value, low]),
            _ => self.reset_cycles = u16::from_be_bytes([high, value]),
        }
    }

    /// What is latched is forgotten.
    fn read0(&mut self) -> u8 {
        let present = u8::from(self.seat.is_present());
        let active = if self.is_active() { 0x80 } else { 0 };
        present | active | std::mem::take(&mut self.latched)
    }
}

impl Chip {
    fn pass(&mut self, now: Instant) {
        let [first, others] = self.clocks;
        for (n, slot) in self.slots.iter_mut().enumerate() {
            slot.pass(now, if n == 0 { first } else { others });
        }
    }

    fn write(&mut self, address: u8, value: u8, now: Instant) -> bool {
        let [first, others] = self.clocks;
        let hertz = if self.selected == 1 { first } else { others };
        let slot = self.slots.get_mut(usize::from(self.selected).wrapping_sub(1));
        match (address, slot) {
            (0x24, _) => self.selected = value,
            (0x20, Some(slot)) => slot.write0(value, now, hertz),
            (0x21, Some(slot)) => slot.write1(value),
            (0x20 | 0x21, None) => self.general = value,
            _ => return false,
        }
        true
    }

    fn read(&mut self, address: u8) -> Option<u8> {
        let slot = self.slots.get_mut(usize::from(self.selected).wrapping_sub(1));
        match (address, slot) {
            (0x20, Some(slot)) => Some(slot.read0()),
            (0x21, Some(slot)) => Some(slot.config),
            (0x20, None) => Some(0xC2),
            (0x21, None) => Some(0),
            _ => None,
        }
    }

    /// Which slots are on an I/O line.
    fn on_line(&mut self, line: usize) -> Vec<&mut Slot> {
        let slots = self.slots.iter_mut().enumerate();
        let on = slots.filter(|(n, _)| (*n == 0) == (line == 1));
        on.map(|(_, slot)| slot).filter(|slot| slot.register0 & 0x40 != 0).collect()
    }
}

impl IoLine for Chip {
    fn hear(&mut self, line: usize, character: Character, at: Instant) -> (Instant, Instant) {
        self.pass(at);
        let mut begun = (at, at);
        let mut slots = self.on_line(line);
        let n = slots.len();
        for slot in &mut slots {
            if n > 1 {
                slot.seat.violation(format!("{n} slots on one I/O line"));
            }
            begun = slot.seat.hear(character, at);
        }
        if n == 0 {
            let [first, ..] = &mut self.slots;
            first.seat.violation(format!("a character on line {line}, where no slot is"));
        }
        begun
    }

    fn take(&mut self, line: usize, now: Instant) -> Vec<Character> {
        self.pass(now);
        self.on_line(line).iter_mut().flat_map(|slot| slot.seat.take(now)).collect()
    }
}

impl i2c::ErrorType for SimI2c {
    type Error = i2c::ErrorKind;
}

impl I2c for SimI2c {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        let nobody = i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
        let (mut chip, now) = self.0.chip();
        if chip.deaf > 0 {
            chip.deaf -= 1;
            return Err(nobody);
        }
        for operation in operations {
            match operation {
                Operation::Write(bytes) => {
                    for byte in bytes.iter() {
                        if !chip.write(address, *byte, now) {
                            return Err(nobody);
                        }
                    }
                }
                Operation::Read(room) => {
                    for slot in room.iter_mut() {
                        *slot = chip.read(address).ok_or(nobody)?;
                    }
                }
            }
        }
        Ok(())
    }
}
