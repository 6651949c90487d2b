use core::convert::Infallible;
use core::marker::PhantomData;

use super::ask::Ask;
use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::profile::Extras;
use super::refusal::Refusal;
use super::wait::Wait;
use crate::port::{Duration, Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// What a printer is told in real time, past all that stands in its buffer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Recovery {
    /// `DLE ENQ 1`: recover from the error, and print the line again that it
    /// happened in.
    Continue,
    /// `DLE ENQ 2`: recover from the error, and drop all that was received.
    Discard,
    /// `DLE DC4 8`: drop all that was received.
    Clear,
}

impl Recovery {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Continue => &command::RECOVER,
            Self::Discard => &command::RECOVER_AND_CLEAR,
            Self::Clear => &command::CLEAR,
        }
    }

    const fn needs(self) -> Extras {
        match self {
            Self::Clear => Extras::CLEARING,
            _ => Extras::RECOVERY,
        }
    }
}

/// The conversation that tells a printer something in real time, and asks how
/// it is then.
#[derive(Debug)]
pub struct Recover<F> {
    recovery: Recovery,
    sent: usize,
    wait: Option<Wait>,
    ask: Ask<F>,
}

impl<F: Flow> Recover<F> {
    pub(super) const fn new(recovery: Recovery) -> Self {
        Self { recovery, sent: 0, wait: None, ask: Ask::new() }
    }

    fn unsent(&self) -> &'static [u8] {
        self.recovery.bytes().get(self.sent..).unwrap_or(&[])
    }
}

impl<F: Flow> Exchange for Recover<F> {
    type Link = Link<F>;
    type Output = Status;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if !link.profile().extras.contains(self.recovery.needs()) {
            return Step::Done(Err(Fault::Refused(Refusal::NoSetting)));
        }
        let timing = &link.profile().timing;
        if self.unsent().is_empty() {
            return match self.wait.as_mut().and_then(|wait| wait.goes_on(now)) {
                Some(until) => Step::Receive { until },
                None => self.ask.step(link, now),
            };
        }
        match self.wait.get_or_insert(Wait::until(now + timing.stall)).goes_on(now) {
            Some(until) => Step::Send { until },
            None => Step::Done(Err(Fault::Stalled)),
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match self.unsent() {
            [] => self.ask.outgoing(link),
            unsent => unsent,
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        if self.unsent().is_empty() {
            return self.ask.sent(link, n, now);
        }
        self.sent += n;
        if self.unsent().is_empty() {
            if self.recovery != Recovery::Continue {
                link.dropped();
            }
            // The time it takes, and the time of its answer, if it has one.
            self.wait = Some(Wait::until(now + link.profile().timing.reply));
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        self.ask.received(link, bytes, now)
    }
}

/// The conversation that listens to what a printer tells by itself.
#[derive(Debug)]
pub struct Listen<F> {
    length: Duration,
    wait: Option<Wait>,
    flow: PhantomData<fn() -> F>,
}

impl<F> Listen<F> {
    pub(super) const fn new(length: Duration) -> Self {
        Self { length, wait: None, flow: PhantomData }
    }
}

impl<F: Flow> Exchange for Listen<F> {
    type Link = Link<F>;
    type Output = Option<Status>;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if let Some(news) = link.news() {
            return Step::Done(Ok(Some(news)));
        }
        match self.wait.get_or_insert(Wait::until(now + self.length)).goes_on(now) {
            Some(until) => Step::Receive { until },
            None => Step::Done(Ok(None)),
        }
    }

    fn outgoing<'a>(&'a self, _: &'a Link<F>) -> &'a [u8] {
        &[]
    }

    fn sent(&mut self, _: &mut Link<F>, _: usize, _: Instant) {}

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], _: Instant) -> usize {
        for byte in bytes {
            link.hear(*byte);
        }
        bytes.len()
    }
}
