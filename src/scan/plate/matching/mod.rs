//! Looking a text up in a list of plates, though some of it may be wrong.
//!
//! What a camera reads, or a person types, need not be a plate: `C00D12` for
//! `C0OD12`, a province that rain has washed out, a character lost at the edge. A
//! [`Query`] finds what it may have been in a list of [`Spelling`]s: a slice, or
//! whatever gives them one by one, from flash or from a file. Nothing is copied
//! but what is found.
//!
//! What comes back is a fact, the distance and [what differs](Query::differences),
//! and no verdict: an officer looks at both. The same text has the distance 0 and
//! comes first.
//!
//! ```
//! use embedded_pos::scan::plate::matching::{Difference, Query, Spelling};
//!
//! let list = ["津A12845", "津A12345", "沪B77777"].map(Spelling::new);
//! let query = Query::new("津A1Z345");
//! let found = query.nearest::<_, 4>(&list);
//! let texts: Vec<String> = found.iter().map(|near| near.entry.to_string()).collect();
//! assert_eq!(texts, ["津A12345"]); // The other has a 3 for an 8, too.
//! let nearest = found.first().unwrap();
//! assert_eq!((nearest.distance, nearest.place), (30, 1));
//! let differences: Vec<Difference> = query.differences(nearest.entry).collect();
//! assert_eq!(
//!     differences,
//!     [Difference::Changed { place: 3, read: 'Z', listed: '2', similar: true }]
//! );
//! ```
//!
//! An entry with a story is any type that shows its spelling by
//! `AsRef<Spelling>`. Time is linear in the list.

mod cost;
mod query;
mod spelling;
mod walk;

pub use query::{Difference, Query};
pub use spelling::Spelling;

use heapless::Vec;

/// An entry of a list that is near what was read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Match<T> {
    /// The entry.
    pub entry: T,
    /// Which of the list it is, from 0.
    pub place: usize,
    /// How far it is from what was read; see [`Query`]. 0 for the same text.
    pub distance: u16,
}

impl Query {
    /// The entries within the limit, in the order of the list.
    pub fn matches<T: AsRef<Spelling>>(
        &self,
        list: impl IntoIterator<Item = T>,
    ) -> impl Iterator<Item = Match<T>> {
        list.into_iter().enumerate().filter_map(|(place, entry)| {
            let distance = self.distance(entry.as_ref())?;
            Some(Match { entry, place, distance })
        })
    }

    /// The `N` nearest entries within the limit, the nearest first; of those
    /// that are equally far the first listed.
    #[must_use]
    pub fn nearest<T: AsRef<Spelling>, const N: usize>(
        &self,
        list: impl IntoIterator<Item = T>,
    ) -> Nearest<T, N> {
        let mut nearest = Nearest { found: Vec::new(), left_off: 0 };
        for found in self.matches(list) {
            nearest.add(found);
        }
        nearest
    }
}

/// The entries nearest to what was read, the nearest first.
#[derive(Clone, Debug)]
pub struct Nearest<T, const N: usize> {
    found: Vec<Match<T>, N>,
    left_off: usize,
}

impl<T, const N: usize> Nearest<T, N> {
    fn add(&mut self, found: Match<T>) {
        let place = self.found.iter().take_while(|other| other.distance <= found.distance).count();
        if self.found.is_full() {
            self.left_off += 1;
            if place == N {
                return;
            }
            self.found.pop();
        }
        // There is room now, unless N is 0.
        let _ = self.found.insert(place, found);
    }

    /// The entries.
    pub fn iter(&self) -> core::slice::Iter<'_, Match<T>> {
        self.found.iter()
    }

    /// The nearest.
    #[must_use]
    pub fn first(&self) -> Option<&Match<T>> {
        self.found.first()
    }

    /// How many more are within the limit.
    #[must_use]
    pub const fn left_off(&self) -> usize {
        self.left_off
    }
}

impl<'n, T, const N: usize> IntoIterator for &'n Nearest<T, N> {
    type Item = &'n Match<T>;
    type IntoIter = core::slice::Iter<'n, Match<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
