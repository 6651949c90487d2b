use std::collections::VecDeque;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::port::{Duration, Instant};

use super::{ContactCard, Said};

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
    /// It arrives with wrong parity, and is not asked for again.
    Damaged,
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

/// A character of the card.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spoken {
    /// When it is over.
    pub(super) end: Instant,
    pub(super) byte: u8,
    pub(super) damaged: bool,
    /// The TA1 of its speed.
    pub(super) ta1: u8,
}

/// The I/O contact of a card, in etu: what both sides say and when, and what
/// happens to it on its way. It holds the host to guard time, turnaround and
/// the right to send.
#[derive(Debug)]
pub(super) struct Io {
    pub(super) hertz: u32,
    /// The leading edges of the last characters, of host and card.
    host: Option<Instant>,
    card: Option<Instant>,
    out: VecDeque<Spoken>,
    /// The card waits for the rest of what the host began.
    waiting: bool,
    /// The host went on when the card was about to speak.
    interrupted: bool,
    said: Vec<(Speaker, u8)>,
    /// By how many characters there were before: of both, of one.
    mishaps: Vec<(Option<Speaker>, usize, Mishap)>,
    violations: Vec<String>,
}

/// What becomes of a character.
struct Fate {
    byte: u8,
    times: u8,
    damaged: bool,
    late: Duration,
}

/// The host rounds its times up to whole microseconds, the line down.
const ROUNDING: Duration = Duration::from_micros(3);

/// How long characters of one message may be apart, and some more (CWI 5).
const PAUSE: u64 = 60;

