use std::boxed::Box;
use std::fmt;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::port::{Class, Duration, Instant};

use crate::sim::card::io::{Io, Spoken};
use crate::sim::card::{ContactCard, Mishap, Speaker};

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
    /// CLK, since when.
    clock: Option<Instant>,
    /// RST, and since when.
    reset: (bool, Instant),
    off_at: Option<Instant>,
    inverse: bool,
    io: Io,
    /// The chip took the power.
    tripped: bool,
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("io", &self.io).finish_non_exhaustive()
    }
}

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
            io: Io::new(1),
            tripped: false,
        }
    }

    pub(super) fn insert(&mut self, card: Box<dyn ContactCard>) {
        self.card = Some(card);
    }

    pub(super) fn remove(&mut self) -> Option<Box<dyn ContactCard>> {
        self.io.reset();
        let card = self.card.take();
        let told = card.iter().flat_map(|card| card.violations());
        told.for_each(|what| self.io.violation(what));
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

    /// What happens to the `n`th character from now, counted from 0: of this
    /// side, or whoever sends it.
    pub(super) fn mishap(&mut self, of: Option<Speaker>, n: usize, mishap: Mishap) {
        self.io.mishap(of, n, mishap);
    }

    pub(super) fn said(&self) -> Vec<(Speaker, u8)> {
        self.io.said().to_vec()
    }

    pub(super) fn is_powered(&self) -> bool {
        self.supply.is_some()
    }

    /// How many characters the host has sent it.
    pub(super) fn heard(&self) -> usize {
        self.io.count(Some(Speaker::Host))
    }

    pub(super) fn violations(&self) -> Vec<String> {
        let card = self.card.as_ref().map(|card| card.violations());
        self.io.violations().iter().cloned().chain(card.unwrap_or_default()).collect()
    }

    pub(super) fn violation(&mut self, what: String) {
        self.io.violation(what);
    }

    fn check(&mut self, kept: bool, what: impl FnOnce() -> String) {
        self.io.check(kept, what);
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
        (self.clock, self.io.hertz) = (Some(now), hertz);
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
        self.io.reset();
    }

    pub(super) fn set_reset(&mut self, high: bool, now: Instant) {
        if high == self.reset.0 {
            return;
        }
        let since = self.reset.1;
        self.reset = (high, now);
        self.io.reset();
        let Some(running) = self.clock.filter(|_| high) else { return };
        let hertz = self.io.hertz;
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
        self.io.say(&atr, now + delay, 0x11);
    }

    fn on_the_wire(&self, byte: u8) -> u8 {
        if self.inverse { (!byte).reverse_bits() } else { byte }
    }

    /// A character of the host that is to begin at `at`. Returns when it did,
    /// and its last copy.
    pub(super) fn hear(&mut self, character: Character, at: Instant) -> (Instant, Instant) {
        let running = self.supply.is_some() && self.clock.is_some() && self.reset.0;
        // One that was pulled is none of the host's doing.
        let known = running || self.card.is_none() || self.tripped;
        self.check(known, || "a character while the card does not run".into());
        let Some(card) = self.card.as_deref_mut().filter(|_| running) else { return (at, at) };
        let (wanted, inverse) = (self.io.baud(card.ta1()), self.inverse);
        let near = character.baud.abs_diff(wanted) * 50 <= wanted;
        self.io.check(near, || format!("{} bits a second, not {wanted}", character.baud));
        self.io.check(character.odd == inverse, || "wrong parity".into());
        let byte = if inverse { (!character.byte).reverse_bits() } else { character.byte };
        self.io.hear(card, byte, near && character.odd == inverse, at)
    }

    /// The characters that are over by now.
    pub(super) fn take(&mut self, now: Instant) -> Vec<Character> {
        let card = self.card.as_mut().map(|card| &mut **card as &mut dyn ContactCard);
        let over = self.io.take(card, now);
        let character = |Spoken { byte, damaged, ta1, .. }| Character {
            byte: self.on_the_wire(byte),
            odd: self.inverse ^ damaged,
            baud: self.io.baud(ta1),
        };
        over.into_iter().map(character).collect()
    }
}
