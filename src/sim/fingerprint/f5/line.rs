use std::vec::Vec;

use super::F5Module;
use super::data::FEATURES;
use crate::port::{Duration, Instant};
use crate::sim::Device;

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

pub(super) fn frame(command: u8, [a, b, c]: [u8; 3]) -> Vec<u8> {
    std::vec![0xF5, command, a, b, c, 0, command ^ a ^ b ^ c, 0xF5]
}

/// Takes the first good command out of what came in; bad ones are passed over,
/// as the module is silent about them.
fn next_command(inbox: &mut Vec<u8>) -> Option<[u8; 4]> {
    loop {
        let start = inbox.iter().position(|byte| *byte == 0xF5);
        inbox.drain(..start.unwrap_or(inbox.len()));
        match *inbox.get(..8)? {
            [_, command, a, b, c, 0, check, 0xF5] if command ^ a ^ b ^ c == check => {
                inbox.drain(..8);
                return Some([command, a, b, c]);
            }
            _ => drop(inbox.remove(0)),
        }
    }
}

/// A long frame.
pub(super) fn long_frame(data: &[u8]) -> Vec<u8> {
    let check = data.iter().fold(0, |check, byte| check ^ byte);
    [&[0xF5][..], data, &[check, 0xF5]].concat()
}

/// Takes a long frame of that length out of what came in; `None` until it is
/// whole. `Some(Err)`: it is damaged.
fn next_data(inbox: &mut Vec<u8>, bytes: usize) -> Option<Result<Vec<u8>, ()>> {
    let whole: Vec<u8> = inbox.get(..bytes + 3)?.to_vec();
    inbox.drain(..bytes + 3);
    let data = whole.get(1..=bytes)?.to_vec();
    Some(if long_frame(&data) == whole { Ok(data) } else { Err(()) })
}

impl F5Module {
    fn is_understood(&self) -> bool {
        self.host.is_none_or(|host| host == self.baud) && !self.asleep
    }

    fn pass_time(&mut self, now: Instant) {
        if let Some((_, baud)) = self.faster.take_if(|(at, _)| *at <= now) {
            self.runs_at(baud);
        }
        self.look(now);
    }

    fn hear(&mut self, now: Instant) -> Option<()> {
        let Some(request) = self.awaiting else {
            let request = next_command(&mut self.inbox)?;
            if self.waiting.is_none() {
                self.work(request, now);
            }
            return Some(());
        };
        let data = next_data(&mut self.inbox, FEATURES)?;
        self.awaiting = None;
        // As it is silent about commands that are damaged.
        if let Ok(data) = data {
            self.take_data(request, &data, now);
        }
        Some(())
    }
}

impl Device for F5Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.pass_time(now);
        if !self.is_understood() {
            return;
        }
        if now.since(self.heard) > GAP {
            self.inbox.clear();
            self.awaiting = None;
        }
        self.heard = now;
        self.inbox.extend(bytes);
        while self.hear(now).is_some() {}
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.look(now);
        let out = self.outbox.take(now);
        let understood = self.host.is_none_or(|host| host == self.baud);
        self.pass_time(now);
        // At another speed, the host hears something, but nothing that makes sense.
        if understood { out } else { out.iter().map(|byte| byte.rotate_left(3) ^ 0xA6).collect() }
    }
}
