use core::marker::PhantomData;

use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::profile::{Dialect, Timing};
use super::status::{ERROR_OCCURRED, Reply, real_time};
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// The conversation that asks the printer how it is.
///
/// One request at a time, and silence between; twice if need be. A request
/// that was given up may be answered late, and the answer to one would pass
/// for the answer to another. So after that, first all is waited for that may
/// still come; and an answer too many, at the end of it, spoils the attempt.
#[derive(Debug)]
pub struct Ask<F> {
    phase: Phase,
    wait: Wait,
    asked: usize,
    attempts: u8,
    /// Older answers may still come.
    careful: bool,
    /// One that was asked for before has not come: the printer may have been
    /// off.
    missed: bool,
    /// Only whether it is online.
    brief: bool,
    found: Found,
    flow: PhantomData<fn() -> F>,
}

/// What the answers said so far.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    status: Status,
    error_occurred: bool,
    garbage: Option<u8>,
    /// A status byte that was not asked for: an older answer stands among
    /// those that were taken.
    excess: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Begin,
    /// Nothing that comes now counts.
    Quiet,
    /// A request is being sent.
    Request {
        n: u8,
    },
    /// What a request that was dropped left.
    Rest,
    Reply,
    Answered {
        at: Instant,
    },
}

impl<F: Flow> Ask<F> {
    const ATTEMPTS: u8 = 2;

    /// Asks all that the printer answers.
    pub(super) const fn new() -> Self {
        Self::of(false)
    }

    /// Asks whether it is there and online, no more.
    pub(super) const fn brief() -> Self {
        Self::of(true)
    }

    const fn of(brief: bool) -> Self {
        Self {
            phase: Phase::Begin,
            wait: Wait::until(Instant::ZERO),
            asked: 0,
            attempts: 0,
            careful: false,
            missed: false,
            brief,
            found: Found {
                status: Status::empty(),
                error_occurred: false,
                garbage: None,
                excess: false,
            },
            flow: PhantomData,
        }
    }

    /// What there is to ask.
    fn list(&self, link: &Link<F>) -> &'static [u8] {
        if self.brief { &[1] } else { link.profile().statuses }
    }

    /// The next request, or the result.
    fn next(&mut self, link: &mut Link<F>, now: Instant) -> Option<Result<Status, Fault>> {
        let statuses = self.list(link);
        if let Some(n) = statuses.get(self.asked) {
            link.replies.silence();
            link.asks(command::real_time_status(*n));
            self.phase = Phase::Request { n: *n };
            self.wait = Wait::until(now + link.profile().timing.reply);
            return None;
        }
        link.answer_owed = false;
        if statuses.is_empty() {
            return Some(Err(Fault::NoStatus));
        }
        let status = self.found.result();
        link.seen(status);
        Some(Ok(status))
    }

    /// Whether an answer was taken already, in this attempt.
    const fn asked_any(&self) -> bool {
        self.asked > 0 || matches!(self.phase, Phase::Answered { .. })
    }

    /// No answer: once more from the start, or the end.
    fn failed(&mut self, link: &mut Link<F>, timing: &Timing, now: Instant) -> Option<Fault> {
        link.answer_owed = true;
        link.replies.awaits_none();
        self.careful = true;
        self.attempts += 1;
        if self.attempts < Self::ATTEMPTS {
            let garbage = self.found.garbage;
            (self.asked, self.found) = (0, Found { garbage, ..Found::default() });
            self.phase = Phase::Quiet;
            self.wait = Wait::until(now + timing.reply);
            return None;
        }
        link.unheard();
        Some(self.found.garbage.map_or(Fault::Silent, Fault::Garbled))
    }
}

impl Found {
    fn add(&mut self, dialect: Dialect, n: u8, byte: u8) {
        self.status |= real_time(dialect, n, byte);
        self.error_occurred |= n == 2 && byte & ERROR_OCCURRED != 0;
    }

    /// An error that no other bit names is an error all the same.
    fn result(self) -> Status {
        let stops = !(Status::ONLINE | Status::PAPER_LOW | Status::FEEDING);
        match self.error_occurred && !self.status.intersects(stops) {
            true => self.status | Status::RECOVERABLE,
            false => self.status,
        }
    }
}

impl<F: Flow> Exchange for Ask<F> {
    type Link = Link<F>;
    type Output = Status;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if let Some(news) = link.news() {
            return Step::Event(news);
        }
        let timing = &link.profile().timing;
        loop {
            match (self.phase, self.wait.goes_on(now)) {
                (Phase::Begin, _) if !link.unasked().is_empty() => {
                    link.answer_owed = true;
                    self.phase = Phase::Rest;
                    self.wait = Wait::until(now + timing.reply);
                }
                (Phase::Rest, Some(until)) if !link.unasked().is_empty() => {
                    return Step::Send { until };
                }
                (Phase::Begin, _) | (Phase::Rest, Some(_)) => {
                    self.careful = link.answer_owed;
                    self.missed = link.answer_owed;
                    let wait = if self.careful { timing.reply } else { timing.quiet };
                    self.phase = Phase::Quiet;
                    self.wait = Wait::until(now + wait);
                }
                (Phase::Answered { at }, _) => {
                    self.asked += 1;
                    let last = self.asked == self.list(link).len();
                    let wait = if last && self.careful { timing.reply } else { timing.quiet };
                    self.phase = Phase::Quiet;
                    self.wait = Wait::until(at.max(now) + wait);
                }
                (Phase::Request { n }, _) if link.unasked().is_empty() => {
                    let arrived = link.load.arrived().max(now);
                    link.replies.awaits(n);
                    self.phase = Phase::Reply;
                    self.wait = Wait::until(arrived + timing.reply);
                }
                (Phase::Request { .. }, Some(until)) => return Step::Send { until },
                (_, Some(until)) => return Step::Receive { until },
                (Phase::Quiet, None) if !self.found.excess => {
                    if let Some(result) = self.next(link, now) {
                        return Step::Done(result);
                    }
                }
                (_, None) => {
                    if let Some(fault) = self.failed(link, timing, now) {
                        return Step::Done(Err(fault));
                    }
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        link.unasked()
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        link.asked(n, now);
        self.wait = Wait::until(now + link.profile().timing.reply);
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        for byte in bytes {
            match (link.hear(*byte), self.phase) {
                (Some(Reply::RealTime { n: Some(n), byte }), Phase::Reply) => {
                    link.answered(self.attempts > 0 || self.missed, now);
                    self.missed = false;
                    self.found.add(link.profile().dialect, n, byte);
                    self.phase = Phase::Answered { at: now };
                }
                (Some(Reply::RealTime { .. }), _) if self.asked_any() => self.found.excess = true,
                (Some(Reply::RealTime { .. }), Phase::Quiet) => self.missed = false,
                (None | Some(Reply::Automatic(_)), _) => {}
                (_, Phase::Reply) => self.found.garbage = Some(*byte),
                _ => {}
            }
        }
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Found, Status};

    #[test]
    fn an_error_that_is_not_named_is_an_error() {
        let mut found = Found::default();
        for n in 1..=4 {
            found.add(Dialect::Epson, n, if n == 2 { 0x52 } else { 0x12 });
        }
        assert_eq!(found.result(), Status::ONLINE | Status::RECOVERABLE);
        found.add(Dialect::Epson, 3, 0x52);
        assert_eq!(found.result(), Status::ONLINE | Status::OVERHEATED);
    }
}
