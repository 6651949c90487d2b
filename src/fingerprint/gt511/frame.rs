//! The packets of the family, all fields little-endian:
//!
//! ```text
//! 55 AA | device (2) | parameter (4) | code (2) | sum (2)    command, response
//! 5A A5 | device (2) | data (known from the command) | sum (2)
//! ```
//!
//! `sum` is that of all bytes before it, modulo 65 536. `code` is a command's
//! number one way and 30h (done) or 31h (refused) the other way.

use core::fmt;

pub use super::parser::{Found, Parser};
pub use crate::fingerprint::bulk::PIECE;

/// Bytes of a command, or of a response.
pub const PACKET: usize = 12;

/// Bytes of a data packet that are not data.
pub const OVERHEAD: usize = 6;

/// Bytes of a data packet before its data.
pub(super) const HEAD: usize = 4;

/// The device that every module is.
pub const DEVICE: u16 = 0x0001;

pub(super) const START: [u8; 2] = [0x55, 0xAA];
pub(super) const DATA_START: [u8; 2] = [0x5A, 0xA5];

/// What a data packet of [`DEVICE`] begins with.
pub(super) const DATA_HEAD: [u8; HEAD] = {
    let ([a, b], [low, high]) = (DATA_START, DEVICE.to_le_bytes());
    [a, b, low, high]
};

/// A command or a response, with the sum that it carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Packet {
    /// The device, [`DEVICE`].
    pub device: u16,
    /// A command's parameter, a response's result or error.
    pub parameter: u32,
    /// A command's number, 30h or 31h in a response.
    pub code: u16,
    /// The sum as it stands in the packet.
    pub sum: u16,
}

/// A data packet, with the sum that it carries.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Data<'a> {
    /// The device, [`DEVICE`].
    pub device: u16,
    /// What it holds.
    pub data: &'a [u8],
    /// The sum as it stands in the packet.
    pub sum: u16,
}

/// Bytes that are no packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FrameError {
    /// They do not begin as a packet does.
    Start,
    /// They begin well, but end too soon.
    Incomplete,
}

impl FrameError {
    /// Where in the bytes the error is; for an incomplete packet, its end.
    #[must_use]
    pub const fn offset(self, len: usize) -> usize {
        match self {
            Self::Start => 0,
            Self::Incomplete => len,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "no 55 AA or 5A A5 at the start",
            Self::Incomplete => "the packet is cut off",
        })
    }
}

impl core::error::Error for FrameError {}

/// Takes `N` bytes off the front, if they can begin with `start`.
pub(super) fn split<const N: usize>(
    bytes: &[u8],
    start: [u8; 2],
) -> Result<(&[u8; N], &[u8]), FrameError> {
    if !start.starts_with(bytes.get(..2).unwrap_or(bytes)) {
        return Err(FrameError::Start);
    }
    bytes.split_first_chunk().ok_or(FrameError::Incomplete)
}

pub(super) fn sum_of(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}

impl Packet {
    /// A packet with the right sum.
    #[must_use]
    pub fn new(code: u16, parameter: u32) -> Self {
        let packet = Self { device: DEVICE, parameter, code, sum: 0 };
        Self { sum: packet.computed(), ..packet }
    }

    /// Splits a packet off the front. Its sum is not judged:
    /// [`is_intact`](Self::is_intact).
    ///
    /// # Errors
    /// As early as the bytes allow: another start, else that it is incomplete.
    pub fn split(bytes: &[u8]) -> Result<(Self, &[u8]), FrameError> {
        let (packet, rest) = split::<PACKET>(bytes, START)?;
        let [_, _, device @ .., a, b, c, d, e, f, g, h] = *packet;
        let packet = Self {
            device: u16::from_le_bytes(device),
            parameter: u32::from_le_bytes([a, b, c, d]),
            code: u16::from_le_bytes([e, f]),
            sum: u16::from_le_bytes([g, h]),
        };
        Ok((packet, rest))
    }

