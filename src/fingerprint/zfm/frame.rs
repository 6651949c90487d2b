//! The frame that every module of the family speaks, all fields big-endian:
//!
//! ```text
//! EF 01 | address (4) | pid (1) | length (2) | content (1..=256) | sum (2)
//! ```
//!
//! `length` counts content and sum; `sum` is that of pid, length and content,
//! modulo 65 536. Start and address are not covered by it.

use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

/// The most content a frame can have: a data packet of the largest size.
pub const MAX_CONTENT: usize = 256;

/// Bytes of a frame that are not content.
pub const OVERHEAD: usize = 11;

/// The longest frame.
pub const MAX_FRAME: usize = MAX_CONTENT + OVERHEAD;

const START: [u8; 2] = [0xEF, 0x01];

/// Bytes before the content; and how many more than the length says there are
/// without the sum.
const HEAD: usize = 9;
const HEAD_LESS_SUM: u16 = 7;

/// What a frame is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pid {
    /// From the host: do something.
    Command = 0x01,
    /// A packet of data; more follow.
    Data = 0x02,
    /// From the module: the answer to a command.
    Acknowledge = 0x07,
    /// The last packet of data.
    End = 0x08,
}

impl TryFrom<u8> for Pid {
    type Error = u8;

    fn try_from(pid: u8) -> Result<Self, u8> {
        match pid {
            0x01 => Ok(Self::Command),
            0x02 => Ok(Self::Data),
            0x07 => Ok(Self::Acknowledge),
            0x08 => Ok(Self::End),
            other => Err(other),
        }
    }
}

/// A frame, with the sum that it carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'a> {
    /// The module's address.
    pub address: u32,
    /// What the frame is for.
    pub pid: Pid,
    /// Opcode and parameters, code and results, or data. At least one byte.
    pub content: &'a [u8],
    /// The sum as it stands in the frame.
    pub sum: u16,
}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FrameError {
    /// They do not begin with EF 01.
    Start,
    /// The byte at offset 6 is no packet identifier.
    Pid(u8),
    /// The length at offset 7 is not within 3..=258.
    Length(u16),
    /// They begin well, but end too soon.
    Incomplete,
}

impl FrameError {
    /// Where in the bytes the error is; for an incomplete frame, its end.
    #[must_use]
    pub const fn offset(self, len: usize) -> usize {
        match self {
            Self::Start => 0,
            Self::Pid(_) => 6,
            Self::Length(_) => 7,
            Self::Incomplete => len,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("no EF 01 at the start"),
            Self::Pid(pid) => write!(f, "{pid:02X} is no packet identifier"),
            Self::Length(length) => write!(f, "length {length:04X} is out of 0003..0102"),
            Self::Incomplete => f.write_str("the frame is cut off"),
        }
    }
}

impl core::error::Error for FrameError {}

impl<'a> Frame<'a> {
    /// A frame with the right sum. Content is cut at [`MAX_CONTENT`].
    #[must_use]
    pub fn new(address: u32, pid: Pid, content: &'a [u8]) -> Self {
        let content = content.get(..MAX_CONTENT).unwrap_or(content);
        let frame = Self { address, pid, content, sum: 0 };
        Self { sum: frame.computed(), ..frame }
    }