impl Io {
    pub(super) const fn new(hertz: u32) -> Self {
        Self {
            hertz,
            host: None,
            card: None,
            out: VecDeque::new(),
            waiting: false,
            interrupted: false,
            said: Vec::new(),
            mishaps: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// The card was reset, or is without power.
    pub(super) fn reset(&mut self) {
        (self.host, self.card) = (None, None);
        (self.waiting, self.interrupted) = (false, false);
        self.out.clear();
    }

    /// What happens to the `n`th character from now, counted from 0: of this
    /// side, or whoever sends it.
    pub(super) fn mishap(&mut self, of: Option<Speaker>, n: usize, mishap: Mishap) {
        let before = self.count(of);
        self.mishaps.push((of, before + n, mishap));
    }

    /// How many characters there were, before anything happened to them.
    pub(super) fn count(&self, of: Option<Speaker>) -> usize {
        self.said.iter().filter(|(who, _)| of.is_none_or(|of| of == *who)).count()
    }

    pub(super) fn said(&self) -> &[(Speaker, u8)] {
        &self.said
    }

    pub(super) fn violations(&self) -> &[String] {
        &self.violations
    }

    pub(super) fn violation(&mut self, what: String) {
        self.violations.push(what);
    }

    pub(super) fn check(&mut self, kept: bool, what: impl FnOnce() -> String) {
        if !kept {
            self.violations.push(what());
        }
    }

    pub(super) fn etu(&self, n: u64, ta1: u8) -> Duration {
        let clocks = n * factor(ta1 >> 4) / divisor(ta1 & 0x0F);
        Duration::from_micros(clocks * 1_000_000 / u64::from(self.hertz.max(1)))
    }

    pub(super) fn baud(&self, ta1: u8) -> u32 {
        let baud = u64::from(self.hertz) * divisor(ta1 & 0x0F) / factor(ta1 >> 4);
        u32::try_from(baud).unwrap_or(1)
    }

    /// When the next character of the host can begin, if its UART keeps them
    /// apart.
    pub(super) fn free_at(&self, card: &dyn ContactCard) -> Option<Instant> {
        self.host.map(|host| host + self.etu(guard(card), card.ta1()))
    }

    fn fate(&mut self, who: Speaker, byte: u8, ta1: u8) -> Fate {
        let mut fate = Fate { byte, times: 1, damaged: false, late: Duration::ZERO };
        if self.mishaps.is_empty() {
            // Counting takes time in a session of many thousand characters.
            self.said.push((who, byte));
            return fate;
        }
        let (all, own) = (self.count(None), self.count(Some(who)));
        self.said.push((who, byte));
        let is_now = |(of, n, _): &(Option<Speaker>, usize, Mishap)| match of {
            None => *n == all,
            Some(of) => *of == who && *n == own,
        };
        let Some(found) = self.mishaps.iter().position(is_now) else { return fate };
        let repetition = self.etu(14, ta1);
        match self.mishaps.swap_remove(found).2 {
            Mishap::Dropped => fate.times = 0,
            Mishap::Damaged => fate.damaged = true,
            Mishap::Doubled => fate.times = 2,
            Mishap::Flipped(bit) => fate.byte ^= 1 << (bit & 7),
            Mishap::Repeated(n) => fate.late = repetition.times(n.into()),
            Mishap::Delayed(late) => fate.late = late,
        }
        fate
    }

    /// A character of the host that is to begin at `at`, one that the card
    /// cannot take if it is not `sound`. Returns when it began, and its last
    /// copy.
    pub(super) fn hear(
        &mut self,
        card: &mut dyn ContactCard,
        byte: u8,
        sound: bool,
        at: Instant,
    ) -> (Instant, Instant) {
        self.check_times(card, byte, at);
        let Fate { byte, times, damaged, late } = self.fate(Speaker::Host, byte, card.ta1());
        let first = at + late;
        let mut at = first;
        for copy in 0..times.max(1) {
            if copy > 0 {
                at += self.etu(guard(card), card.ta1());
            }
            self.silence(card, at);
            self.host = Some(at);
            if times > 0 && sound && !damaged {
                self.listen(card, byte, at);
            }
        }
        (first, at)
    }

    fn check_times(&mut self, card: &dyn ContactCard, byte: u8, at: Instant) {
        let ta1 = card.ta1();
        let speaks = self.out.back().is_some_and(|spoken| spoken.end > at);
        self.check(!speaks, || format!("{byte:02X} while the card speaks"));
        let before = [(self.host, guard(card)), (self.card, turnaround(card))];
        for ((before, etu), who) in before.into_iter().zip(["host", "card"]) {
            let (Some(before), least) = (before, self.etu(etu, ta1)) else { continue };
            let gap = at.since(before);
            self.check(gap + ROUNDING >= least, || {
                let (gap, least) = (gap.as_micros(), least.as_micros());
                format!("{byte:02X} {gap} us after the {who}, {least} at least")
            });
        }
    }

    /// A character reaches the card.
    fn listen(&mut self, card: &mut dyn ContactCard, byte: u8, at: Instant) {
        let ta1 = card.ta1();
        let over = at + self.etu(10, ta1);
        if self.out.front().is_some_and(|spoken| spoken.end > over) {
            if !card.is_t1() {
                // It computes, and is deaf until it has answered.
                return;
            }
            // Not while somebody else does: it waits for silence.
            self.out.clear();
            (self.card, self.interrupted) = (None, true);
        }
        self.waiting = true;
        if !self.interrupted {
            let said = card.hear(byte);
            self.answer(card, said, at, ta1);
        }
    }

    /// What the card says to the host's character at `at`.
    fn answer(&mut self, card: &dyn ContactCard, said: Option<Said>, at: Instant, ta1: u8) {
        if let Some((delay, bytes)) = said {
            self.waiting = false;
            let delay = delay.max(self.etu(turnaround(card), ta1));
            self.say(&bytes, at + delay, ta1);
        }
    }

    /// The card speaks from `at` on, 12 etu a character.
    pub(super) fn say(&mut self, bytes: &[u8], mut at: Instant, ta1: u8) {
        for byte in bytes {
            let Fate { byte, times, damaged, late } = self.fate(Speaker::Card, *byte, ta1);
            at += late;
            for copy in 0..times.max(1) {
                self.card = Some(at);
                if copy < times {
                    let end = at + self.etu(10, ta1);
                    self.out.push_back(Spoken { end, byte, damaged, ta1 });
                }
                at += self.etu(12, ta1);
            }
        }
    }

    /// Nothing came until `now`: longer than the characters of a message may be
    /// apart, if they are of one.
    fn silence(&mut self, card: &mut dyn ContactCard, now: Instant) {
        let ta1 = card.ta1();
        let pause = self.etu(PAUSE, ta1);
        if let Some(last) = self.host.filter(|last| self.waiting && now.since(*last) > pause) {
            self.waiting = false;
            if std::mem::take(&mut self.interrupted) && card.is_t1() {
                // It heard something, but nothing that it knows.
                card.hear(0x55);
            }
            let said = card.silence();
            self.answer(card, said, last + pause, ta1);
        }
    }

    /// The characters of the card that are over by now.
    pub(super) fn take(&mut self, card: Option<&mut dyn ContactCard>, now: Instant) -> Vec<Spoken> {
        if let Some(card) = card {
            self.silence(card, now);
        }
        let over = self.out.iter().take_while(|spoken| spoken.end <= now).count();
        self.out.drain(..over).collect()
    }
}

/// The least between two characters of the host, in etu.
fn guard(card: &dyn ContactCard) -> u64 {
    match (card.tc1(), card.is_t1()) {
        (0xFF, true) => 11,
        (0xFF, false) => 12,
        (n, _) => 12 + u64::from(n),
    }
}

/// The least from a character to one of the other side.
fn turnaround(card: &dyn ContactCard) -> u64 {
    if card.is_t1() { 22 } else { 16 }
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
