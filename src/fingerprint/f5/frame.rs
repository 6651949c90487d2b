//! The frames that every module of the family speaks:
//!
//! ```text
//! F5 | command | 3 bytes | 00 | check | F5     command, answer
//! F5 | data (known from those) | check | F5    behind one of them
//! ```
//!
//! `check` is the XOR of the bytes between. F5 is not escaped and may stand
//! anywhere within; what counts is the length.

use core::fmt;

use heapless::Vec;

/// Bytes of a frame.
pub const FRAME: usize = 8;

pub(super) const MARK: u8 = 0xF5;

/// A command or its answer, with the check that it carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame {
    /// The command's number, the same in its answer.
    pub command: u8,
    /// Parameters; results and status in an answer.
    pub bytes: [u8; 3],
    /// Zero.
    pub reserved: u8,
    /// The check as it stands in the frame.
    pub check: u8,
}

/// Bytes that are no frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FrameError {
    /// They do not begin with F5.
    Start,
    /// There is no F5 where the frame ends, at this byte.
    End(usize),
    /// They begin well, but end too soon.
    Incomplete,
}

impl FrameError {
    /// Where in the bytes the error is; for an incomplete frame, its end.
    #[must_use]
    pub const fn offset(self, len: usize) -> usize {
        match self {
            Self::Start => 0,
            Self::End(at) => at,
            Self::Incomplete => len,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "no F5 at the start",
            Self::End(_) => "no F5 at the end",
            Self::Incomplete => "the frame is cut off",
        })
    }
}

impl core::error::Error for FrameError {}

impl Frame {
    /// A frame with the right check.
    #[must_use]
    pub const fn new(command: u8, bytes: [u8; 3]) -> Self {
        let frame = Self { command, bytes, reserved: 0, check: 0 };
        Self { check: frame.computed(), ..frame }
    }

    /// Splits a frame off the front. Its check is not judged:
    /// [`is_intact`](Self::is_intact).
    ///
    /// # Errors
    /// Another start, another end, or that it is incomplete.
    pub fn split(bytes: &[u8]) -> Result<(Self, &[u8]), FrameError> {
        if bytes.first().is_some_and(|byte| *byte != MARK) {
            return Err(FrameError::Start);
        }
        let (frame, rest) = bytes.split_first_chunk::<FRAME>().ok_or(FrameError::Incomplete)?;
        match *frame {
            [_, command, a, b, c, reserved, check, MARK] => {
                Ok((Self { command, bytes: [a, b, c], reserved, check }, rest))
            }
            _ => Err(FrameError::End(FRAME - 1)),
        }
    }

    /// Whether the check is right, and the byte that is always zero is.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.check == self.computed() && self.reserved == 0
    }

    /// The frame's bytes.
    #[must_use]
    pub const fn encode(&self) -> [u8; FRAME] {
        let [a, b, c] = self.bytes;
        [MARK, self.command, a, b, c, self.reserved, self.check, MARK]
    }

    /// The check as it should be.
    #[must_use]
    pub const fn computed(&self) -> u8 {
        let [a, b, c] = self.bytes;
        self.command ^ a ^ b ^ c ^ self.reserved
    }
}

/// A long frame, with the check that it carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Data<'a> {
    /// What it holds.
    pub data: &'a [u8],
    /// The check as it stands in the frame.
    pub check: u8,
}

impl<'a> Data<'a> {
    /// Splits a frame with `len` bytes of data off the front. Its check is not
    /// judged: [`is_intact`](Self::is_intact).
    ///
    /// # Errors
    /// As [`Frame::split`].
    pub fn split(bytes: &'a [u8], len: usize) -> Result<(Self, &'a [u8]), FrameError> {
        let (mark, rest) = bytes.split_first().ok_or(FrameError::Incomplete)?;
        if *mark != MARK {
            return Err(FrameError::Start);
        }
        let (data, rest) = rest.split_at_checked(len).ok_or(FrameError::Incomplete)?;
        let ([check, mark], rest) = rest.split_first_chunk().ok_or(FrameError::Incomplete)?;
        if *mark != MARK {
            return Err(FrameError::End(len.saturating_add(2)));
        }
        Ok((Self { data, check: *check }, rest))
    }

    /// Whether the check is right.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.check == self.data.iter().fold(0, |check, byte| check ^ byte)
    }
}

/// What a [`Parser`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// A frame that is intact.
    Frame(Frame),
    /// A frame that is not. Its bytes are searched again.
    Damaged,
}

/// Finds frames in a stream of bytes, whatever stands between them.
#[derive(Debug, Default)]
pub struct Parser {
    bytes: Vec<u8, FRAME>,
}

impl Parser {
    /// A parser that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Takes bytes until there is a frame; returns how many. What was found is
    /// to be [taken](Self::take) before the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            self.skip();
            if self.bytes.push(*byte).is_err() {
                return taken;
            }
        }
        bytes.len()
    }

    /// What was found, if anything.
    pub fn take(&mut self) -> Option<Found> {
        self.skip();
        let (frame, _) = Frame::split(&self.bytes).ok()?;
        if frame.is_intact() {
            self.bytes.clear();
            return Some(Found::Frame(frame));
        }
        self.drop_first();
        Some(Found::Damaged)
    }

    /// Whether a frame has begun and not ended.
    #[must_use]
    pub fn is_within_frame(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Drops what cannot begin a frame.
    fn skip(&mut self) {
        while let Err(FrameError::Start | FrameError::End(_)) = Frame::split(&self.bytes) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        let len = self.bytes.len();
        self.bytes.rotate_left(1.min(len));
        self.bytes.truncate(len.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed from the Waveshare manual: search; add 5 with permission 1.
    const VECTORS: [([u8; FRAME], u8, [u8; 3]); 2] = [
        ([0xF5, 0x0C, 0, 0, 0, 0, 0x0C, 0xF5], 0x0C, [0, 0, 0]),
        ([0xF5, 0x01, 0, 5, 1, 0, 0x05, 0xF5], 0x01, [0, 5, 1]),
    ];

    #[test]
    fn frames_both_ways() {
        for (bytes, command, parameters) in VECTORS {
            let frame = Frame::new(command, parameters);
            assert_eq!(Frame::split(&bytes), Ok((frame, &[][..])));
            assert_eq!(frame.encode(), bytes);
        }
    }
}
