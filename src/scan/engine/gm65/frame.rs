//! Commands and replies as bytes (manual 9.1 to 9.5).
//!
//! There is no type here for the command with which the module erases its own
//! program (manual 9.6): what cannot be said cannot be said by mistake.

use crc::{CRC_16_XMODEM, Crc, NoTable};

use crate::scan::engine::reader::Bytes;

/// Over type, length, address and data of a command; over type, length and
/// data of a reply (manual 9.1: polynomial 1021, initial value 0, no
/// reflection).
const CHECK: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_XMODEM);

/// The most registers that are read or written at once.
pub(super) const BLOCK: usize = 24;

/// The bytes before the data of a reply: `02 00`, type, length.
const REPLY_HEAD: usize = 4;
/// The longest reply.
const REPLY: usize = REPLY_HEAD + BLOCK + 2;

/// What begins a reply.
pub(super) const REPLY_MARK: u8 = 0x02;
/// What begins a code in the output with protocol (manual 7.7).
const CODE_MARK: u8 = 0x03;
/// The same of a GM60, where the length is of two bytes.
const LONG_MARK: u8 = 0x04;

pub(super) type Block = heapless::Vec<u8, BLOCK>;

/// The types of commands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
enum Kind {
    Read = 0x07,
    Write = 0x08,
    Save = 0x09,
}

/// A command to the module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Registers from `address` on.
    Read { address: u8, count: u8 },
    /// The registers from `address` on become `data`.
    Write { address: u8, data: Block },
    /// All registers go to the EEPROM.
    Save,
}

impl Command {
    /// The register it is about; saving is about all, said as 00.
    pub(super) const fn address(&self) -> u8 {
        match self {
            Self::Read { address, .. } | Self::Write { address, .. } => *address,
            Self::Save => 0,
        }
    }

    /// The frame.
    pub(super) fn encode(&self) -> Bytes {
        match self {
            Self::Read { address, count } => frame(Kind::Read, *address, &[*count]),
            Self::Write { address, data } => frame(Kind::Write, *address, data),
            Self::Save => frame(Kind::Save, 0, &[0x00]),
        }
    }
}

fn frame(kind: Kind, address: u8, data: &[u8]) -> Bytes {
    // Data come from a `Block`, so everything fits and the length is a byte.
    let len = u8::try_from(data.len()).unwrap_or(0);
    let mut bytes = Bytes::of(&[0x7E, 0x00, kind as u8, len, 0x00, address]);
    bytes.extend(data);
    let check = CHECK.checksum(bytes.as_slice().get(2..).unwrap_or_default());
    bytes.extend(&check.to_be_bytes());
    bytes
}

/// A reply whose check is right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// The type; 00 is success.
    pub(super) status: u8,
    pub(super) data: Block,
}

impl Reply {
    /// Reads exactly one reply.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let [REPLY_MARK, 0x00, checked @ ..] = bytes else { return None };
        let (checked, check) = checked.split_last_chunk::<2>()?;
        let [status, len, data @ ..] = checked else { return None };
        let right = CHECK.checksum(checked) == u16::from_be_bytes(*check)
            && data.len() == usize::from(*len);
        let data = Block::from_slice(data).ok()?;
        right.then_some(Self { status: *status, data })
    }
}

/// What stands in front of a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Header {
    /// `03` and a length of one byte. As everywhere in this protocol, 00 is 256:
    /// a code has at least one byte.
    Short,
    /// `04` and a length of two bytes, the highest first.
    Long,
}

impl Header {
    /// How many bytes it takes, and how many follow; `None` until that is
    /// known. `Some(None)`: here is none.
    pub(super) fn of(self, bytes: &[u8]) -> Option<Option<(usize, usize)>> {
        match (self, bytes) {
            (_, []) | (Self::Short, [CODE_MARK]) | (Self::Long, [LONG_MARK] | [LONG_MARK, _]) => {
                None
            }
            (Self::Short, [CODE_MARK, 0, ..]) => Some(Some((2, 256))),
            (Self::Short, [CODE_MARK, len, ..]) => Some(Some((2, usize::from(*len)))),
            (Self::Long, [LONG_MARK, high, low, ..]) => {
                Some(Some((3, usize::from(u16::from_be_bytes([*high, *low])))))
            }
            _ => Some(None),
        }
    }
}

