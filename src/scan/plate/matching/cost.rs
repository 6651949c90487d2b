//! What it costs to take one character for another, in hundredths of a
//! character.

use crate::scan::plate::symbol::{HAN, HANZI, Symbol, UNREADABLE, han};

/// Two characters that are taken for one another.
pub(super) const SIMILAR: u16 = 30;
/// Any other two.
pub(super) const OTHER: u16 = 100;
/// A character too many or too few: the edges of plates are lost more often
/// than characters are invented.
pub(super) const GAP: u16 = 80;

/// Which characters are taken for one another: those of a group. Letters and
/// digits as the plate recognisers' users report them; of Chinese characters
/// those that share the part that is left when the picture is small (our own
/// choice): water, 京 in 琼, the sun under 晋 and 鲁, the shell in 贵 and 赣.
const GROUPS: [&[Symbol]; 11] = [
    b"0ODQ",
    b"1I",
    b"8B",
    b"2Z",
    b"5S",
    b"48",
    &[han('津'), han('浙'), han('沪'), han('湘'), han('渝')],
    &[han('京'), han('琼')],
    &[han('晋'), han('鲁')],
    &[han('贵'), han('赣')],
    &[han('港'), han('澳')],
];

/// Of each symbol, the groups it is in.
static OF: [u16; HAN as usize + HANZI.len()] = table();

const fn table() -> [u16; HAN as usize + HANZI.len()] {
    let mut of = [0; HAN as usize + HANZI.len()];
    let (mut bit, mut groups): (u16, &[&[Symbol]]) = (1, &GROUPS);
    while let [group, more @ ..] = groups {
        let mut rest = *group;
        while let [symbol, tail @ ..] = rest {
            #[allow(clippy::indexing_slicing, reason = "while compiling")]
            {
                of[*symbol as usize] |= bit;
            }
            rest = tail;
        }
        bit <<= 1;
        groups = more;
    }
    of
}

/// The groups of a symbol.
pub(super) fn groups(symbol: Symbol) -> u16 {
    OF.get(usize::from(symbol)).copied().unwrap_or_default()
}

/// Whether two symbols are taken for one another.
pub(super) fn are_similar(one: Symbol, groups_of_one: u16, other: Symbol) -> bool {
    groups_of_one & groups(other) != 0 || one == UNREADABLE || other == UNREADABLE
}
