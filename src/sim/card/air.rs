use std::boxed::Box;
use std::collections::BTreeMap;
use std::fmt;
use std::string::String;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::Vec;
use std::{format, vec};

use crate::card::contactless::{Rate, Technology};
use crate::port::{Duration, Instant};

/// What is in the air: one frame, its check bytes with it, without what only
/// frames it (start, stop, parity).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signal {
    /// How it is modulated.
    pub technology: Technology,
    /// How fast.
    pub rate: Rate,
    /// Its bits, the lowest of each byte first; those of the last byte that are
    /// not part of it are 0.
    pub bytes: Vec<u8>,
    /// How many bits.
    pub bits: usize,
    /// Parity (type A) or framing (type B) is right.
    pub intact: bool,
}

impl Signal {
    /// Whole bytes at 106 kbit/s.
    #[must_use]
    pub fn new(technology: Technology, bytes: &[u8]) -> Self {
        let bits = bytes.len() * 8;
        Self { technology, rate: Rate::R106, bytes: bytes.into(), bits, intact: true }
    }

    /// Whole bytes at 106 kbit/s and the CRC of that technology.
    #[must_use]
    pub fn with_crc(technology: Technology, bytes: &[u8]) -> Self {
        Self::new(technology, &[bytes, &crc(technology, bytes)].concat())
    }

    /// Of these bytes the first `bits` bits, with type A.
    #[must_use]
    pub fn bits(bytes: &[u8], bits: usize) -> Self {
        let mut signal = Self::new(Technology::A, bytes);
        signal.truncate(bits);
        signal
    }

    /// The same at another rate.
    #[must_use]
    pub fn at(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    fn truncate(&mut self, bits: usize) {
        self.bits = bits.min(self.bits);
        self.bytes.truncate(self.bits.div_ceil(8));
        if let (1..8, Some(last)) = (self.bits % 8, self.bytes.last_mut()) {
            *last &= !(0xFF << (self.bits % 8));
        }
    }

    /// The bit at this place.
    #[must_use]
    pub fn bit(&self, at: usize) -> Option<bool> {
        let byte = self.bytes.get(at / 8).filter(|_| at < self.bits)?;
        Some(byte >> (at % 8) & 1 != 0)
    }

    /// What it carries if it is whole, with the right CRC: that is taken off.
    #[must_use]
    pub fn checked(&self) -> Option<&[u8]> {
        let (body, check) = self.bytes.split_last_chunk()?;
        let right =
            self.intact && self.bits.is_multiple_of(8) && crc(self.technology, body) == *check;
        right.then_some(body)
    }

    /// How long it takes, start and stop with it.
    #[must_use]
    pub fn airtime(&self) -> Duration {
        let bits = match self.technology {
            Technology::A => self.bits + self.bits / 8 + 2,
            Technology::B => self.bits / 8 * 10 + 24,
        };
        // 128 cycles of 13.56 MHz a bit, in tenths of a nanosecond.
        let nanos = bits as u64 * 94_395 / 10;
        Duration::from_micros((nanos >> self.rate as u32).div_ceil(1_000))
    }
}

/// CRC_A or CRC_B.
fn crc(technology: Technology, bytes: &[u8]) -> [u8; 2] {
    let (start, invert) = match technology {
        Technology::A => (0x6363, 0),
        Technology::B => (0xFFFF, 0xFFFF),
    };
    let mut crc: u16 = start;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0x8408 };
        }
    }
    (crc ^ invert).to_le_bytes()
}

/// A card, from its side alone (PICC).
pub trait Picc: Send {
    /// The field comes or goes.
    fn field(&mut self, on: bool, now: Instant);

    /// Hears a frame that ended at `now`, whole or not. What it answers, and how
    /// long after that the answer begins.
    fn hear(&mut self, signal: &Signal, now: Instant) -> Option<(Duration, Signal)>;
}

/// So that a test keeps a handle to a card that it put into the field.
impl<P: Picc + ?Sized> Picc for Arc<Mutex<P>> {
    fn field(&mut self, on: bool, now: Instant) {
        self.lock().unwrap_or_else(PoisonError::into_inner).field(on, now);
    }

    fn hear(&mut self, signal: &Signal, now: Instant) -> Option<(Duration, Signal)> {
        self.lock().unwrap_or_else(PoisonError::into_inner).hear(signal, now)
    }
}

