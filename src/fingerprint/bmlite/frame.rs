//! The frame that host and module speak, all fields little-endian:
//!
//! ```text
//! channel 00 00 | size (2) | payload (size) | CRC-32 of the payload (4)
//! payload: size (2) | number, from 1 (2) | count (2) | up to 242 bytes
//! ```
//!
//! Every frame is acknowledged, both ways, with 7F FF 01 7F. A message is one
//! segment or more.

use core::fmt;

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use heapless::Vec;
use zeroize::Zeroize;

/// The longest frame.
pub const MAX_FRAME: usize = 256;

/// The most that one segment carries.
pub const MAX_SEGMENT: usize = 242;

/// What acknowledges a frame.
pub const ACK: [u8; 4] = [0x7F, 0xFF, 0x01, 0x7F];

const CHANNEL: [u8; 2] = [0, 0];
const SEGMENT_HEAD: u16 = 6;
/// Without its table, which is 1 KB of flash: a line is far slower than this.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// A segment of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Segment<'a> {
    /// Which one it is, from 1.
    pub number: u16,
    /// Of how many.
    pub count: u16,
    /// What it carries.
    pub data: &'a [u8],
}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FrameError {
    /// The channel is not 0.
    Channel,
    /// The size at offset 2 is not within 6..=248.
    Size(u16),
    /// The size of the segment at offset 4 is not six less.
    Segment(u16),
    /// The check in the frame, which should be the second one.
    Check(u32, u32),
    /// It begins well, but ends too soon.
    Incomplete,
}

impl FrameError {
    /// Where in the bytes the error is; for an incomplete frame, its end.
    #[must_use]
    pub const fn offset(self, len: usize) -> usize {
        match self {
            Self::Channel => 0,
            Self::Size(_) => 2,
            Self::Segment(_) => 4,
            Self::Check(..) => len.saturating_sub(4),
            Self::Incomplete => len,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel => f.write_str("the channel is not 0000"),
            Self::Size(size) => write!(f, "size {size:04X} is out of 0006..00F8"),
            Self::Segment(size) => write!(f, "a segment of {size} does not fill its frame"),
            Self::Check(found, right) => write!(f, "check {found:08X}, not {right:08X}"),
            Self::Incomplete => f.write_str("the frame is cut off"),
        }
    }
}

impl core::error::Error for FrameError {}

fn number(bytes: &mut &[u8]) -> Option<u16> {
    let (field, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u16::from_le_bytes(*field))
}

/// How many bytes of a frame follow its first four; none if they begin no
/// frame.
pub(super) fn behind(head: [u8; 4]) -> usize {
    let [_, _, low, high] = head;
    match Segment::split(&head) {
        // The check has four.
        Err(FrameError::Incomplete) => usize::from(u16::from_le_bytes([low, high])) + 4,
        _ => 0,
    }
}

impl<'a> Segment<'a> {
    /// Splits a frame off the front.
    ///
    /// # Errors
    /// As early as the bytes allow: a channel or size that no frame can have,
    /// else that the frame is incomplete, else that check or segment is wrong.
    pub fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), FrameError> {
        if !CHANNEL.starts_with(bytes.get(..2).unwrap_or(bytes)) {
            return Err(FrameError::Channel);
        }
        let mut rest = bytes.get(2..).ok_or(FrameError::Incomplete)?;
        let size = number(&mut rest).ok_or(FrameError::Incomplete)?;
        if !(SEGMENT_HEAD..=248).contains(&size) {
            return Err(FrameError::Size(size));
        }
        let (payload, rest) = rest.split_at_checked(size.into()).ok_or(FrameError::Incomplete)?;
        let (check, rest) = rest.split_first_chunk().ok_or(FrameError::Incomplete)?;
        let (found, right) = (u32::from_le_bytes(*check), CRC.checksum(payload));
        if found != right {
            return Err(FrameError::Check(found, right));
        }
        Ok((Self::fields(payload)?, rest))
    }

    fn fields(mut payload: &'a [u8]) -> Result<Self, FrameError> {
        let mut field = || number(&mut payload).ok_or(FrameError::Incomplete);
        let (size, number, count) = (field()?, field()?, field()?);
        if usize::from(size) != payload.len() {
            return Err(FrameError::Segment(size));
        }
        Ok(Self { number, count, data: payload })
    }

    /// The bytes of the frame. Data is cut at [`MAX_SEGMENT`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8, MAX_FRAME> {
        let data = self.data.get(..MAX_SEGMENT).unwrap_or(self.data);
        let mut bytes = Vec::new();
        // Cannot fail: the data is no longer than a segment.
        let _ = self.encode(data, &mut bytes);
        bytes
    }

    fn encode(
        &self,
        data: &[u8],
        out: &mut Vec<u8, MAX_FRAME>,
    ) -> Result<(), heapless::CapacityError> {
        let size = u16::try_from(data.len()).unwrap_or(0);
        out.extend_from_slice(&CHANNEL)?;
        for field in [size.saturating_add(SEGMENT_HEAD), size, self.number, self.count] {
            out.extend_from_slice(&field.to_le_bytes())?;
        }
        out.extend_from_slice(data)?;
        let check = CRC.checksum(out.get(4..).unwrap_or(&[]));
        out.extend_from_slice(&check.to_le_bytes())
    }
}

/// What a [`Parser`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// An acknowledgement.
    Acknowledged,
    /// A frame that is right; [`Parser::segment`] has it.
    Segment,
    /// What looked like a frame and is none.
    Damaged,
}

