use std::vec::Vec;

use super::{St25r3916Model, at, irq};
use crate::card::contactless::{Rate, Technology};
use crate::port::{Duration, Instant};
use crate::sim::card::{Reply, Signal};

/// How far a frame is.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    Idle,
    /// The last bit is out at `end`.
    Sending {
        signal: Signal,
        end: Instant,
    },
    /// Nothing is listened to before `deaf`. So many bytes of the reply came;
    /// its start was reported.
    Listening {
        reply: Option<Reply>,
        deaf: Instant,
        started: bool,
        came: usize,
    },
}

impl St25r3916Model {
    fn technology(&self) -> Option<Technology> {
        match self.get(at::MODE) >> 3 & 0x0F {
            1 => Some(Technology::A),
            2 => Some(Technology::B),
            _ => None,
        }
    }

    fn rate(&self, shift: u8) -> Rate {
        match self.get(at::BIT_RATE) >> shift & 3 {
            0 => Rate::R106,
            1 => Rate::R212,
            2 => Rate::R424,
            _ => Rate::R848,
        }
    }

    pub(super) fn start_send(&mut self, command: u8, now: Instant) {
        let Some(technology) = self.technology() else {
            return self.violation("a frame without a mode".into());
        };
        // OOK is type A's at 106 kbit/s alone.
        let am = self.get(at::MODE) & 0x04 != 0;
        let wants_am = technology == Technology::B || self.rate(4) != Rate::R106;
        if am != wants_am {
            self.violation(std::format!("modulation {:02X}", self.get(at::MODE)));
        }
        if self.get(at::OPERATION) & 0xC8 != 0xC8 {
            self.violation("a frame without transmitter or receiver".into());
        }
        let bits = usize::from(self.get(at::BITS_HIGH)) << 8 | usize::from(self.get(at::BITS_LOW));
        let bytes: Vec<u8> = self.fifo.drain(..).collect();
        if command < 0xC6 && bytes.len() != bits.div_ceil(8) {
            self.violation(std::format!("{} bytes in the FIFO for {bits} bits", bytes.len()));
        }
        let antcl = self.get(at::ISO14443A) & 1 != 0;
        if bits % 8 != 0 && command < 0xC6 && !antcl {
            self.violation("bits without antcl".into());
        }
        // REQA and WUPA are not counted in the place of a collision.
        self.base = if command < 0xC6 { bits } else { 0 };
        let signal = match command {
            0xC6 => Signal::bits(&[0x26], 7),
            0xC7 => Signal::bits(&[0x52], 7),
            0xC4 => Signal::with_crc(technology, &bytes),
            _ if technology == Technology::A => Signal::bits(&bytes, bits),
            _ => Signal::new(technology, &bytes),
        };
        let signal = signal.at(self.rate(4));
        let end = now + signal.airtime();
        self.fifo_flags = 0;
        self.phase = Phase::Sending { signal, end };
    }

    /// All that happens until `now`.
    pub(super) fn pass(&mut self, now: Instant) {
        if self.has_crystal && self.runs_at.is_some_and(|at| now >= at) {
            self.runs_at = None;
            self.interrupts |= irq::OSCILLATOR;
        }
        if let Some((at, reports)) = self.done_at
            && now >= at
        {
            self.done_at = None;
            self.interrupts |= reports;
        }
        // Ends: each round is a later byte of a frame that has so many.
        while self.happens(now) {}
        self.expire(now);
    }

    fn expire(&mut self, now: Instant) {
        if self.timer.is_some_and(|end| now >= end) {
            self.timer = None;
            self.interrupts |= irq::NO_RESPONSE;
        }
    }

