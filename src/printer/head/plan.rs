use core::ops::Range;

use heapless::Vec;

use super::profile::{DOTS, Row};

/// Fewer dots at once are not tried: a row then takes 24 strobes.
pub(super) const LEAST_DOTS: u16 = 16;
const GROUPS: usize = (DOTS / LEAST_DOTS) as usize;

/// Dots of a row that are heated at once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Group {
    /// Those of the row that are shifted.
    pub(super) shifted: Range<u16>,
    /// Of them, those under these strobe lines are heated.
    pub(super) strobes: u8,
    pub(super) dots: u16,
}

/// The dots of a row under the lines of a mask.
pub(super) fn heated(row: &Row, mask: u8, strobes: &[Range<u16>]) -> Row {
    let mut all = [0; 48];
    for (_, block) in strobes.iter().enumerate().filter(|(line, _)| mask >> line & 1 == 1) {
        let part = within(row, block);
        all.iter_mut().zip(part).for_each(|(all, part)| *all |= part);
    }
    all
}

/// How a row is divided.
pub(super) type Groups = Vec<Group, GROUPS>;

/// Divides a row into groups of at most `most` dots, as few as can be. Whole
/// blocks under strobe lines where that takes no more groups, for then the row
/// is shifted once; else runs of dots, each shifted alone.
pub(super) fn divide(row: &Row, most: u16, strobes: &[Range<u16>]) -> Groups {
    let most = most.max(LEAST_DOTS);
    let fewest = usize::from(ones(row).div_ceil(most));
    match by_blocks(row, most, strobes) {
        Some(groups) if groups.len() == fewest => groups,
        _ => by_dots(row, most, strobes),
    }
}

/// Whole blocks, each to the first group that has room for it.
fn by_blocks(row: &Row, most: u16, strobes: &[Range<u16>]) -> Option<Groups> {
    let mut groups = Groups::new();
    for (line, block) in strobes.iter().enumerate() {
        let dots = ones(&within(row, block));
        if dots == 0 {
            continue;
        }
        match groups.iter_mut().find(|group| group.dots + dots <= most) {
            Some(group) => {
                group.strobes |= 1 << line;
                group.dots += dots;
            }
            None if dots <= most => {
                groups.push(Group { shifted: 0..DOTS, strobes: 1 << line, dots }).ok()?;
            }
            None => return None,
        }
    }
    Some(groups)
}

fn by_dots(row: &Row, most: u16, strobes: &[Range<u16>]) -> Groups {
    let mut groups = Groups::new();
    let mut from = 0;
    while from < DOTS {
        let (to, dots) = run(row, from, most);
        let shifted = from..to;
        if dots > 0 {
            let strobes = lines(&within(row, &shifted), strobes);
            // There are never more: each but the last has all it may.
            let _ = groups.push(Group { shifted, strobes, dots });
        }
        from = to;
    }
    groups
}

/// Where a run of at most `most` dots ends that begins at `from`, and how many
/// dots are in it.
pub(super) fn run(row: &Row, from: u16, most: u16) -> (u16, u16) {
    let rest = within(row, &(from..DOTS));
    let mut dots = 0;
    for (at, byte) in (0..DOTS).step_by(8).zip(rest) {
        let ones = ones(&[byte]);
        if dots + ones > most {
            let fits = |bits: &u16| dots + self::ones(&[byte >> (8 - bits)]) <= most;
            let bits = (1..8).take_while(fits).last().unwrap_or(0);
            return (at + bits, most);
        }
        dots += ones;
    }
    (DOTS, dots)
}

/// The lines that have a dot of the row under them.
fn lines(row: &Row, strobes: &[Range<u16>]) -> u8 {
    let black = |(line, block): (usize, &Range<u16>)| {
        if ones(&within(row, block)) > 0 { 1 << line } else { 0 }
    };
    strobes.iter().enumerate().map(black).fold(0, |mask, line| mask | line)
}

/// The row without the dots that are not in a range.
pub(super) fn within(row: &Row, range: &Range<u16>) -> Row {
    let mut part = *row;
    for (at, byte) in (0..DOTS).step_by(8).zip(&mut part) {
        let before = u32::from(range.start.saturating_sub(at).min(8));
        let upto = u32::from(range.end.saturating_sub(at).min(8));
        let from = |bit| u8::MAX.checked_shr(bit).unwrap_or(0);
        *byte &= from(before) & !from(upto);
    }
    part
}

/// The black dots.
pub(super) fn ones(bytes: &[u8]) -> u16 {
    let ones = bytes.iter().map(|byte| byte.count_ones()).sum::<u32>();
    u16::try_from(ones).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;

    const SIX: [Range<u16>; 6] = [0..64, 64..128, 128..192, 192..256, 256..320, 320..384];

    proptest! {
        #[test]
        fn each_dot_is_heated_once_and_never_too_many(
            bytes in proptest::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 48),
            most in LEAST_DOTS..=384,
            one: bool,
        ) {
            let row: Row = bytes.try_into().unwrap();
            let strobes = if one { std::iter::once(0..DOTS).collect() } else { SIX.to_vec() };
            let groups = divide(&row, most, &strobes);
            prop_assert_eq!(groups.len(), usize::from(ones(&row).div_ceil(most)));
            let mut all = [0; 48];
            for group in &groups {
                let heated = heated(&within(&row, &group.shifted), group.strobes, &strobes);
                prop_assert_eq!(ones(&heated), group.dots);
                prop_assert!(group.dots <= most);
                for (all, byte) in all.iter_mut().zip(heated) {
                    prop_assert_eq!(*all & byte, 0);
                    *all |= byte;
                }
            }
            prop_assert_eq!(all, row);
        }
    }

    #[test]
    fn whole_blocks_are_joined() {
        let mut row = [0; 48];
        (row[0], row[8], row[16], row[40]) = (0xFF, 0xFF, 0xFF, 0xFF);
        let joined = Group { shifted: 0..DOTS, strobes: 0b10_0111, dots: 32 };
        assert_eq!(divide(&row, 64, &SIX)[..], [joined]);
        // 8 and 8 in one, 8 and 8 in the other: still a row that is shifted once.
        let groups = divide(&row, 16, &SIX);
        assert_eq!(groups.iter().map(|g| g.strobes).collect::<vec::Vec<_>>(), [0b11, 0b10_0100]);
    }
}