/// Finds frames and acknowledgements in a stream of bytes, and finds its way
/// back to them.
#[derive(Clone, Default)]
pub struct Parser {
    bytes: Vec<u8, MAX_FRAME>,
    /// How many of the bytes have been taken.
    used: usize,
    found: Option<Found>,
}

impl Parser {
    /// A parser that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), used: 0, found: None }
    }

    /// Takes bytes until something is found; returns how many. What was found
    /// is to be [taken](Self::take) before the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            if self.found.is_some() {
                return taken;
            }
            self.drop_used();
            if self.bytes.push(*byte).is_err() {
                self.clear();
            }
            self.judge();
        }
        bytes.len()
    }

    /// What was found, if anything.
    pub fn take(&mut self) -> Option<Found> {
        let found = self.found.take();
        if found == Some(Found::Damaged) {
            self.drop_used();
            self.judge();
        }
        found
    }

    /// The frame that was taken last, until the next bytes.
    #[must_use]
    pub fn segment(&self) -> Option<Segment<'_>> {
        Segment::split(&self.bytes).ok().map(|(segment, _)| segment)
    }

    /// Whether a frame has begun and not ended.
    #[must_use]
    pub fn is_within_frame(&self) -> bool {
        self.bytes.len() > self.used
    }

    /// Forgets all, and erases it: it can be part of a template.
    pub fn clear(&mut self) {
        self.bytes.zeroize();
        (self.used, self.found) = (0, None);
    }

    /// Skips what cannot begin a frame, and judges the rest.
    fn judge(&mut self) {
        while !self.bytes.is_empty() {
            if ACK.starts_with(self.bytes.get(..4).unwrap_or(&self.bytes)) {
                if self.bytes.len() >= ACK.len() {
                    (self.found, self.used) = (Some(Found::Acknowledged), ACK.len());
                }
                return;
            }
            match Segment::split(&self.bytes) {
                Err(FrameError::Incomplete) => return,
                Ok((_, rest)) => {
                    let len = self.bytes.len().saturating_sub(rest.len());
                    (self.found, self.used) = (Some(Found::Segment), len);
                    return;
                }
                Err(FrameError::Check(..) | FrameError::Segment(_)) => {
                    // Within it, another one may begin.
                    (self.found, self.used) = (Some(Found::Damaged), 1);
                    return;
                }
                Err(FrameError::Channel | FrameError::Size(_)) => {
                    self.used = 1;
                    self.drop_used();
                }
            }
        }
    }

    fn drop_used(&mut self) {
        let used = core::mem::take(&mut self.used).min(self.bytes.len());
        let left = self.bytes.len().saturating_sub(used);
        self.bytes.rotate_left(used);
        self.bytes.get_mut(left..).unwrap_or_default().zeroize();
        self.bytes.truncate(left);
    }
}

/// Without the bytes, which can be those of a template.
impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, found {:?}", self.bytes.len(), self.found)
    }
}

impl Drop for Parser {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // INFO GET VERSION, computed from FPC's description of the layers.
    const VERSION: [u8; 26] = [
        0x00, 0x00, 0x12, 0x00, 0x0C, 0x00, 0x01, 0x00, 0x01, 0x00, 0x04, 0x30, 0x02, 0x00, 0x04,
        0x10, 0x00, 0x00, 0x03, 0x60, 0x00, 0x00, 0x04, 0x90, 0xEA, 0xDE,
    ];

    fn found(stream: &[u8], chunk: usize) -> std::vec::Vec<Found> {
        let mut parser = Parser::new();
        let mut all = std::vec::Vec::new();
        for mut bytes in stream.chunks(chunk) {
            while !bytes.is_empty() {
                bytes = &bytes[parser.push(bytes)..];
                while let Some(found) = parser.take() {
                    all.push(found);
                }
            }
        }
        all
    }

    #[test]
    fn a_frame_both_ways() {
        let (segment, rest) = Segment::split(&VERSION).unwrap();
        assert_eq!((segment.number, segment.count, rest.len()), (1, 1, 0));
        assert_eq!(segment.data, &VERSION[10..22]);
        assert_eq!(segment.to_bytes(), VERSION[..]);
    }

    #[test]
    fn each_length_and_each_bit() {
        for len in 0..VERSION.len() {
            assert_eq!(Segment::split(&VERSION[..len]), Err(FrameError::Incomplete));
        }
        for bit in 0..VERSION.len() * 8 {
            let mut bytes = VERSION;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Segment::split(&bytes).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn the_longest_segment() {
        let segment = Segment { number: 1, count: 2, data: &[0x5A; MAX_SEGMENT] };
        let bytes = segment.to_bytes();
        assert_eq!(bytes.len(), MAX_FRAME);
        assert_eq!(Segment::split(&bytes), Ok((segment, &[][..])));
        assert_eq!(found(&bytes, 50), [Found::Segment]);
    }

    #[test]
    fn a_frame_is_found_behind_anything() {
        let mut stream = std::vec![0xA5, 0x00, 0x7F];
        stream.extend(ACK);
        stream.extend([0x00, 0x00, 0x06, 0x00]);
        stream.extend(VERSION);
        stream.extend(VERSION);
        for chunk in 1..stream.len() {
            let all = found(&stream, chunk);
            let expected = [Found::Acknowledged, Found::Damaged, Found::Segment, Found::Segment];
            assert_eq!(all, expected, "{chunk}");
        }
    }
}
