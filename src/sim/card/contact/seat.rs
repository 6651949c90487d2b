use std::boxed::Box;
use std::collections::VecDeque;
use std::fmt;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::port::{Class, Duration, Instant};

use crate::sim::card::{ContactCard, Said};

/// A character on the I/O contact as a UART without conventions sees it: eight
/// bits, low first and high as 1, and a parity bit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Character {
    /// The eight bits.
    pub byte: u8,
    /// With the parity bit, the number of ones is odd.
    pub odd: bool,
    /// Bits a second.
    pub baud: u32,
}

/// A card in a slot, and what its contacts are given. It checks them against
/// ISO/IEC 7816-3 and EMV Book 1, in clock cycles and etu.
pub(super) struct Seat {
    card: Option<Box<dyn ContactCard>>,
    /// The only supply the card answers at.
    only: Option<Class>,
    answers_after: u64,
    supply: Option<Class>,
    clock: Option<(u32, Instant)>,
    /// RST, and since when.
    reset: (bool, Instant),
    off_at: Option<Instant>,
    inverse: bool,
    /// Characters on their way to the host, by when they are over.
    out: VecDeque<(Instant, Character)>,
    /// When the last character began: the host's, the card's.
    host_at: Option<Instant>,
    card_at: Option<Instant>,
    waiting: bool,
    /// The chip took the power.
    tripped: bool,
    damaged: VecDeque<usize>,
    lost: VecDeque<usize>,
    said: usize,
    heard: usize,
    violations: Vec<String>,
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("violations", &self.violations).finish_non_exhaustive()
    }
}

/// Micros are rounded up by the host, and down by its clock.
const ROUNDING: Duration = Duration::from_micros(3);

impl Seat {
    pub(super) fn new() -> Self {
        Self {
            card: None,
            only: None,
            answers_after: 1_000,
            supply: None,
            clock: None,
            reset: (false, Instant::ZERO),
            off_at: None,
            inverse: false,
            out: VecDeque::new(),
            host_at: None,
            card_at: None,
            waiting: false,
            tripped: false,
            damaged: VecDeque::new(),
            lost: VecDeque::new(),
            said: 0,
            heard: 0,
            violations: Vec::new(),
        }
    }

    pub(super) fn insert(&mut self, card: Box<dyn ContactCard>) {
        self.card = Some(card);
    }

    pub(super) fn remove(&mut self) -> Option<Box<dyn ContactCard>> {
        self.out.clear();
        let card = self.card.take();
        self.violations.extend(card.iter().flat_map(|card| card.violations()));
        card
    }

    pub(super) fn is_present(&self) -> bool {
        self.card.is_some()
    }

    pub(super) fn only(&mut self, class: Class) {
        self.only = Some(class);
    }

    pub(super) fn answers_after(&mut self, cycles: u64) {
        self.answers_after = cycles;
    }

    /// The character that is the `n`th from now, counted from 0, comes with
    /// wrong parity.
    pub(super) fn damage(&mut self, n: usize) {
        self.damaged.push_back(self.said + n);
    }

    /// The card does not hear the character that is the `n`th from now: its
    /// parity was wrong.
    pub(super) fn lose(&mut self, n: usize) {
        self.lost.push_back(self.heard + n);
    }

    pub(super) fn is_powered(&self) -> bool {
        self.supply.is_some()
    }

    /// How many characters it has heard.
    pub(super) fn heard(&self) -> usize {
        self.heard
    }

    pub(super) fn violations(&self) -> Vec<String> {
        let card = self.card.as_ref().map(|card| card.violations());
        self.violations.iter().cloned().chain(card.unwrap_or_default()).collect()
    }

    pub(super) fn violation(&mut self, what: String) {
        self.violations.push(what);
    }

    fn check(&mut self, kept: bool, what: impl FnOnce() -> String) {
        if !kept {
            self.violations.push(what());
        }
    }

    pub(super) fn power(&mut self, class: Class, now: Instant) {
        let rest = self.off_at.map(|off| now.since(off));
        self.check(rest.is_none_or(|rest| rest >= Duration::from_millis(10)), || {
            format!("power again after {rest:?}, 10 ms at least (6.4)")
        });
        (self.supply, self.tripped) = (Some(class), false);
        self.reset = (false, now);
    }

    pub(super) fn run_clock(&mut self, hertz: u32, now: Instant) {
        self.check(self.supply.is_some(), || "clock without supply".into());
        self.check((1_000_000..=5_000_000).contains(&hertz), || {
            format!("clock of {hertz} Hz, 1 MHz to 5 MHz (5.2.3)")
        });
        self.clock = Some((hertz, now));
    }

    /// The chip deactivates by itself.
    pub(super) fn trip(&mut self) {
        self.tripped = true;
    }

    /// The chip's deactivation is over.
    pub(super) fn off(&mut self, now: Instant) {
        if self.supply.take().is_some() {
            self.off_at = Some(now);
        }
        (self.clock, self.reset) = (None, (false, now));
        (self.host_at, self.card_at, self.waiting) = (None, None, false);
        self.out.clear();
    }

