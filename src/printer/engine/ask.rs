use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;

use super::language::{Heard, Language};
use super::link::Link;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;
use crate::printer::escpos::{Fault, Wait};

/// The conversation that asks the printer how it is.
///
/// One request, and silence before; twice if need be. A request that was given
/// up may be answered late: after that, all is waited for that may still come,
/// and of two answers the last holds.
pub struct Ask<F, L: Language> {
    phase: Phase,
    wait: Wait,
    attempts: u8,
    /// Older answers may still come.
    careful: bool,
    ear: L::Ear,
    found: Option<(Status, bool)>,
    noise: Option<u8>,
    /// Noise came before the answer, which may be a part of one then; or behind
    /// it, which may be the answer, and what was taken for one was noise.
    spoiled: bool,
    flow: PhantomData<fn() -> F>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Begin,
    /// Another conversation began a request.
    Rest,
    /// Nothing that comes now counts.
    Quiet,
    Request,
    Reply,
    Answered,
}

impl<F, L: Language> Ask<F, L> {
    const ATTEMPTS: u8 = 2;

    pub(super) fn new() -> Self {
        Self {
            phase: Phase::Begin,
            wait: Wait::until(Instant::ZERO),
            attempts: 0,
            careful: false,
            ear: L::Ear::default(),
            found: None,
            noise: None,
            spoiled: false,
            flow: PhantomData,
        }
    }

    /// Whether the printer, whose status is known, is at work.
    pub(super) const fn is_busy(&self) -> bool {
        matches!(self.found, Some((_, true)))
    }

    fn enter(&mut self, phase: Phase, until: Instant) {
        self.phase = phase;
        self.wait = Wait::until(until);
    }

    /// When the answer is late.
    fn latest(link: &Link<F, L>, now: Instant) -> Instant {
        let asked = link.load.arrived().max(now);
        let read = if L::ANSWERS_IN_ORDER { link.load.done().max(asked) } else { asked };
        read + link.profile().timing.reply
    }

    /// No answer: once more from the start, or the end.
    fn failed(&mut self, link: &mut Link<F, L>, now: Instant) -> Option<Fault> {
        link.answer_owed = true;
        self.careful = true;
        self.attempts += 1;
        self.enter(Phase::Quiet, now + link.profile().timing.reply);
        let over = self.attempts >= Self::ATTEMPTS;
        over.then(|| self.noise.map_or(Fault::Silent, Fault::Garbled))
    }

    fn hear(&mut self, link: &Link<F, L>, byte: u8, now: Instant) {
        let timing = &link.profile().timing;
        match L::hear(&mut self.ear, byte) {
            Heard::Status(status, busy) if !self.spoiled => {
                self.found = Some((status, busy));
                let wait = if self.careful { timing.reply } else { timing.quiet };
                self.enter(Phase::Answered, now + wait);
            }
            Heard::Noise(byte) => {
                self.noise = Some(byte);
                self.spoiled = true;
            }
            _ => {}
        }
    }
}

impl<F, L: Language> fmt::Debug for Ask<F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("phase", &self.phase).finish_non_exhaustive()
    }
}

impl<F, L: Language> Exchange for Ask<F, L> {
    type Link = Link<F, L>;
    type Output = Status;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F, L>, now: Instant) -> StepOf<Self> {
        let timing = &link.profile().timing;
        let request = link.encoder.request();
        loop {
            match (self.phase, self.wait.goes_on(now)) {
                (Phase::Begin, _) if request.is_empty() => return Step::Done(Err(Fault::NoStatus)),
                (Phase::Begin, _) if link.is_asking() => {
                    self.enter(Phase::Rest, now + timing.reply);
                }
                (Phase::Rest, _) if !link.is_asking() => self.phase = Phase::Begin,
                (Phase::Begin, _) => {
                    self.careful = link.answer_owed;
                    let wait = if self.careful { timing.reply } else { timing.quiet };
                    self.enter(Phase::Quiet, now + wait);
                }
                (Phase::Request, _) if link.unasked().is_empty() => {
                    self.enter(Phase::Reply, Self::latest(link, now));
                }
                (Phase::Request | Phase::Rest, Some(until)) => return Step::Send { until },
                (_, Some(until)) => return Step::Receive { until },
                (Phase::Quiet, None) => {
                    (self.ear, self.found, self.spoiled) = (L::Ear::default(), None, false);
                    let until = now + timing.reply;
                    link.ask();
                    self.enter(Phase::Request, until);
                }
                (Phase::Answered, None) if !self.spoiled => {
                    link.answer_owed = false;
                    let status = self.found.map_or(Status::empty(), |(status, _)| status);
                    return Step::Done(Ok(status));
                }
                (_, None) => {
                    if let Some(fault) = self.failed(link, now) {
                        return Step::Done(Err(fault));
                    }
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F, L>) -> &'a [u8] {
        match self.phase {
            Phase::Request | Phase::Rest => link.unasked(),
            _ => &[],
        }
    }

    fn sent(&mut self, link: &mut Link<F, L>, n: usize, now: Instant) {
        link.asked(n, now);
        self.wait = Wait::until(now + link.profile().timing.reply);
    }

    fn received(&mut self, link: &mut Link<F, L>, bytes: &[u8], now: Instant) -> usize {
        if matches!(self.phase, Phase::Reply | Phase::Answered) {
            bytes.iter().for_each(|byte| self.hear(link, *byte, now));
        }
        bytes.len()
    }
}
