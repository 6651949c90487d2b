use core::ops::AddAssign;

use super::profile::Timing;
use crate::port::{Duration, Instant};

/// What bytes make the mechanism do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Work {
    /// Rows of dots to print.
    pub printed: u32,
    /// Rows of dots to feed.
    pub fed: u32,
    /// Cuts.
    pub cuts: u32,
    /// QR codes to make.
    pub symbols: u32,
}

impl Work {
    /// This many rows printed.
    #[must_use]
    pub const fn printing(rows: u32) -> Self {
        Self { printed: rows, fed: 0, cuts: 0, symbols: 0 }
    }

    /// This many rows fed.
    #[must_use]
    pub const fn feeding(rows: u32) -> Self {
        Self { printed: 0, fed: rows, cuts: 0, symbols: 0 }
    }

    /// How long it takes.
    #[must_use]
    pub fn duration(&self, timing: &Timing) -> Duration {
        let parts = [
            timing.dot_row.times(self.printed.into()),
            timing.feed_row.times(self.fed.into()),
            timing.cut.times(self.cuts.into()),
            timing.symbol.times(self.symbols.into()),
        ];
        parts.into_iter().fold(Duration::ZERO, |sum, part| sum + part)
    }
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.printed = self.printed.saturating_add(other.printed);
        self.fed = self.fed.saturating_add(other.fed);
        self.cuts = self.cuts.saturating_add(other.cuts);
        self.symbols = self.symbols.saturating_add(other.symbols);
    }
}

/// Bytes that were sent one after the other, and when they are worked off.
#[derive(Clone, Copy, Debug)]
struct Batch {
    bytes: usize,
    done: Instant,
}

/// What the printer should have left to do, by its profile's times.
///
/// It is an account, not a measurement: what [`Timed`](super::Timed) flow
/// control goes by, and from when on a printer without proof should have
/// printed everything.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    batches: [Batch; Self::BATCHES],
    /// Bytes of a slice are out whose work is not in the account yet: the
    /// printer may be at it, and keep the others waiting.
    open: bool,
    arrived: Instant,
    done: Instant,
}

impl Load {
    /// Few are enough: what is sent after the last one joins it.
    const BATCHES: usize = 4;

    pub(super) const fn new() -> Self {
        const NONE: Batch = Batch { bytes: 0, done: Instant::ZERO };
        Self {
            batches: [NONE; Self::BATCHES],
            open: false,
            arrived: Instant::ZERO,
            done: Instant::ZERO,
        }
    }

    /// When everything that was sent should be printed.
    #[must_use]
    pub const fn done(&self) -> Instant {
        self.done
    }

    /// When the last byte should have reached the printer.
    #[must_use]
    pub const fn arrived(&self) -> Instant {
        self.arrived
    }

    /// How many bytes may still stand in the printer's buffer.
    #[must_use]
    pub fn unprinted(&self, now: Instant) -> usize {
        let open = self.batches.last().filter(|last| self.open && last.done <= now);
        self.busy(now).chain(open).map(|batch| batch.bytes).sum()
    }

    /// When some of them should be worked off; after `now`.
    #[must_use]
    pub fn next_done(&self, now: Instant) -> Instant {
        const SOON: Duration = Duration::from_millis(1);
        self.busy(now).map(|batch| batch.done).min().unwrap_or(now + SOON)
    }

    fn busy(&self, now: Instant) -> impl Iterator<Item = &Batch> {
        self.batches.iter().filter(move |batch| batch.done > now)
    }

    /// Bytes left.
    pub(super) fn sent(&mut self, bytes: usize, byte: Duration, now: Instant) {
        let count = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.arrived = self.arrived.max(now) + byte.times(count);
        self.done = self.done.max(self.arrived);
        if let Some(last) = self.batches.last_mut() {
            if last.done <= now && !self.open {
                last.bytes = 0;
            }
            last.bytes += bytes;
            last.done = self.done;
        }
        self.open = true;
    }

    /// What the bytes that left last make the printer do. Those that leave
    /// after it start a new batch, if one is free.
    pub(super) fn working(&mut self, work: Duration, now: Instant) {
        self.open = false;
        self.done = self.done.max(now) + work;
        if let Some(last) = self.batches.last_mut() {
            last.done = self.done;
        }
        let free = self.batches.first().is_some_and(|first| first.done <= now);
        if free && work > Duration::ZERO {
            self.batches.rotate_left(1);
            if let Some(last) = self.batches.last_mut() {
                *last = Batch { bytes: 0, done: Instant::ZERO };
            }
        }
    }
}