    /// Splits a frame off the front. Its sum is not judged:
    /// [`is_intact`](Self::is_intact).
    ///
    /// # Errors
    /// As early as the bytes allow: a start, packet identifier or length that
    /// no frame can have, else that the frame is incomplete.
    pub fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), FrameError> {
        if !START.starts_with(bytes.get(..2).unwrap_or(bytes)) {
            return Err(FrameError::Start);
        }
        let (_, rest) = bytes.split_first_chunk::<2>().ok_or(FrameError::Incomplete)?;
        let (address, rest) = rest.split_first_chunk().ok_or(FrameError::Incomplete)?;
        let (&pid, rest) = rest.split_first().ok_or(FrameError::Incomplete)?;
        let pid = Pid::try_from(pid).map_err(FrameError::Pid)?;
        let (length, rest) = rest.split_first_chunk().ok_or(FrameError::Incomplete)?;
        let length = u16::from_be_bytes(*length);
        let count = match usize::from(length) {
            length @ 3..=258 => length - 2,
            _ => return Err(FrameError::Length(length)),
        };
        let (content, rest) = rest.split_at_checked(count).ok_or(FrameError::Incomplete)?;
        let (sum, rest) = rest.split_first_chunk().ok_or(FrameError::Incomplete)?;
        let sum = u16::from_be_bytes(*sum);
        Ok((Self { address: u32::from_be_bytes(*address), pid, content, sum }, rest))
    }

    /// Whether the sum is right.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.sum == self.computed()
    }

    /// What the length field says: content and sum.
    #[must_use]
    pub fn length(&self) -> u16 {
        u16::try_from(self.content.len()).unwrap_or(u16::MAX).saturating_add(2)
    }

    /// Writes the frame to the front of `out`; returns its length, or `None`
    /// if it does not fit.
    pub fn encode(&self, out: &mut [u8]) -> Option<usize> {
        let out = out.get_mut(..OVERHEAD + self.content.len())?;
        let (head, rest) = out.split_first_chunk_mut::<9>()?;
        let (content, sum) = rest.split_at_mut_checked(self.content.len())?;
        let ([a, b, c, d], [high, low]) = (self.address.to_be_bytes(), self.length().to_be_bytes());
        *head = [START[0], START[1], a, b, c, d, self.pid as u8, high, low];
        content.copy_from_slice(self.content);
        sum.copy_from_slice(&self.sum.to_be_bytes());
        Some(OVERHEAD + self.content.len())
    }

    /// The sum as it should be.
    #[must_use]
    pub fn computed(&self) -> u16 {
        let [high, low] = self.length().to_be_bytes();
        sum(&[self.pid as u8, high, low]).wrapping_add(sum(self.content))
    }
}

fn sum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Writes a frame whose content `put` appends, in its place. What does not fit
/// is left out.
pub(super) fn write(
    out: &mut Vec<u8, MAX_FRAME>,
    address: u32,
    pid: Pid,
    put: impl FnOnce(&mut Vec<u8, MAX_FRAME>),
) {
    out.clear();
    let _ = out.extend_from_slice(&[0; HEAD]);
    put(out);
    let length = u16::try_from(out.len()).unwrap_or(u16::MAX).saturating_sub(HEAD_LESS_SUM);
    let ([a, b, c, d], [high, low]) = (address.to_be_bytes(), length.to_be_bytes());
    if let Some(head) = out.first_chunk_mut::<HEAD>() {
        *head = [START[0], START[1], a, b, c, d, pid as u8, high, low];
    }
    let sum = sum(out.get(6..).unwrap_or(&[]));
    let _ = out.extend_from_slice(&sum.to_be_bytes());
}

/// What a [`Parser`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found<'a> {
    /// A frame with the right sum, of whatever address.
    Frame(Frame<'a>),
    /// A frame whose sum is wrong. Its bytes are searched again.
    Damaged,
    /// A lone 55h between frames: the module started anew.
    Started,
}

/// Finds frames in a stream of bytes, whatever stands between them.
///
/// Bytes that cannot begin a frame are skipped one by one, so a frame is found
/// even in the middle of what looked like another one.
#[derive(Debug, Default)]
pub struct Parser {
    bytes: Vec<u8, MAX_FRAME>,
    /// How many of them the last find used up.
    used: usize,
    started: bool,
    /// Something other than 00h was skipped since the last frame.
    skipped: bool,
}

/// What the bytes so far are.
enum Verdict {
    Frame(usize),
    Damaged,
    Started,
    Nothing,
}