    /// Whether the sum is right.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.sum == self.computed()
    }

    /// The packet's bytes.
    #[must_use]
    pub const fn encode(&self) -> [u8; PACKET] {
        let ([s, t], [i, j]) = (START, self.device.to_le_bytes());
        let ([a, b, c, d], [e, f]) = (self.parameter.to_le_bytes(), self.code.to_le_bytes());
        let [g, h] = self.sum.to_le_bytes();
        [s, t, i, j, a, b, c, d, e, f, g, h]
    }

    /// The sum as it should be.
    #[must_use]
    pub fn computed(&self) -> u16 {
        let bytes = self.encode();
        bytes.split_last_chunk::<2>().map_or(0, |(covered, _)| sum_of(covered))
    }
}

impl<'a> Data<'a> {
    /// A packet with the right sum.
    #[must_use]
    pub fn new(data: &'a [u8]) -> Self {
        let packet = Self { device: DEVICE, data, sum: 0 };
        Self { sum: packet.computed(), ..packet }
    }

    /// The packet's bytes.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let head = DATA_START.into_iter().chain(self.device.to_le_bytes());
        head.chain(self.data.iter().copied()).chain(self.sum.to_le_bytes())
    }

    /// Splits a packet with `len` bytes of data off the front. Its sum is not
    /// judged: [`is_intact`](Self::is_intact).
    ///
    /// # Errors
    /// As [`Packet::split`].
    pub fn split(bytes: &'a [u8], len: usize) -> Result<(Self, &'a [u8]), FrameError> {
        let (head, rest) = split::<HEAD>(bytes, DATA_START)?;
        let [_, _, device @ ..] = *head;
        let (data, rest) = rest.split_at_checked(len).ok_or(FrameError::Incomplete)?;
        let (sum, rest) = rest.split_first_chunk().ok_or(FrameError::Incomplete)?;
        let (device, sum) = (u16::from_le_bytes(device), u16::from_le_bytes(*sum));
        Ok((Self { device, data, sum }, rest))
    }

    /// Whether the sum is right.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.sum == self.computed()
    }

    /// The sum as it should be.
    #[must_use]
    pub fn computed(&self) -> u16 {
        let head = sum_of(&DATA_START).wrapping_add(sum_of(&self.device.to_le_bytes()));
        head.wrapping_add(sum_of(self.data))
    }
}

/// Without the data, which can be a template.
impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Data({} bytes, sum {:04X}h)", self.data.len(), self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vectors of a public driver's manual: Open, EnrollStart 23 and its
    // answer.
    const VECTORS: [([u8; 12], u16, u32); 3] = [
        ([0x55, 0xAA, 1, 0, 0, 0, 0, 0, 0x01, 0, 0x01, 0x01], 0x01, 0),
        ([0x55, 0xAA, 1, 0, 0x17, 0, 0, 0, 0x22, 0, 0x39, 0x01], 0x22, 23),
        ([0x55, 0xAA, 1, 0, 0, 0, 0, 0, 0x30, 0, 0x30, 0x01], 0x30, 0),
    ];

    #[test]
    fn printed_packets_both_ways() {
        for (bytes, code, parameter) in VECTORS {
            let packet = Packet::new(code, parameter);
            assert_eq!(Packet::split(&bytes), Ok((packet, &[][..])));
            assert_eq!(packet.encode(), bytes);
        }
    }

    #[test]
    fn data_is_skipped_unless_expected() {
        let mut bytes = std::vec![0x5A, 0xA5, 1, 0, 7, 8];
        bytes.extend((0x5A_u16 + 0xA5 + 1 + 15).to_le_bytes());
        let mut parser = Parser::new();
        assert_eq!(parser.push(&bytes), 8);
        assert_eq!(parser.take(), None);
        parser.expect(2);
        assert_eq!(parser.push(&bytes), 6);
        assert_eq!((parser.take(), parser.piece()), (Some(Found::Piece), &[7, 8][..]));
        assert_eq!(parser.push(&bytes[6..]), 2);
        assert_eq!(parser.take(), Some(Found::End));
        assert!(Data::new(&[7, 8]).bytes().eq(bytes));
    }
}
