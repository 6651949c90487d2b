//! Data that come or go by the extended data transfer protocol, in packets with
//! a number and a sum:
//!
//! ```text
//! packet: param = number << 16 | count, size = bytes | data | sum (4)
//! ```
//!
//! Numbers begin with 0; the sum is that of all data bytes. Who receives one
//! answers with a packet of the same command and flag 83h. (SDK programs,
//! `send_exdtp` and `read_exdtp`.)

use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::code::Code;
use super::command::{Request, user};
use super::config::Timing;
use super::packet::Packet;
use crate::fingerprint::Slot;
use crate::fingerprint::wire::Heard;
use crate::port::Duration;

/// Reads a template.
pub const RTX: u8 = 0x89;
/// Enrols a template.
pub const ETX: u8 = 0x87;
/// Scans a finger and sends its image.
pub const SIX: u8 = 0x83;

/// ETX: refuses a user ID that is in use.
const CHECK_ID: u8 = 0x70;

/// Bytes of a packet of an image, as the SDK asks for them.
const IMAGE_PACKET: u32 = 0x1000;

/// The flag of the acknowledgement.
const DATA_OK: u8 = 0x83;

/// How many bytes the link holds of a data packet at once.
pub(super) const CHUNK: usize = 64;

const SUM: usize = 4;

/// A packet of an image at 9600 bit/s: so long a module may go on by itself.
const TAIL: Duration = Duration::from_secs(5);

impl Request {
    /// Reads the template of a slot, of so many bytes. Response: how many
    /// templates follow as the upper half of `size`; then a data packet each.
    #[must_use]
    pub const fn read_template(slot: Slot, bytes: u16) -> Self {
        // Widening.
        Self { command: RTX, param: user(slot), size: bytes as u32, flag: 0 }
    }

    /// Enrols a template of so many bytes, if the slot is free. Response: 61h;
    /// then a data packet, and when it was acknowledged, 61h again or 6Eh.
    #[must_use]
    pub const fn write_template(slot: Slot, bytes: u16) -> Self {
        Self { command: ETX, param: user(slot), size: bytes as u32, flag: CHECK_ID }
    }

    /// Waits for a finger and sends its image. Response: 61h; then data
    /// packets, and when the last one was acknowledged, 61h again.
    #[must_use]
    pub const fn image() -> Self {
        Self { command: SIX, param: 0, size: IMAGE_PACKET, flag: 0 }
    }

