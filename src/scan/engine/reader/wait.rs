use core::marker::PhantomData;

use super::fault::Fault;
use super::language::Language;
use super::link::Link;
use crate::port::{Duration, Exchange, Instant, Step, StepOf};
use crate::scan::Scan;

/// Waits for a code. Nothing is sent but what is due to the engine.
#[derive(Debug)]
pub struct Await<L, const N: usize> {
    within: Option<Duration>,
    until: Option<Instant>,
    language: PhantomData<L>,
}

impl<L, const N: usize> Await<L, N> {
    /// For so long, or for as long as a person takes.
    pub(super) const fn new(within: Option<Duration>) -> Self {
        Self { within, until: None, language: PhantomData }
    }

    fn until(&mut self, now: Instant) -> Instant {
        let until = self.within.map_or(Instant::FAR_FUTURE, |within| now + within);
        *self.until.get_or_insert(until)
    }
}

impl<L: Language, const N: usize> Await<L, N> {
    /// Goes on.
    fn advance(&mut self, link: &mut Link<L, N>, now: Instant) -> StepOf<Self> {
        if !link.ready {
            return Step::Done(Err(Fault::NotInitialised));
        }
        let until = self.until(now);
        link.expect(None);
        link.pass(now);
        if let Some(step) = link.owed(now) {
            return step;
        }
        if let Some(scan) = link.scan() {
            link.code.told = true;
            return Step::Done(Ok(scan));
        }
        if let Some(came) = link.take_spoilt() {
            return Step::Done(Err(Fault::Spoilt { came }));
        }
        // What has come of a code by then stays in the link.
        if now >= until {
            return Step::Done(Err(Fault::NoCode));
        }
        Step::Receive { until: until.min(link.wakes_at()) }
    }
}

impl<L: Language, const N: usize> Exchange for Await<L, N> {
    type Link = Link<L, N>;
    type Output = Scan;
    type Fault = Fault<L::Fault>;
    type Event = core::convert::Infallible;

    fn step(&mut self, link: &mut Link<L, N>, now: Instant) -> StepOf<Self> {
        let step = self.advance(link, now);
        link.about_to(step)
    }

    fn outgoing<'a>(&'a self, link: &'a Link<L, N>) -> &'a [u8] {
        link.answer()
    }

    fn sent(&mut self, link: &mut Link<L, N>, n: usize, now: Instant) {
        link.answered(n, now);
    }

    fn received(&mut self, link: &mut Link<L, N>, bytes: &[u8], now: Instant) -> usize {
        link.hear(bytes, now)
    }
}
