use std::collections::VecDeque;
use std::vec::Vec;

use crate::port::{Duration, Instant};

/// A way to misbehave, with the next reply.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The last byte is wrong: in most protocols, the check.
    WrongCheck,
    /// The reply comes this much later.
    Late(Duration),
    /// The reply does not come.
    Silence,
    /// These bytes come before the reply.
    Noise(Vec<u8>),
    /// The byte at this index is missing.
    LostByte(usize),
    /// The byte at this index comes twice.
    DoubledByte(usize),
    /// The byte at this index is XORed with this mask.
    Flipped(usize, u8),
    /// The reply comes twice.
    Repeated,
}

/// The replies of a simulated device that are still to leave it, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<(Instant, VecDeque<u8>)>,
    faults: VecDeque<Fault>,
    byte_time: Duration,
    /// When the last byte was over.
    free_at: Instant,
}

impl Outbox {
    /// From now on, bytes take their time at this speed, 8N1.
    pub fn pace(&mut self, baud: u32) {
        self.byte_time = Duration::of_bytes(1, 10, baud);
    }

    /// Applies to the next reply; one fault a reply, in the order given.
    pub fn inject(&mut self, fault: Fault) {
        self.faults.push_back(fault);
    }

    /// Whether a fault is in wait for a reply.
    #[must_use]
    pub fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Queues a reply that leaves `delay` after `now`.
    pub fn push(&mut self, now: Instant, delay: Duration, reply: impl Into<Vec<u8>>) {
        let mut reply = reply.into();
        let mut at = now + delay;
        match self.faults.pop_front() {
            None => {}
            Some(Fault::Silence) => return,
            Some(Fault::Late(late)) => at += late,
            Some(Fault::WrongCheck) => {
                if let Some(last) = reply.last_mut() {
                    *last ^= 0x01;
                }
            }
            Some(Fault::Noise(mut noise)) => {
                noise.append(&mut reply);
                reply = noise;
            }
            Some(Fault::LostByte(index)) if index < reply.len() => drop(reply.remove(index)),
            Some(Fault::LostByte(_)) => {}
            Some(Fault::DoubledByte(index)) => {
                if let Some(byte) = reply.get(index).copied() {
                    reply.insert(index, byte);
                }
            }
            Some(Fault::Flipped(index, mask)) => {
                if let Some(byte) = reply.get_mut(index) {
                    *byte ^= mask;
                }
            }
            Some(Fault::Repeated) => reply.extend_from_within(..),
        }
        self.queue.push_back((at, reply.into()));
    }

    /// The bytes that have left by `now`. A late reply holds up those behind.
    pub fn take(&mut self, now: Instant) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some((at, reply)) = self.queue.front_mut() {
            let over = self.free_at.max(*at) + self.byte_time;
            if over > now {
                break;
            }
            match reply.pop_front() {
                Some(byte) => {
                    out.push(byte);
                    self.free_at = over;
                }
                None => drop(self.queue.pop_front()),
            }
        }
        out
    }

    /// Drops what is still to leave.
    pub fn clear(&mut self) {
        self.queue.clear();
    }
}
