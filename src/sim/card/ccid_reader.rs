use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use crate::port::{Duration, Instant};
use crate::sim::{Device, Outbox};

use super::T1Card;

/// A reader that speaks CCID over a serial line, with one slot.
///
/// `replies` is where to inject line faults; those of the card are planned at
/// the [card](Self::card).
#[derive(Debug)]
pub struct CcidReader {
    /// Answers on their way to the host, and the faults of the line.
    pub replies: Outbox,
    /// Echoes and card events on their way to the host.
    pub aside: Outbox,
    card: Option<T1Card>,
    powered: bool,
    echo: bool,
    events: bool,
    moved: bool,
    /// The card starts at this voltage (bPowerSelect) only, if it is told.
    voltage: Option<u8>,
    extensions: usize,
    ignored: usize,
    heard: Vec<u8>,
    heard_at: Instant,
    violations: Vec<String>,
    frames: usize,
}

impl Default for CcidReader {
    fn default() -> Self {
        Self::new()
    }
}

impl CcidReader {
    /// An empty reader that echoes and tells card movements.
    #[must_use]
    pub fn new() -> Self {
        Self {
            replies: Outbox::default(),
            aside: Outbox::default(),
            card: None,
            powered: false,
            echo: true,
            events: true,
            moved: false,
            voltage: None,
            extensions: 0,
            ignored: 0,
            heard: Vec::new(),
            heard_at: Instant::ZERO,
            violations: Vec::new(),
            frames: 0,
        }
    }

    /// Without echo, as the GemCore SIM Pro.
    #[must_use]
    pub fn without_echo(mut self) -> Self {
        self.echo = false;
        self
    }

    /// Without card events: the host has to ask.
    #[must_use]
    pub fn without_events(mut self) -> Self {
        self.events = false;
        self
    }

    /// With a card that answers to one voltage only: 1 for 5 V, 2 for 3 V, 3
    /// for 1.8 V.
    #[must_use]
    pub fn with_voltage(mut self, select: u8) -> Self {
        self.voltage = Some(select);
        self
    }

    /// Puts a card in.
    pub fn insert(&mut self, card: T1Card) {
        self.card = Some(card);
        self.powered = false;
        self.moved = true;
    }

    /// Takes the card out.
    pub fn remove(&mut self) -> Option<T1Card> {
        self.moved = true;
        self.powered = false;
        self.card.take()
    }

    /// The card in the slot.
    pub fn card(&mut self) -> Option<&mut T1Card> {
        self.card.as_mut()
    }

