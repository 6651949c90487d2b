//! Frames (UM0701-02, 6.2.1): the same on all three buses.
//!
//! ```text
//! normal    00 00 FF LEN LCS            data DCS 00    LEN 1 to 255
//! extended  00 00 FF FF FF LENM LENL LCS data DCS 00    LEN 1 to 265
//! ACK       00 00 FF 00 FF 00
//! NACK      00 00 FF FF 00 00
//! ```
//!
//! The data begins with D4 to the chip and D5 from it. LEN and LCS, and data
//! and DCS, add up to 0. Of the 00 before the start code 00 FF and behind the
//! frame there may be any number. One behind it is asked for here, though:
//! where a byte 00 of the data was lost, DCS stands in its place and the 00
//! behind it in that of DCS, and the sum is right all the same.
//!
//! ```
//! use embedded_pos::card::reader::pn532::frame::{Found, find};
//!
//! let bytes = [0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD5, 0x15, 0x16, 0x00];
//! assert_eq!(find(&bytes[1..]), Some((Found::Data(&[0xD5, 0x15]), 8)));
//! ```

use zeroize::Zeroize;

/// Asks for the last response once more.
pub(super) const NACK: [u8; 6] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00];
/// Says that a response was received, and aborts a command that has none yet.
pub(super) const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
/// Wakes the chip up on HSU (UM0701-02, 7.2.11: five rising edges), and passes
/// for a long preamble if it was awake. On SPI and I2C the
/// [ports](super::SpiPort) wake it up their own way.
pub(super) const WAKE: [u8; 16] = [0x55, 0x55, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

const TO_CHIP: u8 = 0xD4;
pub(super) const FROM_CHIP: u8 = 0xD5;
/// Alone in a frame: the chip did not understand the command (6.2.1.5).
pub(super) const ERROR: u8 = 0x7F;

/// The most data of a frame, D4 or D5 included (6.2.1.2).
const MAX_DATA: usize = 265;
/// 00, 00 FF, FF FF, LENM, LENL, LCS.
const EXTENDED: usize = 8;
/// 00, 00 FF, LEN, LCS.
const NORMAL: usize = 5;
/// The longest frame, with one 00 on each side.
pub(super) const MAX: usize = EXTENDED + MAX_DATA + 2;

/// What stands at the front of some bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found<'a> {
    /// No frame begins here.
    Noise,
    /// A command or a response was received.
    Ack,
    /// A response is to be sent once more.
    Nack,
    /// The data of a frame, with D4 or D5.
    Data(&'a [u8]),
    /// A frame whose data does not fit its check.
    Garbled,
}

/// What stands at the front of `bytes`, and how many of them it is: for a
/// frame from 00 FF to the 00 behind DCS. `None` while more bytes are needed to
/// tell.
#[must_use]
pub fn find(bytes: &[u8]) -> Option<(Found<'_>, usize)> {
    let (start, data) = match bytes {
        [] | [0x00] | [0x00, 0xFF] | [0x00, 0xFF, _] => return None,
        [0x00, 0xFF, 0x00, 0xFF, ..] => return Some((Found::Ack, 4)),
        [0x00, 0xFF, 0xFF, 0x00, ..] => return Some((Found::Nack, 4)),
        [0x00, 0xFF, 0xFF, 0xFF, rest @ ..] => {
            let [high, low, check, ..] = rest else { return None };
            let fits = high.wrapping_add(*low).wrapping_add(*check) == 0;
            (EXTENDED - 1, u16::from_be_bytes([*high, *low]) * u16::from(fits))
        }
        [0x00, 0xFF, len, check, ..] => {
            (NORMAL - 1, u16::from(*len) * u16::from(len.wrapping_add(*check) == 0))
        }
        _ => return Some((Found::Noise, 1)),
    };
    let data = usize::from(data);
    if !(1..=MAX_DATA).contains(&data) {
        return Some((Found::Noise, 1));
    }
    // What else stands there is an acknowledgement that was garbled.
    match (bytes.get(start)?, data) {
        (&(TO_CHIP | FROM_CHIP), 2..) | (&ERROR, 1) => {}
        _ => return Some((Found::Noise, 1)),
    }
    let (data, end) = bytes.get(start..start + data + 2)?.split_at_checked(data)?;
    let sum = data.iter().chain(end).fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
    match (sum, end) {
        (0, [_, 0x00]) => Some((Found::Data(data), start + data.len() + 2)),
        // Another frame may have begun inside, where a byte was lost.
        _ => Some((Found::Garbled, 2)),
    }
}

/// The name of a command by its code; its response has the code above it
/// (UM0701-02, chapter 7).
#[must_use]
pub const fn name(code: u8) -> Option<&'static str> {
    Some(match code {
        0x00 => "Diagnose",
        0x02 => "GetFirmwareVersion",
        0x04 => "GetGeneralStatus",
        0x06 => "ReadRegister",
        0x08 => "WriteRegister",
        0x0C => "ReadGPIO",
        0x0E => "WriteGPIO",
        0x10 => "SetSerialBaudRate",
        0x12 => "SetParameters",
        0x14 => "SAMConfiguration",
        0x16 => "PowerDown",
        0x32 => "RFConfiguration",
        0x40 => "InDataExchange",
        0x42 => "InCommunicateThru",
        0x44 => "InDeselect",
        0x46 => "InJumpForPSL",
        0x4A => "InListPassiveTarget",
        0x4E => "InPSL",
        0x50 => "InATR",
        0x52 => "InRelease",
        0x54 => "InSelect",
        0x56 => "InJumpForDEP",
        0x58 => "RFRegulationTest",
        0x60 => "InAutoPoll",
        0x86 => "TgGetData",
        0x88 => "TgGetInitiatorCommand",
        0x8A => "TgGetTargetStatus",
        0x8C => "TgInitAsTarget",
        0x8E => "TgSetData",
        0x90 => "TgResponseToInitiator",
        0x92 => "TgSetGeneralBytes",
        0x94 => "TgSetMetaData",
        _ => return None,
    })
}

