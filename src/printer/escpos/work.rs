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
    /// Black dots, as far as they are known: each takes energy.
    pub dots: u32,
}

impl Work {
    /// This many rows printed.
    #[must_use]
    pub const fn printing(rows: u32) -> Self {
        Self { printed: rows, fed: 0, cuts: 0, symbols: 0, dots: 0 }
    }

    /// This many rows fed.
    #[must_use]
    pub const fn feeding(rows: u32) -> Self {
        Self { printed: 0, fed: rows, cuts: 0, symbols: 0, dots: 0 }
    }

    /// How long it takes.
    #[must_use]
    pub fn duration(&self, timing: &Timing) -> Duration {
        let parts = [
            timing.dot_row.times(self.printed.into()),
            timing.feed_row.times(self.fed.into()),
            timing.cut.times(self.cuts.into()),
            timing.symbol.times(self.symbols.into()),
            Duration::from_micros(u64::from(self.dots) * u64::from(timing.black_dot) / 1_000),
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
        self.dots = self.dots.saturating_add(other.dots);
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
/// It is an account: what [`Timed`](super::Timed) flow control goes by, and
/// from when on a printer without proof should have printed everything. The
/// times it goes by are corrected by what is measured: how long it took until
/// a proof came, and whether the printer was busy when it should not have been.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    batches: [Batch; Self::BATCHES],
    /// Bytes of a slice whose work is not in the account yet, for it is not
    /// all out: the printer may be at it, and keep them waiting.
    open: usize,
    arrived: Instant,
    done: Instant,
    /// Per cent of the profile's times.
    pace: u16,
    /// Since when there was work without a pause, and how much, by the
    /// profile.
    began: Instant,
    work: Duration,
    /// Some of that is counted with time to spare: pictures, codes, cuts. Who
    /// is done sooner is not faster at text.
    spare: bool,
    questions: Questions,
}

/// Bytes before each question that the printer has not answered, in the order
/// of the stream.
#[derive(Clone, Copy, Debug)]
struct Questions {
    before: [usize; Self::MOST],
    count: usize,
    /// Bytes after the last question.
    after: usize,
}

impl Questions {
    const MOST: usize = 6;
    const NONE: Self = Self { before: [0; Self::MOST], count: 0, after: 0 };
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
            pace: Self::TABLE,
            began: Instant::ZERO,
            work: Duration::ZERO,
            spare: false,
            questions: Questions::NONE,
        }
    }

    /// The pace of the profile itself.
    const TABLE: u16 = 100;
    /// However slow it seems to be.
    const SLOWEST: u16 = 400;

    /// How long the printer takes, in per cent of the profile's times, by what
    /// was measured.
    #[must_use]
    pub const fn pace(&self) -> u16 {
        self.pace
    }

    /// How many bytes the printer may not have read, by its answers to
    /// questions in the order of the stream.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.questions.before.iter().take(self.questions.count).sum::<usize>()
            + self.questions.after
    }

    /// Whether it owes an answer.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.questions.count > 0
    }

    /// Bytes were taken to be sent.
    pub(super) const fn takes(&mut self, n: usize) {
        self.questions.after += n;
    }

    /// What was taken takes less time than is counted, may be.
    pub(super) const fn spares(&mut self) {
        self.spare = true;
    }

    /// Whether a question is to follow what was taken.
    pub(super) const fn wants_question(&self, every: usize) -> bool {
        self.questions.after >= every && self.questions.count < Questions::MOST
    }

    /// What was taken ends with a question.
    pub(super) fn asks(&mut self) {
        let Questions { before, count, after } = &mut self.questions;
        if let Some(slot) = before.get_mut(*count) {
            *slot = core::mem::take(after);
            *count += 1;
        }
    }

    /// The oldest question was answered.
    pub(super) fn answered(&mut self) {
        let Questions { before, count, .. } = &mut self.questions;
        before.rotate_left(1);
        *count = count.saturating_sub(1);
    }

    /// Nothing that was asked will be answered, and nothing is unread.
    pub(super) const fn forgive(&mut self) {
        self.questions = Questions::NONE;
    }

    /// All that was sent is printed now: corrects the pace, down to `fastest`.
    pub(super) fn measured(&mut self, fastest: u16, now: Instant) {
        /// Less says little.
        const LEAST: Duration = Duration::from_millis(200);
        let (work, taken) = (self.work.as_micros(), now.since(self.began).as_micros());
        let expected = self.done.since(self.began).as_micros();
        // Else it had to wait for us.
        let was_busy = expected * 4 <= work * u64::from(self.pace) / 100 * 5;
        if self.work >= LEAST && was_busy {
            let measured = u16::try_from(taken * 100 / work).unwrap_or(u16::MAX);
            // The printer may have waited for us: it is faster than that,
            // never slower. A sixteenth to spare, for the next paper is hotter.
            let measured = measured.saturating_add(measured / 16);
            self.approach(if self.spare { measured.max(self.pace) } else { measured }, fastest);
        }
        (self.work, self.spare) = (Duration::ZERO, false);
        self.began = now;
    }

    /// A step of a quarter at most, so that one odd value spoils little.
    fn approach(&mut self, measured: u16, fastest: u16) {
        let step = (self.pace / 4).max(1);
        let least = self.pace.saturating_sub(step).max(fastest);
        let most = self.pace.saturating_add(step).min(Self::SLOWEST);
        self.pace = measured.clamp(least.min(most), most);
    }

    /// The printer says that it is busy: when it should be done, it is slower
    /// than was thought.
    pub(super) fn surprised(&mut self, now: Instant) {
        if now >= self.done {
            self.pace = self.pace.saturating_add(1).min(Self::SLOWEST);
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
        if self.done <= now {
            (self.began, self.work) = (now, Duration::ZERO);
        }
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
        self.work = self.work + work;
        let work = Duration::from_micros(work.as_micros() * u64::from(self.pace) / 100);
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

    /// A picture of 48 black rows takes longer than a white one.
    #[test]
    fn black_dots_take_time() {
        let timing = crate::printer::escpos::Timing {
            black_dot: 2_000,
            ..crate::printer::escpos::Profile::CLONE_58MM.timing
        };
        let white = super::Work::printing(48);
        let black = super::Work { dots: 48 * 384, ..white };
        let more = black.duration(&timing) - white.duration(&timing);
        assert_eq!(more, Duration::from_micros(48 * 384 * 2));
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
