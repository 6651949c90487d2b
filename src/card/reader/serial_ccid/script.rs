use core::convert::Infallible;

use crate::port::{Duration, Exchange, Instant, Line, Step, StepOf};

use super::Fault;
use super::ReaderError;
use super::link::Link;
use super::message::{Icc, Outcome, Reply};
use super::turn::{Answer, Care, Turn, Wants};

/// What a script wants next.
#[derive(Clone, Copy, Debug)]
pub enum Act<T> {
    /// Send the command that was composed.
    Ask {
        /// How long the answer may take.
        wait: Duration,
        /// How it is treated.
        care: Care,
    },
    /// Change the speed of the line, then go on.
    Speed(u32),
    /// Wait until then, then go on.
    Pause(Instant),
    /// Listen for card movements until then.
    Listen(Instant),
    /// It is over.
    Done(Result<T, Fault>),
}

/// Which command follows which reply.
pub trait Script {
    /// What it results in.
    type Output: Copy;

    /// The first command.
    fn begin(&mut self, link: &mut Link, now: Instant) -> Act<Self::Output>;

    /// After a change of speed, and after a pause. Only for scripts that ask for
    /// them.
    fn go_on(&mut self, _link: &mut Link, _now: Instant) -> Act<Self::Output> {
        Act::Done(Err(Fault::Silent))
    }

    /// After the answer to a command.
    fn answered(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<Self::Output>;
}

/// The answer to a command, as a script sees it; the data is in the link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heeded {
    /// It was carried out.
    Done(Icc),
    /// It was not.
    Failed(Icc, ReaderError),
    Garbled,
    Silence,
    Fault(Fault),
}

impl Heeded {
    fn new(link: &Link, answer: Answer) -> Self {
        match (answer, link.reply()) {
            (Answer::Reply, Some(Ok(reply))) if reply.kind == link.expected => {
                match reply.outcome {
                    Outcome::Done => Self::Done(reply.icc),
                    Outcome::Failed(error) => Self::Failed(reply.icc, error),
                    Outcome::MoreTime(_) => Self::Fault(Fault::KeepsAsking),
                }
            }
            (Answer::Reply, Some(Ok(Reply { kind, .. }))) => {
                Self::Fault(Fault::WrongReply { kind })
            }
            (Answer::Reply, Some(Err(fault))) | (Answer::Fault(fault), _) => Self::Fault(fault),
            (Answer::Garbled | Answer::Reply, _) => Self::Garbled,
            (Answer::Silence, _) => Self::Silence,
        }
    }

    /// The fault, unless the command was carried out.
    pub(super) fn done(self) -> Result<Icc, Fault> {
        match self {
            Self::Done(icc) => Ok(icc),
            Self::Failed(Icc::Absent, _) => Err(Fault::Absent),
            Self::Failed(_, error) => Err(Fault::Reader(error)),
            Self::Garbled => Err(Fault::Garbled),
            Self::Silence => Err(Fault::Silent),
            Self::Fault(fault) => Err(fault),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Fresh,
    Asking(Turn),
    Listening(Instant),
    Changing(u32),
    Changed,
    Pausing(Instant),
}

/// A conversation with the reader: a script, told turn by turn.
#[derive(Debug)]
pub struct Talk<S> {
    script: S,
    phase: Phase,
}

impl<S: Script> Talk<S> {
    pub(super) const fn new(script: S) -> Self {
        Self { script, phase: Phase::Fresh }
    }
}

impl<S: Script> Exchange for Talk<S> {
    type Link = Link;
    type Output = S::Output;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        loop {
            let act = match &mut self.phase {
                Phase::Fresh => self.script.begin(link, now),
                Phase::Asking(turn) => match turn.step(link, now) {
                    Wants::Send(until) => return Step::Send { until },
                    Wants::Receive(until) => return Step::Receive { until },
                    Wants::Nothing(answer) => {
                        let heeded = Heeded::new(link, answer);
                        self.script.answered(link, heeded, now)
                    }
                },
                Phase::Listening(until) if now < *until && !link.slot.moved => {
                    return Step::Receive { until: *until };
                }
                Phase::Listening(_) => {
                    self.phase = Phase::Fresh;
                    continue;
                }
                Phase::Changing(baud) => {
                    let baud = *baud;
                    self.phase = Phase::Changed;
                    return Step::Set(Line::Baud(baud));
                }
                Phase::Pausing(until) if now < *until => return Step::Pause { until: *until },
                Phase::Changed | Phase::Pausing(_) => self.script.go_on(link, now),
            };
            self.phase = match act {
                Act::Ask { wait, care } => Phase::Asking(Turn::new(wait, care)),
                Act::Listen(until) => Phase::Listening(until),
                Act::Speed(baud) => Phase::Changing(baud),
                Act::Pause(until) => Phase::Pausing(until),
                Act::Done(result) => return Step::Done(result),
            };
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        match &self.phase {
            Phase::Asking(turn) => turn.outgoing(link),
            _ => &[],
        }
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        if let Phase::Asking(turn) = &mut self.phase {
            turn.sent(link, n, now);
        }
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        match &mut self.phase {
            Phase::Asking(turn) => turn.received(link, bytes, now),
            Phase::Listening(_) => link.overhear(bytes),
            _ => 0,
        }
    }
}
