use std::boxed::Box;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::sim::card::{ContactCard, Said, T0Card, T1Card};

/// A [`T1Card`], character by character, with the PPS that it agrees to.
#[derive(Debug)]
pub struct T1Body {
    card: T1Card,
    heard: Vec<u8>,
    /// Nothing was said since the reset: a PPS may come.
    fresh: bool,
    ta1: u8,
    /// Holds once the response is out.
    agreed: Option<u8>,
}

impl T1Body {
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

impl ContactCard for T1Body {
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

impl From<T0Card> for Box<dyn ContactCard> {
    fn from(card: T0Card) -> Self {
        Box::new(card)
    }
}

impl From<T1Card> for Box<dyn ContactCard> {
    fn from(card: T1Card) -> Self {
        let heard = Vec::new();
        Box::new(T1Body { card, heard, fresh: true, ta1: 0x11, agreed: None })
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
