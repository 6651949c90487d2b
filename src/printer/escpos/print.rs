use core::convert::Infallible;

use super::ask::Ask;
use super::fault::Fault;
use super::flow::Flow;
use super::job::Job;
use super::link::{Link, Pump};
use super::refusal::Refusal;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// The conversation that prints one item.
///
/// When the printer takes nothing for longer than it may, it is asked why.
#[derive(Debug)]
pub struct Print<'a, F> {
    job: Result<Job<'a>, Refusal>,
    /// What a dropped conversation left was completed.
    begun: bool,
    sending: Sending<F>,
}

/// Sends the link's bytes, within the time that the printer has for it.
#[derive(Debug)]
pub(super) struct Sending<F> {
    wait: Option<Wait>,
    asking: Option<Ask<F>>,
}

/// How far the sending is.
pub(super) enum Sent<T> {
    /// Go on with this step.
    Wait(T),
    /// All is out.
    Empty,
}

type SendStep<T> = Sent<Step<T, Fault, Infallible>>;

impl<F: Flow> Sending<F> {
    pub(super) const fn new() -> Self {
        Self { wait: None, asking: None }
    }

    pub(super) fn step<T>(&mut self, link: &mut Link<F>, now: Instant) -> SendStep<T> {
        let stall = link.profile().timing.stall;
        let longest = Wait::until(link.load.done().max(now) + stall);
        if self.asking.is_none()
            && let Some(until) = self.wait.get_or_insert(longest).goes_on(now)
        {
            return Self::send(link, until, now);
        }
        Sent::Wait(stalled(self.asking.get_or_insert(Ask::new()).step(link, now)))
    }

    fn send<T>(link: &mut Link<F>, until: Instant, now: Instant) -> SendStep<T> {
        Sent::Wait(match link.pump(now) {
            Pump::Send => Step::Send { until },
            Pump::Pause { until: gate } => Step::Pause { until: gate.min(until) },
            Pump::Broken => Step::Done(Err(Fault::Pin)),
            Pump::Empty => return Sent::Empty,
        })
    }

    pub(super) fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match &self.asking {
            Some(ask) => ask.outgoing(link),
            None => link.outgoing(),
        }
    }

    pub(super) fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        match &mut self.asking {
            Some(ask) => ask.sent(link, n, now),
            None => {
                link.sent(n, now);
                self.wait = None;
            }
        }
    }

    pub(super) fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match &mut self.asking {
            Some(ask) => ask.received(link, bytes, now),
            None => bytes.len(),
        }
    }
}

/// Whatever the printer says, it takes nothing.
fn stalled<T>(step: Step<Status, Fault, Infallible>) -> Step<T, Fault, Infallible> {
    match step {
        Step::Send { until } => Step::Send { until },
        Step::Receive { until } => Step::Receive { until },
        Step::Pause { until } => Step::Pause { until },
        Step::Set(line) => Step::Set(line),
        Step::Event(never) => match never {},
        Step::Done(Ok(status)) if !status.is_ready() => Step::Done(Err(Fault::Stopped(status))),
        Step::Done(_) => Step::Done(Err(Fault::Stalled)),
    }
}

impl<'a, F: Flow> Print<'a, F> {
    pub(super) const fn new(job: Result<Job<'a>, Refusal>) -> Self {
        Self { job, begun: false, sending: Sending::new() }
    }
}

impl<F: Flow> Exchange for Print<'_, F> {
    type Link = Link<F>;
    type Output = ();
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        let job = match &mut self.job {
            Ok(job) => job,
            Err(refusal) => return Step::Done(Err(Fault::Refused(*refusal))),
        };
        loop {
            if let Sent::Wait(step) = self.sending.step(link, now) {
                return step;
            }
            if !self.begun && link.complete_payload() {
                continue;
            }
            self.begun = true;
            if !link.refill(job) {
                return Step::Done(Ok(()));
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        self.sending.outgoing(link)
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        self.sending.sent(link, n, now);
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        self.sending.received(link, bytes, now)
    }
}
