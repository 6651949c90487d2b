//! What the reader does with a command.

use std::vec::Vec;
use std::{format, vec};

use super::{CcidReader, Exchanges, Held};
use crate::port::Duration;

/// An answer: message type, bStatus, bError, last byte of the header and data;
/// and how long it takes.
type Answer = (Vec<u8>, Duration);

const SOON: Duration = Duration::from_millis(1);

/// The most data in a message of 271 bytes.
const ROOM: usize = 261;

impl CcidReader {
    pub(super) fn obey(&mut self, kind: u8, slot: u8, header: [u8; 3], data: &[u8]) -> Answer {
        let Some(socket) = self.sockets.get_mut(usize::from(slot)) else {
            return (refused(kind, 0, 0x05), SOON);
        };
        let status = socket.status();
        let known = |reply: &[u8]| ([reply, &[]].concat(), SOON);
        match (kind, data) {
            (0x65, []) => known(&[0x81, status, 0, 0]),
            (0x63, []) => {
                socket.unpower();
                known(&[0x81, socket.status(), 0, 0])
            }
            (0x6B, _) => self.escape(status, data),
            (0x72, []) => {
                socket.command.clear();
                socket.response.clear();
                known(&[0x81, status, 0, 0])
            }
            (0x62 | 0x61 | 0x6C | 0x6D | 0x6F | 0x6E | 0x6A | 0x71 | 0x73, _)
                if socket.card.is_none() =>
            {
                (refused(kind, status, 0xFE), SOON)
            }
            (0x62, []) => self.power_on(slot, header),
            (0x71, []) if (1..=5).contains(&header[0]) => known(&[0x81, status, 0, 0]),
            (0x61 | 0x6C | 0x6D | 0x6F | 0x6E | 0x6A | 0x73, _) if status != 0 => {
                (refused(kind, status, 0xFE), SOON)
            }
            (0x6E, []) if header[0] < 2 => {
                let clock = header[0];
                known(&[0x81, status, 0, clock])
            }
            (0x6A, []) => known(&[0x81, status, 0, 0]),
            (0x73, [_, _, _, _, _, _, _, _]) => ([&[0x84, status, 0, 0], data].concat(), SOON),
            (0x6D, []) => {
                socket.defaults(socket.protocol);
                self.tell_parameters(slot)
            }
            (0x6C, []) => self.tell_parameters(slot),
            (0x61, _) if matches!((header, data.len()), ([0, 0, 0], 5) | ([1, 0, 0], 7)) => {
                (socket.protocol, socket.parameters) = (header[0], data.into());
                if socket.agreed.is_some_and(|ta1| data.first() != Some(&ta1)) {
                    self.violations.push(format!("parameters {data:02X?} after another PPS"));
                }
                self.tell_parameters(slot)
            }
            (0x6F, _) => self.transfer(slot, header, data),
            _ => {
                self.violations.push(format!("command {kind:02X} {header:02X?} {data:02X?}"));
                (refused(kind, status, 0x00), SOON)
            }
        }
    }

    fn tell_parameters(&self, slot: u8) -> Answer {
        let socket = self.sockets.get(usize::from(slot));
        let data = socket.map_or(&[][..], |socket| &socket.parameters);
        let protocol = socket.map_or(0, |socket| socket.protocol);
        ([&[0x82, 0, 0, protocol], data].concat(), SOON)
    }

    fn escape(&mut self, status: u8, data: &[u8]) -> Answer {
        let answer: &[u8] = match data {
            [0x02] => b"Sim-V1.0",
            [0x01, 0x01, mode] => {
                self.events = *mode != 0;
                &[]
            }
            [0x01, 0x10, 0x20] => {
                self.next_baud = 115_200;
                &[]
            }
            _ => return (refused(0x6B, status, 0x0A), SOON),
        };
        ([&[0x83, status, 0, 0], answer].concat(), SOON)
    }

