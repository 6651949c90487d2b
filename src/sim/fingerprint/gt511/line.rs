use std::vec::Vec;

use super::Gt511Module;
use super::obey::Outcome;
use crate::port::{Duration, Instant};
use crate::sim::Device;

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

pub(super) fn response(outcome: Outcome) -> Vec<u8> {
    let (code, parameter) = match outcome {
        Ok(result) => (0x30, result),
        Err(error) => (0x31, error),
    };
    let mut packet = std::vec![0x55, 0xAA, 0x01, 0x00];
    packet.extend(parameter.to_le_bytes());
    packet.extend([code, 0x00]);
    with_sum(packet)
}

pub(super) fn with_sum(mut packet: Vec<u8>) -> Vec<u8> {
    let total: usize = packet.iter().map(|byte| usize::from(*byte)).sum();
    packet.extend(total.to_le_bytes().iter().take(2));
    packet
}

/// Takes the first command out of what came in: number and parameter; `None`
/// until it is whole. `Some(Err)`: its sum is wrong.
fn next_command(inbox: &mut Vec<u8>) -> Option<Result<(u8, u32), ()>> {
    while !inbox.is_empty() && !inbox.starts_with(&[0x55, 0xAA]) && *inbox != [0x55] {
        inbox.remove(0);
    }
    let packet: [u8; 12] = inbox.get(..12)?.try_into().ok()?;
    inbox.drain(..12);
    let good = with_sum(packet.iter().take(10).copied().collect()) == packet;
    let [_, _, 0x01, 0x00, a, b, c, d, command, 0x00, _, _] = packet else { return Some(Err(())) };
    let parameter = [d, c, b, a].iter().fold(0, |n: u32, byte| n << 8 | u32::from(*byte));
    Some(if good { Ok((command, parameter)) } else { Err(()) })
}

/// Takes a data packet of so many bytes out of what came in; `None` until it is
/// whole. `Some(Err)`: it is damaged.
fn next_data(inbox: &mut Vec<u8>, bytes: usize) -> Option<Result<Vec<u8>, ()>> {
    let packet: Vec<u8> = inbox.get(..bytes + 6)?.to_vec();
    inbox.drain(..bytes + 6);
    let (covered, _) = packet.split_at(bytes + 4);
    let good = with_sum(covered.to_vec()) == packet && covered.starts_with(&[0x5A, 0xA5, 1, 0]);
    Some(if good { Ok(covered.get(4..)?.to_vec()) } else { Err(()) })
}

impl Gt511Module {
    fn is_understood(&self) -> bool {
        self.host.is_none_or(|host| host == self.baud)
    }

    fn pass_time(&mut self, now: Instant) {
        if let Some((_, baud)) = self.faster.take_if(|(at, _)| *at <= now) {
            self.runs_at(baud);
        }
    }

    fn hear(&mut self, now: Instant) -> Option<()> {
        match self.awaiting {
            None => match next_command(&mut self.inbox)? {
                Ok((command, parameter)) => self.work(command, parameter, now),
                Err(()) => self.garbled(0, now),
            },
            Some((command, parameter)) => {
                let data = next_data(&mut self.inbox, super::data::TEMPLATE)?;
                self.awaiting = None;
                match data {
                    Ok(data) => self.take_data(command, parameter, &data, now),
                    Err(()) => self.garbled(command, now),
                }
            }
        }
        Some(())
    }

    fn garbled(&mut self, command: u8, now: Instant) {
        let refusal = response(Err(0x1006));
        self.answer(command, refusal, Vec::new(), Duration::from_millis(1), now);
    }
}

impl Device for Gt511Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.pass_time(now);
        if !self.is_understood() {
            return;
        }
        if now.since(self.heard) > GAP {
            // A packet that was cut off, and what it was for.
            if !self.inbox.is_empty() {
                self.awaiting = None;
            }
            self.inbox.clear();
        }
        self.heard = now;
        self.inbox.extend(bytes);
        while self.hear(now).is_some() {}
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let out = self.outbox.take(now);
        let understood = self.is_understood();
        self.pass_time(now);
        // At another speed, the host hears something, but nothing that makes sense.
        if understood { out } else { out.iter().map(|byte| byte.rotate_left(3) ^ 0xA6).collect() }
    }
}
