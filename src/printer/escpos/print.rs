use core::convert::Infallible;

use super::ask::Ask;
use super::fault::Fault;
use super::flow::Flow;
use super::link::{Link, Pump};
use super::part::Fill;
use super::profile::Timing;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// The conversation that prints one item.
///
/// When the printer takes nothing for longer than it may, it is asked why; and
/// on the way, every [`Timing::watch`](super::Timing::watch), whether it is
/// still there.
#[derive(Debug)]
pub struct Print<F, J> {
    job: Result<J, Fault>,
    /// What a dropped conversation left was completed.
    begun: bool,
    sending: Sending<F>,
}

/// Sends the link's bytes, within the time that the printer has for it.
#[derive(Debug)]
pub(super) struct Sending<F> {
    wait: Option<Wait>,
    asking: Option<(Why, Ask<F>)>,
}

/// Why the printer is asked how it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Why {
    /// It takes nothing.
    Stalled,
    /// It was not heard for a while.
    Unheard,
    /// It says that it is offline.
    Offline,
}

/// How far the sending is.
pub(super) enum Sent<T> {
    /// Go on with this step.
    Wait(T),
    /// All is out.
    Empty,
}

type SendStep<T> = Sent<Step<T, Fault, Status>>;

impl<F: Flow> Sending<F> {
    pub(super) const fn new() -> Self {
        Self { wait: None, asking: None }
    }

    pub(super) fn step<T>(&mut self, link: &mut Link<F>, now: Instant) -> SendStep<T> {
        match self.advance(link, now) {
            Sent::Empty => Sent::Empty,
            Sent::Wait(step) => Sent::Wait(
                pass(step).unwrap_or_else(|done| Step::Done(done.map(|never| match never {}))),
            ),
        }
    }

    /// Prints all of a job: the same code for each kind.
    #[inline(never)]
    fn print(
        &mut self,
        job: &mut dyn Fill,
        begun: &mut bool,
        link: &mut Link<F>,
        now: Instant,
    ) -> Step<(), Fault, Status> {
        loop {
            if let Sent::Wait(step) = self.step(link, now) {
                return step;
            }
            if !*begun && (link.complete_payload() || link.restore()) {
                continue;
            }
            if !core::mem::replace(begun, true) {
                link.begin_item();
            }
            if !link.refill(job) {
                link.end_item();
                return Step::Done(Ok(()));
            }
            link.ask_for_credit();
        }
    }

    #[inline(never)]
    fn advance(&mut self, link: &mut Link<F>, now: Instant) -> SendStep<Infallible> {
        loop {
            if let Some((why, ask)) = &mut self.asking {
                let asked = match pass(ask.step(link, now)) {
                    Ok(step) => return Sent::Wait(step),
                    Err(asked) => asked,
                };
                match told(*why, asked, link) {
                    Err(fault) => return Sent::Wait(Step::Done(Err(fault))),
                    Ok(asking) => (self.asking, self.wait) = (asking, None),
                }
                continue;
            }
            let Timing { stall, watch, .. } = link.profile().timing;
            let longest = Wait::until(link.load.done().max(now) + stall);
            match self.wait.get_or_insert(longest).goes_on(now) {
                None => self.asking = Some((Why::Stalled, Ask::new())),
                Some(_) if asks(link) && link.watch.is_due(watch, now) => {
                    self.asking = Some((Why::Unheard, Ask::brief()));
                }
                Some(until) => {
                    let sent = Self::send(link, until, now);
                    if matches!(sent, Sent::Empty) {
                        self.wait = None;
                    }
                    return sent;
                }
            }
        }
    }

    fn send(link: &mut Link<F>, until: Instant, now: Instant) -> SendStep<Infallible> {
        if let Some(news) = link.news() {
            return Sent::Wait(Step::Event(news));
        }
        Sent::Wait(match link.pump(now) {
            Pump::Send => Step::Send { until },
            Pump::Listen { until: gate } => Step::Receive { until: gate.min(until) },
            Pump::Broken => Step::Done(Err(Fault::Pin)),
            Pump::Empty => return Sent::Empty,
        })
    }

    pub(super) fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match &self.asking {
            Some((_, ask)) => ask.outgoing(link),
            None => link.outgoing(),
        }
    }

    pub(super) fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        match &mut self.asking {
            Some((_, ask)) => ask.sent(link, n, now),
            None => {
                link.sent(n, now);
                self.wait = None;
            }
        }
    }

    pub(super) fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match &mut self.asking {
            Some((_, ask)) => ask.received(link, bytes, now),
            None => {
                for byte in bytes {
                    link.hear(*byte);
                }
                bytes.len()
            }
        }
    }
}

/// The same step of another conversation, or what this one ended with.
pub(super) fn pass<T, U>(
    step: Step<T, Fault, Status>,
) -> Result<Step<U, Fault, Status>, Result<T, Fault>> {
    Ok(match step {
        Step::Done(done) => return Err(done),
        Step::Send { until } => Step::Send { until },
        Step::Receive { until } => Step::Receive { until },
        Step::Pause { until } => Step::Pause { until },
        Step::Set(line) => Step::Set(line),
        Step::Event(news) => Step::Event(news),
    })
}

/// Whether the printer can be asked now: between two commands, for some take
/// the request for a part of a picture.
fn asks<F: Flow>(link: &Link<F>) -> bool {
    link.profile().statuses.contains(&1) && link.is_between_commands() && !link.is_empty()
}

/// What to do about an answer: go on, ask more, or give up.
fn told<F: Flow>(
    why: Why,
    asked: Result<Status, Fault>,
    link: &mut Link<F>,
) -> Result<Option<(Why, Ask<F>)>, Fault> {
    match (why, asked) {
        (Why::Unheard, Ok(status)) if status.contains(Status::ONLINE) => Ok(None),
        (Why::Unheard, Ok(_)) => Ok(Some((Why::Offline, Ask::new()))),
        (_, Ok(status)) if !status.is_ready() => Err(Fault::Stopped(status)),
        (Why::Offline, Ok(_)) => Ok(None),
        // Whatever the printer says, it takes nothing.
        (Why::Stalled, Ok(_)) if link.unstick() => Ok(None),
        (Why::Stalled, _) => Err(Fault::Stalled),
        (_, Err(fault)) => Err(fault),
    }
}

impl<F: Flow, J: Fill> Print<F, J> {
    pub(super) const fn new(job: Result<J, Fault>) -> Self {
        Self { job, begun: false, sending: Sending::new() }
    }

    /// Goes on with an item that was begun.
    pub(super) const fn rest(job: Result<J, Fault>) -> Self {
        Self { job, begun: true, sending: Sending::new() }
    }
}

impl<F: Flow, J: Fill> Exchange for Print<F, J> {
    type Link = Link<F>;
    type Output = ();
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        match &mut self.job {
            Ok(job) => self.sending.print(job, &mut self.begun, link, now),
            Err(fault) => Step::Done(Err(*fault)),
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
