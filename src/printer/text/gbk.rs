//! Unicode to the codes of Chinese characters. The tables are written by
//! `tools/gbk-table.py`, which says how they are laid out; each is linked where
//! a [`Charset`](super::Charset) that needs it is named.

use super::charset::Code;

static GBK: &[u8] = include_bytes!("gbk.bin");
static GBK_HANZI: &[[u8; 2]] = GBK.split_at(2 * 20_902).0.as_chunks().0;
static GBK_INDEX: &[u8] = GBK.split_at(2 * 20_902).1.split_at(1_360).0;
static GBK_BLOCKS: &[[[u8; 2]; 16]] =
    GBK.split_at(2 * 20_902 + 1_360).1.as_chunks().0.as_chunks().0;

static GB2312: &[u8] = include_bytes!("gb2312.bin");
static GB2312_INDEX: &[u8] = GB2312.split_at(632).0;
static GB2312_BLOCKS: &[[u8; 6]] = GB2312.split_at(GB2312_CODES).0.split_at(632).1.as_chunks().0;
static GB2312_CELLS: &[[u8; 2]] = GB2312.split_at(GB2312_CODES).1.as_chunks().0;
/// Where the codes begin: they are the last part.
const GB2312_CODES: usize = GB2312.len() - 2 * 7_445;
/// The block of U+4E00.
const GB2312_HANZI: usize = GB2312_BLOCKS.len() - 654;

static FOUR_BYTES: &[[u8; 6]] = include_bytes!("gb18030.bin").as_chunks().0;

/// The two bytes of `c` in GB 18030, in one or two look-ups; 0 and 0 if it has
/// one byte, four bytes, or is user-defined.
///
/// The lead byte is 81h to FEh, the trail byte 40h to FEh without 7Fh.
#[inline]
fn two_bytes(c: char) -> [u8; 2] {
    let point = usize::try_from(u32::from(c)).unwrap_or(0);
    match GBK_HANZI.get(point.wrapping_sub(0x4E00)) {
        Some(code) => *code,
        None => other(point).copied().unwrap_or_default(),
    }
}

/// The entry of a code point that is no hanzi.
fn other(point: usize) -> Option<&'static [u8; 2]> {
    let place = match point {
        0x0000..=0x4DFF => point,
        0xF900..=0xFFFF => point - 0xF900 + 0x4E00,
        _ => return None,
    };
    let block = usize::from(*GBK_INDEX.get(place / 16)?);
    GBK_BLOCKS.get(block)?.get(place % 16)
}

/// GB 18030-2000 without codes of four bytes.
pub(super) fn gb18030(c: char) -> Code {
    Code::two(two_bytes(c))
}

/// GB 18030 without the cells that GBK leaves to the user.
pub(super) fn gbk(c: char) -> Code {
    match two_bytes(c) {
        [0xFE, 0x50..=0xFE] | [0xA2, 0xE3] | [0xA8, 0xBF] | [0xA9, 0x89..=0x95] => Code::NONE,
        code => Code::two(code),
    }
}

/// GB/T 2312-1980, in two or three look-ups.
pub(super) fn gb2312(c: char) -> Code {
    gb2312_cell(c).map_or(Code::NONE, |code| Code::two(*code))
}

#[inline]
fn gb2312_cell(c: char) -> Option<&'static [u8; 2]> {
    let point = usize::try_from(u32::from(c)).ok()?;
    let block = match point {
        0x4E00..=0x9FBF => (point - 0x4E00) / 32 + GB2312_HANZI,
        0x0000..=0x4DFF => usize::from(*GB2312_INDEX.get(point / 32)?),
        0xFF00..=0xFFFF => usize::from(*GB2312_INDEX.get((point - 0xFF00 + 0x4E00) / 32)?),
        _ => return None,
    };
    let [first_low, first_high, bits @ ..] = *GB2312_BLOCKS.get(block)?;
    let (bits, bit) = (u32::from_le_bytes(bits), 1 << (point % 32));
    if bits & bit == 0 {
        return None;
    }
    let before = usize::try_from((bits & (bit - 1)).count_ones()).ok()?;
    let first = usize::from(u16::from_le_bytes([first_low, first_high]));
    GB2312_CELLS.get(first + before)
}

/// GB 18030 with the hanzi that have four bytes: `㐀`, `𠮷`.
pub(super) fn gb18030_four(c: char) -> Code {
    match gb18030(c) {
        Code::NONE => four_bytes(c.into()).unwrap_or(Code::NONE),
        code => code,
    }
}

fn four_bytes(point: u32) -> Option<Code> {
    let number = match point {
        0x3400..=0x4DBF | 0x9FA6..=0x9FFF => bmp(point)?,
        // The last two of a plane are no characters.
        0x2_0000..=0x3_FFFF if point & 0xFFFF < 0xFFFE => point - 0x1_0000 + 189_000,
        _ => return None,
    };
    let places = [number / 12_600, number / 1_260 % 10, number / 10 % 126, number % 10];
    let [a, b, c, d] = places.map(|place| u8::try_from(place).unwrap_or(0));
    Some(Code([0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d]))
}

/// Which of all with four bytes a code point of the BMP is.
fn bmp(point: u32) -> Option<u32> {
    FOUR_BYTES.iter().find_map(|&[a, b, c, d, e, f]| {
        let [first, count, number] =
            [[a, b], [c, d], [e, f]].map(|n| u32::from(u16::from_le_bytes(n)));
        let after = point.checked_sub(first)?;
        (after < count).then_some(number + after)
    })
}

#[cfg(test)]
mod tests {
    use super::two_bytes;

    /// From the code charts of GB 18030-2000.
    #[test]
    fn known_characters() {
        assert_eq!(two_bytes('啊'), [0xB0, 0xA1]);
        assert_eq!(two_bytes('津'), [0xBD, 0xF2]);
        assert_eq!(two_bytes('￥'), [0xA3, 0xA4]);
        assert_eq!(two_bytes('丂'), [0x81, 0x40]);
        assert_eq!(two_bytes('€'), [0xA2, 0xE3]);
        assert_eq!(two_bytes('A'), [0, 0], "one byte");
        assert_eq!(two_bytes('㐀'), [0, 0], "four bytes");
        assert_eq!(two_bytes('𠮷'), [0, 0], "four bytes");
        assert_eq!(two_bytes('\u{E000}'), [0, 0], "user-defined");
    }
}