/// What comes back to the reader.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// When it begins.
    pub at: Instant,
    /// When it is over.
    pub end: Instant,
    /// What it is. Where cards differ a bit is 1.
    pub signal: Signal,
    /// The first bit in which cards of type A differ.
    pub collision: Option<usize>,
}

impl Reply {
    fn new(now: Instant, delay: Duration, signal: Signal) -> Self {
        let at = now + delay;
        Self { at, end: at + signal.airtime(), signal, collision: None }
    }

    /// Another card answers at the same time.
    fn superpose(&mut self, other: &Self) {
        let bits = self.signal.bits.max(other.signal.bits);
        let in_step = self.at == other.at
            && self.signal.technology == Technology::A
            && other.signal.technology == Technology::A
            && self.signal.rate == other.signal.rate;
        self.signal.intact &= in_step && other.signal.intact;
        self.end = self.end.max(other.end);
        if in_step {
            let differs = |at: &usize| self.signal.bit(*at) != other.signal.bit(*at);
            let first = (0..bits).find(differs);
            self.collision = first.into_iter().chain(self.collision).min();
        }
        self.signal.bits = bits;
        self.signal.bytes.resize(bits.div_ceil(8), 0);
        for (byte, more) in self.signal.bytes.iter_mut().zip(&other.signal.bytes) {
            *byte |= more;
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.at < other.end && other.at < self.end
    }
}

/// What can happen to one frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disturbance {
    /// Nobody hears it.
    Lost,
    /// This bit is wrong (counted modulo the length), and parity with it, so
    /// that only a check finds it.
    Flipped(usize),
    /// Parity or framing is wrong.
    Broken,
    /// It comes later.
    Late(Duration),
    /// It comes twice. The second one of the reader falls into the card's
    /// answer, and spoils it; that of a card comes when it is over.
    Doubled,
}

/// The field of a reader and the cards in it.
///
/// A model of a front end is built on it: it says when its field goes on and
/// off, and what it sends; it is told what comes back and when.
///
/// ```
/// use embedded_pos::card::contactless::Technology;
/// use embedded_pos::port::Instant;
/// use embedded_pos::sim::card::{Air, Echo, IsoDepCard, Signal};
///
/// let mut air = Air::new();
/// let card = air.add(IsoDepCard::type_a(Echo).with_uid(&[1, 2, 3, 4]));
/// air.field(true, Instant::ZERO);
/// // WUPA is a short frame: 7 bits.
/// let wupa = Signal::bits(&[0x52], 7);
/// let reply = air.transmit(&wupa, Instant::from_micros(6_000)).unwrap();
/// assert_eq!(reply.signal, Signal::new(Technology::A, &[0x04, 0x00]));
/// air.remove(card);
/// assert!(air.transmit(&wupa, Instant::from_micros(8_000)).is_none());
/// assert!(air.violations().is_empty());
/// ```
#[derive(Default)]
pub struct Air {
    cards: BTreeMap<usize, Box<dyn Picc>>,
    added: usize,
    /// Since when the field is there.
    on: Option<Instant>,
    off_at: Option<Instant>,
    /// What came back last: a reader may send while it is on its way.
    last: Vec<Reply>,
    frames: usize,
    disturbances: BTreeMap<usize, Disturbance>,
    /// The reader sent into the answer.
    spoilt: bool,
    log: Vec<(bool, Signal)>,
    violations: Vec<String>,
}

impl fmt::Debug for Air {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Air")
            .field("cards", &self.cards.len())
            .field("on", &self.on)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

impl Air {
    /// How long cards must have the field before the first frame, and how long
    /// it must be off for them to be reset (ISO/IEC 14443-3, 5; EMV tP, tRESET
    /// are 0.1 ms more).
    pub const SETTLING: Duration = Duration::from_millis(5);

    /// No field, no card.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A card is brought near. Returns what to [`remove`](Self::remove) it
    /// with. [`Arc<Mutex<_>>`](Arc) is a card too.
    pub fn add(&mut self, card: impl Picc + 'static) -> usize {
        self.added += 1;
        let mut card = Box::new(card);
        if let Some(since) = self.on {
            card.field(true, since);
        }
        self.cards.insert(self.added, card);
        self.added
    }

    /// A card is taken away; `None` if it was before.
    pub fn remove(&mut self, card: usize) -> Option<Box<dyn Picc>> {
        let mut card = self.cards.remove(&card)?;
        card.field(false, Instant::ZERO);
        Some(card)
    }