    pub(super) fn set_reset(&mut self, high: bool, now: Instant) {
        if high == self.reset.0 {
            return;
        }
        let since = self.reset.1;
        self.reset = (high, now);
        (self.host_at, self.card_at, self.waiting) = (None, None, false);
        self.out.clear();
        let Some((hertz, running)) = self.clock.filter(|_| high) else { return };
        let low = now.since(since.max(running)).as_micros() * u64::from(hertz) / 1_000_000;
        // The longest by a host's rounding and its loop.
        self.check((39_900..=45_000).contains(&low), || {
            format!("RST low for {low} clock cycles, 40 000 to 45 000 (EMV Book 1, 6.1.3.2)")
        });
        let Some(card) = &mut self.card else { return };
        if self.only.is_some_and(|only| Some(only) != self.supply) {
            return;
        }
        let atr = card.reset();
        self.inverse = atr.first() == Some(&0x3F);
        let delay = Duration::from_micros(self.answers_after * 1_000_000 / u64::from(hertz));
        self.say(now, (delay, atr), 0x11);
    }

    fn clock_hz(&self) -> u32 {
        self.clock.map_or(1, |(hertz, _)| hertz)
    }

    fn etu(&self, n: u64, ta1: u8) -> Duration {
        let clocks = n * factor(ta1 >> 4) / divisor(ta1 & 0x0F);
        Duration::from_micros(clocks * 1_000_000 / u64::from(self.clock_hz()))
    }

    fn ta1(&self) -> u8 {
        self.card.as_ref().map_or(0x11, |card| card.ta1())
    }

    fn baud(&self, ta1: u8) -> u32 {
        let baud = u64::from(self.clock_hz()) * divisor(ta1 & 0x0F) / factor(ta1 >> 4);
        u32::try_from(baud).unwrap_or(1)
    }

    /// Characters 12 etu apart.
    fn say(&mut self, now: Instant, (delay, bytes): Said, ta1: u8) {
        let mut at = now + delay;
        for byte in bytes {
            let damaged = self.damaged.front() == Some(&self.said);
            if damaged {
                self.damaged.pop_front();
            }
            self.said += 1;
            let byte = if self.inverse { (!byte).reverse_bits() } else { byte };
            let character = Character { byte, odd: self.inverse ^ damaged, baud: self.baud(ta1) };
            self.card_at = Some(at);
            self.out.push_back((at + self.etu(10, ta1), character));
            at += self.etu(12, ta1);
        }
    }

    /// A character of the host that begins at `at`.
    pub(super) fn hear(&mut self, character: Character, at: Instant) {
        let ta1 = self.ta1();
        let running = self.supply.is_some() && self.clock.is_some() && self.reset.0;
        // One that was pulled is none of the host's doing.
        let known = running || self.card.is_none() || self.tripped;
        self.check(known, || "a character while the card does not run".into());
        let Some(card) = self.card.as_ref().filter(|_| running) else { return };
        let (is_t1, tc1) = (card.is_t1(), card.tc1());
        self.check_times(at, is_t1, tc1, ta1);
        (self.host_at, self.waiting) = (Some(at), true);
        let lost = self.lost.front() == Some(&self.heard);
        self.heard += 1;
        if lost {
            self.lost.pop_front();
            return;
        }
        let wanted = self.baud(ta1);
        let near = character.baud.abs_diff(wanted) * 50 <= wanted;
        self.check(near, || format!("{} bits a second, not {wanted}", character.baud));
        self.check(character.odd == self.inverse, || "wrong parity".into());
        if !near || character.odd != self.inverse {
            return;
        }
        let byte = character.byte;
        let byte = if self.inverse { (!byte).reverse_bits() } else { byte };
        let said = self.card.as_mut().and_then(|card| card.hear(byte));
        if let Some((delay, bytes)) = said {
            self.waiting = false;
            let turnaround = self.etu(if is_t1 { 22 } else { 16 }, ta1);
            self.say(at, (delay.max(turnaround), bytes), ta1);
        }
    }

    fn check_times(&mut self, at: Instant, is_t1: bool, tc1: u8, ta1: u8) {
        let guard = match (tc1, is_t1) {
            (0xFF, true) => 11,
            (0xFF, false) => 12,
            (n, _) => 12 + u64::from(n),
        };
        let turnaround = if is_t1 { 22 } else { 16 };
        if let Some(before) = self.host_at {
            let gap = at.since(before);
            let least = self.etu(guard, ta1);
            self.check(gap + ROUNDING >= least, || {
                format!(
                    "{} us from character to character, {} at least",
                    gap.as_micros(),
                    least.as_micros()
                )
            });
        }
        if let Some(before) = self.card_at {
            let (gap, least) = (at.since(before), self.etu(turnaround, ta1));
            self.check(gap + ROUNDING >= least, || {
                format!("turnaround of {} us, {} at least", gap.as_micros(), least.as_micros())
            });
        }
    }

    /// The characters that are over by now.
    pub(super) fn take(&mut self, now: Instant) -> Vec<Character> {
        /// CWI 5, and some more.
        const PAUSE: u64 = 60;
        let ta1 = self.ta1();
        let pause = self.etu(PAUSE, ta1);
        if let Some(last) = self.host_at.filter(|last| self.waiting && now.since(*last) > pause) {
            self.waiting = false;
            if let Some(said) = self.card.as_mut().and_then(|card| card.silence()) {
                self.say(last + pause, said, ta1);
            }
        }
        let mut over = Vec::new();
        while let Some((_, character)) = self.out.front().filter(|(end, _)| *end <= now) {
            over.push(*character);
            self.out.pop_front();
        }
        over
    }
}

/// Fi (ISO/IEC 7816-3:2006, table 7), of those that are used here.
fn factor(high: u8) -> u64 {
    match high {
        2 => 558,
        3 => 744,
        9 => 512,
        10 => 768,
        _ => 372,
    }
}

/// Di (table 8).
fn divisor(low: u8) -> u64 {
    match low {
        2 => 2,
        3 => 4,
        4 => 8,
        5 => 16,
        8 => 12,
        _ => 1,
    }
}
