use std::vec::Vec;
use std::{format, vec};

use crate::card::contactless::{Rate, Technology};
use crate::port::Duration;

use super::select::State;
use super::{IsoDepCard, PiccTrick, Signal};

impl IsoDepCard {
    /// Hears a frame while ISO-DEP runs (ISO/IEC 14443-4, 7.5.4.3): one that
    /// is wrong is not answered.
    pub(super) fn hear_block(&mut self, signal: &Signal) -> Option<(Duration, Signal)> {
        let bytes = signal.checked()?.to_vec();
        if self.takes(|trick| *trick == PiccTrick::Deaf).is_some() {
            return None;
        }
        if bytes.len() + 2 > self.fsc {
            self.violation(format!("a frame of {} bytes, {} allowed", bytes.len() + 2, self.fsc));
        }
        let (pcb, rest) = bytes.split_first()?;
        if pcb & 0xF0 == 0xD0 {
            return self.hear_pps(&bytes);
        }
        // RATS again: its answer was lost. The card heard one before (5.6.1.2).
        if *pcb == 0xE0 && self.last.is_empty() {
            return None;
        }
        let inf = match (pcb & 0x08, rest) {
            (0, rest) if self.cid == 0 => rest,
            (8, [cid, rest @ ..]) if *cid == self.cid => rest,
            // For another card.
            _ => return None,
        };
        if pcb & 0x04 != 0 {
            self.violation(format!("PCB {pcb:02X} with a node address"));
        }
        let number = pcb & 1 != 0;
        let block = match (pcb & !0x09, inf) {
            (0x02 | 0x12, inf) => self.hear_information(pcb & 0x10 != 0, inf),
            (0xA2 | 0xB2, []) => self.hear_ready(pcb & 0x10 != 0, number),
            (0xC2, []) if !number => {
                (self.state, self.halted) = (State::Idle, true);
                (self.rate_in, self.rate_out) = (Rate::R106, Rate::R106);
                return self.spoil(vec![0xC2]);
            }
            (0xF2, [multiplier]) if !number => self.hear_wtx(*multiplier),
            _ => {
                self.violation(format!("PCB {pcb:02X} with {} bytes", inf.len()));
                return None;
            }
        };
        self.last = block.clone();
        self.spoil(block)
    }

    fn hear_information(&mut self, more: bool, inf: &[u8]) -> Vec<u8> {
        // Rule D: whatever its number.
        self.number = !self.number;
        if !self.chunks.is_empty() || !self.requests.is_empty() {
            self.violation(format!("an I-block while {} chunks are to come", self.chunks.len()));
            self.chunks.clear();
            self.requests.clear();
        }
        self.command.extend(inf);
        self.pending = if more { vec![0xA2 | u8::from(self.number)] } else { self.respond() };
        if let Some(PiccTrick::Wtx { inf, times }) =
            self.takes(|trick| matches!(trick, PiccTrick::Wtx { .. }))
        {
            self.requests.extend(vec![inf; times]);
        }
        self.go_on()
    }

    fn respond(&mut self) -> Vec<u8> {
        let command = std::mem::take(&mut self.command);
        let response = self.application.process(&command);
        let longest = self.fsd - 3 - usize::from(self.cid != 0);
        let size = match self.takes(|trick| matches!(trick, PiccTrick::Chunks(_))) {
            Some(PiccTrick::Chunks(size)) => size.clamp(1, longest),
            _ => longest,
        };
        self.chunks = response.chunks(size).map(Vec::from).collect();
        self.next_chunk()
    }

    fn next_chunk(&mut self) -> Vec<u8> {
        let chunk = self.chunks.pop_front().unwrap_or_default();
        let more = if self.chunks.is_empty() { 0 } else { 0x10 };
        [&[0x02 | more | u8::from(self.number)], &chunk[..]].concat()
    }

    /// The next request, or else what was to be sent.
    fn go_on(&self) -> Vec<u8> {
        match self.requests.front() {
            Some(inf) => vec![0xF2, *inf],
            None => self.pending.clone(),
        }
    }

    fn hear_ready(&mut self, nak: bool, number: bool) -> Vec<u8> {
        if number == self.number && !self.last.is_empty() {
            // Rule 11.
            return self.last.clone();
        }
        if nak {
            // Rule 12.
            return vec![0xA2 | u8::from(self.number)];
        }
        if self.chunks.is_empty() {
            self.violation(format!("R(ACK) {number} without a chain"));
            return self.last.clone();
        }
        // Rules 13 and E.
        self.number = !self.number;
        self.pending = self.next_chunk();
        if let Some(PiccTrick::Wtx { inf, times }) =
            self.takes(|trick| matches!(trick, PiccTrick::Wtx { .. }))
        {
            self.requests.extend(vec![inf; times]);
        }
        self.go_on()
    }

    fn hear_wtx(&mut self, multiplier: u8) -> Vec<u8> {
        match self.requests.pop_front() {
            Some(inf) if inf & 0x3F == multiplier => {}
            asked => self.violation(format!("WTXM {multiplier:02X} in answer to {asked:02X?}")),
        }
        self.go_on()
    }

    fn hear_pps(&mut self, bytes: &[u8]) -> Option<(Duration, Signal)> {
        let &[ppss, 0x11, pps1] = bytes else {
            self.violation(format!("PPS {bytes:02X?}"));
            return None;
        };
        if self.technology != Technology::A || ppss & 0x0F != self.cid || !self.last.is_empty() {
            self.violation(format!("PPS {bytes:02X?}"));
            return None;
        }
        let rate = |code: u8| match code & 3 {
            0 => Rate::R106,
            1 => Rate::R212,
            2 => Rate::R424,
            _ => Rate::R848,
        };
        let answer = self.spoil(vec![ppss]);
        self.last = vec![ppss];
        (self.rate_in, self.rate_out) = (rate(pps1), rate(pps1 >> 2));
        answer
    }

    /// What is sent, after the trick that spoils it.
    fn spoil(&mut self, mut block: Vec<u8>) -> Option<(Duration, Signal)> {
        let mut delay = self.thinks;
        if self.cid != 0 && block.first().is_some_and(|pcb| pcb & 0xF0 != 0xD0) {
            block.insert(1, self.cid);
            if let Some(pcb) = block.first_mut() {
                *pcb |= 0x08;
            }
        }
        let of_a_block = |trick: &PiccTrick| {
            use PiccTrick::{LateBlock, LostBlock, Pcb, WrongCheck, WrongNumber};
            matches!(trick, LostBlock | WrongCheck | LateBlock(_) | Pcb(_) | WrongNumber)
        };
        let trick = self.takes(of_a_block);
        match (&trick, block.first_mut()) {
            (Some(PiccTrick::LostBlock), _) => return None,
            (Some(PiccTrick::LateBlock(by)), _) => delay = delay + *by,
            (Some(PiccTrick::Pcb(other)), Some(pcb)) => *pcb = *other,
            (Some(PiccTrick::WrongNumber), Some(pcb)) => *pcb ^= 1,
            _ => {}
        }
        let mut signal = Signal::with_crc(self.technology, &block).at(self.rate_out);
        if let (Some(PiccTrick::WrongCheck), Some(last)) = (trick, signal.bytes.last_mut()) {
            *last ^= 0x5A;
        }
        Some((delay, signal))
    }

    pub(super) fn violation(&mut self, what: std::string::String) {
        self.violations.push(what);
    }
}
