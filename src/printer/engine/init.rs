use core::convert::Infallible;

use super::ask::Ask;
use super::language::Language;
use super::link::Link;
use super::print::Sending;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;
use crate::printer::escpos::{Fault, Flow};

/// The conversation that makes the printer's modes known, and asks how it is.
#[derive(Debug)]
pub struct Init<F, L: Language> {
    sending: Sending<F, L>,
    stage: Stage,
    ask: Ask<F, L>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Begin,
    Payload,
    Prologue,
    Ask,
}

impl<F: Flow, L: Language> Init<F, L> {
    pub(super) fn new() -> Self {
        Self { sending: Sending::new(), stage: Stage::Begin, ask: Ask::new() }
    }

    /// Hands the next bytes to the sending.
    fn load(&mut self, link: &mut Link<F, L>) {
        self.stage = match self.stage {
            Stage::Payload if link.complete() => Stage::Payload,
            Stage::Begin | Stage::Payload => {
                link.load_bytes(L::PROLOGUE);
                Stage::Prologue
            }
            Stage::Prologue | Stage::Ask => Stage::Ask,
        };
    }
}

impl<F: Flow, L: Language> Exchange for Init<F, L> {
    type Link = Link<F, L>;
    type Output = Status;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F, L>, now: Instant) -> StepOf<Self> {
        if self.stage == Stage::Begin {
            link.forget(now);
            self.stage = Stage::Payload;
        }
        while self.stage != Stage::Ask {
            if let Some(step) = self.sending.step(link, now) {
                return step;
            }
            self.load(link);
        }
        match self.ask.step(link, now) {
            Step::Done(Err(Fault::NoStatus)) => Step::Done(Ok(Status::empty())),
            step => step,
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F, L>) -> &'a [u8] {
        match self.stage {
            Stage::Ask => self.ask.outgoing(link),
            _ => self.sending.outgoing(link),
        }
    }

    fn sent(&mut self, link: &mut Link<F, L>, n: usize, now: Instant) {
        match self.stage {
            Stage::Ask => self.ask.sent(link, n, now),
            _ => self.sending.sent(link, n, now),
        }
    }

    fn received(&mut self, link: &mut Link<F, L>, bytes: &[u8], now: Instant) -> usize {
        match self.stage {
            Stage::Ask => self.ask.received(link, bytes, now),
            _ => self.sending.received(link, bytes, now),
        }
    }
}
