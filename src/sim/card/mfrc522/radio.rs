use std::vec::Vec;

use super::{Mfrc522Model, at};
use crate::card::contactless::{Rate, Technology};
use crate::port::{Duration, Instant};
use crate::sim::card::{Reply, Signal};

/// How far a frame is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// No command.
    Idle,
    /// The command waits for `StartSend`.
    Ready,
    /// A byte is taken from the FIFO at `next`.
    Sending { sent: Vec<u8>, next: Instant },
    /// All is taken; the last bit is out at `end`.
    Ended { signal: Signal, end: Instant },
    /// The receiver is on. So many bytes of the reply came.
    Listening { reply: Option<Reply>, came: usize },
}

impl Mfrc522Model {
    fn mode(&self, register: u8) -> (Technology, Rate, bool) {
        let mode = self.get(register);
        let technology = if mode & 3 == 3 { Technology::B } else { Technology::A };
        let rate = match mode >> 4 & 7 {
            0 => Rate::R106,
            1 => Rate::R212,
            2 => Rate::R424,
            _ => Rate::R848,
        };
        (technology, rate, mode & 0x80 != 0)
    }

    pub(super) fn start_send(&mut self, now: Instant) {
        if !matches!(self.phase, Phase::Ready) {
            return self.violation("StartSend without a command".into());
        }
        // TxWaitRF, set after a reset: without a field nothing starts.
        if !self.air.is_on() {
            return;
        }
        if self.fifo.is_empty() {
            return self.violation("StartSend with an empty FIFO".into());
        }
        self.put(at::ERROR, self.get(at::ERROR) & 0x50);
        let (technology, rate, _) = self.mode(at::TX_MODE);
        let next = now + frame_end(technology, rate);
        self.phase = Phase::Sending { sent: Vec::new(), next };
    }

    /// All that happens until `now`.
    pub(super) fn pass(&mut self, now: Instant) {
        if self.starts_until.is_some_and(|until| now >= until) {
            self.starts_until = None;
        }
        if self.is_hot {
            self.raise(0x40);
            self.air.field(false, now);
        }
        // Ends: each round is a later byte of a frame that has so many.
        while self.happens(now) {}
        self.expire(now);
    }

    fn expire(&mut self, now: Instant) {
        if self.timer.is_some_and(|end| now >= end) {
            self.timer = None;
            self.set_bits(at::COM_IRQ, 0x01);
        }
    }

