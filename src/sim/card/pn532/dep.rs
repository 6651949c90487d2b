use std::vec;
use std::vec::Vec;

use super::Pn532;
use super::rf::Card;
use crate::card::contactless::{Rate, Technology};
use crate::port::{Duration, Instant};
use crate::sim::card::Signal;

/// How often a block that got no answer, or a garbled one, is asked for again.
const RETRIES: usize = 2;
/// How often in a row a card may ask for time.
const EXTENSIONS: usize = 100;

/// What a response says, and when it is there.
type Answer = (Option<Vec<u8>>, Instant);

impl Pn532 {
    fn signal(card: &Card, bytes: &[u8]) -> Signal {
        Signal::with_crc(card.technology, bytes).at(card.send)
    }

    /// Sends a block; the answer without its check bytes, or a status.
    fn block(
        &mut self,
        block: &[u8],
        wait: Duration,
        at: Instant,
    ) -> (Result<Vec<u8>, u8>, Instant) {
        let Some(card) = self.cards.card().cloned() else { return (Err(0x27), at) };
        let (reply, at) = self.send(&Self::signal(&card, block), wait, at);
        let answer = match reply {
            None => Err(0x01),
            Some(reply) if reply.signal.rate != card.receive => Err(0x01),
            Some(reply) => reply.signal.checked().map(<[u8]>::to_vec).ok_or(0x02),
        };
        (answer, at)
    }

    /// One block, with what ISO/IEC 14443-4, 7.5.6 does about faults and
    /// requests for time; the first that is an I-block or acknowledges.
    fn turn(&mut self, first: &[u8], mut at: Instant) -> (Result<Vec<u8>, u8>, Instant) {
        let Some(card) = self.cards.card().cloned() else { return (Err(0x27), at) };
        let (mut out, mut wait) = (first.to_vec(), card.wait);
        let (mut retries, mut extensions) = (0, 0);
        loop {
            let (answer, end) = self.block(&out, wait, at);
            at = end;
            wait = card.wait;
            match answer.as_deref() {
                Ok([0xF2, more]) if extensions < EXTENSIONS => {
                    extensions += 1;
                    out = vec![0xF2, more & 0x3F];
                    wait = card.wait.times((more & 0x3F).max(1).into());
                }
                // The card did not get our block: it acknowledges the other
                // one.
                Ok([pcb @ (0xA2 | 0xA3)]) if pcb & 1 != card.block && retries <= RETRIES => {
                    retries += 1;
                    out = first.to_vec();
                }
                Ok([pcb, ..]) if pcb & 0xE2 == 0x02 || pcb & 0xF6 == 0xA2 => {
                    return (answer, at);
                }
                Ok(_) | Err(_) if retries < RETRIES => {
                    retries += 1;
                    let is_chain = first.first().is_some_and(|pcb| pcb & 0xF6 == 0xA2);
                    out = if is_chain { first.to_vec() } else { vec![0xB2 | card.block] };
                }
                Ok(_) => return (Err(0x0B), at),
                Err(status) => return (Err(*status), at),
            }
        }
    }

    fn toggle(&mut self) {
        if let Some(card) = self.cards.card() {
            card.block ^= 1;
        }
    }

    /// An APDU, chained both ways; the answer, or a status.
    pub(super) fn exchange(
        &mut self,
        command: &[u8],
        mut at: Instant,
    ) -> (Result<Vec<u8>, u8>, Instant) {
        let Some(card) = self.cards.card() else { return (Err(0x27), at) };
        card.used = true;
        if !card.is_dep() {
            // Cards without ISO/IEC 14443-4 are sent it as it is.
            let wait = self.settings.raw_wait;
            return self.block(command, wait, at);
        }
        let most = card.fsc - 3;
        let mut parts = command.chunks(most).peekable();
        let mut answer = Vec::new();
        while let Some(part) = parts.next() {
            let chained = if parts.peek().is_some() { 0x10 } else { 0x00 };
            let block = self.cards.card().map_or(0, |card| card.block);
            let (heard, end) = self.turn(&[&[0x02 | chained | block], part].concat(), at);
            at = end;
            match (heard, chained) {
                (Ok(heard), 0x10) if heard.first() == Some(&(0xA2 | block)) => self.toggle(),
                (Ok(heard), 0x00) if heard.first().is_some_and(|pcb| pcb & 0xE0 == 0) => {
                    answer = heard;
                }
                (Ok(_), _) => return (Err(0x0B), at),
                (Err(status), _) => return (Err(status), at),
            }
        }
        self.collect(answer, at)
    }

