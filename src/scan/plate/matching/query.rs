use core::fmt;

use super::cost::{GAP, OTHER, SIMILAR, are_similar, groups};
use super::spelling::Spelling;
use super::walk::Walk;
use crate::scan::plate::PlateRead;
use crate::scan::plate::symbol::{Symbol, character};

/// More than any limit. Costs are added to it without overflow.
const FAR: u16 = 0x4000;

/// A text that was read, to be looked up.
///
/// Distances are in hundredths of a character: 0 is the same text, 30 two
/// characters that are taken for one another (0 O D Q, 1 I, 8 B, 2 Z, 5 S, 4 8,
/// some provinces) or one that could not be read, 80 a character too many or too
/// few, 100 any other character. What the camera was not sure of costs less.
#[derive(Clone, Copy)]
pub struct Query {
    read: Spelling,
    costs: [Costs; Spelling::MOST],
    limit: u16,
}

/// What differences of one character that was read cost.
#[derive(Clone, Copy)]
pub(super) struct Costs {
    groups: u16,
    similar: u16,
    other: u16,
    pub(super) extra: u16,
}

impl Costs {
    /// Of a character that is certain to so many hundredths: a fifth of the
    /// whole cost is left where the camera was guessing.
    fn new(symbol: Symbol, percent: u8) -> Self {
        let weight = 20 + u16::from(percent.min(100)) * 4 / 5;
        let part = |cost: u16| cost * weight / 100;
        let groups = groups(symbol);
        Self { groups, similar: part(SIMILAR), other: part(OTHER), extra: part(GAP) }
    }

    pub(super) fn to(&self, read: Symbol, listed: Symbol) -> u16 {
        if read == listed {
            0
        } else if are_similar(read, self.groups, listed) {
            self.similar
        } else {
            self.other
        }
    }
}

impl Query {
    /// One character that is quite another.
    pub const CHARACTER: u16 = OTHER;

    /// A text, found within 100: one wrong character, or three that look alike.
    #[must_use]
    pub fn new(read: impl Into<Spelling>) -> Self {
        Self { read: read.into(), costs: [Costs::new(0, 100); Spelling::MOST], limit: OTHER }
            .characters(&[])
    }

    /// What a camera read, as sure of each character as it says it is.
    #[must_use]
    pub fn of(read: &PlateRead) -> Self {
        let spelling = read.spelling();
        Self::new(spelling).weighed(read.sure(&spelling))
    }

    /// How sure the camera is of each character, 0 to 100, in order; of those
    /// behind the last one, quite. The characters are those of the spelling,
    /// without separators.
    #[must_use]
    pub fn characters(self, percents: &[u8]) -> Self {
        self.weighed(percents.iter().copied())
    }

    fn weighed(mut self, percents: impl Iterator<Item = u8>) -> Self {
        let percents = percents.chain(core::iter::repeat(100));
        for ((costs, symbol), percent) in
            self.costs.iter_mut().zip(self.read.symbols()).zip(percents)
        {
            *costs = Costs::new(*symbol, percent);
        }
        self
    }

    /// Another limit. The lower, the faster: a list is gone through once, and
    /// each entry is left as soon as it is farther.
    #[must_use]
    pub const fn limit(mut self, limit: u16) -> Self {
        self.limit = if limit < FAR { limit } else { FAR - 1 };
        self
    }

    /// What was read.
    #[must_use]
    pub const fn read(&self) -> &Spelling {
        &self.read
    }