    /// The reader switches its field on or off.
    pub fn field(&mut self, on: bool, now: Instant) {
        if on == self.is_on() {
            return;
        }
        let too_short = |off: Instant| now.since(off) < Self::SETTLING;
        if on && self.off_at.is_some_and(too_short) {
            self.violations.push(format!("field off for less than 5 ms, on at {now:?}"));
        }
        (self.on, self.off_at) = if on { (Some(now), None) } else { (None, Some(now)) };
        self.last.clear();
        for card in self.cards.values_mut() {
            card.field(on, now);
        }
    }

    /// Whether the field is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// The reader sent a frame that ends at `now`. What it hears, and when: the
    /// answers of all cards superposed, or the answer to an earlier frame that
    /// comes only now. A reader that does not listen for so long hears nothing.
    pub fn transmit(&mut self, signal: &Signal, now: Instant) -> Option<Reply> {
        let Some(since) = self.on else {
            self.violations.push(format!("a frame without a field at {now:?}"));
            return None;
        };
        if now.since(since) < Self::SETTLING + signal.airtime() {
            self.violations.push(format!("a frame less than 5 ms after the field at {now:?}"));
        }
        self.last.retain(|reply| reply.at >= now);
        let heard = self.disturbed(true, Duration::ZERO, signal.clone());
        let answers = |(delay, heard): &(Duration, Signal)| self.answers(heard, now + *delay);
        let fresh: Vec<Reply> = heard.iter().flat_map(answers).collect();
        let spoilt = std::mem::take(&mut self.spoilt);
        for mut reply in fresh {
            reply.signal.intact &= !spoilt;
            let delay = reply.at.since(now);
            for (delay, signal) in self.disturbed(false, delay, reply.signal.clone()) {
                let again = Reply { collision: reply.collision, ..Reply::new(now, delay, signal) };
                self.last.push(again);
            }
        }
        self.last = merged(std::mem::take(&mut self.last));
        self.last.first().cloned()
    }

    /// What the cards answer, earliest first.
    fn answers(&mut self, signal: &Signal, now: Instant) -> Vec<Reply> {
        let heard = self.cards.values_mut().filter_map(|card| card.hear(signal, now));
        merged(heard.map(|(delay, signal)| Reply::new(now, delay, signal)).collect())
    }

    /// Counts a frame, and does to it what is to be done.
    fn disturbed(
        &mut self,
        from_reader: bool,
        delay: Duration,
        mut signal: Signal,
    ) -> Vec<(Duration, Signal)> {
        self.log.push((from_reader, signal.clone()));
        self.frames += 1;
        match self.disturbances.remove(&(self.frames - 1)) {
            None => vec![(delay, signal)],
            Some(Disturbance::Lost) => vec![],
            Some(Disturbance::Late(by)) => vec![(delay + by, signal)],
            Some(Disturbance::Broken) => {
                signal.intact = false;
                vec![(delay, signal)]
            }
            Some(Disturbance::Flipped(bit)) => {
                let bit = bit % signal.bits.max(1);
                if let Some(byte) = signal.bytes.get_mut(bit / 8) {
                    *byte ^= 1 << (bit % 8);
                }
                vec![(delay, signal)]
            }
            Some(Disturbance::Doubled) if from_reader => {
                self.spoilt = true;
                vec![(delay, signal)]
            }
            Some(Disturbance::Doubled) => {
                let again = delay + signal.airtime() + Duration::from_millis(1);
                vec![(delay, signal.clone()), (again, signal)]
            }
        }
    }

    /// What is to happen to a frame: the first in the air, of reader or cards,
    /// is number 0; answers that are superposed are one.
    pub fn disturb(&mut self, frame: usize, disturbance: Disturbance) {
        self.disturbances.insert(frame, disturbance);
    }

    /// How many frames there were in the air, both ways.
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// All frames, as they were sent; `true` with those of the reader.
    #[must_use]
    pub fn log(&self) -> &[(bool, Signal)] {
        &self.log
    }

    /// What the reader did wrong.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }
}

/// Replies by time, those that overlap made one.
fn merged(mut replies: Vec<Reply>) -> Vec<Reply> {
    replies.sort_by_key(|reply| reply.at);
    let mut merged: Vec<Reply> = Vec::new();
    for reply in replies {
        match merged.last_mut() {
            Some(last) if last.overlaps(&reply) => last.superpose(&reply),
            _ => merged.push(reply),
        }
    }
    merged
}