    /// The rest of a chained answer.
    fn collect(&mut self, first: Vec<u8>, mut at: Instant) -> (Result<Vec<u8>, u8>, Instant) {
        let mut whole = Vec::new();
        let mut block = first;
        loop {
            let Some((pcb, data)) = block.split_first() else { return (Err(0x0B), at) };
            let number = self.cards.card().map_or(0, |card| card.block);
            if pcb & 0xEF != 0x02 | number {
                return (Err(0x0B), at);
            }
            whole.extend(data);
            self.toggle();
            if pcb & 0x10 == 0 {
                return (Ok(whole), at);
            }
            let (heard, end) = self.turn(&[0xA2 | (number ^ 1)], at);
            at = end;
            match heard {
                Ok(heard) => block = heard,
                Err(status) => return (Err(status), at),
            }
        }
    }

    /// Asks with R(NAK) whether the card is there.
    pub(super) fn is_there(&mut self, at: Instant) -> (bool, Instant) {
        let Some(card) = self.cards.card().cloned() else { return (false, at) };
        let (answer, at) = self.block(&[0xB2 | card.block], card.wait, at);
        (answer.is_ok_and(|answer| matches!(answer[..], [0xA2 | 0xA3])), at)
    }

    /// InCommunicateThru (7.3.9).
    pub(super) fn through(&mut self, data: &[u8], now: Instant) -> Answer {
        if self.cards.active().is_none() {
            return self.failed(0x27, now);
        }
        let (answer, at) = self.block(data, self.settings.raw_wait, now);
        match answer {
            Ok(answer) => (Some([&[0x00], &answer[..]].concat()), at),
            Err(status) => self.failed(status, at),
        }
    }

    /// Leaves the active card in HALT: S(DESELECT) or HLTA.
    pub(super) fn halt(&mut self, at: Instant) -> Instant {
        let Some(card) = self.cards.card().cloned() else { return at };
        match card.is_dep() {
            true => self.block(&[0xC2], Duration::from_millis(6), at).1,
            false => self.block(&[0x50, 0x00], Duration::from_millis(1), at).1,
        }
    }

    /// InDeselect (7.3.10) and InRelease (7.3.11).
    pub(super) fn leave(&mut self, target: u8, forget: bool, now: Instant) -> Answer {
        let count = self.cards.count();
        if target > 2 || target > count && target != 0 {
            return self.failed(0x27, now);
        }
        let mut at = now;
        if target == 0 || self.cards.active() == Some(target) {
            at = self.halt(now);
            self.cards.rest();
        }
        if forget {
            self.cards.forget();
        }
        (Some(vec![0x00]), at)
    }

    /// InSelect (7.3.12).
    pub(super) fn select(&mut self, target: u8, now: Instant) -> Answer {
        if target == 0 || target > self.cards.count() {
            return self.failed(0x27, now);
        }
        if self.cards.active() == Some(target) {
            return (Some(vec![0x00]), now);
        }
        let at = self.halt(now);
        match self.again(target, at) {
            (true, at) => (Some(vec![0x00]), at),
            (false, at) => self.failed(0x01, at),
        }
    }

    /// InPSL (7.3.7): PPS.
    pub(super) fn rates(&mut self, target: u8, send: u8, receive: u8, now: Instant) -> Answer {
        let number = self.cards.active();
        let Some(card) = self.cards.card().filter(|_| number == Some(target)) else {
            return self.failed(0x27, now);
        };
        if card.used || card.technology == Technology::B || !card.is_dep() {
            return self.failed(0x27, now);
        }
        let (answer, at) =
            self.block(&[0xD0, 0x11, receive << 2 | send], Duration::from_millis(6), now);
        if answer.as_deref() != Ok(&[0xD0]) {
            return self.failed(0x01, at);
        }
        let rate = |code| match code {
            1 => Rate::R212,
            2 => Rate::R424,
            3 => Rate::R848,
            _ => Rate::R106,
        };
        if let Some(card) = self.cards.card() {
            (card.send, card.receive) = (rate(send), rate(receive));
        }
        (Some(vec![0x00]), at)
    }
}
