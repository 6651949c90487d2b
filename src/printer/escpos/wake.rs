use core::convert::Infallible;

use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::profile::Extras;
use super::refusal::Refusal;
use crate::port::{Duration, Exchange, Instant, Step, StepOf};

/// The conversation that wakes a printer of the CSN-A2 class: a byte, 50 ms,
/// and the command that it shall not sleep again.
#[derive(Debug)]
pub struct Wake<F> {
    sent: usize,
    until: Option<Instant>,
    flow: core::marker::PhantomData<fn() -> F>,
}

impl<F> Wake<F> {
    /// Adafruit's library, from the manual of the CSN-A2.
    const WAKES: Duration = Duration::from_millis(50);

    pub(super) const fn new() -> Self {
        Self { sent: 0, until: None, flow: core::marker::PhantomData }
    }
}

impl<F: Flow> Exchange for Wake<F> {
    type Link = Link<F>;
    type Output = ();
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        let profile = link.profile();
        if !profile.extras.contains(Extras::CSN_A2) {
            return Step::Done(Err(Fault::Refused(Refusal::NoSetting)));
        }
        let until = *self.until.get_or_insert(now + profile.timing.stall);
        match self.sent {
            sent if sent >= command::WAKE.len() => Step::Done(Ok(())),
            1 if now < until => Step::Pause { until },
            1 => {
                self.until = None;
                self.sent = 2;
                self.step(link, now)
            }
            _ if now >= until => Step::Done(Err(Fault::Stalled)),
            _ => Step::Send { until },
        }
    }

    fn outgoing<'a>(&'a self, _: &'a Link<F>) -> &'a [u8] {
        match self.sent {
            0 => command::WAKE.get(..1).unwrap_or_default(),
            sent => command::WAKE.get(sent..).unwrap_or_default(),
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        self.sent += n;
        link.load.requested(n, link.profile().timing.byte, now);
        if self.sent == 1 {
            self.until = Some(now + Self::WAKES);
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], _: Instant) -> usize {
        for byte in bytes {
            link.hear(*byte);
        }
        bytes.len()
    }
}
