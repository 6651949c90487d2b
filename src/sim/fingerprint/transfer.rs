//! Templates and images over the wire of an EF 01 module.

use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use super::codec::{Packet, next_packet, packet};
use super::misbehaviour::Misbehaviour;
use super::module::{Kind, R503Module, Skin};
use super::obey::Reply;
use crate::port::{Duration, Instant};

/// A module that waits for data gives up after so long without any.
const PATIENCE: Duration = Duration::from_secs(1);

/// The shape of a module's templates, images and data packets.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) template: u16,
    pub(super) width: u16,
    pub(super) height: u16,
    /// Between two packets that it sends.
    pause: Duration,
    /// Between two packets that it receives: what comes sooner, it misses.
    rest: Duration,
    /// What is to go wrong, with which of the next packets that it sends.
    faults: VecDeque<(usize, Misbehaviour)>,
    /// Which of the next packets that come it does not hear.
    deaf: Option<usize>,
    incoming: Option<Incoming>,
}

#[derive(Debug)]
struct Incoming {
    kind: Cargo,
    bytes: Vec<u8>,
    spoilt: bool,
    /// When the last packet was over.
    over: Option<Instant>,
    heard: Instant,
}

#[derive(Clone, Copy, Debug)]
enum Cargo {
    Template(u8),
    Image,
}

impl Data {
    pub(super) const fn new(template: u16, width: u16, height: u16) -> Self {
        Self {
            template,
            width,
            height,
            pause: Duration::ZERO,
            rest: Duration::ZERO,
            faults: VecDeque::new(),
            deaf: None,
            incoming: None,
        }
    }

    fn image_bytes(&self) -> usize {
        usize::from(self.width) * usize::from(self.height) / 2
    }

    pub(super) fn has_misbehaved(&self) -> bool {
        self.faults.is_empty() && self.deaf.is_none()
    }

    /// What is to go wrong with the packet that is sent now.
    fn fault(&mut self) -> Option<Misbehaviour> {
        let due = self.faults.iter().position(|(left, _)| *left == 0);
        for (left, _) in &mut self.faults {
            *left = left.saturating_sub(1);
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, how)| how)
    }
}

impl R503Module {
    /// The same, whose templates have so many bytes: 768 on an R503 and 512 on
    /// a ZFM-20, unless told otherwise.
    #[must_use]
    pub fn with_template(mut self, bytes: u16) -> Self {
        self.data.template = bytes;
        self
    }

    /// The same, whose images have this shape, in pixels.
    #[must_use]
    pub fn with_image(mut self, width: u16, height: u16) -> Self {
        (self.data.width, self.data.height) = (width, height);
        self
    }

    /// Whose image the module has.
    #[must_use]
    pub fn imaged(&self) -> Option<&str> {
        self.image.as_ref().map(|(name, _)| name.as_str())
    }

    /// The same, whose data packets have this code: content of 32, 64, 128 or
    /// 256 bytes.
    #[must_use]
    pub fn with_packets(mut self, code: u8) -> Self {
        self.packet = code.min(3);
        self
    }

    /// The same, whose bytes take their time at this speed.
    #[must_use]
    pub fn at_baud(mut self, baud: u32) -> Self {
        self.outbox.pace(baud);
        self
    }