/// The length of the frame that begins at the front of `bytes`, with the 00
/// before and behind it, as far as its head tells.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(bytes.iter().position(|byte| *byte != 0)?.checked_sub(1)?..)?;
    let before = bytes.len() - head.len();
    let len = match find(head) {
        Some((Found::Noise | Found::Garbled, _)) => return None,
        Some((_, used)) => used,
        None => match head {
            [0x00, 0xFF, 0xFF, 0xFF, high, low, _, ..] => {
                EXTENDED + usize::from(u16::from_be_bytes([*high, *low])) + 1
            }
            [0x00, 0xFF, 0xFF, 0xFF, ..] => return None,
            [0x00, 0xFF, len, _, ..] => NORMAL + usize::from(*len) + 1,
            _ => return None,
        },
    };
    Some(before + len)
}

/// A command frame to be sent, kept so that it can be sent again.
pub(super) struct Outgoing {
    bytes: [u8; MAX],
    from: usize,
    to: usize,
}

impl Outgoing {
    /// What stands in one frame behind the command code at most.
    pub(super) const ROOM: usize = MAX_DATA - 2;

    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX], from: 0, to: 0 }
    }

    /// Makes the frame of a command and what stands behind its code; cut at
    /// [`ROOM`](Self::ROOM).
    pub(super) fn compose(&mut self, code: u8, head: &[u8], data: &[u8]) {
        let (_, room) = self.bytes.split_at_mut(EXTENDED);
        let content = [TO_CHIP, code];
        let content = content.iter().chain(head).chain(data).take(MAX_DATA);
        let (mut len, mut sum) = (0_usize, 0_u8);
        for (to, from) in room.iter_mut().zip(content) {
            *to = *from;
            (len, sum) = (len + 1, sum.wrapping_add(*from));
        }
        if let Some(end) = room.get_mut(len..len + 2) {
            end.copy_from_slice(&[0_u8.wrapping_sub(sum), 0x00]);
        }
        self.to = EXTENDED + len + 2;
        let [.., high, low] = len.to_be_bytes();
        let check = 0_u8.wrapping_sub(high).wrapping_sub(low);
        let Some(head) = self.bytes.first_chunk_mut() else { return };
        *head = match high {
            0 => [0, 0, 0, 0x00, 0x00, 0xFF, low, check],
            _ => [0x00, 0x00, 0xFF, 0xFF, 0xFF, high, low, check],
        };
        self.from = if high == 0 { EXTENDED - NORMAL } else { 0 };
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.from..self.to).unwrap_or_default()
    }

    /// What stands behind the code.
    pub(super) fn data(&self) -> &[u8] {
        self.bytes.get(EXTENDED + 2..self.to.saturating_sub(2)).unwrap_or_default()
    }

    pub(super) fn wipe(&mut self) {
        self.bytes.zeroize();
        (self.from, self.to) = (0, 0);
    }

    #[cfg(test)]
    pub(super) fn is_wiped(&self) -> bool {
        self.bytes == [0; MAX]
    }
}

/// Finds frames in the stream of bytes.
pub(super) struct Incoming {
    bytes: [u8; MAX],
    len: usize,
    /// The bytes at the front that were found and can go.
    found: usize,
}

impl Incoming {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX], len: 0, found: 0 }
    }

    /// Takes a byte in; ask [`next`](Self::next) until it finds nothing.
    pub(super) fn push(&mut self, byte: u8) {
        if let Some(room) = self.bytes.get_mut(self.len) {
            *room = byte;
            self.len += 1;
        }
    }

    /// The next frame, or noise, whole.
    pub(super) fn next(&mut self) -> Option<Found<'_>> {
        self.drop_found();
        let (_, used) = find(self.bytes.get(..self.len)?)?;
        self.found = used;
        find(self.bytes.get(..self.len)?).map(|(found, _)| found)
    }

    /// The data of the frame just found.
    pub(super) fn data(&self) -> &[u8] {
        match find(self.bytes.get(..self.found).unwrap_or_default()) {
            Some((Found::Data(data), _)) => data,
            _ => &[],
        }
    }

    /// A frame has begun, by its head, and is not whole.
    pub(super) fn has_begun(&self) -> bool {
        self.bytes.get(self.found..self.len).is_some_and(|bytes| length(bytes).is_some())
    }

    /// Something has come that is not whole.
    pub(super) const fn is_partial(&self) -> bool {
        // A 00 alone may be all that comes: it ends a frame.
        self.len > self.found + 1
    }

    pub(super) fn wipe(&mut self) {
        self.bytes.zeroize();
        (self.len, self.found) = (0, 0);
    }

    fn drop_found(&mut self) {
        let found = core::mem::take(&mut self.found);
        self.bytes.copy_within(found..self.len, 0);
        self.len -= found;
    }
}
