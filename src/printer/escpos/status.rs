//! All that a printer sends, told apart, and what it means.
//!
//! A printer sends bytes of six kinds over one line, some asked for and some
//! not, one in the middle of another. They differ in their fixed bits
//! (Citizen PMU2xxx and CBM1000, "Identification of send status"; Wincor
//! TH230):
//!
//! | reply | bits |
//! | --- | --- |
//! | XON, XOFF | `0001 0001`, `0001 0011` |
//! | `DLE EOT` | `0xx1 xx10` |
//! | automatic status | `0xx1 xx00`, then three of `0xx0 xxxx` |
//! | `GS r`, `GS I` 1 to 3 | `0xx0 xxxx` |
//! | `GS I` from 65 on, `GS g 2` | `5Fh` or `3Dh`, text, `00h` |
//! | `GS ( H`, `DLE DC4 8` and others | `37h`, a number, text, `00h` |
//! | switched on (some) | `3Bh` |

use super::profile::Dialect;
use crate::printer::Status;

/// One thing that a printer said.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reply {
    /// It takes bytes again (11h).
    Xon,
    /// It takes none (13h).
    Xoff,
    /// An answer to `DLE EOT n`.
    RealTime {
        /// Which was awaited; `None` when none was, or one has come already.
        n: Option<u8>,
        /// The byte.
        byte: u8,
    },
    /// An answer in the order of the stream: to `GS r`, or `GS I` 1 to 3.
    InOrder(u8),
    /// Automatic status (`GS a`).
    Automatic([u8; 4]),
    /// The process number of `GS ( H` function 48: what stood before it is
    /// printed.
    Process([u8; 4]),
    /// A block begins; [`Data`](Self::Data) and [`End`](Self::End) follow.
    Block {
        /// 5Fh, 3Dh or 37h.
        header: u8,
        /// What the block is about: the second byte after 37h, else 0.
        id: u8,
    },
    /// A byte of the block.
    Data(u8),
    /// The end of the block.
    End,
    /// It was switched on (3Bh; not all say so).
    PowerOn,
    /// A byte that is none of these: a wrong speed, a line that hangs.
    Noise(u8),
}

/// Where in a reply of several bytes the printer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Frame {
    None,
    Automatic,
    /// After 37h.
    Header,
    Process,
    Block,
}

/// Cuts what a printer sends into [`Reply`]s: one byte after the other, split
/// anywhere.
///
/// XON and XOFF are heard inside other replies. A reply that breaks off is
/// dropped at the first byte that cannot belong to it, and that byte is looked
/// at anew; [`broken`](Self::broken) tells.
///
/// ```
/// use embedded_pos::printer::escpos::{Replies, Reply};
///
/// let mut replies = Replies::new();
/// replies.awaits(1);
/// // Automatic status with an XOFF inside, then the answer to DLE EOT 1.
/// let bytes = [0x18, 0x00, 0x13, 0x0C, 0x00, 0x1A];
/// let heard: Vec<_> = bytes.iter().filter_map(|byte| replies.push(*byte)).collect();
/// assert_eq!(heard[0], Reply::Xoff);
/// assert_eq!(heard[1], Reply::Automatic([0x18, 0x00, 0x0C, 0x00]));
/// assert_eq!(heard[2], Reply::RealTime { n: Some(1), byte: 0x1A });
/// ```
#[derive(Clone, Debug)]
pub struct Replies {
    frame: Frame,
    bytes: [u8; 4],
    length: u8,
    awaited: Option<u8>,
    broken: bool,
}

impl Default for Replies {
    fn default() -> Self {
        Self::new()
    }
}

impl Replies {
    /// The longest text of a block, in bytes: a list of 40 keys of logos, and
    /// whether more follow.
    pub const BLOCK: u8 = 81;

    /// Nothing has come, nothing is awaited.
    #[must_use]
    pub const fn new() -> Self {
        Self { frame: Frame::None, bytes: [0; 4], length: 0, awaited: None, broken: false }
    }

    /// The next answer to `DLE EOT` is the one to `n`.
    pub const fn awaits(&mut self, n: u8) {
        self.awaited = Some(n);
    }

    /// None is awaited (any longer).
    pub const fn awaits_none(&mut self) {
        self.awaited = None;
    }

