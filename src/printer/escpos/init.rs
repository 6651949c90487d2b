use core::convert::Infallible;

use super::ask::Ask;
use super::encoder::Encoder;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::print::{Sending, Sent};
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// The conversation that makes the printer's modes known, and asks how it is.
#[derive(Debug)]
pub struct Init<F> {
    sending: Sending<F>,
    stage: Stage,
    ask: Ask<F>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Begin,
    Payload,
    Prologue,
    Ask,
}

impl<F: Flow> Init<F> {
    pub(super) const fn new() -> Self {
        Self { sending: Sending::new(), stage: Stage::Begin, ask: Ask::new() }
    }

    /// Hands the next bytes to the sending.
    fn load(&mut self, link: &mut Link<F>) {
        self.stage = match self.stage {
            Stage::Payload if link.complete_payload() => Stage::Payload,
            Stage::Begin | Stage::Payload => {
                link.load_bytes(&Encoder::PROLOGUE);
                Stage::Prologue
            }
            Stage::Prologue | Stage::Ask => Stage::Ask,
        };
    }

    fn result(link: &mut Link<F>, asked: Result<Status, Fault>) -> Result<Status, Fault> {
        match asked {
            Ok(status) if status.is_ready() => link.barriers = 0,
            Err(Fault::NoStatus) => return Ok(Status::empty()),
            _ => {}
        }
        asked
    }
}

impl<F: Flow> Exchange for Init<F> {
    type Link = Link<F>;
    type Output = Status;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if self.stage == Stage::Begin {
            link.forget();
            self.stage = Stage::Payload;
        }
        while self.stage != Stage::Ask {
            if let Sent::Wait(step) = self.sending.step(link, now) {
                return step;
            }
            self.load(link);
        }
        match self.ask.step(link, now) {
            Step::Done(asked) => Step::Done(Self::result(link, asked)),
            step => step,
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
            _ => self.sending.received(link, bytes, now),
        }
    }
}
