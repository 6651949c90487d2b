/// Unicode to GBK; written by `tools/gbk-table.py`, which says how it is laid
/// out.
static TABLE: &[u8] = include_bytes!("gbk.bin");

const HANZI: usize = 0x9FA6 - 0x4E00;
const INDEX: usize = 1360;
/// Code points in a block.
const BLOCK: usize = 16;

/// The two bytes of `c` in GB 18030, in one or two look-ups; `None` if it has
/// one byte, four bytes, or is user-defined.
///
/// The lead byte is 81h to FEh, the trail byte 40h to FEh without 7Fh.
#[inline]
pub(super) fn encode(c: char) -> Option<[u8; 2]> {
    let point = usize::try_from(u32::from(c)).ok()?;
    let (hanzi, rest) = TABLE.split_at_checked(2 * HANZI)?;
    let code = match point {
        0x4E00..=0x9FA5 => hanzi.as_chunks().0.get(point - 0x4E00)?,
        0x0000..=0x4DFF => other(rest, point)?,
        0xF900..=0xFFFF => other(rest, point - 0xF900 + 0x4E00)?,
        _ => return None,
    };
    (*code != [0, 0]).then_some(*code)
}

/// The entry of the code point that stands at `place` of those that are not
/// hanzi.
fn other(table: &[u8], place: usize) -> Option<&[u8; 2]> {
    let (index, blocks) = table.split_at_checked(INDEX)?;
    let block = usize::from(*index.get(place / BLOCK)?);
    blocks.as_chunks().0.get(block * BLOCK + place % BLOCK)
}

#[cfg(test)]
mod tests {
    use super::encode;

    /// From the code charts of GB 18030-2000.
    #[test]
    fn known_characters() {
        assert_eq!(encode('啊'), Some([0xB0, 0xA1]));
        assert_eq!(encode('津'), Some([0xBD, 0xF2]));
        assert_eq!(encode('￥'), Some([0xA3, 0xA4]));
        assert_eq!(encode('丂'), Some([0x81, 0x40]));
        assert_eq!(encode('€'), Some([0xA2, 0xE3]));
        assert_eq!(encode('A'), None, "one byte");
        assert_eq!(encode('㐀'), None, "four bytes");
        assert_eq!(encode('𠮷'), None, "four bytes");
        assert_eq!(encode('\u{E000}'), None, "user-defined");
    }
}
