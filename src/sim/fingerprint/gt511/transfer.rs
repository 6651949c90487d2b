//! Templates, images and speeds.

use std::string::String;
use std::vec::Vec;

use super::{Gt511Module, Outcome, response, with_sum};
use crate::port::{Duration, Instant};
use crate::sim::Fault;

/// Data that do not come are waited for so long.
const PATIENCE: Duration = Duration::from_millis(500);

/// Bytes of a template, and of the packet that it comes in.
const TEMPLATE: usize = 498;
const PACKET: usize = TEMPLATE + 6;

/// A template on its way.
#[derive(Debug)]
pub(super) struct Incoming {
    slot: u16,
    bytes: Vec<u8>,
    heard: Instant,
    /// What the line does to the reply.
    pub(super) fault: Option<Fault>,
}

impl Gt511Module {
    /// The same, whose bytes take their time at the speed that it has.
    #[must_use]
    pub fn paced(mut self) -> Self {
        self.paced = true;
        self.set_speed(self.baud);
        self
    }

    /// The same, which answers ChangeBaudrate at the new speed.
    #[must_use]
    pub fn switching_first(mut self) -> Self {
        self.switches_first = true;
        self
    }

    /// The same, which has this speed.
    #[must_use]
    pub fn at_baud(mut self, baud: u32) -> Self {
        self.set_speed(baud);
        self
    }

    /// Its speed.
    #[must_use]
    pub fn baud(&self) -> u32 {
        self.baud
    }

    /// The host has this speed: at another one, neither hears the other.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = Some(baud);
    }

    /// The template of a finger: 498 bytes.
    #[must_use]
    pub fn template_of(name: &str) -> Vec<u8> {
        let mut bytes = std::vec![u8::try_from(name.len()).unwrap_or(0)];
        bytes.extend(name.bytes());
        // What begins packets is in it too.
        bytes.extend([0x55, 0xAA, 0x01, 0x00, 0x5A, 0xA5, 0x01, 0x00]);
        bytes.extend(pattern(name).take(TEMPLATE));
        bytes.truncate(TEMPLATE);
        bytes
    }

    /// The image of a finger: 258 times 202 pixels.
    #[must_use]
    pub fn image_of(name: &str) -> Vec<u8> {
        pattern(name).take(258 * 202).collect()
    }

    /// What the sensor sees of a finger, or without one: 160 times 120 pixels.
    #[must_use]
    pub fn raw_image_of(name: Option<&str>) -> Vec<u8> {
        pattern(name.unwrap_or("nobody")).take(160 * 120).collect()
    }

    pub(super) fn set_speed(&mut self, baud: u32) {
        self.baud = baud;
        if self.paced {
            self.outbox.pace(baud);
        }
    }

    pub(super) fn is_understood(&self) -> bool {
        self.host.is_none_or(|host| host == self.baud)
    }

    pub(super) fn pass_time(&mut self, now: Instant) {
        if let Some((_, baud)) = self.faster.take_if(|(at, _)| *at <= now) {
            self.set_speed(baud);
        }
    }

    pub(super) fn change_speed(&mut self, baud: u32, now: Instant) -> Outcome {
        if ![9_600, 19_200, 38_400, 57_600, 115_200].contains(&baud) {
            return Err(0x1002);
        }
        let line = if self.paced { Duration::of_bytes(13, 10, self.baud) } else { Duration::ZERO };
        let after = if self.switches_first { Duration::ZERO } else { line };
        let millis = if self.switches_first { 0 } else { 4 };
        self.faster = Some((now + after + Duration::from_millis(millis), baud));
        Ok(0)
    }

    /// The data packet behind a good answer, if there is one.
    pub(super) fn data(&self, command: u8, parameter: u32) -> Vec<u8> {
        let image = self.image.clone().unwrap_or_default();
        let slot = u16::try_from(parameter).unwrap_or(u16::MAX);
        let content = match command {
            0x61 => Self::template_of(&image),
            0x62 => Self::image_of(&image),
            0x63 => Self::raw_image_of(self.finger.as_ref().map(|(name, _)| name.as_str())),
            0x70 => self.library.get(&slot).map(|name| Self::template_of(name)).unwrap_or_default(),
            _ => return Vec::new(),
        };
        with_sum([&[0x5A, 0xA5, 0x01, 0x00][..], &content].concat())
    }

    pub(super) fn await_template(&mut self, slot: u16, now: Instant) {
        self.incoming = Some(Incoming { slot, bytes: Vec::new(), heard: now, fault: None });
    }

    /// Takes what comes for data, if they are due; what else it is.
    pub(super) fn take_data<'b>(&mut self, bytes: &'b [u8], now: Instant) -> Option<&'b [u8]> {
        self.incoming.take_if(|incoming| now.since(incoming.heard) > PATIENCE);
        let Some(incoming) = &mut self.incoming else { return Some(bytes) };
        incoming.heard = now;
        let missing = (PACKET - incoming.bytes.len()).min(bytes.len());
        let (data, rest) = bytes.split_at(missing);
        incoming.bytes.extend(data);
        if incoming.bytes.len() < PACKET {
            return None;
        }
        let incoming = self.incoming.take()?;
        let outcome = self.keep(incoming.slot, incoming.bytes);
        if let Some(fault) = incoming.fault {
            self.outbox.inject(fault);
        }
        self.outbox.push(now, Duration::from_millis(60), response(outcome));
        Some(rest)
    }

    fn keep(&mut self, slot: u16, packet: Vec<u8>) -> Outcome {
        let content: Vec<u8> = packet.iter().copied().skip(4).take(TEMPLATE).collect();
        if with_sum([&[0x5A, 0xA5, 0x01, 0x00][..], &content].concat()) != packet {
            return Err(0x1006);
        }
        let name = name_of(&content).ok_or(0x100C_u32)?;
        if let Some(twin) = self.slot_of(&name) {
            return Err(twin.into());
        }
        self.library.insert(slot, name);
        Ok(0)
    }
}

/// Bytes that are always the same for a name.
fn pattern(name: &str) -> impl Iterator<Item = u8> {
    let seed = name.bytes().fold(7_u32, |seed, byte| seed * 31 % 65_521 + u32::from(byte));
    (0_u32..).map(move |n| {
        let [low, high, ..] = (n * 97 + n / 258 * 13 + seed).to_le_bytes();
        if n % 5 == 0 { high } else { low }
    })
}

fn name_of(template: &[u8]) -> Option<String> {
    let (len, rest) = template.split_first()?;
    let name = std::str::from_utf8(rest.get(..usize::from(*len))?).ok()?;
    (Gt511Module::template_of(name) == template).then(|| name.into())
}
