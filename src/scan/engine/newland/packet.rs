//! Codes with *data packing, format 2*: STX, 00, a length of two bytes, the
//! highest first, 3B, the number of the symbology, data, check.

use crate::scan::engine::reader::{Front, Head};
use crate::scan::{Encoding, symbology};

/// How much comes before the data.
const LEN: usize = 6;

/// How far a packed code has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Packet {
    /// How much of it is to come, and what its bytes come to so far.
    pub(super) growing: Option<(u16, u8)>,
}

impl Packet {
    pub(super) const fn is_growing(self) -> bool {
        self.growing.is_some()
    }

    /// A head, if `bytes` begin with one, which `counts` so many of the two
    /// bytes before the data as data.
    pub(super) fn begin<R>(&mut self, bytes: &[u8], counts: u8, encoding: Encoding) -> Front<R> {
        let Some(&[stx, attribute, high, low, kind, number]) = bytes.first_chunk::<LEN>() else {
            let fixed = [(0, 0x02), (1, 0x00), (4, 0x3B)];
            let open = fixed.iter().all(|(at, is)| bytes.get(*at).is_none_or(|byte| byte == is));
            return if open { Front::Open } else { Front::Stray(1) };
        };
        let len = u16::from_be_bytes([high, low]).checked_sub(counts.into());
        match (stx, attribute, kind, len) {
            (0x02, 0x00, 0x3B, Some(len @ 1..)) => {
                // The check begins with FF.
                self.growing = Some((len, 0xFF ^ high ^ low ^ kind ^ number));
                let symbology = symbology::newland(number);
                Front::Begin(LEN, Head { symbology, encoding, truncated: false })
            }
            _ => Front::Stray(1),
        }
    }

    /// What stands at the front of the bytes of a code that has begun.
    pub(super) fn within<R>(&mut self, bytes: &[u8]) -> Front<R> {
        let Some((left, check)) = self.growing else { return Front::Noise(1) };
        if left == 0 {
            self.growing = None;
            // Manuals differ in whether STX and the byte behind it count.
            let right = bytes.first().is_some_and(|byte| matches!(byte ^ check, 0 | 0x02));
            return if right { Front::End(1) } else { Front::Spoilt(1) };
        }
        let piece = bytes.get(..left.into()).unwrap_or(bytes);
        let taken = u16::try_from(piece.len()).unwrap_or(left);
        let check = piece.iter().fold(check, |check, byte| check ^ byte);
        self.growing = Some((left.saturating_sub(taken), check));
        Front::Piece(piece.len())
    }

    pub(super) const fn give_up(&mut self) {
        self.growing = None;
    }
}
