use super::ask::Ask;
use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::part::Part;
use super::print::{Sending, Sent, pass};
use super::profile::Proof;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::{Completion, Status};

/// The conversation that finds out whether all that was sent is printed.
///
/// It ends the line, asks for the profile's [`Proof`], and looks at the status
/// when there is none, or when it does not say all. A proof says that the
/// printer has come so far; it counts unless bytes before may have been lost:
/// the printer stopped, and the flow control could not hold us up, or it may
/// have been off.
#[derive(Debug)]
pub struct Finish<F> {
    sending: Sending<F>,
    stage: Stage,
    wait: Wait,
    awaited: Awaited,
    proof: Option<Completion>,
    /// When to look at the printer next.
    look: Instant,
    ask: Ask<F>,
}

/// What was handed to the sending last, or what comes after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Payload,
    Line,
    /// What comes now came unasked, or late.
    Quiet,
    Request,
    Wait,
    /// The answer is waited for; is the printer still there?
    Look,
    Ask,
}

/// The answer that is waited for.
#[derive(Clone, Copy, Debug)]
enum Awaited {
    Nothing,
    /// `GS r`: the last of those that are owed.
    Barrier,
    ProcessId([u8; 4]),
}

impl<F: Flow> Finish<F> {
    pub(super) const fn new() -> Self {
        Self {
            sending: Sending::new(),
            stage: Stage::Payload,
            wait: Wait::until(Instant::ZERO),
            awaited: Awaited::Nothing,
            proof: None,
            look: Instant::ZERO,
            ask: Ask::new(),
        }
    }

    /// Hands the next bytes to the sending, or goes on to the wait that is due.
    fn load(&mut self, link: &mut Link<F>, now: Instant) {
        match self.stage {
            Stage::Payload if link.complete_payload() => {}
            Stage::Payload => {
                self.stage = Stage::Line;
                link.refill(&mut Part::LINE_END.clone());
            }
            Stage::Line => {
                self.stage = Stage::Quiet;
                self.wait = Wait::until(now + link.profile().timing.quiet);
            }
            _ => {
                self.stage = Stage::Wait;
                self.wait = Wait::until(self.deadline(link, now));
                self.look = now + link.profile().timing.watch;
            }
        }
    }

    fn request(&mut self, link: &mut Link<F>, now: Instant) {
        match link.profile().proof {
            Proof::None => {}
            Proof::Barrier => {
                link.load_barrier();
                self.awaited = Awaited::Barrier;
            }
            Proof::ProcessId => {
                let id = link.next_process(now);
                link.processed = None;
                link.load_bytes(&command::process_id(id));
                self.awaited = Awaited::ProcessId(id);
            }
        }
    }

    /// How long to wait when all is sent.
    fn deadline(&self, link: &Link<F>, now: Instant) -> Instant {
        let printed = link.load.done().max(now);
        match self.awaited {
            Awaited::Nothing => printed,
            _ => printed + link.profile().timing.proof,
        }
    }

    fn wait(&mut self, link: &mut Link<F>, now: Instant) -> Option<StepOf<Self>> {
        if self.proof.is_none() && self.is_answered(link) {
            self.proved(link, now);
        }
        let until = match (self.proof, self.awaited) {
            (Some(completion), Awaited::ProcessId(_)) => {
                link.proved();
                return Some(Step::Done(Ok(completion)));
            }
            (Some(_), _) => Some(link.load.done()).filter(|done| now < *done),
            (None, Awaited::Nothing) => self.wait.goes_on(now),
            (None, _) => match self.wait.goes_on(now) {
                Some(_) if now >= self.look && link.profile().statuses.contains(&1) => {
                    self.stage = Stage::Look;
                    self.ask = Ask::brief();
                    return None;
                }
                Some(until) => Some(until.min(self.look.max(now + link.profile().timing.quiet))),
                None => None,
            },
        };
        if until.is_none() {
            self.stage = Stage::Ask;
            self.ask = Ask::new();
        }
        until.map(|until| Step::Receive { until })
    }

    /// The printer said whether it is online: goes on to wait, or asks why not.
    fn looked(&mut self, link: &Link<F>, online: bool, now: Instant) {
        self.stage = if online { Stage::Wait } else { Stage::Ask };
        self.look = now + link.profile().timing.watch;
        self.ask = Ask::new();
    }

    /// Whether the answer came that is waited for.
    fn is_answered(&self, link: &Link<F>) -> bool {
        match self.awaited {
            Awaited::Nothing => false,
            Awaited::Barrier => link.barriers == 0,
            Awaited::ProcessId(id) => link.processed == Some(id),
        }
    }

    /// It came: does it prove anything?
    fn proved(&mut self, link: &mut Link<F>, now: Instant) {
        let doubtful = link.is_doubtful();
        self.proof = Some(if doubtful { Completion::Unproven } else { Completion::Proven });
        link.measured(now);
    }

    fn result(
        &self,
        link: &mut Link<F>,
        asked: Result<Status, Fault>,
    ) -> Result<Completion, Fault> {
        match asked {
            Ok(status) if !status.is_ready() => Err(Fault::Stopped(status)),
            Ok(_) | Err(Fault::NoStatus) => {
                if self.proof.is_some() {
                    link.proved();
                }
                Ok(self.proof.unwrap_or(Completion::Unproven))
            }
            Err(fault) => Err(fault),
        }
    }
}

impl<F: Flow> Exchange for Finish<F> {
    type Link = Link<F>;
    type Output = Completion;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if let Some(news) = link.news() {
            return Step::Event(news);
        }
        loop {
            match self.stage {
                Stage::Quiet => match self.wait.goes_on(now) {
                    Some(until) => return Step::Receive { until },
                    None => {
                        self.stage = Stage::Request;
                        self.request(link, now);
                    }
                },
                Stage::Wait => {
                    if let Some(step) = self.wait(link, now) {
                        return step;
                    }
                }
                Stage::Look | Stage::Ask => match (pass(self.ask.step(link, now)), self.stage) {
                    (Ok(step), _) => return step,
                    (Err(Ok(status)), Stage::Look) => {
                        self.looked(link, status.contains(Status::ONLINE), now);
                    }
                    (Err(asked), _) => return Step::Done(self.result(link, asked)),
                },
                _ => {
                    if let Sent::Wait(step) = self.sending.step(link, now) {
                        return step;
                    }
                    self.load(link, now);
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match self.stage {
            Stage::Look | Stage::Ask => self.ask.outgoing(link),
            _ => self.sending.outgoing(link),
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        match self.stage {
            Stage::Look | Stage::Ask => self.ask.sent(link, n, now),
            _ => self.sending.sent(link, n, now),
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match self.stage {
            Stage::Look | Stage::Ask => self.ask.received(link, bytes, now),
            Stage::Quiet | Stage::Wait => {
                for byte in bytes {
                    link.hear(*byte);
                }
                bytes.len()
            }
            _ => self.sending.received(link, bytes, now),
        }
    }
}
