use core::convert::Infallible;

use super::ask::Ask;
use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::print::{Sending, Sent};
use super::profile::Proof;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::{Completion, Item, Status};

/// The conversation that finds out whether all that was sent is printed.
///
/// It ends the line, asks for the profile's [`Proof`], and looks at the status
/// when there is none, or when it does not say all.
#[derive(Debug)]
pub struct Finish<F> {
    sending: Sending<F>,
    stage: Stage,
    awaited: Awaited,
    proven: bool,
    ask: Ask<F>,
}

/// What was handed to the sending last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Payload,
    Line,
    Request,
    Wait { until: Instant },
    Ask,
}

/// The answer that is waited for.
#[derive(Clone, Copy, Debug)]
enum Awaited {
    Nothing,
    Barrier,
    ProcessId { reply: [u8; 7], matched: usize },
}

impl Awaited {
    /// Whether the answer is complete with this byte.
    fn take<F>(&mut self, link: &mut Link<F>, byte: u8) -> bool {
        match self {
            Self::Nothing => false,
            Self::Barrier => {
                link.overhear(byte);
                command::is_paper_status(byte) && link.barriers == 0
            }
            Self::ProcessId { reply, matched } => {
                *matched = match reply.get(*matched) {
                    Some(expected) if *expected == byte => *matched + 1,
                    _ => usize::from(reply.first() == Some(&byte)),
                };
                *matched == reply.len()
            }
        }
    }
}

impl<F: Flow> Finish<F> {
    pub(super) const fn new() -> Self {
        Self {
            sending: Sending::new(),
            stage: Stage::Payload,
            awaited: Awaited::Nothing,
            proven: false,
            ask: Ask::new(),
        }
    }

    /// Hands the next bytes to the sending; whether there were any.
    fn load(&mut self, link: &mut Link<F>) -> bool {
        if self.stage == Stage::Payload {
            if link.complete_payload() {
                return true;
            }
            self.stage = Stage::Line;
            // No lines: only the end of the one that is open.
            if let Ok(mut job) = link.encoder.begin(&Item::Feed(0))
                && link.refill(&mut job)
            {
                return true;
            }
        }
        if self.stage == Stage::Line {
            self.stage = Stage::Request;
            return self.request(link);
        }
        false
    }

    fn request(&mut self, link: &mut Link<F>) -> bool {
        match link.profile().proof {
            Proof::None => return false,
            Proof::Barrier => {
                link.barriers = link.barriers.saturating_add(1);
                link.load_bytes(&command::TRANSMIT_PAPER_STATUS);
                self.awaited = Awaited::Barrier;
            }
            Proof::ProcessId => {
                let id = link.next_process();
                link.load_bytes(&command::process_id(id));
                self.awaited =
                    Awaited::ProcessId { reply: command::process_id_reply(id), matched: 0 };
            }
        }
        true
    }

    /// How long to wait when all is sent.
    fn deadline(&self, link: &Link<F>, now: Instant) -> Instant {
        let printed = link.load.done().max(now);
        match self.awaited {
            Awaited::Nothing => printed,
            _ => printed + link.profile().timing.proof,
        }
    }

    fn wait(&mut self, link: &Link<F>, until: Instant, now: Instant) -> Option<StepOf<Self>> {
        let until = match (self.proven, self.awaited) {
            (true, Awaited::ProcessId { .. }) => return Some(Step::Done(Ok(Completion::Proven))),
            (true, _) => link.load.done(),
            (false, _) => until,
        };
        (now < until).then_some(Step::Receive { until })
    }

    fn result(&self, asked: Result<Status, Fault>) -> Result<Completion, Fault> {
        match asked {
            Ok(status) if !status.is_ready() => Err(Fault::Stopped(status)),
            Ok(_) if self.proven => Ok(Completion::Proven),
            Ok(_) | Err(Fault::NoStatus) => Ok(Completion::Unproven),
            Err(fault) => Err(fault),
        }
    }
}

impl<F: Flow> Exchange for Finish<F> {
    type Link = Link<F>;
    type Output = Completion;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        loop {
            match self.stage {
                Stage::Wait { until } => match self.wait(link, until, now) {
                    Some(step) => return step,
                    None => self.stage = Stage::Ask,
                },
                Stage::Ask => {
                    return match self.ask.step(link, now) {
                        Step::Done(asked) => Step::Done(self.result(asked)),
                        Step::Send { until } => Step::Send { until },
                        Step::Receive { until } => Step::Receive { until },
                        Step::Pause { until } => Step::Pause { until },
                        Step::Set(line) => Step::Set(line),
                        Step::Event(never) => match never {},
                    };
                }
                _ => {
                    if let Sent::Wait(step) = self.sending.step(link, now) {
                        return step;
                    }
                    if !self.load(link) {
                        self.stage = Stage::Wait { until: self.deadline(link, now) };
                    }
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match self.stage {
            Stage::Ask => self.ask.outgoing(link),
            _ => self.sending.outgoing(link),
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        match self.stage {
            Stage::Ask => self.ask.sent(link, n, now),
            _ => self.sending.sent(link, n, now),
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match self.stage {
            Stage::Ask => self.ask.received(link, bytes, now),
            Stage::Wait { .. } => {
                for byte in bytes {
                    self.proven |= self.awaited.take(link, *byte);
                }
                bytes.len()
            }
            _ => self.sending.received(link, bytes, now),
        }
    }
}