    /// Whether the card has power.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.powered
    }

    /// The next answers are each preceded by this many requests for more time.
    pub fn extend(&mut self, times: usize) {
        self.extensions = times;
    }

    /// The next commands, this many, are lost: no echo, no answer.
    pub fn ignore(&mut self, commands: usize) {
        self.ignored = commands;
    }

    /// What the host did wrong.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// How many whole frames came from the host.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    fn hear(&mut self, frame: &[u8], now: Instant) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        if self.echo {
            self.aside.push(now, Duration::ZERO, frame);
        }
        let answered_at = Duration::from_millis(1);
        if frame.iter().fold(0, |sum, byte| sum ^ byte) != 0 {
            return self.replies.push(now, answered_at, [0x03, 0x15, 0x16]);
        }
        self.frames += 1;
        let [_, _, kind, _, _, _, _, slot, seq, a, b, c, data @ .., _] = frame else { return };
        let (reply, delay) = if *slot == 0 {
            self.obey(*kind, [*a, *b, *c], data)
        } else {
            (self.refuse(*kind, 0x05), answered_at)
        };
        for _ in 0..std::mem::take(&mut self.extensions) {
            let more_time = [reply.first().copied().unwrap_or(0x80), 0x80, 1, 0];
            self.replies.push(now, delay, frame_of(&more_time, *seq));
        }
        self.replies.push(now, delay, frame_of(&reply, *seq));
    }

    /// The answer as message type, bStatus, bError, last byte of the header and
    /// data; and how long it takes.
    fn obey(&mut self, kind: u8, header: [u8; 3], data: &[u8]) -> (Vec<u8>, Duration) {
        let soon = Duration::from_millis(1);
        let status = self.status();
        match (kind, &mut self.card, data) {
            (0x65, ..) => (vec![0x81, status, 0, 0], soon),
            (0x63, ..) => {
                self.powered = false;
                (vec![0x81, self.status(), 0, 0], soon)
            }
            (0x6B, _, [0x02]) => ([&[0x83, status, 0, 0], &b"Sim-V1.0"[..]].concat(), soon),
            (0x6B, _, [0x01, 0x01, mode]) => {
                self.events = *mode != 0;
                (vec![0x83, status, 0, 0], soon)
            }
            (0x62 | 0x61 | 0x6C | 0x6F, None, _) => (self.refuse(kind, 0xFE), soon),
            (0x62, Some(card), []) => {
                let [select, ..] = header;
                let starts = select == 0 || self.voltage.is_none_or(|only| only == select);
                self.powered = starts;
                if !starts {
                    return (self.refuse(kind, 0xFE), Duration::from_millis(60));
                }
                let atr = card.reset();
                ([&[0x80, 0, 0, 0], &atr[..]].concat(), Duration::from_millis(20))
            }
            (0x61 | 0x6C | 0x6F, Some(_), _) if !self.powered => (self.refuse(kind, 0xFE), soon),
            (0x61, Some(_), [_, _, _, _, _, _, _]) if header == [1, 0, 0] => {
                ([&[0x82, 0, 0, 1], data].concat(), soon)
            }
            // Only the PPS that chooses T=1 at the speed of the reset.
            (0x6F, Some(card), [0xFF, 0x01, 0xFE]) => {
                ([&[0x80, 0, 0, 0], data].concat(), card.thinks())
            }
            (0x6F, Some(card), _) => {
                let [more_time, ..] = header;
                let answer = card.hear(data);
                if answer.is_empty() {
                    let silence = Duration::from_millis(1_600).times(more_time.max(1).into());
                    return (self.refuse(kind, 0xFE), silence);
                }
                ([&[0x80, 0, 0, 0], &answer[..]].concat(), card.thinks())
            }
            _ => {
                self.violations.push(format!("command {kind:02X} {header:02X?} {data:02X?}"));
                (self.refuse(kind, 0x00), soon)
            }
        }
    }

    /// bmICCStatus: 0 active, 1 inactive, 2 absent.
    fn status(&self) -> u8 {
        match (&self.card, self.powered) {
            (None, _) => 2,
            (Some(_), false) => 1,
            (Some(_), true) => 0,
        }
    }

    fn refuse(&self, kind: u8, error: u8) -> Vec<u8> {
        let reply = match kind {
            0x62 | 0x6F => 0x80,
            0x61 | 0x6C | 0x6D => 0x82,
            0x6B => 0x83,
            _ => 0x81,
        };
        vec![reply, 0x40 | self.status(), error, 0]
    }
}

/// SYNC, ACK, the header with slot 0, the data, LRC.
fn frame_of(reply: &[u8], seq: u8) -> Vec<u8> {
    let [kind, status, error, last, data @ ..] = reply else { return Vec::new() };
    let [low, high, ..] = data.len().to_le_bytes();
    let mut frame = vec![0x03, 0x06, *kind, low, high, 0, 0, 0, seq, *status, *error, *last];
    frame.extend(data);
    frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
    frame
}

impl Device for CcidReader {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        /// A frame that stops half way is given up.
        const PAUSE: Duration = Duration::from_millis(200);
        if now.since(self.heard_at) > PAUSE {
            self.heard.clear();
        }
        self.heard_at = now;
        self.heard.extend(bytes);
        loop {
            let start = self.heard.iter().position(|byte| *byte == 0x03);
            self.heard.drain(..start.unwrap_or(self.heard.len()));
            let &[_, _, _, low, high, ..] = &self.heard[..] else { return };
            let len = 2 + 10 + usize::from(u16::from_le_bytes([low, high])) + 1;
            if len > 600 {
                self.heard.clear();
                return self.replies.push(now, Duration::ZERO, [0x03, 0x15, 0x16]);
            }
            if self.heard.len() < len {
                return;
            }
            let frame: Vec<u8> = self.heard.drain(..len).collect();
            self.hear(&frame, now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        if std::mem::take(&mut self.moved) && self.events {
            let state = if self.card.is_some() { 0x03 } else { 0x02 };
            self.aside.push(now, Duration::ZERO, [0x50, state]);
        }
        let mut out = self.aside.take(now);
        out.extend(self.replies.take(now));
        out
    }
}
