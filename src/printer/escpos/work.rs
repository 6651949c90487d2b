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
    /// Bytes of a slice whose work is not in the account yet, for it is not
    /// all out: the printer may be at it, and keep them waiting.
    open: usize,
    arrived: Instant,
    done: Instant,
}

impl Load {
    /// Few are enough: what is sent after the last one joins it.
    const BATCHES: usize = 4;

    pub(in crate::printer) const fn new() -> Self {
        const NONE: Batch = Batch { bytes: 0, done: Instant::ZERO };
        Self {
            batches: [NONE; Self::BATCHES],
            open: 0,
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
        self.open + self.busy(now).map(|batch| batch.bytes).sum::<usize>()
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
    pub(in crate::printer) fn sent(&mut self, bytes: usize, byte: Duration, now: Instant) {
        let count = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.arrived = self.arrived.max(now) + byte.times(count);
        self.done = self.done.max(self.arrived);
        self.open += bytes;
    }

    /// Bytes of a real-time request left. They are executed as they come in;
    /// in a printer that keeps them all the same, they stand behind the rest.
    pub(in crate::printer) fn requested(&mut self, bytes: usize, byte: Duration, now: Instant) {
        let open = self.open;
        self.sent(bytes, byte, now);
        self.open = open;
        if let Some(last) = self.batches.last_mut().filter(|last| last.done > now) {
            last.bytes += bytes;
        }
    }

    /// What the bytes that left last make the mechanism do. They join the
    /// batch before, unless there is a free one.
    pub(in crate::printer) fn working(&mut self, work: Duration, now: Instant) {
        self.done = self.done.max(now) + work;
        if self.batches.first().is_some_and(|first| first.done <= now) {
            self.batches.rotate_left(1);
            if let Some(last) = self.batches.last_mut() {
                last.bytes = 0;
            }
        }
        if let Some(last) = self.batches.last_mut() {
            last.bytes += core::mem::take(&mut self.open);
            last.done = self.done;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Load;
    use crate::port::{Duration, Instant};

    const BYTE: Duration = Duration::from_micros(100);

    fn at(millis: u64) -> Instant {
        Instant::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn bytes_count_until_they_are_worked_off() {
        let mut load = Load::new();
        load.sent(40, BYTE, at(0));
        assert_eq!(load.unprinted(at(50)), 40, "its work is not known yet");
        load.working(Duration::from_millis(70), at(4));
        load.sent(40, BYTE, at(4));
        load.working(Duration::from_millis(70), at(8));
        assert_eq!(load.unprinted(at(8)), 80);
        assert_eq!(load.next_done(at(8)), at(74));
        assert_eq!(load.unprinted(at(74)), 40);
        assert_eq!(load.done(), at(144));
        assert_eq!(load.unprinted(at(144)), 0);
    }

    #[test]
    fn more_batches_than_there_are_count_with_the_last() {
        let mut load = Load::new();
        for _ in 0..10 {
            load.sent(10, Duration::ZERO, at(0));
            load.working(Duration::from_millis(10), at(0));
        }
        assert_eq!(load.unprinted(at(0)), 100);
        assert_eq!(load.unprinted(at(10)), 90);
        assert_eq!(load.unprinted(at(99)), 70, "late, never early");
        assert_eq!(load.unprinted(at(100)), 0);
    }
}