/// What the bytes at the front of the line can be, when the first is
/// [`REPLY_MARK`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Front {
    /// A reply, and how many bytes it takes up.
    Reply { reply: Reply, total: usize },
    /// A reply that a code cuts in two: the code is the `code_len` bytes from
    /// `at` on, of which so many are its header; `left` bytes of the reply
    /// follow.
    Parted { reply: Reply, at: usize, header: usize, code_len: usize, left: usize },
    /// More bytes are needed to tell.
    Open,
    /// No reply.
    Noise,
}

impl Front {
    /// Looks at the front of the line. `expected` is how many data bytes a
    /// reply that is waited for has; only such a one is looked for in two
    /// parts. What is found depends on the bytes it consists of, not on how
    /// many have come after them.
    pub(super) fn of(bytes: &[u8], expected: Option<usize>, code: Header) -> Self {
        let whole = Self::whole(bytes);
        if matches!(whole, Self::Reply { .. }) {
            return whole;
        }
        let Some(expected) = expected else { return whole };
        let size = REPLY_HEAD + expected + 2;
        let parted = (1..size).map(|at| Self::parted(bytes, at, expected, code));
        parted.fold(whole, Self::better)
    }

    /// A reply in one piece, of the length it says.
    fn whole(bytes: &[u8]) -> Self {
        if !is_head(bytes, None) {
            return Self::Noise;
        }
        let Some(len) = bytes.get(3) else { return Self::Open };
        let total = REPLY_HEAD + usize::from(*len) + 2;
        match bytes.get(..total) {
            _ if total > REPLY => Self::Noise,
            None => Self::Open,
            Some(bytes) => match Reply::decode(bytes) {
                Some(reply) => Self::Reply { reply, total },
                None => Self::Noise,
            },
        }
    }

    /// A reply with a code before its byte `at`.
    fn parted(bytes: &[u8], at: usize, expected: usize, code: Header) -> Self {
        let Some((head, rest)) = bytes.split_at_checked(at) else { return Self::Noise };
        if !is_head(head, Some(expected)) {
            return Self::Noise;
        }
        let (header, code_len) = match code.of(rest) {
            None => return Self::Open,
            Some(Some((header, len))) => (header, header + len),
            Some(None) => return Self::Noise,
        };
        let left = (REPLY_HEAD + expected + 2).saturating_sub(at);
        let Some(tail) = rest.get(code_len..).and_then(|tail| tail.get(..left)) else {
            return Self::Open;
        };
        let joined: heapless::Vec<u8, REPLY> =
            head.iter().chain(tail).copied().take(REPLY).collect();
        match Reply::decode(&joined) {
            Some(reply) => Self::Parted { reply, at, header, code_len, left },
            None => Self::Noise,
        }
    }

    /// Of two findings the one that is complete first, so that it does not
    /// matter how many bytes have come.
    fn better(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Parted { code_len: a, .. }, Self::Parted { code_len: b, .. }) if b < a => other,
            (Self::Parted { .. }, _) | (Self::Open, Self::Open | Self::Noise) => self,
            _ => other,
        }
    }
}