    /// Whether a reply has begun and not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.frame, Frame::None)
    }

    /// Silence ends a reply that broke off.
    pub const fn silence(&mut self) {
        self.broken |= self.is_open();
        self.frame = Frame::None;
    }

    /// Whether a reply broke off since this was asked last.
    pub const fn broken(&mut self) -> bool {
        core::mem::replace(&mut self.broken, false)
    }

    /// Takes the next byte; what it completes.
    pub const fn push(&mut self, byte: u8) -> Option<Reply> {
        match byte {
            0x11 => return Some(Reply::Xon),
            0x13 => return Some(Reply::Xoff),
            _ => {}
        }
        match self.frame {
            Frame::None => self.first(byte),
            Frame::Automatic if byte & 0x90 == 0 => self.collect(byte, 4),
            Frame::Header if byte == PROCESS => {
                self.frame = Frame::Process;
                self.length = 0;
                None
            }
            Frame::Header if is_text(byte) => {
                self.frame = Frame::Block;
                self.length = 0;
                Some(Reply::Block { header: 0x37, id: byte })
            }
            Frame::Process if self.length < 4 && is_text(byte) => self.collect(byte, 5),
            Frame::Process if self.length == 4 && byte == 0 => {
                self.frame = Frame::None;
                Some(Reply::Process(self.bytes))
            }
            Frame::Block if byte == 0 => {
                self.frame = Frame::None;
                Some(Reply::End)
            }
            // Bytes of a text that is not ASCII are a maker's business.
            Frame::Block if self.length < Self::BLOCK && (is_text(byte) || byte >= 0x80) => {
                self.length += 1;
                Some(Reply::Data(byte))
            }
            _ => {
                self.silence();
                self.first(byte)
            }
        }
    }

    /// The first byte of a reply.
    const fn first(&mut self, byte: u8) -> Option<Reply> {
        self.length = 0;
        match byte {
            0x37 => {
                self.frame = Frame::Header;
                None
            }
            0x5F | 0x3D => {
                self.frame = Frame::Block;
                Some(Reply::Block { header: byte, id: 0 })
            }
            0x3B => Some(Reply::PowerOn),
            _ if is_real_time(byte) => Some(Reply::RealTime { n: self.awaited.take(), byte }),
            _ if byte & 0x93 == 0x10 => {
                self.frame = Frame::Automatic;
                self.collect(byte, 4)
            }
            _ if byte & 0x90 == 0 => Some(Reply::InOrder(byte)),
            _ => Some(Reply::Noise(byte)),
        }
    }

    /// Keeps a byte; automatic status is whole with its fourth.
    const fn collect(&mut self, byte: u8, whole: u8) -> Option<Reply> {
        let [a, b, c, d] = self.bytes;
        self.bytes = match self.length {
            0 => [byte, b, c, d],
            1 => [a, byte, c, d],
            2 => [a, b, byte, d],
            _ => [a, b, c, byte],
        };
        self.length += 1;
        if self.length < whole {
            return None;
        }
        self.frame = Frame::None;
        Some(Reply::Automatic(self.bytes))
    }
}

/// After 37h: the process number.
const PROCESS: u8 = 0x22;

/// A printable byte: what process numbers and texts consist of.
const fn is_text(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E)
}

