use super::fault::Fault;
use super::link::{Code, Link};
use crate::port::{Duration, Exchange, Instant, Step, StepOf};

/// Waits for a code. Nothing is sent.
#[derive(Debug)]
pub struct Await {
    until: Deadline,
}

#[derive(Debug)]
enum Deadline {
    After(Duration),
    At(Instant),
}

impl Await {
    pub(super) const fn within(length: Duration) -> Self {
        Self { until: Deadline::After(length) }
    }

    /// For as long as a person takes.
    pub(super) const fn a_person() -> Self {
        Self { until: Deadline::At(Instant::FAR_FUTURE) }
    }

    fn until(&mut self, now: Instant) -> Instant {
        let until = match self.until {
            Deadline::After(length) => now + length,
            Deadline::At(until) => until,
        };
        self.until = Deadline::At(until);
        until
    }
}

impl Exchange for Await {
    type Link = Link;
    type Output = Code;
    type Fault = Fault;
    type Event = core::convert::Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        if !link.ready {
            return Step::Done(Err(Fault::NotInitialised));
        }
        let until = self.until(now);
        link.expect(None);
        link.pass(now);
        if let Some(code) = link.take_settled() {
            return Step::Done(Ok(code));
        }
        if let Some((announced, came)) = link.take_cut() {
            return Step::Done(Err(Fault::Cut { announced, came }));
        }
        // What has come of a code by then stays in the link.
        if now >= until {
            return Step::Done(Err(Fault::NoCode));
        }
        Step::Receive { until: until.min(link.wakes_at()) }
    }

    fn outgoing<'a>(&'a self, _link: &'a Link) -> &'a [u8] {
        &[]
    }

    fn sent(&mut self, _link: &mut Link, _n: usize, _now: Instant) {}

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        link.hear(bytes, now)
    }
}
