use core::convert::Infallible;
use core::fmt;

use super::encoder::Encoder;
use super::fault::Fault;
use super::flow::Flow;
use super::link::{Link, Pump};
use super::refusal::Refusal;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;
use crate::printer::engine::Language;

/// The conversation that prints one item.
///
/// When the printer takes nothing for longer than it may, it is asked why.
#[derive(Debug)]
pub struct Print<'a, F, L: Language = Encoder> {
    job: Result<L::Job<'a>, Refusal>,
    /// What a dropped conversation left was completed.
    begun: bool,
    sending: Sending<F, L>,
}

/// Sends the link's bytes, within the time that the printer has for it.
pub(in crate::printer) struct Sending<F, L: Language = Encoder> {
    wait: Option<Wait>,
    asking: Option<L::Ask<F>>,
}

impl<F, L: Language> fmt::Debug for Sending<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").field("wait", &self.wait).finish_non_exhaustive()
    }
}

/// How far the sending is.
pub(in crate::printer) enum Sent<T> {
    /// Go on with this step.
    Wait(T),
    /// All is out.
    Empty,
}

type SendStep<T> = Sent<Step<T, Fault, Infallible>>;

impl<F: Flow, L: Language> Sending<F, L> {
    pub(in crate::printer) const fn new() -> Self {
        Self { wait: None, asking: None }
    }

    pub(in crate::printer) fn step<T>(
        &mut self,
        link: &mut Link<F, L>,
        now: Instant,
    ) -> SendStep<T> {
        let stall = link.profile().timing.stall;
        let longest = Wait::until(link.load.done().max(now) + stall);
        if self.asking.is_none()
            && let Some(until) = self.wait.get_or_insert(longest).goes_on(now)
        {
            return Self::send(link, until, now);
        }
        Sent::Wait(stalled(self.asking.get_or_insert_with(L::ask).step(link, now)))
    }

    fn send<T>(link: &mut Link<F, L>, until: Instant, now: Instant) -> SendStep<T> {
        Sent::Wait(match link.pump(now) {
            Pump::Send => Step::Send { until },
            Pump::Pause { until: gate } => Step::Pause { until: gate.min(until) },
            Pump::Broken => Step::Done(Err(Fault::Pin)),
            Pump::Empty => return Sent::Empty,
        })
    }

    pub(in crate::printer) fn outgoing<'a>(&'a self, link: &'a Link<F, L>) -> &'a [u8] {
        match &self.asking {
            Some(ask) => ask.outgoing(link),
            None => link.outgoing(),
        }
    }

    pub(in crate::printer) fn sent(&mut self, link: &mut Link<F, L>, n: usize, now: Instant) {
        match &mut self.asking {
            Some(ask) => ask.sent(link, n, now),
            None => {
                link.sent(n, now);
                self.wait = None;
            }
        }
    }

    pub(in crate::printer) fn received(
        &mut self,
        link: &mut Link<F, L>,
        bytes: &[u8],
        now: Instant,
    ) -> usize {
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

impl<'a, F: Flow, L: Language> Print<'a, F, L> {
    pub(in crate::printer) const fn new(job: Result<L::Job<'a>, Refusal>) -> Self {
        Self { job, begun: false, sending: Sending::new() }
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