    fn power_on(&mut self, slot: u8, [select, ..]: [u8; 3]) -> Answer {
        let starts = select == 0 || self.voltage.is_none_or(|only| only == select);
        self.tried.push(select);
        let negotiates = self.negotiates;
        let Some(socket) = self.sockets.get_mut(usize::from(slot)) else {
            return (refused(0x62, 2, 0xFE), SOON);
        };
        socket.unpower();
        if !starts {
            return (refused(0x62, socket.status(), 0xFE), Duration::from_millis(60));
        }
        socket.powered = true;
        socket.defaults(negotiates.unwrap_or(0));
        let atr = socket.card.as_mut().map_or(Vec::new(), Held::reset);
        ([&[0x80, 0, 0, 0], &atr[..]].concat(), Duration::from_millis(20))
    }

    /// XfrBlock (USB CCID 1.1, 6.1.4): a block, a TPDU, an APDU or a part of
    /// one.
    fn transfer(&mut self, slot: u8, [more_time, place, high]: [u8; 3], data: &[u8]) -> Answer {
        let level = self.level;
        if high != 0 || place != 0 && level != Exchanges::ExtendedApdu {
            self.violations.push(format!("wLevelParameter {high:02X}{place:02X} at {level:?}"));
        }
        if let Some(error) = self.fails.pop_front() {
            return (refused(0x6F, 0, error), SOON);
        }
        let Some(socket) = self.sockets.get_mut(usize::from(slot)) else {
            return (refused(0x6F, 2, 0xFE), SOON);
        };
        let Some(card) = &mut socket.card else { return (refused(0x6F, 2, 0xFE), SOON) };
        let thinks = card.thinks();
        // The card agrees to any PPS; without PPS1 the speed is that of the reset.
        let speed = match data {
            [0xFF, 0x00 | 0x01, _] => Some(0x11),
            [0xFF, 0x10 | 0x11, ta1, _] => Some(*ta1),
            _ => None,
        };
        if speed.is_some() {
            socket.agreed = speed;
            return ([&[0x80, 0, 0, 0], data].concat(), thinks);
        }
        match (place, data) {
            (0x10, []) if !socket.response.is_empty() => {
                return (part(&mut socket.response, false), SOON);
            }
            (0x00, _) => {
                socket.command.clear();
                socket.command.extend(data);
            }
            (0x01 | 0x03, [_, ..]) if (place == 0x01) == socket.command.is_empty() => {
                socket.command.extend(data);
                return (vec![0x80, 0, 0, 0x10], SOON);
            }
            (0x02, [_, ..]) if !socket.command.is_empty() => socket.command.extend(data),
            _ => {
                socket.command.clear();
                self.violations.push(format!("part {place:02X} of {} bytes", data.len()));
                return (refused(0x6F, 0, 0x08), SOON);
            }
        }
        let command = std::mem::take(&mut socket.command);
        let answer = card.hear(&command);
        if answer.is_empty() {
            let silence = Duration::from_millis(1_600).times(more_time.max(1).into());
            return (refused(0x6F, 0, 0xFE), silence);
        }
        socket.response = answer.chunks(self.part.min(ROOM)).rev().map(Vec::from).collect();
        (part(&mut socket.response, true), thinks)
    }
}

/// The next part of a response, with its place.
fn part(rest: &mut Vec<Vec<u8>>, first: bool) -> Vec<u8> {
    let data = rest.pop().unwrap_or_default();
    let place = match (first, rest.is_empty()) {
        (true, true) => 0x00,
        (true, false) => 0x01,
        (false, true) => 0x02,
        (false, false) => 0x03,
    };
    [&[0x80, 0, 0, place], &data[..]].concat()
}

fn refused(kind: u8, status: u8, error: u8) -> Vec<u8> {
    let reply = match kind {
        0x62 | 0x6F => 0x80,
        0x61 | 0x6C | 0x6D => 0x82,
        0x6B => 0x83,
        0x73 => 0x84,
        _ => 0x81,
    };
    vec![reply, 0x40 | status, error, 0]
}