    const fn flow(&self) -> Flow {
        match self.command {
            RTX | SIX => Flow::Up,
            ETX => Flow::Down,
            _ => Flow::Nowhere,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Flow {
    Nowhere,
    /// From the module to the host.
    Up,
    /// From the host to the module.
    Down,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// The command is not answered.
    Asked,
    /// A data packet is due.
    Head,
    /// Its data are.
    Data,
    /// Ours goes out.
    Giving,
    /// It went, and is not acknowledged.
    Given,
    /// The last response is due.
    Last,
    Over,
}

/// What a response was.
pub(super) enum Heed {
    /// Another step; the response is not what was asked for.
    On(Heard),
    /// It is.
    Answer(Heard),
    OutOfStep,
}

/// How far the data of a command are.
pub(super) struct Bulk {
    flow: Flow,
    stage: Stage,
    command: u8,
    /// Bytes of a packet at most.
    most: u32,
    /// The packet that came last, or comes, and how many there are.
    number: u32,
    count: u32,
    /// Bytes of it that are to come.
    left: u32,
    sum: u32,
    chunk: Vec<u8, CHUNK>,
    tail: Vec<u8, SUM>,
    given: usize,
    astray: bool,
    reply: Duration,
    flash: Duration,
}

impl Bulk {
    pub(super) const fn new() -> Self {
        Self {
            flow: Flow::Nowhere,
            stage: Stage::Asked,
            command: 0,
            most: 0,
            number: 0,
            count: 0,
            left: 0,
            sum: 0,
            chunk: Vec::new(),
            tail: Vec::new(),
            given: 0,
            astray: false,
            reply: Duration::ZERO,
            flash: Duration::ZERO,
        }
    }

    pub(super) fn begin(&mut self, request: &Request, timing: &Timing) {
        self.clear();
        (self.flow, self.command, self.most) = (request.flow(), request.command, request.size);
        (self.number, self.count, self.given) = (0, 0, 0);
        (self.reply, self.flash) = (timing.reply, timing.flash);
        self.astray |= self.flow == Flow::Up;
    }

    /// What came of a packet is of no use any more.
    pub(super) fn clear(&mut self) {
        self.stage = Stage::Asked;
        self.chunk.zeroize();
        self.tail.zeroize();
    }

    /// How long data of a transfer that was given up may still come.
    pub(super) const fn tail(&self) -> Duration {
        if self.astray { TAIL } else { Duration::ZERO }
    }

    /// Whether nothing was answered yet.
    pub(super) fn is_asked(&self) -> bool {
        self.stage == Stage::Asked
    }

    /// Whether what comes is data.
    pub(super) fn is_data(&self) -> bool {
        self.stage == Stage::Data
    }

    /// Takes data in, and their sum; how many bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        for byte in bytes {
            let room = if self.left > 0 {
                self.sum = self.sum.wrapping_add(u32::from(*byte));
                self.chunk.push(*byte).is_ok()
            } else {
                self.tail.push(*byte).is_ok()
            };
            if !room {
                break;
            }
            self.left = self.left.saturating_sub(1);
            taken += 1;
        }
        taken
    }

    /// Gives the data out that came, and forgets them.
    pub(super) fn take<T>(&mut self, take: impl FnOnce(&[u8]) -> T) -> T {
        let result = take(&self.chunk);
        self.chunk.zeroize();
        result
    }

    /// The packet that acknowledges.
    pub(super) fn acknowledgement(&self, terminal: Option<u16>) -> Packet {
        Packet { terminal, command: self.command, param: 0, size: 0, flag: DATA_OK }
    }

    /// The next bytes of the data packet that goes out.
    pub(super) fn load(&mut self, terminal: Option<u16>, data: &[u8]) -> Vec<u8, CHUNK> {
        // Cannot fail: the command had the same size.
        let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let head = Packet { terminal, command: self.command, param: 1, size, flag: 0 }.to_bytes();
        let sum = data.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
        let sum = sum.to_le_bytes();
        let all = head.iter().chain(data).chain(&sum);
        let chunk: Vec<u8, CHUNK> = all.skip(self.given).take(CHUNK).copied().collect();
        self.given += chunk.len();
        if self.given >= head.len() + data.len() + SUM {
            self.stage = Stage::Given;
        }
        chunk
    }

    /// Bytes of the template that went out.
    pub(super) fn given(&self, data: &[u8]) -> usize {
        self.given.min(data.len())
    }

    /// What is next without another packet. `None`: the sum is wrong.
    pub(super) fn next(&mut self) -> Option<Heard> {
        let whole = self.left == 0 && self.tail.is_full();
        Some(match self.stage {
            Stage::Data if !self.chunk.is_empty() => Heard::Piece(Some(self.reply)),
            Stage::Data if whole && self.sum.to_le_bytes() != *self.tail => return None,
            Stage::Data if whole => self.came(),
            Stage::Giving => Heard::Piece(Some(self.reply)),
            _ => Heard::Nothing,
        })
    }

    /// A data packet is there. The last one of a template is not acknowledged.
    fn came(&mut self) -> Heard {
        self.number += 1;
        self.stage = match (self.number == self.count, self.command) {
            (false, _) => Stage::Head,
            (true, RTX) => return self.over(),
            (true, _) => Stage::Last,
        };
        Heard::Turn(Some(self.reply))
    }

    fn over(&mut self) -> Heard {
        (self.stage, self.astray) = (Stage::Over, false);
        Heard::All
    }

    /// A response came, or the head of a data packet.
    pub(super) fn heed(&mut self, packet: &Packet) -> Heed {
        let code = Code::from(packet.flag);
        match (self.flow, self.stage, code) {
            (Flow::Up, Stage::Asked, Code::Success) => {
                self.stage = Stage::Head;
                Heed::Answer(Heard::Part)
            }
            (Flow::Down, Stage::Asked, Code::Success) => {
                self.stage = Stage::Giving;
                Heed::Answer(Heard::Piece(Some(self.reply)))
            }
            (_, Stage::Head, _) if packet.size > 0 => self.head(packet),
            (_, Stage::Head | Stage::Given, Code::Success) => Heed::OutOfStep,
            (_, Stage::Given, Code::DataOk) => {
                self.stage = Stage::Last;
                Heed::On(Heard::Turn(Some(self.flash)))
            }
            (Flow::Up | Flow::Down, _, Code::ScanSuccess | Code::Continue | Code::DataOk) => {
                Heed::OutOfStep
            }
            (Flow::Up, Stage::Last, Code::Success) => Heed::On(self.over()),
            _ => Heed::Answer(self.over()),
        }
    }

    fn head(&mut self, packet: &Packet) -> Heed {
        let (number, count) = (packet.param >> 16, packet.param & 0xFFFF);
        let first = self.number == 0;
        if number != self.number || count <= number || packet.size > self.most {
            return Heed::OutOfStep;
        }
        if !first && count != self.count {
            return Heed::OutOfStep;
        }
        (self.count, self.left, self.sum) = (count, packet.size, 0);
        self.tail.clear();
        self.stage = Stage::Data;
        Heed::On(Heard::Part)
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        self.chunk.zeroize();
    }
}

/// Without the bytes, which can be those of a template.
impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bulk({:?}, packet {} of {})", self.stage, self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::sfm::packet::Packet;

