mod held;
mod obey;
mod socket;

pub use held::{ApduCard, Held, TpduCard};

use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use socket::Socket;

use crate::port::{Duration, Instant};
use crate::sim::{Device, Outbox};

use super::T1Card;

/// What a simulated reader is handed (USB CCID 1.1, 3): its level of exchange.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Exchanges {
    /// Blocks of T=1, TPDUs of T=0.
    #[default]
    Tpdu,
    /// Short APDUs.
    ShortApdu,
    /// APDUs in parts.
    ExtendedApdu,
}

/// A reader that speaks CCID over a serial line.
///
/// `replies` is where to inject line faults; those of the card are planned at
/// the [card](Self::card).
#[derive(Debug)]
pub struct CcidReader {
    /// Answers on their way to the host, and the faults of the line.
    pub replies: Outbox,
    /// Echoes and card events on their way to the host.
    pub aside: Outbox,
    sockets: Vec<Socket>,
    level: Exchanges,
    /// The longest part of a response.
    part: usize,
    /// The protocol that it agrees on with the card by itself.
    negotiates: Option<u8>,
    echo: bool,
    events: bool,
    moved: bool,
    /// The card starts at this voltage (bPowerSelect) only, if it is told.
    voltage: Option<u8>,
    tried: Vec<u8>,
    /// The next blocks fail with these errors.
    fails: VecDeque<u8>,
    extensions: usize,
    time_bytes: usize,
    ignored: usize,
    /// Its speed, what it changes to after the answer, and the host's; 0 is any.
    baud: u32,
    next_baud: u32,
    host: u32,
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
    /// An empty reader with one slot that echoes, tells card movements, and is
    /// handed blocks and TPDUs.
    #[must_use]
    pub fn new() -> Self {
        Self {
            replies: Outbox::default(),
            aside: Outbox::default(),
            sockets: Vec::from([Socket::default()]),
            level: Exchanges::Tpdu,
            part: usize::MAX,
            negotiates: None,
            echo: true,
            events: true,
            moved: false,
            voltage: None,
            tried: Vec::new(),
            fails: VecDeque::new(),
            extensions: 0,
            time_bytes: 0,
            ignored: 0,
            baud: 0,
            next_baud: 0,
            host: 0,
            heard: Vec::new(),
            heard_at: Instant::ZERO,
            violations: Vec::new(),
            frames: 0,
        }
    }

    /// That is handed this.
    #[must_use]
    pub fn with_level(mut self, level: Exchanges) -> Self {
        self.level = level;
        self
    }

    /// That hands over responses in parts of so many bytes at most.
    #[must_use]
    pub fn with_parts(mut self, part: usize) -> Self {
        self.part = part.max(1);
        self
    }

    /// With so many slots; the second and further ones tell no movements.
    #[must_use]
    pub fn with_slots(mut self, slots: usize) -> Self {
        self.sockets.resize_with(slots.max(1), Socket::default);
        self
    }

    /// That agrees with each card on this protocol by itself.
    #[must_use]
    pub fn negotiating(mut self, protocol: u8) -> Self {
        self.negotiates = Some(protocol);
        self
    }

    /// That is at this speed, until an escape command sets it to 115 200 baud.
    #[must_use]
    pub fn starting_at(mut self, baud: u32) -> Self {
        (self.baud, self.next_baud) = (baud, baud);
        self
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
    pub fn insert(&mut self, card: impl Into<Held>) {
        self.insert_at(0, card);
    }

    /// Puts a card into this slot, if there is one.
    pub fn insert_at(&mut self, slot: usize, card: impl Into<Held>) {
        self.moved |= slot == 0;
        if let Some(socket) = self.sockets.get_mut(slot) {
            socket.unpower();
            socket.card = Some(card.into());
        }
    }

    /// Takes the card out.
    pub fn remove(&mut self) -> Option<Held> {
        self.moved = true;
        let socket = self.sockets.first_mut()?;
        socket.unpower();
        socket.card.take()
    }

    /// The card in the slot, if it speaks T=1 to the host.
    pub fn card(&mut self) -> Option<&mut T1Card> {
        match self.sockets.first_mut()?.card.as_mut()? {
            Held::T1(card) => Some(card),
            _ => None,
        }
    }

    /// Whether the card has power.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.sockets.first().is_some_and(|socket| socket.powered)
    }