/// `0xx1xx10`: what tells an answer to `DLE EOT` from all others, and from a
/// line that is dead (00h, FFh).
#[must_use]
pub const fn is_real_time(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// `DLE EOT` 2, bit 6: an error occurred; which, `DLE EOT` 3 says.
pub(super) const ERROR_OCCURRED: u8 = 0x40;

const fn bit(byte: u8, mask: u8, flag: Status) -> Status {
    if byte & mask == 0 { Status::empty() } else { flag }
}

/// What an answer to `DLE EOT n` says.
///
/// The bits: Epson's reference, and the manuals of TM-L60II, TM-U295 and
/// Citizen iDP-3221, which agree. Where a sensor has two bits, some clones set
/// one of them (PNP-500, MTP-2100); either counts.
#[must_use]
pub fn real_time(dialect: Dialect, n: u8, byte: u8) -> Status {
    let bit = |mask, flag| bit(byte, mask, flag);
    match (n, dialect) {
        (1, _) => {
            let online = if byte & 0x08 == 0 { Status::ONLINE } else { Status::empty() };
            let drawer = bit(0x04, Status::DRAWER_PIN);
            online | drawer | bit(0x20, Status::RECOVERABLE) | bit(0x40, Status::FEEDING)
        }
        (2, Dialect::Pnp500) => bit(0x24, Status::COVER_OPEN) | bit(0x08, Status::FEEDING),
        (2, _) => {
            bit(0x04, Status::COVER_OPEN)
                | bit(0x08, Status::FEEDING)
                | bit(0x20, Status::PAPER_OUT)
        }
        (3, Dialect::Mtp2100) => bit(0x20, Status::OVERHEATED) | bit(0x4C, Status::FATAL),
        (3, _) => {
            bit(0x04, Status::RECOVERABLE)
                | bit(0x08, Status::CUTTER_ERROR)
                | bit(0x20, Status::FATAL)
                | bit(0x40, Status::OVERHEATED)
        }
        (4, _) => bit(0x0C, Status::PAPER_LOW) | bit(0x60, Status::PAPER_OUT),
        _ => Status::empty(),
    }
}

/// What automatic status says (`GS a`; TM-U220A and SMICE-PS manuals).
#[must_use]
pub fn automatic([first, second, third, _]: [u8; 4]) -> Status {
    let online = if first & 0x08 == 0 { Status::ONLINE } else { Status::empty() };
    online
        | bit(first, 0x04, Status::DRAWER_PIN)
        | bit(first, 0x20, Status::COVER_OPEN)
        | bit(first, 0x40, Status::FEEDING)
        | bit(second, 0x02, Status::FEEDING)
        | bit(second, 0x05, Status::RECOVERABLE)
        | bit(second, 0x08, Status::CUTTER_ERROR)
        | bit(second, 0x20, Status::FATAL)
        | bit(second, 0x40, Status::OVERHEATED)
        | bit(third, 0x03, Status::PAPER_LOW)
        | bit(third, 0x0C, Status::PAPER_OUT)
}

/// What the answer to `GS r 1` says of the paper.
#[must_use]
pub fn paper(byte: u8) -> Status {
    bit(byte, 0x03, Status::PAPER_LOW) | bit(byte, 0x0C, Status::PAPER_OUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epson(n: u8, byte: u8) -> Status {
        real_time(Dialect::Epson, n, byte)
    }

    /// Idle, near end and end: as users report them (18, 30, 114).
    #[test]
    fn paper_sensor() {
        assert_eq!(epson(4, 0x12), Status::empty());
        assert_eq!(epson(4, 0x1E), Status::PAPER_LOW);
        assert_eq!(epson(4, 0x72), Status::PAPER_OUT);
        assert_eq!(epson(4, 0x7E), Status::PAPER_LOW | Status::PAPER_OUT);
        assert_eq!(epson(4, 0x16), Status::PAPER_LOW, "one bit only: MTP-2100");
        assert_eq!(epson(4, 0x32), Status::PAPER_OUT, "one bit only: MTP-2100");
    }

    #[test]
    fn offline_is_not_ready() {
        assert_eq!(epson(1, 0x16), Status::ONLINE | Status::DRAWER_PIN);
        assert!(!(epson(1, 0x1A) | epson(2, 0x32)).is_ready());
        assert!(!(epson(1, 0x12) | epson(2, 0x16)).is_ready());
    }

    /// PNP-500 answers an open door with 1Ah, 32h and 72h; MTP-2100 has a hot
    /// head and a broken thermistor where others have errors.
    #[test]
    fn dialects() {
        assert_eq!(real_time(Dialect::Pnp500, 2, 0x32), Status::COVER_OPEN);
        assert_eq!(real_time(Dialect::Mtp2100, 3, 0x32), Status::OVERHEATED);
        assert_eq!(real_time(Dialect::Mtp2100, 3, 0x52), Status::FATAL);
    }

    #[test]
    fn every_error_bit_is_not_ready() {
        for dialect in [Dialect::Epson, Dialect::Pnp500, Dialect::Mtp2100] {
            for mask in [0x04, 0x08, 0x20, 0x40] {
                let status = Status::ONLINE | real_time(dialect, 3, 0x12 | mask);
                assert!(!status.is_ready(), "{dialect:?} {mask:02X}");
            }
        }
        for (second, third) in [(1, 0), (4, 0), (8, 0), (0x20, 0), (0x40, 0), (0, 4), (0, 8)] {
            assert!(!automatic([0x10, second, third, 0]).is_ready());
        }
        assert!(automatic([0x10, 0, 3, 0]).is_ready());
    }

    #[test]
    fn only_the_fixed_bits_make_a_status() {
        assert_eq!((0..=0xFF).filter(|byte| is_real_time(*byte)).count(), 16);
        for byte in [0x00, 0xFF, 0x11, 0x13, 0x10, 0x0F, 0x37, 0x5F] {
            assert!(!is_real_time(byte), "{byte:02X}");
        }
    }
}
