use std::boxed::Box;
use std::fmt;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::port::{Duration, Instant};
use crate::sim::Device;

use super::io::{Io, Mishap, Speaker};
use super::{T0Card, T1Card};

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

/// A card at the end of its I/O contact, already reset: a line that knows the
/// etu. Characters take their time; what comes from the host is held to guard
/// time, turnaround and the right to send. What it did wrong is in
/// [`violations`](Self::violations).
pub struct CardLine<C> {
    /// The card.
    pub card: C,
    io: Io,
}

impl<C> fmt::Debug for CardLine<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardLine").field("said", &self.io.said().len()).finish_non_exhaustive()
    }
}

impl<C: ContactCard> CardLine<C> {
    /// The clock of the card in hertz.
    pub const CLOCK: u32 = 3_579_545;

    /// Resets the card and connects it.
    #[must_use]
    pub fn new(mut card: C) -> Self {
        card.reset();
        Self { card, io: Io::new(Self::CLOCK) }
    }

    /// Resets the card once more; the ATR is not heard.
    pub fn reset(&mut self) {
        self.card.reset();
        self.io.reset();
    }

    /// What happens to the `n`th character from now, counted from 0, whoever
    /// sends it.
    pub fn mishap(&mut self, n: usize, mishap: Mishap) {
        self.io.mishap(None, n, mishap);
    }

    /// The characters so far, before anything happened to them.
    #[must_use]
    pub fn said(&self) -> &[(Speaker, u8)] {
        self.io.said()
    }

    /// What the host did wrong, on the line and to the card.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.io.violations().iter().cloned().chain(self.card.violations()).collect()
    }
}

impl<C: ContactCard> Device for CardLine<C> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for byte in bytes {
            // The UART keeps its own characters apart.
            let at = self.io.free_at(&self.card).map_or(now, |free| now.max(free));
            self.io.hear(&mut self.card, *byte, true, at);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let over = self.io.take(Some(&mut self.card), now);
        over.iter().filter(|spoken| !spoken.damaged).map(|spoken| spoken.byte).collect()
    }
}

/// A [`T1Card`], character by character, with the PPS that it agrees to.
#[derive(Debug)]
pub struct T1Characters {
    /// The card.
    pub card: T1Card,
    heard: Vec<u8>,
    /// Nothing was said since the reset: a PPS may come.
    fresh: bool,
    ta1: u8,
    /// Holds once the response is out.
    agreed: Option<u8>,
}

impl T1Characters {
    fn whole(&self) -> bool {
        match self.heard[..] {
            [0xFF, pps0, ..] if self.fresh => {
                self.heard.len() == 3 + (pps0 & 0x70).count_ones() as usize
            }
            _ => self.card.block_length(&self.heard) == Some(self.heard.len()),
        }
    }

    fn answer(&mut self) -> Option<Said> {
        let heard = std::mem::take(&mut self.heard);
        if let (true, [0xFF, pps0, rest @ ..]) = (self.fresh, &heard[..]) {
            self.fresh = false;
            if pps0 & 0x10 != 0 {
                self.agreed = rest.first().copied();
            }
            // Agreed to, as it was asked.
            return Some((self.card.thinks(), heard));
        }
        self.fresh = false;
        let answer = self.card.hear(&heard);
        (!answer.is_empty()).then(|| (self.card.thinks(), answer))
    }
}

impl ContactCard for T1Characters {
    fn reset(&mut self) -> Vec<u8> {
        (self.heard, self.fresh, self.agreed) = (Vec::new(), true, None);
        let atr = self.card.reset();
        self.ta1 = specific_speed(&atr).unwrap_or(0x11);
        atr
    }

    fn hear(&mut self, byte: u8) -> Option<Said> {
        if let Some(ta1) = self.agreed.take() {
            self.ta1 = ta1;
        }
        self.heard.push(byte);
        if self.whole() { self.answer() } else { None }
    }

    fn silence(&mut self) -> Option<Said> {
        if self.heard.is_empty() { None } else { self.answer() }
    }

    fn ta1(&self) -> u8 {
        self.agreed.unwrap_or(self.ta1)
    }

    fn is_t1(&self) -> bool {
        true
    }

    fn violations(&self) -> Vec<String> {
        self.card.violations().iter().map(|what| format!("card: {what}")).collect()
    }
}

impl From<T1Card> for T1Characters {
    fn from(card: T1Card) -> Self {
        Self { card, heard: Vec::new(), fresh: true, ta1: 0x11, agreed: None }
    }
}

impl From<T0Card> for Box<dyn ContactCard> {
    fn from(card: T0Card) -> Self {
        Box::new(card)
    }
}

impl From<T1Card> for Box<dyn ContactCard> {
    fn from(card: T1Card) -> Self {
        Box::new(T1Characters::from(card))
    }
}

/// TA1, if there is a TA2 without bit 5: the speed holds from the ATR on.
fn specific_speed(atr: &[u8]) -> Option<u8> {
    let (t0, mut rest) = (*atr.get(1)?, atr.get(2..)?.iter());
    let ta1 = if t0 & 0x10 != 0 { *rest.next()? } else { 0x11 };
    let skipped = usize::from(t0 & 0x20 != 0) + usize::from(t0 & 0x40 != 0);
    let td1 = if t0 & 0x80 != 0 { *rest.nth(skipped)? } else { 0 };
    let ta2 = if td1 & 0x10 != 0 { *rest.next()? } else { 0x10 };
    (ta2 & 0x10 == 0).then_some(ta1)
}
