use core::convert::Infallible;
use core::fmt;

use super::ask::Ask;
use super::language::Language;
use super::link::{Link, Pump};
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;
use crate::printer::escpos::{Fault, Flow, Refusal, Wait};

/// The conversation that prints one item.
///
/// When the printer takes nothing for longer than it may, it is asked why.
pub struct Print<'a, F, L: Language> {
    job: Result<L::Job<'a>, Refusal>,
    /// What a dropped conversation left was completed.
    begun: bool,
    sending: Sending<F, L>,
}

/// Sends the link's bytes, within the time that the printer has for it.
#[derive(Debug)]
pub(super) struct Sending<F, L: Language> {
    wait: Option<Wait>,
    asking: Option<Ask<F, L>>,
}

/// A step, unless all is out.
type Sent<T> = Option<Step<T, Fault, Infallible>>;

impl<F: Flow, L: Language> Sending<F, L> {
    pub(super) const fn new() -> Self {
        Self { wait: None, asking: None }
    }

    pub(super) fn step<T>(&mut self, link: &mut Link<F, L>, now: Instant) -> Sent<T> {
        let stall = link.profile().timing.stall;
        let longest = Wait::until(link.load.done().max(now) + stall);
        if self.asking.is_none()
            && let Some(until) = self.wait.get_or_insert(longest).goes_on(now)
        {
            return match link.pump(now) {
                Pump::Send => Some(Step::Send { until }),
                Pump::Pause { until: gate } => Some(Step::Pause { until: gate.min(until) }),
                Pump::Broken => Some(Step::Done(Err(Fault::Pin))),
                Pump::Empty => None,
            };
        }
        let ask = self.asking.get_or_insert_with(Ask::new);
        // Whatever the printer says, it takes nothing.
        Some(ask.step_as(link, now, |asked| match asked {
            Ok(status) if !status.is_ready() => Err(Fault::Stopped(status)),
            _ => Err(Fault::Stalled),
        }))
    }

    pub(super) fn outgoing<'a>(&'a self, link: &'a Link<F, L>) -> &'a [u8] {
        match &self.asking {
            Some(ask) => ask.outgoing(link),
            None => link.outgoing(),
        }
    }

    pub(super) fn sent(&mut self, link: &mut Link<F, L>, n: usize, now: Instant) {
        match &mut self.asking {
            Some(ask) => ask.sent(link, n, now),
            None => {
                link.sent(n, now);
                self.wait = None;
            }
        }
    }

    pub(super) fn received(&mut self, link: &mut Link<F, L>, bytes: &[u8], now: Instant) -> usize {
        match &mut self.asking {
            Some(ask) => ask.received(link, bytes, now),
            None => bytes.len(),
        }
    }
}

impl<F, L: Language> Ask<F, L> {
    /// The step of a conversation that ends with this one.
    pub(super) fn step_as<T>(
        &mut self,
        link: &mut Link<F, L>,
        now: Instant,
        end: impl FnOnce(Result<Status, Fault>) -> Result<T, Fault>,
    ) -> Step<T, Fault, Infallible> {
        match self.step(link, now) {
            Step::Send { until } => Step::Send { until },
            Step::Receive { until } => Step::Receive { until },
            Step::Pause { until } => Step::Pause { until },
            Step::Set(line) => Step::Set(line),
            Step::Event(never) => match never {},
            Step::Done(asked) => Step::Done(end(asked)),
        }
    }
}

impl<'a, F: Flow, L: Language> Print<'a, F, L> {
    pub(super) const fn new(job: Result<L::Job<'a>, Refusal>) -> Self {
        Self { job, begun: false, sending: Sending::new() }
    }
}

impl<F, L: Language> fmt::Debug for Print<'_, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Print").field("begun", &self.begun).finish_non_exhaustive()
    }
}

impl<F: Flow, L: Language> Exchange for Print<'_, F, L> {
    type Link = Link<F, L>;
    type Output = ();
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F, L>, now: Instant) -> StepOf<Self> {
        let job = match &mut self.job {
            Ok(job) => job,
            Err(refusal) => return Step::Done(Err(Fault::Refused(*refusal))),
        };
        loop {
            if let Some(step) = self.sending.step(link, now) {
                return step;
            }
            if !self.begun && link.complete() {
                continue;
            }
            self.begun = true;
            if !link.refill(job) {
                return Step::Done(Ok(()));
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F, L>) -> &'a [u8] {
        self.sending.outgoing(link)
    }

    fn sent(&mut self, link: &mut Link<F, L>, n: usize, now: Instant) {
        self.sending.sent(link, n, now);
    }

    fn received(&mut self, link: &mut Link<F, L>, bytes: &[u8], now: Instant) -> usize {
        self.sending.received(link, bytes, now)
    }
}
