use std::collections::VecDeque;
use std::vec::Vec;

use super::hcp::{Arguments, crc, frame, parse};
use crate::port::{Duration, Instant};
use crate::sim::{Fault, Outbox};

/// A frame that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

/// So long an acknowledgement is waited for before the rest of a message is
/// given up: as FPC's own code does.
const ACKNOWLEDGE: Duration = Duration::from_millis(500);

pub(super) const ACK: [u8; 4] = [0x7F, 0xFF, 0x01, 0x7F];

/// The module's end of the line: segments both ways, each acknowledged.
#[derive(Debug, Default)]
pub(super) struct Line {
    inbox: Vec<u8>,
    heard: Instant,
    /// The segments of a command so far, and what they carry.
    taken: u16,
    message: Vec<u8>,
    pub(super) outbox: Outbox,
    /// Segments of an answer that wait for an acknowledgement, until when.
    rest: VecDeque<(Vec<u8>, Option<Fault>)>,
    until: Instant,
    pub(super) sent: usize,
    pub(super) acknowledged: usize,
}

impl Line {
    pub(super) fn hear(&mut self, bytes: &[u8], now: Instant) {
        if now.since(self.heard) > GAP {
            self.inbox.clear();
        }
        self.heard = now;
        self.inbox.extend(bytes);
    }

    /// Whether this command came, and nothing before it.
    pub(super) fn has(&self, message: &[u8]) -> bool {
        self.inbox.starts_with(&frame(message, 1, 1))
    }

    pub(super) fn clear(&mut self) {
        self.inbox.clear();
        self.message.clear();
        self.taken = 0;
        self.outbox.clear();
        self.rest.clear();
    }

    /// Takes the next segment out of what came in; the acknowledgements before
    /// it let the rest of an answer go. The command it belongs to, and all of
    /// that if this was its last.
    pub(super) fn next(&mut self, now: Instant) -> Option<(u16, Option<Arguments>)> {
        loop {
            if self.inbox.starts_with(&ACK) {
                self.inbox.drain(..ACK.len());
                self.acknowledged += 1;
                self.go_on(now);
                continue;
            }
            let word = |at: usize| {
                let pair = self.inbox.get(at..at + 2)?;
                Some(pair.iter().rev().fold(0, |n, byte| n * 256 + u16::from(*byte)))
            };
            let (channel, size) = (word(0)?, usize::from(word(2)?));
            if channel != 0 || !(6..=248).contains(&size) {
                self.inbox.remove(0);
                continue;
            }
            let payload = self.inbox.get(4..4 + size)?.to_vec();
            let check = self.inbox.get(4 + size..8 + size)?.to_vec();
            let (length, number, count) = (word(4)?, word(6)?, word(8)?);
            self.inbox.drain(..8 + size);
            let data = payload.get(6..)?;
            if check == crc(&payload).to_le_bytes() && usize::from(length) == data.len() {
                self.rest.clear();
                if let Some(segment) = self.segment(number, count, data) {
                    return Some(segment);
                }
            }
        }
    }

    /// A segment of a command is to come in its turn, or is not heard.
    fn segment(
        &mut self,
        number: u16,
        count: u16,
        data: &[u8],
    ) -> Option<(u16, Option<Arguments>)> {
        if number == 1 {
            self.message.clear();
            self.taken = 0;
        }
        if number != self.taken + 1 || number > count {
            return None;
        }
        self.taken = number;
        self.message.extend(data);
        let command = u16::from_le_bytes([*self.message.first()?, *self.message.get(1)?]);
        if number < count {
            return Some((command, None));
        }
        self.taken = 0;
        parse(&core::mem::take(&mut self.message)).map(|(command, all)| (command, Some(all)))
    }

    pub(super) fn acknowledge(&mut self, fault: Option<Fault>, now: Instant) {
        if let Some(fault) = fault {
            self.outbox.inject(fault);
        }
        self.outbox.push(now, Duration::from_millis(1), ACK);
    }

    /// Sends a message; the segments behind the first wait for their turn.
    pub(super) fn send(
        &mut self,
        segments: Vec<(Vec<u8>, Option<Fault>)>,
        delay: Duration,
        now: Instant,
    ) {
        self.rest = segments.into();
        self.until = now + delay + ACKNOWLEDGE;
        self.push(delay, now);
    }

    fn go_on(&mut self, now: Instant) {
        if now > self.until {
            self.rest.clear();
        }
        self.until = now + ACKNOWLEDGE;
        self.push(Duration::ZERO, now);
    }

    fn push(&mut self, delay: Duration, now: Instant) {
        let Some((segment, fault)) = self.rest.pop_front() else { return };
        if let Some(fault) = fault {
            self.outbox.inject(fault);
        }
        self.outbox.push(now, delay, segment);
        self.sent += 1;
    }
}
