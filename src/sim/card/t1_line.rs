use std::vec::Vec;

use crate::port::{Duration, Instant};
use crate::sim::{Device, Outbox};

use super::T1Card;

/// A card at the end of a bare byte line, already reset.
#[derive(Debug)]
pub struct T1Line {
    /// The card.
    pub card: T1Card,
    /// What is on its way to the host, and the faults of the line.
    pub outbox: Outbox,
    heard: Vec<u8>,
    heard_at: Instant,
}

impl T1Line {
    /// Between two bytes of one block at most: longer than any driver pauses,
    /// shorter than any repeats.
    const PAUSE: Duration = Duration::from_millis(50);

    /// Resets the card and connects it.
    #[must_use]
    pub fn new(mut card: T1Card) -> Self {
        card.reset();
        Self { card, outbox: Outbox::default(), heard: Vec::new(), heard_at: Instant::ZERO }
    }
}

impl Device for T1Line {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if now.since(self.heard_at) > Self::PAUSE {
            self.heard.clear();
        }
        self.heard_at = now;
        self.heard.extend(bytes);
        while let Some(len) = self.card.block_length(&self.heard).filter(|n| self.heard.len() >= *n)
        {
            let block: Vec<u8> = self.heard.drain(..len).collect();
            let answer = self.card.hear(&block);
            if !answer.is_empty() {
                self.outbox.push(now, self.card.thinks(), answer);
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.outbox.take(now)
    }
}