    /// The same, which pauses so long between two packets that it sends.
    #[must_use]
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.data.pause = pause;
        self
    }

    /// The same, which misses what comes sooner after a packet.
    #[must_use]
    pub fn with_rest(mut self, rest: Duration) -> Self {
        self.data.rest = rest;
        self
    }

    /// Misbehaves with the data packet after so many good ones.
    pub fn misbehave_in_packet(&mut self, packets: usize, how: Misbehaviour) {
        self.data.faults.push_back((packets, how));
    }

    /// Does not hear the data packet after so many that it hears.
    pub fn miss_packet(&mut self, packets: usize) {
        self.data.deaf = Some(packets);
    }

    /// The template of a finger, as a module of this model has it.
    #[must_use]
    pub fn template(&self, name: &str) -> Vec<u8> {
        synthetic(name, self.data.template.into())
    }

    /// The image of a finger: two pixels to a byte.
    #[must_use]
    pub fn image(&self, name: &str) -> Vec<u8> {
        synthetic(name, self.data.image_bytes())
    }

    /// Gives up a transfer, in either direction.
    pub(super) fn stop_data(&mut self) {
        self.data.incoming = None;
        self.outbox.clear();
    }

    const fn packet_bytes(&self) -> usize {
        32 << self.packet
    }

    /// Acknowledges a transfer, if there is something to send.
    pub(super) fn obey_transfer(&mut self, opcode: u8, p: &[u8]) -> Option<Reply> {
        let code = match (opcode, p) {
            (0x09, [_]) | (0x0B, []) => 0x00,
            (0x16, []) if self.kind != Kind::Zfm20 => 0x00,
            (0x08, [_]) | (0x0A, []) if self.upload(opcode, p).is_some() => 0x00,
            (0x08, [_]) => 0x0D,
            (0x0A, []) => 0x0F,
            _ => 0xFC,
        };
        Some((code, Vec::new(), 3))
    }

    /// What comes behind a good acknowledgement, or is due behind it.
    pub(super) fn follow(&mut self, opcode: u8, p: &[u8], delay: Duration, now: Instant) {
        match (opcode, p) {
            (0x09, [buffer]) => self.expect_data(Cargo::Template(*buffer), now),
            (0x0B, _) => self.expect_data(Cargo::Image, now),
            _ => {
                if let Some(bytes) = self.upload(opcode, p) {
                    self.send_data(&bytes, delay, now);
                }
            }
        }
    }

    fn upload(&self, opcode: u8, p: &[u8]) -> Option<Vec<u8>> {
        match (opcode, p) {
            (0x08, [buffer]) => {
                let model = self.model.as_ref().filter(|_| self.kind.is_grow());
                model.or(self.buffer(*buffer)).map(|name| self.template(name))
            }
            (0x0A, _) => self.image.as_ref().map(|(name, _)| self.image(name)),
            (0x16, _) => Some(synthetic("page", 512)),
            _ => None,
        }
    }

    fn expect_data(&mut self, kind: Cargo, now: Instant) {
        let bytes = Vec::new();
        self.data.incoming = Some(Incoming { kind, bytes, spoilt: false, over: None, heard: now });
    }

    /// Sends data in packets behind the acknowledgement.
    fn send_data(&mut self, bytes: &[u8], delay: Duration, now: Instant) {
        let packets: Vec<&[u8]> = bytes.chunks(self.packet_bytes()).collect();
        let mut delay = delay;
        for (index, content) in packets.iter().enumerate() {
            let pid = if index + 1 == packets.len() { 8 } else { 2 };
            delay = delay + self.data.pause;
            let (address, fault) = (self.address, self.data.fault());
            let bytes = match fault {
                None => packet(address, pid, content),
                Some(Misbehaviour::Line(fault)) => {
                    self.outbox.inject(fault);
                    packet(address, pid, content)
                }
                Some(Misbehaviour::Address(other)) => packet(other, pid, content),
                Some(Misbehaviour::Pid(other)) => packet(address, other, content),
                Some(Misbehaviour::PowerCycle) => {
                    self.forget();
                    self.outbox.push(now, delay, [0x55]);
                    return;
                }
                Some(Misbehaviour::Stops) => return,
                Some(Misbehaviour::Stale(opcode, gap)) => {
                    let stale = self.last.get(&opcode).cloned().unwrap_or_default();
                    self.outbox.push(now, delay, stale);
                    delay = delay + gap;
                    packet(address, pid, content)
                }
                Some(_) => packet(address, pid, &[]),
            };
            self.outbox.push(now, delay, bytes);
        }
    }

    /// Whether what comes now is lost because it comes too soon.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        let over = self.data.incoming.as_ref().and_then(|incoming| incoming.over);
        over.is_some_and(|over| now < over + self.data.rest)
    }

    /// Takes data packets in; whether more of them are due.
    pub(super) fn take_data(&mut self, now: Instant) -> bool {
        while let Some(mut incoming) = self.data.incoming.take() {
            if now.since(incoming.heard) > PATIENCE {
                break;
            }
            incoming.heard = now;
            match next_packet(&mut self.inbox) {
                Packet::Partial => {
                    self.data.incoming = Some(incoming);
                    return true;
                }
                // It takes a command for the end of the transfer.
                Packet::Command => break,
                Packet::Damaged => incoming.spoilt = true,
                Packet::Whole { address, .. } if address != self.address => {}
                Packet::Whole { pid, content, .. } => {
                    incoming.over = Some(now);
                    if self.hears() {
                        incoming.spoilt |= pid == 2 && content.len() != self.packet_bytes();
                        incoming.bytes.extend(content);
                        if pid == 8 {
                            self.accept(&incoming);
                            break;
                        }
                    }
                }
            }
            self.data.incoming = Some(incoming);
        }
        false
    }

    fn hears(&mut self) -> bool {
        match self.data.deaf {
            Some(0) => {
                self.data.deaf = None;
                false
            }
            deaf => {
                self.data.deaf = deaf.map(|left| left - 1);
                true
            }
        }
    }

    /// All data are there. What is no template, all FFh for one, leaves the
    /// buffer as it was.
    fn accept(&mut self, incoming: &Incoming) {
        let (template, image) = (usize::from(self.data.template), self.data.image_bytes());
        let (bytes, name) = (&incoming.bytes, finger(&incoming.bytes));
        match (incoming.kind, name) {
            _ if incoming.spoilt => {}
            (Cargo::Template(buffer), Some(name)) if bytes.len() == template => {
                if let Some(slot) = self.features.get_mut(usize::from(buffer.clamp(1, 2)) - 1) {
                    *slot = Some(name.clone());
                }
                self.model = Some(name);
            }
            (Cargo::Image, Some(name)) if bytes.len() == image => {
                self.image = Some((name, Skin::Good));
            }
            _ => {}
        }
    }
}

/// Bytes that stand for a finger, always the same for the same name: its
/// length, the name, and noise.
pub(super) fn synthetic(name: &str, len: usize) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.insert(0, u8::try_from(name.len()).unwrap_or(0));
    let mut seed = bytes
        .iter()
        .fold(0x811C_9DC5, |n: u32, byte| (n ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    while bytes.len() < len {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend(seed.to_be_bytes().first());
    }
    bytes.truncate(len);
    bytes
}

/// Whose bytes these are; `None` if nobody's.
pub(super) fn finger(bytes: &[u8]) -> Option<String> {
    let (len, rest) = bytes.split_first()?;
    let name = core::str::from_utf8(rest.get(..usize::from(*len))?).ok()?;
    (synthetic(name, bytes.len()) == bytes).then(|| name.into())
}
