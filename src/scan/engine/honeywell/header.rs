//! The header before a code, with `DECHDR1`: SYN FE, the length of the rest as
//! a number of four bytes, the lowest first, CR; `MSGGET`, the length of the
//! data in four digits, Honeywell's letter, the AIM code and modifier, GS.

use crate::scan::engine::reader::Head;

/// SYN.
pub(super) const MARK: u8 = 0x16;
/// How long it is.
const LEN: usize = 21;
/// How much of that the first length counts.
const COUNTED: usize = 14;
const KIND: &[u8; 6] = b"MSGGET";

/// What the bytes at the front are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Header {
    /// A header, as far as they go.
    Open,
    /// None.
    No,
    /// A header, so long, before so much data.
    Found { len: usize, data: u32, head: Head },
}

impl Header {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match Self::found(bytes) {
            Some(found) => found,
            None if bytes.len() < LEN && may_become(bytes) => Self::Open,
            None => Self::No,
        }
    }

    fn found(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LEN] = bytes.first_chunk()?;
        let [_, _, a, b, c, d, _, rest @ ..] = bytes;
        let [.., d1, d2, d3, d4, _letter, code, modifier, _] = rest;
        let data =
            u32::from_le_bytes([*a, *b, *c, *d]).checked_sub(u32::try_from(COUNTED).ok()?)?;
        let digits = [d1, d2, d3, d4].into_iter().try_fold(0, |number: u32, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(*digit & 0x0F))
        })?;
        // Of more there are only the last digits, if that.
        let agrees = may_become(bytes) && (digits == data || data > 9_999) && data > 0;
        let symbology = code.is_ascii_alphabetic().then_some([*code, *modifier]);
        let head = Head { symbology, ..Head::default() };
        agrees.then_some(Self::Found { len: LEN, data, head })
    }
}

/// Whether what is fixed in a header is so, as far as the bytes go.
fn may_become(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        0 => *byte == MARK,
        1 => *byte == 0xFE,
        6 => *byte == b'\r',
        7..13 => KIND.get(at - 7) == Some(byte),
        13..17 => byte.is_ascii_digit(),
        20 => *byte == 0x1D,
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn header(counted: u32, digits: &[u8; 4]) -> Vec<u8> {
        let mut bytes = Vec::from([0x16, 0xFE]);
        bytes.extend(counted.to_le_bytes());
        bytes.extend(b"\rMSGGET");
        bytes.extend(digits);
        bytes.extend(b"dE0\x1D");
        bytes
    }

    #[test]
    fn a_header_is_known_byte_by_byte_and_its_lengths_must_agree() {
        let bytes = header(14 + 14, b"0014");
        (0..bytes.len()).for_each(|len| assert_eq!(Header::of(&bytes[..len]), Header::Open));
        let head = Head { symbology: Some(*b"E0"), ..Head::default() };
        assert_eq!(Header::of(&bytes), Header::Found { len: 21, data: 14, head });
        for (counted, digits) in [(28, b"0015"), (13, b"0000"), (14, b"0000"), (0, b"0000")] {
            assert_eq!(Header::of(&header(counted, digits)), Header::No, "{counted}");
        }
        for at in [0, 1, 6, 7, 12, 13, 16, 20] {
            let mut bad = bytes.clone();
            bad[at] ^= 0x80;
            assert_eq!(Header::of(&bad), Header::No, "{at}");
            assert_eq!(Header::of(&bad[..=at]), Header::No, "{at}");
        }
    }
}