    fn bytes(Request { command, param, size, flag }: Request) -> std::vec::Vec<u8> {
        Packet { terminal: None, command, param, size, flag }.to_bytes().to_vec()
    }

    #[test]
    fn requests_as_they_stand_on_the_wire() {
        // Computed from what the SDK's programs send: code, fields, sum.
        let cases: [(Request, [u8; 13]); 3] = [
            (
                Request::read_template(Slot(2), 384),
                [0x40, 0x89, 3, 0, 0, 0, 0x80, 1, 0, 0, 0, 0x4D, 0x0A],
            ),
            (
                Request::write_template(Slot(2), 384),
                [0x40, 0x87, 3, 0, 0, 0, 0x80, 1, 0, 0, 0x70, 0xBB, 0x0A],
            ),
            (Request::image(), [0x40, 0x83, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0xD3, 0x0A]),
        ];
        for (request, wire) in cases {
            assert_eq!(bytes(request), wire, "{request:?}");
        }
    }

    #[test]
    fn a_data_packet_goes_out_in_chunks() {
        let mut bulk = Bulk::new();
        bulk.begin(&Request::write_template(Slot(0), 100), &Timing::DEFAULT);
        let data = [0xFF; 100];
        let mut sent = std::vec::Vec::new();
        while bulk.stage != Stage::Given {
            sent.extend(bulk.load(None, &data));
            assert!(sent.len() <= 13 + 100 + 4);
        }
        // Packet 0 of 1, 100 bytes; the sum of these is 9C 63.
        let head = [0x40, 0x87, 1, 0, 0, 0, 100, 0, 0, 0, 0, 0x2C, 0x0A];
        assert_eq!(sent[..13], head);
        assert_eq!(sent[13..113], data);
        assert_eq!(sent[113..], [0x9C, 0x63, 0, 0]);
        assert_eq!(bulk.given(&data), 100);
    }

    #[test]
    fn a_packet_out_of_turn_is_none() {
        let head = |param, size| Packet { terminal: None, command: SIX, param, size, flag: 0x61 };
        for (param, size) in [(0x0001_0002, 8), (0, 8), (2, 0x1001), (2, 0)] {
            let mut bulk = Bulk::new();
            bulk.begin(&Request::image(), &Timing::DEFAULT);
            assert!(matches!(bulk.heed(&head(0, 8)), Heed::Answer(Heard::Part)));
            assert!(matches!(bulk.heed(&head(param, size)), Heed::OutOfStep), "{param:08X}");
        }
    }
}
