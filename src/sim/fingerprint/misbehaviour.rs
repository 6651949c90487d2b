use std::vec::Vec;

use super::codec::{acknowledge, packet};
use super::module::R503Module;
use crate::port::{Duration, Instant};
use crate::sim::Fault;

/// A way for a module to misbehave with one of its replies.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Misbehaviour {
    /// The line breaks the reply.
    Line(Fault),
    /// The last reply to this command comes again, and this one so much later.
    Stale(u8, Duration),
    /// An acknowledgement of this content comes first, and the reply so much
    /// later.
    Before(Vec<u8>, Duration),
    /// An acknowledgement of this content comes instead.
    Instead(Vec<u8>),
    /// The reply names another address.
    Address(u32),
    /// The length field says this; the sum agrees with it.
    Length(u16),
    /// The reply has a length of 0800h and so many bytes.
    Overlong,
    /// The packet has another type; the sum agrees with it.
    Pid(u8),
    /// The reply does not come, nor do the packets behind it.
    Stops,
    /// The module loses power: 55h instead of the reply, all but the library
    /// and the password forgotten.
    PowerCycle,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Command(u8),
    Replies(usize),
}

impl R503Module {
    /// What is to go wrong with this reply.
    fn fault(&mut self, opcode: u8) -> Option<Misbehaviour> {
        let is_due = |(when, _): &(When, Misbehaviour)| match when {
            When::Command(command) => *command == opcode,
            When::Replies(left) => *left == 0,
        };
        let due = self.faults.iter().position(is_due);
        for (when, _) in &mut self.faults {
            if let When::Replies(left) = when {
                *left = left.saturating_sub(1);
            }
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, how)| how)
    }

    pub(super) fn answer(&mut self, opcode: u8, content: &[u8], delay: Duration, now: Instant) {
        let good = acknowledge(self.address, content);
        let reply = match self.fault(opcode) {
            None => good.clone(),
            Some(Misbehaviour::Line(fault)) => {
                self.outbox.inject(fault);
                good.clone()
            }
            Some(Misbehaviour::Stale(command, gap)) => {
                let stale = self.last.get(&command).cloned().unwrap_or_default();
                self.outbox.push(now, delay, stale);
                self.outbox.push(now, delay + gap, good.clone());
                Vec::new()
            }
            Some(Misbehaviour::Before(first, gap)) => {
                self.outbox.push(now, delay, acknowledge(self.address, &first));
                self.outbox.push(now, delay + gap, good.clone());
                Vec::new()
            }
            Some(Misbehaviour::Instead(other)) => acknowledge(self.address, &other),
            Some(Misbehaviour::Address(other)) => acknowledge(other, content),
            Some(Misbehaviour::Length(length)) => with_length(&good, length),
            Some(Misbehaviour::Overlong) => overlong(&good),
            Some(Misbehaviour::Pid(pid)) => packet(self.address, pid, content),
            Some(Misbehaviour::Stops) => Vec::new(),
            Some(Misbehaviour::PowerCycle) => {
                self.forget();
                std::vec![0x55]
            }
        };
        self.last.insert(opcode, good);
        self.outbox.push(now, delay, reply);
    }
}

fn overlong(frame: &[u8]) -> Vec<u8> {
    let mut long = with_length(frame, 0x0800);
    long.resize(9 + 0x0800, 0);
    long
}

/// The frame with another length field, and a sum that agrees.
fn with_length(frame: &[u8], length: u16) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    bytes.splice(7..9, length.to_be_bytes());
    let body = bytes.len().saturating_sub(2);
    let total: u32 = bytes.iter().take(body).skip(6).map(|byte| u32::from(*byte)).sum();
    bytes.splice(body.., total.to_be_bytes().into_iter().skip(2));
    bytes
}