    fn happens(&mut self, now: Instant) -> bool {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Sending { signal, end } if now >= end => {
                self.sent(&signal, end);
                true
            }
            Phase::Listening { reply: Some(reply), deaf, started, came }
                if reply.at >= deaf && self.receives(&reply) =>
            {
                self.hear(reply, deaf, started, came, now)
            }
            other => {
                self.phase = other;
                false
            }
        }
    }

    fn sent(&mut self, signal: &Signal, end: Instant) {
        self.interrupts |= irq::TRANSMIT_END;
        let steps = u64::from(self.get(at::NO_RESPONSE_HIGH)) << 8
            | u64::from(self.get(at::NO_RESPONSE_LOW));
        let step = if self.get(at::TIMER_CONTROL) & 1 == 0 { 64 } else { 4096 };
        self.timer = (steps > 0).then(|| end + cycles(steps * step));
        let mask = if self.get(at::TIMER_CONTROL) & 8 == 0 { 64 } else { 512 };
        let deaf = end + cycles(u64::from(self.get(at::MASK_RECEIVE)) * mask);
        let mut reply = self.air.transmit(signal, end);
        if let (Some(after), Some(technology)) = (self.noise.take(), self.technology()) {
            self.behind = reply.replace(Reply::noise(end + after, technology, self.rate(0)));
        }
        self.phase = Phase::Listening { reply, deaf, started: false, came: 0 };
    }

    fn receives(&self, reply: &Reply) -> bool {
        Some(reply.signal.technology) == self.technology() && reply.signal.rate == self.rate(0)
    }

    /// A byte of the reply as it stands in the FIFO.
    fn aligned(&self, reply: &Reply, byte: usize, align: usize) -> u8 {
        let bit = |place: usize| reply.signal.bit((8 * byte + place).checked_sub(align)?);
        (0..8).fold(0, |sum, place| sum | u8::from(bit(place) == Some(true)) << place)
    }

    /// The reply begins, a byte of it is there, or it is over.
    fn hear(
        &mut self,
        reply: Reply,
        deaf: Instant,
        started: bool,
        came: usize,
        now: Instant,
    ) -> bool {
        let rate = self.rate(0);
        // Type B is noticed when its SOF is over.
        let b = reply.signal.technology == Technology::B;
        let start = reply.at + bit_times(if b { 14 } else { 4 }, rate);
        let starts = !started && now >= start;
        if starts {
            // nrt_emv: it goes on.
            let stops = self.get(at::TIMER_CONTROL) & 2 == 0;
            if stops && self.timer.is_some_and(|end| start < end) {
                self.timer = None;
            }
            self.expire(start);
            self.interrupts |= irq::RECEIVE_START;
        }
        let antcl = self.get(at::ISO14443A) & 1 != 0;
        let align = if antcl { self.base % 8 } else { 0 };
        let total = align + reply.signal.bits;
        let due = reply.at + bit_times(9 * (came as u64 + 1), rate);
        let is_due = now >= start && came < total.div_ceil(8) && now >= due;
        if is_due {
            let byte = self.aligned(&reply, came, align);
            self.load(&[byte]);
        } else if now >= reply.end && came >= total.div_ceil(8) {
            self.received(&reply, total);
            return true;
        }
        let (started, came) = (started || starts, came + usize::from(is_due));
        self.phase = Phase::Listening { reply: Some(reply), deaf, started, came };
        is_due
    }

    fn received(&mut self, reply: &Reply, total: usize) {
        self.phase = Phase::Idle;
        if self.swallows_ends > 0 {
            self.swallows_ends -= 1;
            return;
        }
        let signal = &reply.signal;
        let checks = self.get(at::AUXILIARY) & 0x80 == 0;
        let broken =
            if signal.technology == Technology::A { irq::PARITY } else { irq::HARD_FRAMING };
        if let Some(first) = reply.collision {
            self.interrupts |= irq::COLLISION;
            let place = first + self.base;
            let (byte, bit) = (place / 8, place % 8);
            self.put(at::COLLISION, (byte << 4 | bit << 1).to_le_bytes()[0]);
        } else if !signal.intact {
            self.interrupts |= broken;
        }
        if checks && signal.checked().is_none() {
            self.interrupts |= irq::CRC;
        }
        self.fifo_flags |= (total % 8).to_le_bytes()[0] << 1;
        self.interrupts |= irq::RECEIVE_END;
    }
}

/// So many cycles of 13.56 MHz.
fn cycles(count: u64) -> Duration {
    Duration::from_micros(count * 100 / 1_356)
}

/// So many bit times: 128 cycles each at 106 kbit/s.
fn bit_times(bits: u64, rate: Rate) -> Duration {
    Duration::from_micros((bits * 12_800 / 1_356) >> rate as u32)
}
