use core::convert::Infallible;

use super::ask::Ask;
use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::print::{Sending, Sent};
use super::profile::Proof;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// The conversation that makes the printer's modes known, and asks how it is.
#[derive(Debug)]
pub struct Init<F> {
    sending: Sending<F>,
    stage: Stage,
    ask: Ask<F>,
    wait: Wait,
    /// However many answers come, they are not waited for longer.
    latest: Instant,
    answered: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Begin,
    Payload,
    Prologue,
    Ask,
    /// `GS r` was sent, for the answers to older ones to be told from those
    /// to come: they come before its own.
    Barrier(Status),
    Answers(Status),
}

impl<F: Flow> Init<F> {
    pub(super) const fn new() -> Self {
        Self {
            sending: Sending::new(),
            stage: Stage::Begin,
            ask: Ask::new(),
            wait: Wait::until(Instant::ZERO),
            latest: Instant::ZERO,
            answered: false,
        }
    }

    /// Hands the next bytes to the sending.
    fn load(&mut self, link: &mut Link<F>, now: Instant) {
        self.stage = match self.stage {
            Stage::Payload if link.complete_payload() => Stage::Payload,
            Stage::Begin | Stage::Payload => {
                link.load_bytes(link.encoder.prologue());
                Stage::Prologue
            }
            Stage::Barrier(status) => {
                let proof = link.profile().timing.proof;
                let until = link.load.done().max(now) + proof;
                self.wait = Wait::until(until);
                self.latest = until + proof;
                Stage::Answers(status)
            }
            _ => Stage::Ask,
        };
    }

    /// What the printer says of itself, if there is nothing more to find out.
    fn asked(&mut self, link: &mut Link<F>, asked: Result<Status, Fault>) -> Option<StepOf<Self>> {
        match asked {
            Ok(status) if status.is_ready() && link.profile().proof == Proof::Barrier => {
                link.load_barrier();
                self.stage = Stage::Barrier(status);
                None
            }
            Err(Fault::NoStatus) => Some(Step::Done(Ok(Status::empty()))),
            asked => Some(Step::Done(asked)),
        }
    }

    /// An answer may be an older one's. So the next is waited for: shortly if
    /// all are there, else as long as one may take; those that have not come
    /// then were lost with the printer's power.
    fn heard(&mut self, link: &mut Link<F>, byte: u8, now: Instant) {
        link.overhear(byte);
        if command::is_paper_status(byte) {
            let timing = &link.profile().timing;
            let wait = if link.barriers == 0 { timing.reply } else { timing.proof };
            self.answered = true;
            if now < self.latest {
                self.wait = Wait::until(self.latest.min(now + wait));
            }
        }
    }
}

impl<F: Flow> Exchange for Init<F> {
    type Link = Link<F>;
    type Output = Status;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if self.stage == Stage::Begin {
            link.forget(now);
            self.stage = Stage::Payload;
        }
        loop {
            match self.stage {
                Stage::Ask => match self.ask.step(link, now) {
                    Step::Done(asked) => {
                        if let Some(done) = self.asked(link, asked) {
                            return done;
                        }
                    }
                    step => return step,
                },
                Stage::Answers(status) => {
                    if let Some(until) = self.wait.goes_on(now) {
                        return Step::Receive { until };
                    }
                    if self.answered {
                        link.barriers = 0;
                    }
                    return Step::Done(Ok(status));
                }
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
            Stage::Answers(_) => {
                bytes.iter().for_each(|byte| self.heard(link, *byte, now));
                bytes.len()
            }
            _ => self.sending.received(link, bytes, now),
        }
    }
}