    /// How far a plate is from what was read; `None` beyond the limit.
    #[must_use]
    pub fn distance(&self, listed: &Spelling) -> Option<u16> {
        let (read, listed) = (self.read.symbols(), listed.symbols());
        if read == listed {
            return Some(0);
        }
        let band = self.band();
        if read.len().abs_diff(listed.len()) > band {
            return None;
        }
        // Cell `n`: what was read so far against the first `n` that are listed.
        let mut row = [FAR; Spelling::MOST + 1];
        let mut gaps = 0;
        for cell in row.iter_mut().take(band + 1) {
            *cell = gaps;
            gaps += GAP;
        }
        for (place, (symbol, costs)) in read.iter().zip(&self.costs).enumerate() {
            let first = (place + 1).saturating_sub(band);
            let last = (place + 1 + band).min(listed.len());
            if advance(&mut row, listed, (first, last), *symbol, costs) > self.limit {
                return None;
            }
        }
        row.get(listed.len()).copied().filter(|distance| *distance <= self.limit)
    }

    /// By how many characters two texts may be shifted against one another
    /// within the limit.
    fn band(&self) -> usize {
        let extra = self.costs.iter().take(self.read.len()).map(|costs| costs.extra).min();
        let least = extra.unwrap_or(GAP).clamp(1, GAP);
        usize::from(self.limit / least).min(Spelling::MOST)
    }

    /// What differs between what was read and a plate, from left to right.
    pub fn differences(&self, listed: &Spelling) -> impl Iterator<Item = Difference> + use<> {
        let (read, listed) = (self.read, *listed);
        self.walk(&listed).filter_map(move |(from, to)| {
            let read = from.and_then(|place| Some((place, *read.symbols().get(place)?)));
            let listed = to.and_then(|place| Some((place, *listed.symbols().get(place)?)));
            Difference::between(read, listed)
        })
    }

    pub(in crate::scan::plate) fn walk(&self, listed: &Spelling) -> Walk {
        Walk::new(self.read.symbols(), &self.costs, listed.symbols())
    }
}

/// Takes one more character that was read into the row, between these cells;
/// the least of them.
fn advance(
    row: &mut [u16],
    listed: &[Symbol],
    (first, last): (usize, usize),
    symbol: Symbol,
    costs: &Costs,
) -> u16 {
    let start = first.max(1);
    let cells = row.get_mut(start - 1..=last).and_then(<[u16]>::split_first_mut);
    let (Some((edge, cells)), Some(listed)) = (cells, listed.get(start - 1..last)) else {
        return FAR;
    };
    let mut diagonal = *edge;
    let mut left = FAR;
    if first == 0 {
        *edge += costs.extra;
        left = *edge;
    }
    let mut least = left;
    for (cell, listed) in cells.iter_mut().zip(listed) {
        let changed = diagonal + costs.to(symbol, *listed);
        diagonal = *cell;
        *cell = changed.min(diagonal + costs.extra).min(left + GAP);
        left = *cell;
        least = least.min(left);
    }
    least
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("read", &self.read).field("limit", &self.limit).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Query {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} within {}", self.read, self.limit);
    }
}

/// One thing that differs. Places are counted from 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Difference {
    /// A character was read as another.
    Changed {
        /// Where in what was read.
        place: usize,
        /// What was read there.
        read: char,
        /// What is listed.
        listed: char,
        /// The two are taken for one another.
        similar: bool,
    },
    /// A listed character was not read.
    Missing {
        /// Where in the listed plate.
        place: usize,
        /// Which.
        listed: char,
    },
    /// A character was read that is not listed.
    Extra {
        /// Where in what was read.
        place: usize,
        /// Which.
        read: char,
    },
}

impl Difference {
    fn between(read: Option<(usize, Symbol)>, listed: Option<(usize, Symbol)>) -> Option<Self> {
        match (read, listed) {
            (Some((place, read)), Some((_, listed))) => (read != listed).then(|| Self::Changed {
                place,
                read: character(read),
                listed: character(listed),
                similar: are_similar(read, groups(read), listed),
            }),
            (Some((place, read)), None) => Some(Self::Extra { place, read: character(read) }),
            (None, Some((place, listed))) => {
                Some(Self::Missing { place, listed: character(listed) })
            }
            (None, None) => None,
        }
    }
}
