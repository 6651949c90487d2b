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
            Duration::from_micros(parts_of::<1_000>(self.dots, timing.black_dot).into()),
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

/// `of` times `parts` of `WHOLE`, without a division of 64 bits.
fn parts_of<const WHOLE: u32>(of: u32, parts: u16) -> u32 {
    let parts = u32::from(parts);
    (of / WHOLE).saturating_mul(parts).saturating_add(of % WHOLE * parts / WHOLE)
}

/// A length in microseconds, at most 71 minutes.
pub(super) fn micros(length: Duration) -> u32 {
    u32::try_from(length.as_micros()).unwrap_or(u32::MAX)
}

/// The lower half of a time: it tells times apart that are less than 35
/// minutes from each other.
pub(super) const fn low(time: Instant) -> u32 {
    let [a, b, c, d, ..] = time.as_micros().to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn count(bytes: usize) -> u16 {
    u16::try_from(bytes).unwrap_or(u16::MAX)
}

/// Bytes that were sent one after the other, and when they are worked off.
#[derive(Clone, Copy, Debug)]
struct Batch {
    bytes: u16,
    /// The lower half.
    done: u32,
}

impl Batch {
    /// How long it is until then; nothing if it is past.
    const fn left(&self, now: Instant) -> u32 {
        match self.done.wrapping_sub(low(now)) {
            left @ ..=0x7FFF_FFFF => left,
            _ => 0,
        }
    }
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
    open: u16,
    arrived: Instant,
    done: Instant,
    /// Per cent of the profile's times.
    pace: u16,
    /// Since when there was work without a pause, and how much, by the
    /// profile.
    began: Instant,
    work: u32,
    /// Some of that is counted with time to spare: pictures, codes, cuts. Who
    /// is done sooner is not faster at text.
    spare: bool,
    questions: Questions,
}

/// Bytes before each question that the printer has not answered, in the order
/// of the stream.
#[derive(Clone, Copy, Debug)]
struct Questions {
    before: [u16; Self::MOST],
    count: u8,
    /// Bytes after the last question.
    after: u16,
    /// The last question is not out yet.
    held: bool,
}

impl Questions {
    const MOST: usize = 6;
    const NONE: Self = Self { before: [0; Self::MOST], count: 0, after: 0, held: false };
}

impl Load {
    /// Few are enough: what is sent after the last one joins it.
    const BATCHES: usize = 4;

    pub(in crate::printer) const fn new() -> Self {
        const NONE: Batch = Batch { bytes: 0, done: 0 };
        Self {
            batches: [NONE; Self::BATCHES],
            open: 0,
            arrived: Instant::ZERO,
            done: Instant::ZERO,
            pace: Self::TABLE,
            began: Instant::ZERO,
            work: 0,
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
        let Questions { before, count, after, .. } = &self.questions;
        before.iter().take((*count).into()).chain([after]).copied().map(usize::from).sum()
    }

    /// Whether it owes an answer: to a question that it was sent.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.questions.count > self.questions.held as u8
    }

    /// Bytes were taken to be sent.
    pub(super) fn takes(&mut self, n: usize) {
        self.questions.after = self.questions.after.saturating_add(count(n));
    }

    /// What was taken takes less time than is counted, may be.
    pub(super) const fn spares(&mut self) {
        self.spare = true;
    }

    /// Whether a question is to follow what was taken.
    pub(super) fn wants_question(&self, every: usize) -> bool {
        usize::from(self.questions.after) >= every
            && usize::from(self.questions.count) < Questions::MOST
    }

    /// What was taken ends with a question.
    pub(super) fn asks(&mut self) {
        let Questions { before, count, after, held } = &mut self.questions;
        if let Some(slot) = before.get_mut(usize::from(*count)) {
            *slot = core::mem::take(after);
            *count += 1;
            *held = true;
        }
    }

    /// All that was taken is out.
    pub(super) const fn is_out(&mut self) {
        self.questions.held = false;
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
        const LEAST: u32 = 200_000;
        let (work, taken) = (self.work, micros(now.since(self.began)));
        let expected = self.done.since(self.began).as_micros();
        // Else it had to wait for us.
        let was_busy = expected * 400 <= u64::from(work) * u64::from(self.pace) * 5;
        if work >= LEAST && was_busy {
            let measured = u16::try_from(taken / (work / 100)).unwrap_or(u16::MAX);
            // The printer may have waited for us: it is faster than that,
            // never slower. A sixteenth to spare, for the next paper is hotter.
            let measured = measured.saturating_add(measured / 16);
            self.approach(if self.spare { measured.max(self.pace) } else { measured }, fastest);
        }
        (self.work, self.spare) = (0, false);
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
        let busy = self.busy(now).map(|batch| usize::from(batch.bytes));
        usize::from(self.open) + busy.sum::<usize>()
    }

    /// When some of them should be worked off; after `now`.
    #[must_use]
    pub fn next_done(&self, now: Instant) -> Instant {
        const SOON: Duration = Duration::from_millis(1);
        let first = self.busy(now).map(|batch| batch.left(now)).min();
        now + first.map_or(SOON, |left| Duration::from_micros(left.into()))
    }

    fn busy(&self, now: Instant) -> impl Iterator<Item = &Batch> {
        self.batches.iter().filter(move |batch| self.done > now && batch.left(now) > 0)
    }

    /// Bytes left.
    pub(in crate::printer) fn sent(&mut self, bytes: usize, byte: Duration, now: Instant) {
        if self.done <= now {
            (self.began, self.work) = (now, 0);
            self.settle(now);
        }
        self.arrived = self.arrived.max(now) + byte.times(u64::from(count(bytes)));
        self.done = self.done.max(self.arrived);
        self.open = self.open.saturating_add(count(bytes));
    }

    /// All batches are worked off, however long ago.
    fn settle(&mut self, now: Instant) {
        self.batches = [Batch { bytes: 0, done: low(now) }; Self::BATCHES];
    }

    /// Bytes of a real-time request left. They are executed as they come in;
    /// in a printer that keeps them all the same, they stand behind the rest.
    pub(in crate::printer) fn requested(&mut self, bytes: usize, byte: Duration, now: Instant) {
        let open = self.open;
        self.sent(bytes, byte, now);
        self.open = open;
        if let Some(last) = self.batches.last_mut().filter(|last| last.left(now) > 0) {
            last.bytes = last.bytes.saturating_add(count(bytes));
        }
    }

    /// What the bytes that left last make the mechanism do. They join the
    /// batch before, unless there is a free one.
    pub(in crate::printer) fn working(&mut self, work: Duration, now: Instant) {
        if self.done <= now {
            self.settle(now);
        }
        self.work = self.work.saturating_add(micros(work));
        let work = parts_of::<100>(micros(work), self.pace);
        self.done = self.done.max(now) + Duration::from_micros(work.into());
        if self.batches.first().is_some_and(|first| first.left(now) == 0) {
            self.batches.rotate_left(1);
            if let Some(last) = self.batches.last_mut() {
                last.bytes = 0;
            }
        }
        if let Some(last) = self.batches.last_mut() {
            last.bytes = last.bytes.saturating_add(core::mem::take(&mut self.open));
            last.done = low(self.done);
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