/// Whether the bytes can be the beginning of a reply with `expected` data
/// bytes.
fn is_head(bytes: &[u8], expected: Option<usize>) -> bool {
    let right_len = |len: &u8| expected.is_none_or(|expected| usize::from(*len) == expected);
    match bytes {
        [] => true,
        [mark] => *mark == REPLY_MARK,
        [mark, zero, rest @ ..] => {
            *mark == REPLY_MARK && *zero == 0 && rest.get(1).is_none_or(right_len)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn write(address: u8, data: &[u8]) -> Command {
        Command::Write { address, data: Block::from_slice(data).unwrap() }
    }

    /// GM65-S user manual V1.3, 9.2 to 9.4 and appendix A.
    #[test]
    fn commands_of_the_manual() {
        let read = Command::Read { address: 0x0A, count: 1 };
        assert_eq!(read.encode().as_slice(), [0x7E, 0, 7, 1, 0, 0x0A, 1, 0xEE, 0x8A]);
        let baud = Command::Read { address: 0x2A, count: 2 };
        assert_eq!(baud.encode().as_slice(), [0x7E, 0, 7, 1, 0, 0x2A, 2, 0xD8, 0x0F]);
        assert_eq!(
            write(0x0A, &[0x3E]).encode().as_slice(),
            [0x7E, 0, 8, 1, 0, 0x0A, 0x3E, 0x4C, 0xCF]
        );
        assert_eq!(
            write(0xD9, &[0xD3]).encode().as_slice(),
            [0x7E, 0, 8, 1, 0, 0xD9, 0xD3, 0x20, 0x38]
        );
        assert_eq!(Command::Save.encode().as_slice(), [0x7E, 0, 9, 1, 0, 0, 0, 0xDE, 0xC8]);
    }

    /// Recomputed by an independent program for the fields of the manual.
    #[test]
    fn commands_of_this_driver() {
        assert_eq!(write(0x02, &[1]).encode().as_slice(), [0x7E, 0, 8, 1, 0, 2, 1, 0x02, 0xDA]);
        assert_eq!(write(0x02, &[0]).encode().as_slice(), [0x7E, 0, 8, 1, 0, 2, 0, 0x12, 0xFB]);
        assert_eq!(write(0x03, &[2]).encode().as_slice(), [0x7E, 0, 8, 1, 0, 3, 2, 0x01, 0x88]);
        assert_eq!(
            write(0xD9, &[0x55]).encode().as_slice(),
            [0x7E, 0, 8, 1, 0, 0xD9, 0x55, 0xD1, 0x76]
        );
    }

    const REPLY_3E: [u8; 7] = [2, 0, 0, 1, 0x3E, 0xE4, 0xAC];
    const DONE: [u8; 7] = [2, 0, 0, 1, 0, 0x33, 0x31];

    fn reply(data: &[u8]) -> Reply {
        Reply { status: 0, data: Block::from_slice(data).unwrap() }
    }

    #[test]
    fn replies_of_the_manual() {
        assert_eq!(Reply::decode(&REPLY_3E), Some(reply(&[0x3E])));
        assert_eq!(Reply::decode(&DONE), Some(reply(&[0])));
    }

    #[test]
    fn each_flipped_bit_and_each_truncation_is_refused() {
        for i in 0..7 {
            assert_eq!(Front::of(&REPLY_3E[..i], Some(1), Header::Short), Front::Open, "{i}");
            for bit in 0..8 {
                let mut bad = REPLY_3E;
                bad[i] ^= 1 << bit;
                let front = Front::of(&bad, Some(1), Header::Short);
                assert!(matches!(front, Front::Open | Front::Noise), "{i}.{bit}: {front:?}");
            }
        }
    }

    #[test]
    fn skip_check_is_not_accepted_in_replies() {
        assert_eq!(Reply::decode(&[2, 0, 0, 1, 0x3E, 0xAB, 0xCD]), None);
    }

    #[test]
    fn a_code_may_part_a_reply_before_each_byte() {
        // The code looks like a reply itself.
        let code = [3, 7, 2, 0, 0, 1, 0, 0x33, 0x31];
        for at in 1..7 {
            let bytes: Vec<u8> =
                REPLY_3E[..at].iter().chain(&code).chain(&REPLY_3E[at..]).copied().collect();
            let found =
                Front::Parted { reply: reply(&[0x3E]), at, header: 2, code_len: 9, left: 7 - at };
            for len in 0..bytes.len() {
                assert_eq!(
                    Front::of(&bytes[..len], Some(1), Header::Short),
                    Front::Open,
                    "{at}: {len}"
                );
            }
            assert_eq!(Front::of(&bytes, Some(1), Header::Short), found);
            let more: Vec<u8> = bytes.iter().chain(&DONE).copied().collect();
            assert_eq!(Front::of(&more, Some(1), Header::Short), found);
        }
    }
}