impl Parser {
    /// A parser that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), used: 0, started: false, skipped: false }
    }

    /// Takes bytes until something is found; returns how many. What was found
    /// is to be [taken](Self::take) before the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            if self.has_found() {
                return taken;
            }
            if self.bytes.push(*byte).is_err() {
                self.clear();
            }
        }
        bytes.len()
    }

    /// What was found, if anything.
    pub fn take(&mut self) -> Option<Found<'_>> {
        match self.verdict() {
            Verdict::Nothing => None,
            Verdict::Started => {
                self.started = false;
                Some(Found::Started)
            }
            Verdict::Damaged => {
                self.used = START.len();
                Some(Found::Damaged)
            }
            Verdict::Frame(len) => {
                self.used = len;
                self.skipped = false;
                Frame::split(&self.bytes).ok().map(|(frame, _)| Found::Frame(frame))
            }
        }
    }

    /// Whether a frame has begun and not ended.
    #[must_use]
    pub fn is_within_frame(&self) -> bool {
        self.bytes.len() > self.used
    }

    /// The frame that was taken last, until the next bytes.
    #[must_use]
    pub fn frame(&self) -> Option<Frame<'_>> {
        Frame::split(&self.bytes).ok().map(|(frame, _)| frame).filter(|_| self.used > START.len())
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        // On a line that echoes, our own command may stand there.
        self.bytes.zeroize();
        *self = Self::new();
    }

    fn has_found(&mut self) -> bool {
        !matches!(self.verdict(), Verdict::Nothing)
    }

    /// Skips what cannot begin a frame, and judges the rest.
    fn verdict(&mut self) -> Verdict {
        let used = core::mem::take(&mut self.used);
        self.drop_front(used);
        loop {
            if self.started {
                return Verdict::Started;
            }
            match Frame::split(&self.bytes) {
                Ok((frame, _)) if frame.is_intact() => {
                    return Verdict::Frame(OVERHEAD + frame.content.len());
                }
                Ok(_) => return Verdict::Damaged,
                Err(FrameError::Incomplete) => return Verdict::Nothing,
                Err(_) => self.skip(),
            }
        }
    }

    fn skip(&mut self) {
        match self.bytes.first() {
            // A rising line reads as 00h while a module powers up.
            Some(0x00) => {}
            Some(0x55) if !self.skipped => self.started = true,
            _ => self.skipped = true,
        }
        self.drop_front(1);
    }

    fn drop_front(&mut self, count: usize) {
        let count = count.min(self.bytes.len());
        self.bytes.copy_within(count.., 0);
        self.bytes.truncate(self.bytes.len() - count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Printed in the ZFM-20 manual: GenImg.
    const GEN_IMG: [u8; 12] = [0xEF, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 3, 1, 0, 5];

    fn found(stream: &[u8], chunk: usize) -> std::vec::Vec<std::string::String> {
        let mut parser = Parser::new();
        let mut all = std::vec::Vec::new();
        for mut bytes in stream.chunks(chunk) {
            while !bytes.is_empty() {
                bytes = &bytes[parser.push(bytes)..];
                while let Some(found) = parser.take() {
                    all.push(std::format!("{found:?}"));
                }
            }
        }
        all
    }

    #[test]
    fn a_printed_frame_both_ways() {
        let (frame, rest) = Frame::split(&GEN_IMG).unwrap();
        assert_eq!(frame, Frame::new(0xFFFF_FFFF, Pid::Command, &[1]));
        assert!(frame.is_intact() && rest.is_empty());
        let mut out = [0; 12];
        assert_eq!(frame.encode(&mut out), Some(12));
        assert_eq!(out, GEN_IMG);
        assert_eq!(frame.encode(&mut [0; 11]), None);
    }

    #[test]
    fn the_longest_frame_is_found_and_a_longer_one_is_none() {
        let mut bytes = [0; MAX_FRAME];
        let content = [0x5A; MAX_CONTENT];
        assert_eq!(Frame::new(7, Pid::Data, &content).encode(&mut bytes), Some(MAX_FRAME));
        assert_eq!(found(&bytes, 50).len(), 1);
        bytes[8] = 3;
        assert_eq!(Frame::split(&bytes), Err(FrameError::Length(0x0103)));
    }

    #[test]
    fn a_frame_within_a_false_one_is_found() {
        let mut stream = std::vec![0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x10];
        stream.extend(GEN_IMG);
        stream.extend(GEN_IMG);
        for chunk in 1..stream.len() {
            let all = found(&stream, chunk);
            assert_eq!(all.len(), 3, "{all:?}");
            assert_eq!(all[0], "Damaged");
        }
    }

    #[test]
    fn a_start_byte_is_lone() {
        assert_eq!(found(&[0x00, 0x55], 1), ["Started"]);
        assert!(found(&[0x12, 0x55], 1).is_empty());
        let mut stream = GEN_IMG.to_vec();
        stream.push(0x55);
        assert_eq!(found(&stream, 13)[1], "Started");
        assert!(found(&GEN_IMG[1..], 1).is_empty());
    }
}
