use core::convert::Infallible;
use core::marker::PhantomData;

use crate::port::{Duration, Exchange, Instant, Step, StepOf};

use super::fault::{DriverFault, Fault};
use super::front_end::{Frame, FrontEnd, Heard, Operation, Wants};
use super::link::{Core, Link};

/// What a script wants next.
#[derive(Clone, Copy, Debug)]
pub enum Act<T> {
    /// This of the front end.
    Do(Operation),
    /// To be asked again then.
    Rest(Instant),
    /// It is over.
    Done(Result<T, Fault>),
}

impl<T> Act<T> {
    /// Sends what stands in the frame.
    pub(super) const fn transceive(wait: Duration) -> Self {
        Self::Do(Operation::Transceive { wait })
    }
}

/// Which frame follows which: all of the driver that has nothing to do with the
/// chip.
pub trait Script {
    /// What it results in.
    type Output: Copy;

    /// The next act, after what came of the one before; [`Heard::Silence`] at
    /// the beginning and after a rest.
    fn next(
        &mut self,
        core: &mut Core,
        frame: &mut Frame,
        heard: Heard,
        now: Instant,
    ) -> Act<Self::Output>;
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Fresh,
    /// The front end is initialised.
    Starting,
    /// It carries out what the script wants.
    Acting,
    Resting(Instant),
}

/// A conversation with a card: a script, told operation by operation.
#[derive(Debug)]
pub struct Talk<S, F> {
    script: S,
    phase: Phase,
    front_end: PhantomData<fn() -> F>,
}

impl<S: Script, F: FrontEnd> Talk<S, F> {
    pub(super) const fn new(script: S) -> Self {
        Self { script, phase: Phase::Fresh, front_end: PhantomData }
    }

    fn act(&mut self, link: &mut Link<F>, heard: Heard, now: Instant) -> Option<StepOf<Self>> {
        let act = self.script.next(&mut link.core, &mut link.frame, heard, now);
        self.phase = match act {
            Act::Do(operation) => {
                link.perform(operation, now);
                Phase::Acting
            }
            Act::Rest(until) => Phase::Resting(until),
            Act::Done(result) => {
                link.frame.clear();
                link.core.open = false;
                return Some(Step::Done(result.map_err(DriverFault::Card)));
            }
        };
        None
    }
}

/// What is the same for all scripts.
impl<F: FrontEnd> Link<F> {
    fn perform(&mut self, operation: Operation, now: Instant) {
        self.core.open = true;
        match operation {
            Operation::Field(on) => self.core.field = on,
            Operation::Transceive { wait } => self.core.owed = now + wait,
            Operation::Modulation { .. } => {}
        }
        self.front_end.begin(operation, now);
    }

    /// Before a script begins.
    fn open(&mut self, now: Instant) -> Phase {
        let core = &mut self.core;
        // What was left half way is nothing to build on, unless there is a card
        // that would be lost.
        if !core.ready || core.open && !core.active {
            core.restart();
            core.abilities = self.front_end.abilities();
            self.front_end.init(now);
            return Phase::Starting;
        }
        match core.open {
            // A card that may be answering is let finish.
            true => Phase::Resting(core.owed),
            false => Phase::Resting(now),
        }
    }
}

impl<S: Script, F: FrontEnd> Exchange for Talk<S, F> {
    type Link = Link<F>;
    type Output = S::Output;
    type Fault = DriverFault<F::Fault>;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        loop {
            let heard = match self.phase {
                Phase::Fresh => {
                    self.phase = link.open(now);
                    continue;
                }
                Phase::Resting(until) if now < until => return Step::Pause { until },
                Phase::Resting(_) => Heard::Silence,
                Phase::Starting | Phase::Acting => {
                    match link.front_end.step(&mut link.frame, now) {
                        Wants::Send { until } => return Step::Send { until },
                        Wants::Receive { until } => return Step::Receive { until },
                        Wants::Pause { until } => return Step::Pause { until },
                        Wants::Done(Ok(_)) if matches!(self.phase, Phase::Starting) => {
                            // Its field may have been off for too short a time
                            // to reset a card.
                            link.core.ready = true;
                            self.phase = Phase::Resting(now + link.core.config.timing.reset);
                            continue;
                        }
                        Wants::Done(Ok(heard)) => heard,
                        Wants::Done(Err(fault)) => {
                            link.frame.clear();
                            link.core.restart();
                            return Step::Done(Err(DriverFault::FrontEnd(fault)));
                        }
                    }
                }
            };
            link.core.ready = true;
            if let Some(done) = self.act(link, heard, now) {
                return done;
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        link.front_end.outgoing(&link.frame)
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        link.front_end.sent(n, now);
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        link.front_end.received(&mut link.frame, bytes, now)
    }
}
