//! Who has how many votes for which character.

use crate::scan::plate::matching::{Query, Spelling};
use crate::scan::plate::symbol::Symbol;

/// The votes for one place: of the three characters that have most.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    symbols: [Symbol; 3],
    weights: [u16; 3],
    /// How much of that is of those that were there before.
    inherited: [u16; 3],
}

impl Place {
    fn vote(&mut self, symbol: Symbol, weight: u16) {
        let known =
            self.symbols.iter().zip(&self.weights).position(|(s, w)| *s == symbol && *w > 0);
        // A fourth one takes the place of the weakest, of equal ones the last, and
        // for staying there its votes, or it could never rise.
        let rank = |(at, weight): &(usize, u16)| (*weight, if *weight > 0 { 3 - at } else { *at });
        let weakest = || self.weights.into_iter().enumerate().min_by_key(rank);
        let at = known.or_else(|| weakest().map(|(at, _)| at)).unwrap_or_default();
        let mut slots = self.symbols.iter_mut().zip(&mut self.weights).zip(&mut self.inherited);
        if let Some(((slot, total), inherited)) = slots.nth(at) {
            if known.is_none() {
                (*slot, *inherited) = (symbol, *total);
            }
            *total = total.saturating_add(weight);
        }
    }

    fn halve(&mut self) {
        self.weights = self.weights.map(|weight| weight / 2);
        self.inherited = self.inherited.map(|weight| weight / 2);
    }

    /// The character with most votes of its own, of equal ones the first, and
    /// these.
    fn winner(&self) -> (Symbol, u16) {
        let own = self.weights.iter().zip(&self.inherited);
        let own = own.map(|(all, inherited)| all.saturating_sub(*inherited));
        let pairs = self.symbols.iter().copied().zip(own);
        pairs.fold((0, 0), |best, pair| if pair.1 > best.1 { pair } else { best })
    }
}

/// The votes of readings of one length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Table {
    len: usize,
    readings: u16,
    places: [Place; Spelling::MOST],
}

impl Table {
    /// How many readings are kept apart: their votes, of 100 each, stay below
    /// what a weight can hold. Then all are halved, and old ones fade.
    const MOST: u16 = 600;

    pub(super) const fn is_free(&self) -> bool {
        self.readings == 0
    }

    /// Whether readings of this length belong here.
    pub(super) const fn takes(&self, spelling: &Spelling) -> bool {
        self.is_free() || self.len == spelling.len()
    }

    /// Counts a reading, character by character. One of another length is laid
    /// beside what leads.
    pub(super) fn vote(&mut self, read: &Spelling, sure: impl Iterator<Item = u8>) {
        let mut weights = [0; Spelling::MOST];
        weights.iter_mut().zip(sure).for_each(|(to, percent)| *to = u16::from(percent).max(1));
        if self.takes(read) {
            self.len = read.len();
            let pairs = read.symbols().iter().zip(weights);
            self.places.iter_mut().zip(pairs).for_each(|(place, (s, w))| place.vote(*s, w));
        } else {
            for (from, to) in Query::new(*read).walk(&self.leader()) {
                let Some((from, to)) = from.zip(to) else { continue };
                let vote = read.symbols().get(from).zip(weights.get(from));
                if let (Some((symbol, weight)), Some(place)) = (vote, self.places.get_mut(to)) {
                    place.vote(*symbol, *weight);
                }
            }
        }
        self.readings += 1;
        if self.readings == Self::MOST {
            self.readings /= 2;
            self.places.iter_mut().for_each(Place::halve);
        }
    }

    fn winners(&self) -> impl Iterator<Item = (Symbol, u16)> {
        self.places.iter().take(self.len).map(Place::winner)
    }

    /// What has most votes at each place.
    pub(super) fn leader(&self) -> Spelling {
        Spelling::of(self.winners().map(|(symbol, _)| symbol))
    }

    /// The votes for that, of 100 a reading.
    pub(super) fn support(&self) -> impl Iterator<Item = u8> {
        let most = self.readings.max(1);
        self.winners().map(move |(_, votes)| u8::try_from(votes / most).unwrap_or(100).min(100))
    }

    /// The votes for a place of that, in the mean: what lengths are compared by.
    pub(super) fn weight(&self) -> u32 {
        let total: u32 = self.winners().map(|(_, votes)| u32::from(votes)).sum();
        // An empty text has no votes, but it may have been read.
        total
            .checked_div(u32::try_from(self.len).unwrap_or_default())
            .unwrap_or(self.readings.into())
    }
}
