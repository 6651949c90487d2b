use std::collections::VecDeque;
use std::fmt;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::port::{Duration, Instant};
use crate::sim::Device;

use super::T1Card;

/// What a card says, and how long after what it heard.
pub type Said = (Duration, Vec<u8>);

/// A card from its contacts: characters in, characters out.
pub trait ContactCard: Send {
    /// VCC, CLK and a rising RST: the answer to reset, from TS on.
    fn reset(&mut self) -> Vec<u8>;

    /// A character came from the host.
    fn hear(&mut self, byte: u8) -> Option<Said>;

    /// No character came for longer than one may pause within a message.
    fn silence(&mut self) -> Option<Said> {
        None
    }

    /// The TA1 of the speed that holds for the next character.
    fn ta1(&self) -> u8 {
        0x11
    }

    /// TC1.
    fn tc1(&self) -> u8 {
        0
    }

    /// Whether it speaks T=1 and not T=0.
    fn is_t1(&self) -> bool;

    /// What the host did wrong.
    fn violations(&self) -> Vec<String>;
}

/// Who sends a character.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Speaker {
    /// The host.
    Host,
    /// The card.
    Card,
}

/// What happens to one character on its way, whoever sent it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mishap {
    /// It does not arrive: the receiver dropped it for its parity.
    Dropped,
    /// It arrives twice.
    Doubled,
    /// It arrives with this bit other than it was, unnoticed.
    Flipped(u8),
    /// Its parity was wrong so many times; the receiver said so, and it was
    /// sent again (7.3).
    Repeated(u8),
    /// It, and what follows, comes this much later.
    Delayed(Duration),
}

/// A card at the end of its I/O contact, already reset: a line that knows the
/// etu. Characters take their time; what comes from the host is held to guard
/// time, turnaround and the right to send. What it did wrong is in
/// [`violations`](Self::violations).
pub struct CardLine<C> {
    /// The card.
    pub card: C,
    clock: u32,
    /// The leading edges of the last characters, of host and card.
    host: Option<Instant>,
    spoken: Option<Instant>,
    /// What the card says: by when each character is over.
    out: VecDeque<(Instant, u8)>,
    /// The card waits for the rest of what the host began.
    waiting: bool,
    /// The host went on when the card was about to speak.
    interrupted: bool,
    said: Vec<(Speaker, u8)>,
    mishaps: Vec<(usize, Mishap)>,
    violations: Vec<String>,
}

impl<C> fmt::Debug for CardLine<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardLine").field("said", &self.said.len()).finish_non_exhaustive()
    }
}

/// The host rounds its times up to whole microseconds, the line down.
const ROUNDING: Duration = Duration::from_micros(3);

impl<C: ContactCard> CardLine<C> {
    /// The clock of the card in hertz.
    pub const CLOCK: u32 = 3_579_545;