    /// The protocol the reader was set to, and its parameters.
    #[must_use]
    pub fn parameters(&self) -> (u8, &[u8]) {
        self.sockets.first().map_or((0, &[]), |socket| (socket.protocol, &socket.parameters))
    }

    /// At which voltages (bPowerSelect) cards were given power.
    #[must_use]
    pub fn tried(&self) -> &[u8] {
        &self.tried
    }

    /// The host is at this speed now.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = baud;
    }

    /// The next answers are each preceded by this many requests for more time.
    pub fn extend(&mut self, times: usize) {
        self.extensions = times;
    }

    /// The next answer is preceded by this many bytes that ask for time.
    pub fn ask_for_time(&mut self, times: usize) {
        self.time_bytes = times;
    }

    /// The next block or APDU is refused with this bError.
    pub fn fail(&mut self, error: u8) {
        self.fails.push_back(error);
    }

    /// The next commands, this many, are lost: no echo, no answer.
    pub fn ignore(&mut self, commands: usize) {
        self.ignored = commands;
    }

    /// What the host did wrong to the reader, and to the cards in it.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let cards = self.sockets.iter().filter_map(|socket| socket.card.as_ref());
        let of_cards = cards.flat_map(Held::violations);
        self.violations.iter().chain(of_cards).cloned().collect()
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
        let (reply, delay) = self.obey(*kind, *slot, [*a, *b, *c], data);
        for _ in 0..std::mem::take(&mut self.extensions) {
            let more_time = [reply.first().copied().unwrap_or(0x80), 0x80, 1, 0];
            self.replies.push(now, delay, frame_of(&more_time, *slot, *seq));
        }
        for _ in 0..std::mem::take(&mut self.time_bytes) {
            self.replies.push(now, delay, [0x9A]);
        }
        self.replies.push(now, delay, frame_of(&reply, *slot, *seq));
    }

    /// The next whole frame of what was heard, or nothing yet.
    fn frame(&mut self, now: Instant) -> Option<Vec<u8>> {
        let start = self.heard.iter().position(|byte| *byte == 0x03);
        self.heard.drain(..start.unwrap_or(self.heard.len()));
        let &[_, _, _, low, high, ..] = &self.heard[..] else { return None };
        let len = 2 + 10 + usize::from(u16::from_le_bytes([low, high])) + 1;
        if len > 2 + 271 + 1 {
            // A byte lost or doubled can make a length; a host that means it is
            // told so all the same.
            self.heard.clear();
            self.replies.push(now, Duration::ZERO, [0x03, 0x15, 0x16]);
            return None;
        }
        (self.heard.len() >= len).then(|| self.heard.drain(..len).collect())
    }
}

/// SYNC, ACK, the header, the data, LRC.
fn frame_of(reply: &[u8], slot: u8, seq: u8) -> Vec<u8> {
    let [kind, status, error, last, data @ ..] = reply else { return Vec::new() };
    let [low, high, ..] = data.len().to_le_bytes();
    let mut frame = Vec::from([0x03, 0x06, *kind, low, high, 0, 0, slot, seq]);
    frame.extend([*status, *error, *last]);
    frame.extend(data);
    frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
    frame
}

impl Device for CcidReader {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        /// A frame that stops half way is given up.
        const PAUSE: Duration = Duration::from_millis(200);
        if self.baud != self.host {
            return;
        }
        if now.since(self.heard_at) > PAUSE {
            self.heard.clear();
        }
        self.heard_at = now;
        self.heard.extend(bytes);
        while let Some(frame) = self.frame(now) {
            self.hear(&frame, now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        if std::mem::take(&mut self.moved) && self.events {
            let here = self.sockets.first().is_some_and(|socket| socket.card.is_some());
            self.aside.push(now, Duration::ZERO, [0x50, if here { 0x03 } else { 0x02 }]);
        }
        let mut out = self.aside.take(now);
        let replies = self.replies.take(now);
        if !replies.is_empty() {
            out.extend(replies);
            // The answer to the command that changes it has the old speed.
            self.baud = self.next_baud;
        }
        out
    }
}
