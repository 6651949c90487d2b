use super::gbk;

/// The characters that a printer's font has, smallest set first.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Charset {
    /// 20h to 7Eh.
    Ascii,
    /// And GB/T 2312-1980: 6 763 hanzi and 682 symbols.
    Gb2312,
    /// And GBK: 21 791 characters of two bytes.
    Gbk,
    /// And what GB 18030-2000 adds to the two-byte cells: `€`, `䶮` and 79
    /// more.
    Gb18030,
}

impl Charset {
    /// The two bytes of a hanzi or symbol, if the set has it.
    #[inline]
    pub(super) fn encode(self, c: char) -> Option<[u8; 2]> {
        let code = gbk::encode(c)?;
        let has = match self {
            Self::Ascii => false,
            Self::Gb2312 => is_gb2312(code),
            Self::Gbk => is_gbk(code),
            Self::Gb18030 => true,
        };
        has.then_some(code)
    }
}

/// GB/T 2312-1980 by row and cell.
fn is_gb2312([lead, trail]: [u8; 2]) -> bool {
    let (Some(row), Some(cell)) = (lead.checked_sub(0xA0), trail.checked_sub(0xA0)) else {
        return false;
    };
    match row {
        _ if cell == 0 => false,
        1 | 3 => true,
        2 => matches!(cell, 17..=66 | 69..=78 | 81..=92),
        4 => cell <= 83,
        5 => cell <= 86,
        6 => matches!(cell, 1..=24 | 33..=56),
        7 => matches!(cell, 1..=33 | 49..=81),
        8 => matches!(cell, 1..=26 | 37..=73),
        9 => matches!(cell, 4..=79),
        55 => cell <= 89,
        16..=87 => true,
        _ => false,
    }
}

/// GB 18030 without the cells that GBK leaves to the user.
fn is_gbk(code: [u8; 2]) -> bool {
    !matches!(code, [0xFE, 0x50..=0xFE] | [0xA2, 0xE3] | [0xA8, 0xBF] | [0xA9, 0x89..=0x95])
}
