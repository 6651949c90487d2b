//! How two texts lie beside one another.

use super::cost::GAP;
use super::query::Costs;
use super::spelling::Spelling;
use crate::scan::plate::symbol::Symbol;

const SIDE: usize = Spelling::MOST + 1;

/// A step: the places in what was read and in what is listed that belong
/// together; `None` for a character that is on one side only.
pub(in crate::scan::plate) type Step = (Option<usize>, Option<usize>);

/// Goes through two texts side by side, from left to right, by the way that
/// costs least.
#[derive(Clone)]
pub(in crate::scan::plate) struct Walk {
    /// For each place on either side, which step to take there.
    moves: [[Move; SIDE]; SIDE],
    at: (usize, usize),
    end: (usize, usize),
}

#[derive(Clone, Copy, Debug)]
enum Move {
    Both,
    Read,
    Listed,
}

impl Walk {
    pub(super) fn new(read: &[Symbol], costs: &[Costs], listed: &[Symbol]) -> Self {
        let mut moves = [[Move::Listed; SIDE]; SIDE];
        // Cell `n`: what is left of what was read against what is listed from
        // place `n` on.
        let mut row = [0; SIDE];
        for (place, cell) in row.iter_mut().take(listed.len()).enumerate() {
            *cell = GAP * u16::try_from(listed.len() - place).unwrap_or_default();
        }
        for (place, (symbol, costs)) in read.iter().zip(costs).enumerate().rev() {
            let mut right = row.get(listed.len()).copied().unwrap_or_default();
            let mut below_right = right;
            right += costs.extra;
            let Some(line) = moves.get_mut(place) else { continue };
            set(&mut row, listed.len(), right);
            set(line, listed.len(), Move::Read);
            for (of, other) in listed.iter().enumerate().rev() {
                let below = row.get(of).copied().unwrap_or_default();
                let ways = [
                    (below_right + costs.to(*symbol, *other), Move::Both),
                    (below + costs.extra, Move::Read),
                    (right + GAP, Move::Listed),
                ];
                let Some((cost, step)) = ways.into_iter().min_by_key(|(cost, _)| *cost) else {
                    continue;
                };
                below_right = below;
                right = cost;
                set(&mut row, of, cost);
                set(line, of, step);
            }
        }
        Self { moves, at: (0, 0), end: (read.len(), listed.len()) }
    }
}

fn set<T>(line: &mut [T], place: usize, value: T) {
    if let Some(slot) = line.get_mut(place) {
        *slot = value;
    }
}

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if self.at == self.end {
            return None;
        }
        let (read, listed) = self.at;
        match self.moves.get(read)?.get(listed)? {
            Move::Both => {
                self.at = (read + 1, listed + 1);
                Some((Some(read), Some(listed)))
            }
            Move::Read => {
                self.at = (read + 1, listed);
                Some((Some(read), None))
            }
            Move::Listed => {
                self.at = (read, listed + 1);
                Some((None, Some(listed)))
            }
        }
    }
}
