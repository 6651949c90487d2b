use core::convert::Infallible;
use core::fmt;

use super::ask::Ask;
use super::language::{Heard, Language};
use super::link::Link;
use super::print::Sending;
use crate::port::{Duration, Exchange, Instant, Step, StepOf};
use crate::printer::escpos::{Fault, Flow, Wait};
use crate::printer::{Completion, Item, Status};

/// The conversation that finds out whether all that was sent is printed.
///
/// It ends the line, asks for the language's proof, and looks at the status
/// when there is none, or when none comes.
pub struct Finish<F, L: Language> {
    sending: Sending<F, L>,
    stage: Stage,
    /// What ends the line.
    end: Option<L::Job<'static>>,
    wait: Wait,
    /// How long a printer may say that it is at work.
    latest: Instant,
    awaited: Option<[u8; 2]>,
    ear: L::Ear,
    proven: bool,
    ask: Ask<F, L>,
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
    Ask,
}

impl<F: Flow, L: Language> Finish<F, L> {
    /// From one look at a printer that is at work to the next.
    const LOOK: Duration = Duration::from_millis(50);

    pub(super) fn new() -> Self {
        Self {
            sending: Sending::new(),
            stage: Stage::Payload,
            end: None,
            wait: Wait::until(Instant::ZERO),
            latest: Instant::ZERO,
            awaited: None,
            ear: L::Ear::default(),
            proven: false,
            ask: Ask::new(),
        }
    }

    fn enter(&mut self, stage: Stage, until: Instant) {
        self.stage = stage;
        self.wait = Wait::until(until);
    }

    /// Hands the next bytes to the sending, or goes on to the wait that is due.
    fn load(&mut self, link: &mut Link<F, L>, now: Instant) {
        let timing = &link.profile().timing;
        match self.stage {
            Stage::Payload if link.complete() => {}
            Stage::Payload => {
                self.stage = Stage::Line;
                // No lines: only the end of the one that is open.
                self.end = link.encoder.begin(&Item::Feed(0)).ok();
            }
            Stage::Line if self.end.as_mut().is_some_and(|end| link.refill(end)) => {}
            Stage::Line => self.enter(Stage::Quiet, now + timing.quiet),
            _ => {
                let printed = link.load.done().max(now);
                self.latest = printed + timing.proof;
                let until = if self.awaited.is_some() { self.latest } else { printed };
                self.enter(Stage::Wait, until);
            }
        }
    }

    fn request(&mut self, link: &mut Link<F, L>, now: Instant) {
        let id = link.next_request(now);
        if let Some(request) = link.encoder.prove(id) {
            link.load_bytes(&request);
            self.awaited = Some(id);
        }
        self.stage = Stage::Request;
    }

    /// What the printer says of itself; `None` while it is at work.
    fn asked(
        &self,
        link: &Link<F, L>,
        asked: Result<Status, Fault>,
        now: Instant,
    ) -> Option<Result<Completion, Fault>> {
        match asked {
            Ok(status) if !status.is_ready() => Some(Err(Fault::Stopped(status))),
            Ok(_) if self.ask.is_busy() && now < self.latest => None,
            Ok(_)
                if !self.ask.is_busy() && self.awaited.is_none() && link.encoder.idle_proves() =>
            {
                Some(Ok(Completion::Proven))
            }
            Ok(_) | Err(Fault::NoStatus) => Some(Ok(Completion::Unproven)),
            Err(fault) => Some(Err(fault)),
        }
    }

    fn ask(&mut self, link: &mut Link<F, L>, now: Instant) -> Option<StepOf<Self>> {
        Some(match self.ask.step(link, now) {
            Step::Done(asked) => match self.asked(link, asked, now) {
                Some(done) => Step::Done(done),
                None => {
                    self.ask = Ask::new();
                    self.enter(Stage::Wait, now + Self::LOOK);
                    return None;
                }
            },
            Step::Send { until } => Step::Send { until },
            Step::Receive { until } => Step::Receive { until },
            Step::Pause { until } => Step::Pause { until },
            Step::Set(line) => Step::Set(line),
            Step::Event(never) => match never {},
        })
    }
}

impl<F, L: Language> fmt::Debug for Finish<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl<F: Flow, L: Language> Exchange for Finish<F, L> {
    type Link = Link<F, L>;
    type Output = Completion;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F, L>, now: Instant) -> StepOf<Self> {
        loop {
            match self.stage {
                Stage::Quiet | Stage::Wait => {
                    if self.proven {
                        return Step::Done(Ok(Completion::Proven));
                    }
                    match (self.wait.goes_on(now), self.stage) {
                        (Some(until), _) => return Step::Receive { until },
                        (None, Stage::Quiet) => self.request(link, now),
                        (None, _) => self.stage = Stage::Ask,
                    }
                }
                Stage::Ask => {
                    if let Some(step) = self.ask(link, now) {
                        return step;
                    }
                }
                _ => {
                    if let Some(step) = self.sending.step(link, now) {
                        return step;
                    }
                    self.load(link, now);
                }
            }
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
            Stage::Ask => return self.ask.received(link, bytes, now),
            Stage::Wait => {
                for byte in bytes {
                    let heard = L::hear(&mut self.ear, *byte);
                    self.proven |= matches!(heard, Heard::Printed(id) if Some(id) == self.awaited);
                }
            }
            Stage::Quiet => {}
            _ => return self.sending.received(link, bytes, now),
        }
        bytes.len()
    }
}
