use core::convert::Infallible;

use crate::port::{Duration, Exchange, Instant, Line, Step, StepOf};

use super::Fault;
use super::command::Request;
use super::link::Link;
use super::setup::Setup;
use super::turn::{Goal, Turn, Wants};

/// What a script wants done; it is told how that went.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// The command that was composed.
    Ask {
        /// How long the answer may take.
        wait: Duration,
        /// It may be sent twice without harm.
        repeatable: bool,
        /// Only what was sent is the answer.
        echoed: bool,
    },
    /// The response is acknowledged.
    Acknowledge,
    /// Let time pass.
    Pause(Instant),
    /// The port is set to another speed.
    Tune(u32),
    /// The chip is set up.
    Setup,
}

impl Deed {
    /// A command with data that was composed, which goes to a card.
    pub(super) const fn ask_card(link: &Link) -> Self {
        Self::Ask { wait: link.config.timing.card, repeatable: false, echoed: false }
    }

    /// A command.
    pub(super) fn ask(link: &mut Link, request: &Request) -> Self {
        link.compose(request);
        let wait = request.wait.of(&link.config.timing);
        Self::Ask { wait, repeatable: request.is_repeatable(), echoed: request.is_echoed() }
    }
}

/// What a script wants next.
#[derive(Clone, Copy, Debug)]
pub enum Act<T> {
    Do(Deed),
    /// It is over.
    Done(Result<T, Fault>),
}

impl<T> Act<T> {
    pub(super) fn ask(link: &mut Link, request: &Request) -> Self {
        Self::Do(Deed::ask(link, request))
    }
}

/// Which command follows which response.
pub trait Script {
    /// What it results in.
    type Output;

    /// What cannot succeed fails before anything is sent.
    fn check(&self, _link: &Link) -> Result<(), Fault> {
        Ok(())
    }

    /// The first command.
    fn begin(&mut self, link: &mut Link, now: Instant) -> Act<Self::Output>;

    /// After the answer to a command; its data is in the link.
    fn answered(
        &mut self,
        link: &mut Link,
        answer: Result<(), Fault>,
        now: Instant,
    ) -> Act<Self::Output>;
}

/// What a conversation is at.
#[derive(Clone, Copy, Debug)]
enum Phase {
    Fresh,
    Asking(Turn),
    Pausing(Instant),
    Tuning(u32),
    Over,
}

/// A conversation without its script.
#[derive(Clone, Copy, Debug)]
struct Core {
    phase: Phase,
    setup: Option<Setup>,
}

/// What it wants: something of the face, or the script to go on.
enum Want {
    Face(Step<Infallible, Infallible, Infallible>),
    Script(Result<(), Fault>),
}

impl Core {
    fn start(&mut self, deed: Deed, link: &mut Link) {
        self.phase = match deed {
            Deed::Ask { wait, repeatable, echoed } => {
                Phase::Asking(Turn::new(Goal::Command { wait, repeatable, echoed }))
            }
            Deed::Acknowledge => Phase::Asking(Turn::new(Goal::Acknowledge)),
            Deed::Pause(until) => Phase::Pausing(until),
            Deed::Tune(baud) => Phase::Tuning(baud),
            Deed::Setup => {
                let (setup, deed) = Setup::begin(link);
                self.setup = Some(setup);
                return self.start(deed, link);
            }
        };
    }

    fn step(&mut self, link: &mut Link, now: Instant) -> Want {
        loop {
            let answer = match &mut self.phase {
                Phase::Fresh | Phase::Over => Ok(()),
                Phase::Asking(turn) => match turn.step(link, now) {
                    Wants::Send(until) => return Want::Face(Step::Send { until }),
                    Wants::Receive(until) => return Want::Face(Step::Receive { until }),
                    Wants::Pause(until) => return Want::Face(Step::Pause { until }),
                    Wants::Nothing(answer) => answer,
                },
                Phase::Pausing(until) if now < *until => {
                    return Want::Face(Step::Pause { until: *until });
                }
                Phase::Pausing(_) => Ok(()),
                Phase::Tuning(baud) => {
                    let baud = *baud;
                    self.phase = Phase::Over;
                    return Want::Face(Step::Set(Line::Baud(baud)));
                }
            };
            match self.setup.as_mut().map(|setup| setup.answered(link, answer)) {
                None => return Want::Script(answer),
                Some(Act::Do(deed)) => self.start(deed, link),
                Some(Act::Done(result)) => {
                    self.setup = None;
                    return Want::Script(result);
                }
            }
        }
    }
}

/// A conversation with the chip: a script, told turn by turn. A chip that was
/// not set up yet is set up first, and one that owes an answer is brought back
/// into step.
#[derive(Clone, Copy, Debug)]
pub struct Talk<S> {
    script: S,
    core: Core,
    stage: Stage,
}

/// How far a conversation is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Fresh,
    /// The chip is set up, or brought into step.
    Preparing,
    Begun,
}

impl<S> Talk<S> {
    pub(super) const fn new(script: S) -> Self {
        Self { script, core: Core { phase: Phase::Fresh, setup: None }, stage: Stage::Fresh }
    }
}

impl<S: Script> Talk<S> {
    /// Goes on with the script, or begins it.
    fn go_on(
        &mut self,
        link: &mut Link,
        answer: Result<(), Fault>,
        now: Instant,
    ) -> Act<S::Output> {
        if self.stage == Stage::Begun {
            return self.script.answered(link, answer, now);
        }
        if let Err(fault) = answer.and_then(|()| self.script.check(link)) {
            return Act::Done(Err(fault));
        }
        if self.stage == Stage::Fresh && (link.firmware.is_none() || !link.settled) {
            self.stage = Stage::Preparing;
            return Act::Do(Deed::Setup);
        }
        self.stage = Stage::Begun;
        self.script.begin(link, now)
    }
}

impl<S: Script> Exchange for Talk<S> {
    type Link = Link;
    type Output = S::Output;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        loop {
            let answer = match self.core.step(link, now) {
                Want::Script(answer) => answer,
                Want::Face(Step::Send { until }) => return Step::Send { until },
                Want::Face(Step::Receive { until }) => return Step::Receive { until },
                Want::Face(Step::Pause { until }) => return Step::Pause { until },
                Want::Face(Step::Set(line)) => return Step::Set(line),
                Want::Face(Step::Event(never) | Step::Done(Ok(never) | Err(never))) => {
                    match never {}
                }
            };
            match self.go_on(link, answer, now) {
                Act::Do(deed) => self.core.start(deed, link),
                Act::Done(result) => {
                    link.wipe();
                    return Step::Done(result);
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        match &self.core.phase {
            Phase::Asking(turn) => turn.outgoing(link),
            _ => &[],
        }
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        if let Phase::Asking(turn) = &mut self.core.phase {
            turn.sent(link, n, now);
        }
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        match &mut self.core.phase {
            Phase::Asking(turn) => turn.received(link, bytes, now),
            _ => 0,
        }
    }
}