    /// Resets the card and connects it.
    #[must_use]
    pub fn new(mut card: C) -> Self {
        card.reset();
        Self {
            card,
            clock: Self::CLOCK,
            host: None,
            spoken: None,
            out: VecDeque::new(),
            waiting: false,
            interrupted: false,
            said: Vec::new(),
            mishaps: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Resets the card once more; the ATR is not heard.
    pub fn reset(&mut self) {
        self.card.reset();
        (self.host, self.spoken) = (None, None);
        (self.waiting, self.interrupted) = (false, false);
        self.out.clear();
    }

    /// What happens to the `n`th character from now, counted from 0, whoever
    /// sends it.
    pub fn mishap(&mut self, n: usize, mishap: Mishap) {
        self.mishaps.push((self.said.len() + n, mishap));
    }

    /// The characters so far, before anything happened to them.
    #[must_use]
    pub fn said(&self) -> &[(Speaker, u8)] {
        &self.said
    }

    /// What the host did wrong, on the line and to the card.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.violations.iter().cloned().chain(self.card.violations()).collect()
    }

    fn etu(&self, n: u64) -> Duration {
        let ta1 = self.card.ta1();
        let clocks = n * factor(ta1 >> 4) / divisor(ta1 & 0x0F);
        Duration::from_micros(clocks * 1_000_000 / u64::from(self.clock))
    }

    /// The least between two characters of the host.
    fn guard(&self) -> u64 {
        match (self.card.tc1(), self.card.is_t1()) {
            (0xFF, true) => 11,
            (0xFF, false) => 12,
            (n, _) => 12 + u64::from(n),
        }
    }

    fn turnaround(&self) -> u64 {
        if self.card.is_t1() { 22 } else { 16 }
    }

    fn next_mishap(&mut self, who: Speaker, byte: u8) -> Option<Mishap> {
        let at = self.said.len();
        self.said.push((who, byte));
        let found = self.mishaps.iter().position(|(n, _)| *n == at)?;
        Some(self.mishaps.swap_remove(found).1)
    }

    /// A character of the host that it wants to send at `now`.
    fn hear(&mut self, byte: u8, now: Instant) {
        // The UART keeps its own characters apart.
        let after_own = self.host.map(|host| host + self.etu(self.guard()));
        let mut at = after_own.map_or(now, |after| now.max(after));
        if self.out.back().is_some_and(|(end, _)| *end > at) {
            self.violations.push(format!("{byte:02X} while the card speaks"));
        }
        let gap = self.spoken.map(|spoken| at.since(spoken));
        let least = self.etu(self.turnaround());
        if gap.is_some_and(|gap| gap + ROUNDING < least) {
            self.violations.push(format!("{byte:02X} {gap:?} after the card, {least:?} at least"));
        }
        let (mut byte, mut times) = (byte, 1);
        match self.next_mishap(Speaker::Host, byte) {
            None => {}
            Some(Mishap::Dropped) => times = 0,
            Some(Mishap::Doubled) => times = 2,
            Some(Mishap::Flipped(bit)) => byte ^= 1 << (bit & 7),
            Some(Mishap::Repeated(n)) => at += self.etu(14 * u64::from(n)),
            Some(Mishap::Delayed(late)) => at += late,
        }
        for _ in 0..times {
            self.silence(at);
            (self.host, self.waiting) = (Some(at), true);
            let about_to_speak = |end: &Instant| *end > at + self.etu(10);
            if self.out.front().is_some_and(|(end, _)| about_to_speak(end)) {
                // Not while somebody else does: it waits for silence.
                self.out.clear();
                (self.spoken, self.interrupted) = (None, true);
            }
            if !self.interrupted {
                let said = self.card.hear(byte);
                self.say(at, said);
            }
            at += self.etu(self.guard());
        }
    }

    /// What the card says to the host's character at `at`.
    fn say(&mut self, at: Instant, said: Option<Said>) {
        let Some((delay, bytes)) = said else { return };
        self.waiting = false;
        let mut at = at + delay.max(self.etu(self.turnaround()));
        for mut byte in bytes {
            let mut times = 1;
            match self.next_mishap(Speaker::Card, byte) {
                None => {}
                Some(Mishap::Dropped) => times = 0,
                Some(Mishap::Doubled) => times = 2,
                Some(Mishap::Flipped(bit)) => byte ^= 1 << (bit & 7),
                Some(Mishap::Repeated(n)) => at += self.etu(14 * u64::from(n)),
                Some(Mishap::Delayed(late)) => at += late,
            }
            for _ in 0..times {
                self.spoken = Some(at);
                self.out.push_back((at + self.etu(10), byte));
                at += self.etu(12);
            }
        }
    }

    /// Nothing came until `now`: longer than the characters of a message may be
    /// apart, if they are of one (CWI 5, and some more).
    fn silence(&mut self, now: Instant) {
        let pause = self.etu(60);
        if let Some(last) = self.host.filter(|last| self.waiting && now.since(*last) > pause) {
            self.waiting = false;
            if std::mem::take(&mut self.interrupted) && self.card.is_t1() {
                // It heard something, but nothing that it knows.
                self.card.hear(0x55);
            }
            let said = self.card.silence();
            self.say(last + pause, said);
        }
    }
}

impl<C: ContactCard> Device for CardLine<C> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        bytes.iter().for_each(|byte| self.hear(*byte, now));
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.silence(now);
        let over = self.out.iter().take_while(|(end, _)| *end <= now).count();
        self.out.drain(..over).map(|(_, byte)| byte).collect()
    }
}

/// A [`T1Card`], character by character.
#[derive(Debug)]
pub struct T1Characters {
    /// The card.
    pub card: T1Card,
    heard: Vec<u8>,
}

impl From<T1Card> for T1Characters {
    fn from(card: T1Card) -> Self {
        Self { card, heard: Vec::new() }
    }
}

impl T1Characters {
    fn answer(&mut self) -> Option<Said> {
        let heard = std::mem::take(&mut self.heard);
        let answer = self.card.hear(&heard);
        (!answer.is_empty()).then(|| (self.card.thinks(), answer))
    }
}

impl ContactCard for T1Characters {
    fn reset(&mut self) -> Vec<u8> {
        self.heard.clear();
        self.card.reset()
    }

    fn hear(&mut self, byte: u8) -> Option<Said> {
        self.heard.push(byte);
        let whole = self.card.block_length(&self.heard) == Some(self.heard.len());
        if whole { self.answer() } else { None }
    }

    fn silence(&mut self) -> Option<Said> {
        if self.heard.is_empty() { None } else { self.answer() }
    }

    fn is_t1(&self) -> bool {
        true
    }

    fn violations(&self) -> Vec<String> {
        self.card.violations().to_vec()
    }
}

/// Fi (ISO/IEC 7816-3:2006, table 7).
fn factor(high: u8) -> u64 {
    match high {
        2 => 558,
        3 => 744,
        4 => 1116,
        5 => 1488,
        6 => 1860,
        9 => 512,
        10 => 768,
        11 => 1024,
        12 => 1536,
        13 => 2048,
        _ => 372,
    }
}

/// Di (table 8).
fn divisor(low: u8) -> u64 {
    match low {
        2..=7 => 1 << (low - 1),
        8 => 12,
        9 => 20,
        _ => 1,
    }
}