    /// The next event if it is not after `now`.
    fn happens(&mut self, now: Instant) -> bool {
        match std::mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Sending { sent, next } if now >= next => self.take(sent, next),
            Phase::Ended { signal, end } if now >= end => self.sent(&signal, end),
            Phase::Listening { reply: Some(reply), came } => return self.hear(reply, came, now),
            other => {
                self.phase = other;
                return false;
            }
        }
        true
    }

    /// A byte more from the FIFO, or the frame is over.
    fn take(&mut self, mut sent: Vec<u8>, next: Instant) {
        let (technology, rate, crc) = self.mode(at::TX_MODE);
        if let Some(byte) = self.fifo.pop_front() {
            sent.push(byte);
            let bits = if technology == Technology::A { 9 } else { 10 };
            let next = next + bit_times(bits, rate);
            self.phase = Phase::Sending { sent, next };
            return;
        }
        let last_bits = usize::from(self.get(at::BIT_FRAMING) & 7);
        let whole = sent.len() * 8;
        let bits = if last_bits == 0 { whole } else { whole - 8 + last_bits };
        let signal = match (crc, technology) {
            (true, _) => Signal::with_crc(technology, &sent),
            (false, Technology::A) => Signal::bits(&sent, bits),
            (false, Technology::B) => Signal::new(technology, &sent),
        };
        let check = if crc { bit_times(20, rate) } else { Duration::ZERO };
        let end = next + check + frame_end(technology, rate);
        self.phase = Phase::Ended { signal: signal.at(rate), end };
    }

    /// The last bit is out: the timer starts, and the receiver.
    fn sent(&mut self, signal: &Signal, end: Instant) {
        self.set_bits(at::COM_IRQ, 0x40);
        if self.get(at::T_MODE) & 0x80 != 0 {
            self.timer = Some(end + self.timer_length());
        }
        let mut reply = self.air.transmit(signal, end).filter(|reply| self.receives(reply));
        if let Some(after) = self.noise.take() {
            let (technology, rate, _) = self.mode(at::RX_MODE);
            self.behind = reply.replace(Reply::noise(end + after, technology, rate));
        }
        self.phase = Phase::Listening { reply, came: 0 };
    }

    fn receives(&self, reply: &Reply) -> bool {
        let (technology, rate, _) = self.mode(at::RX_MODE);
        reply.signal.technology == technology && reply.signal.rate == rate
    }

    /// (2 x prescaler + 1) x (reload + 1) cycles (8.5).
    pub(super) fn timer_length(&self) -> Duration {
        let prescaler =
            u64::from(self.get(at::T_MODE) & 0x0F) << 8 | u64::from(self.get(at::T_PRESCALER));
        let reload =
            u64::from(self.get(at::T_RELOAD_HIGH)) << 8 | u64::from(self.get(at::T_RELOAD_LOW));
        Duration::from_micros((2 * prescaler + 1) * (reload + 1) * 100 / 1356)
    }

    /// A byte of the reply as it stands in the FIFO.
    fn aligned(&self, reply: &Reply, byte: usize, align: usize) -> u8 {
        let clear = self.get(at::COLL) & 0x80 == 0;
        let bit = |place: usize| {
            let at = (8 * byte + place).checked_sub(align)?;
            let gone = clear && reply.collision.is_some_and(|first| at >= first);
            reply.signal.bit(at).filter(|_| !gone)
        };
        (0..8).fold(0, |sum, place| sum | u8::from(bit(place) == Some(true)) << place)
    }

    /// A byte of the reply is there, or it is over.
    fn hear(&mut self, reply: Reply, came: usize, now: Instant) -> bool {
        let (technology, rate, crc) = self.mode(at::RX_MODE);
        let fifth = reply.at + bit_times(5, rate);
        if now >= fifth && self.timer.is_some_and(|end| fifth < end) {
            self.timer = None;
        }
        self.expire(now.min(fifth));
        let align = usize::from(self.get(at::BIT_FRAMING) >> 4 & 7);
        let bytes = (align + reply.signal.bits).div_ceil(8);
        let kept = if crc { bytes.saturating_sub(2) } else { bytes };
        let bits = if technology == Technology::A { 9 } else { 10 };
        let due = reply.at + bit_times(bits * (came as u64 + 1), rate);
        if came < kept && now >= due {
            let byte = self.aligned(&reply, came, align);
            if self.fifo.len() < Self::FIFO {
                self.fifo.push_back(byte);
            } else {
                self.raise(0x10);
            }
            self.phase = Phase::Listening { reply: Some(reply), came: came + 1 };
            return true;
        }
        if came >= kept && now >= reply.end {
            self.received(&reply, align + reply.signal.bits, crc);
            return true;
        }
        self.phase = Phase::Listening { reply: Some(reply), came };
        false
    }

    fn received(&mut self, reply: &Reply, total: usize, crc: bool) {
        let errors = u8::from(reply.collision.is_some()) << 3
            | u8::from(crc && reply.signal.checked().is_none()) << 2
            | u8::from(!reply.signal.intact && reply.collision.is_none()) << 1;
        let align = usize::from(self.get(at::BIT_FRAMING) >> 4 & 7);
        let position = reply.collision.map(|first| first + align + 1);
        let shown = match position {
            Some(position @ 1..=32) => position.to_le_bytes()[0] & 0x1F,
            _ => 0x20,
        };
        self.put(at::COLL, self.get(at::COLL) & 0x80 | shown);
        self.put(at::CONTROL, (total % 8).to_le_bytes()[0]);
        if errors != 0 {
            self.raise(errors);
        }
        self.set_bits(at::COM_IRQ, 0x20);
        self.phase = Phase::Ready;
    }
}

/// SOF or EOF of type B; start or end of type A.
fn frame_end(technology: Technology, rate: Rate) -> Duration {
    bit_times(if technology == Technology::A { 1 } else { 12 }, rate)
}

/// So many bit times: 128 cycles of 13.56 MHz each at 106 kbit/s.
fn bit_times(bits: u64, rate: Rate) -> Duration {
    Duration::from_micros((bits * 12_800 / 1_356) >> rate as u32)
}
