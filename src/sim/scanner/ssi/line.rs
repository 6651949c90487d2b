use std::vec::Vec;

use super::packet::{self, SsiValue};
use super::{SsiEngine, Waiting};
use crate::port::{Duration, Instant};
use SsiValue::Byte;

/// How it says things until they are heard, and hears.
impl SsiEngine {
    pub(super) fn reply(&mut self, opcode: u8, data: &[u8], now: Instant) {
        if let Some(code) = self.interruption.take() {
            self.outbox.push(now, Duration::ZERO, code.clone());
            self.waiting = Some(Waiting { packet: code, at: now, tries: 0 });
        }
        let packet = packet::packet(opcode, self.status(0x80), data);
        self.last.clone_from(&packet);
        self.outbox.push(now, self.answer_after, packet);
    }

    /// Sends the next packet, or the last again: twice when nobody answers.
    pub(super) fn speak(&mut self, now: Instant) {
        let Some(Byte(tenths)) = self.parameter(0x9B) else { return };
        let patience = Duration::from_millis(100 * u64::from(tenths));
        match &mut self.waiting {
            Some(waiting) if now.since(waiting.at) < patience => {}
            Some(waiting) if waiting.tries < 2 => {
                waiting.tries += 1;
                waiting.at = now;
                self.outbox.push(now, Duration::ZERO, packet::again(&waiting.packet));
            }
            Some(_) => {
                self.transmit_errors += 1;
                self.waiting = None;
                self.queue.clear();
            }
            None => {
                let Some(packet) = self.queue.pop_front() else { return };
                if let Some(left) = &mut self.dies_after {
                    *left = left.saturating_sub(1);
                }
                self.outbox.push(now, Duration::ZERO, packet.clone());
                let waits = [0x9F, 0xEE].map(|number| self.parameter(number));
                if waits == [Some(Byte(1)); 2] {
                    self.waiting = Some(Waiting { packet, at: now, tries: 0 });
                }
            }
        }
    }

    /// Takes a packet from the front of what has come. Whether there is more
    /// to look at.
    pub(super) fn listen(&mut self, now: Instant) -> bool {
        let Some(len) = self.command.first().map(|len| usize::from(*len)) else { return false };
        if len < 4 {
            self.command.remove(0);
            return true;
        }
        if self.command.len() < len + 2 {
            return false;
        }
        let packet: Vec<u8> = self.command.drain(..len + 2).collect();
        let (before, lost) = self.lose;
        self.lose = (before.saturating_sub(1), if before == 0 { 0 } else { lost });
        if before == 0 && lost > 0 {
            return true;
        }
        if packet::is_right(&packet) {
            self.hear(&packet, now);
        } else {
            self.command.clear();
            self.reply(0xD1, &[1], now);
        }
        true
    }

    fn hear(&mut self, packet: &[u8], now: Instant) {
        let [_, opcode, 0x04, status, data @ .., _, _] = packet else { return };
        self.heard.push(*opcode);
        match (*opcode, data) {
            (0xD0 | 0x74 | 0x96, []) => self.acknowledged(*opcode),
            (0xD1, [cause]) => {
                self.causes.push(*cause);
                self.refused(*cause, now);
            }
            _ if status & 1 != 0 && self.obeyed == packet::again(packet) => {
                self.outbox.push(now, self.answer_after, packet::again(&self.last));
            }
            _ => {
                self.obeyed = packet::again(packet);
                self.obey(*opcode, *status, data, now);
            }
        }
    }

    /// A segment that is not the last is acknowledged with 74, `SCANNER_INIT`
    /// with 96.
    fn acknowledged(&mut self, opcode: u8) {
        let right = match self.waiting.as_ref().and_then(|waiting| waiting.packet.get(1)) {
            Some(0x73) if !self.queue.is_empty() => opcode == 0x74,
            Some(0x91) => opcode == 0x96,
            _ => true,
        };
        if right {
            self.waiting = None;
            if self.dies_after.take_if(|left| *left == 0).is_some() {
                self.queue.clear();
            }
        }
    }

    /// Only what is said to have been garbled is sent again.
    fn refused(&mut self, cause: u8, now: Instant) {
        match &mut self.waiting {
            Some(waiting) if cause == 1 => {
                waiting.at = now;
                self.outbox.push(now, self.answer_after, packet::again(&waiting.packet));
            }
            None if cause == 1 && !self.last.is_empty() => {
                self.outbox.push(now, self.answer_after, packet::again(&self.last));
            }
            _ => self.waiting = None,
        }
    }
}
