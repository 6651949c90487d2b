use core::convert::Infallible;

use crate::card::{t0, t1};
use crate::port::{CardState, Contact, Duration, Exchange, Instant, Line, Step, StepOf};

use super::Fault;
use super::activate::Activate;
use super::inner::Inner;
use super::link::Link;

/// What a conversation is about.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
pub(super) enum Task<'a> {
    /// Whether a card is there; not before it is time, if patient.
    Look {
        patient: bool,
    },
    Activate(Activate<'a>),
    Command(Inner<'a>),
    Deactivate,
}

/// What is done now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Fresh,
    /// The contacts are to do this.
    Set(Contact),
    /// Wait, and then that.
    Pause(Instant, Contact),
    /// The card answers to its reset, or to a PPS; at `end` it does not any
    /// more.
    Listen {
        until: Instant,
        end: Instant,
        looked: bool,
    },
    /// A PPS is to be sent, so many of its bytes are.
    Ask {
        sent: usize,
        until: Instant,
    },
    /// T=0 or T=1 is at work.
    Protocol,
    Over(Result<usize, Fault>),
}

/// A conversation with a card. Its output is a length: of the ATR, of the
/// response.
#[derive(Debug)]
pub struct Talk<'a> {
    pub(super) task: Task<'a>,
    pub(super) state: State,
    /// What it ends with, once the contacts are left as they must be.
    pub(super) result: Result<usize, Fault>,
    /// When to look at the slot next, and where to go on from then.
    look_at: Instant,
    back: State,
}

impl<'a> Talk<'a> {
    pub(super) const fn new(task: Task<'a>) -> Self {
        Self {
            task,
            state: State::Fresh,
            result: Ok(0),
            look_at: Instant::ZERO,
            back: State::Protocol,
        }
    }

    fn begin(&self, link: &Link, now: Instant) -> State {
        match &self.task {
            Task::Look { patient: true } if now < link.look_at => {
                State::Pause(link.look_at, Contact::Sense)
            }
            Task::Look { .. } => State::Set(Contact::Sense),
            Task::Command(Inner::None) => State::Over(Err(Fault::Inactive)),
            Task::Activate(_) | Task::Command(_) => State::Set(Contact::Take),
            Task::Deactivate => State::Set(Contact::Off),
        }
    }

    /// It is over. After an error but a harmless one the card gets no power any
    /// more.
    pub(super) fn finish(&mut self, result: Result<usize, Fault>) -> State {
        self.result = result;
        match result {
            Err(fault) if !is_harmless(fault) => State::Set(Contact::Off),
            _ => State::Set(Contact::Release),
        }
    }

    /// Why there is no card to talk to, if there is none.
    fn lost(&self, state: &CardState) -> Option<Fault> {
        let must_be_active = matches!(self.task, Task::Command(_));
        match state.fault {
            Some(fault) => Some(Fault::Slot(fault)),
            None if !state.present => Some(Fault::Absent),
            None if must_be_active && !state.active => Some(Fault::Inactive),
            None => None,
        }
    }

    fn carried_out(&mut self, link: &mut Link, done: Contact, state: CardState, now: Instant) {
        self.look_at = now + link.config.look;
        if let Task::Activate(activate) = &mut self.task {
            activate.flaws(state.flaws);
        }
        self.state = match (done, self.lost(&state)) {
            (Contact::Release, _) if state.wait > Duration::ZERO => {
                State::Pause(now + state.wait, Contact::Release)
            }
            (Contact::Release, _) => State::Over(self.result),
            (Contact::Off, _) => {
                link.deactivated();
                self.was_damaged();
                link.rest_until = now + state.wait + link.config.rest;
                match &self.task {
                    Task::Activate(activate) if self.result.is_ok() => activate.off_done(link),
                    _ => State::Set(Contact::Release),
                }
            }
            (_, lost) if matches!(self.task, Task::Look { .. }) => {
                link.look_at = now + link.config.look;
                if lost.is_some() || !state.active {
                    link.deactivated();
                }
                State::Over(Ok(usize::from(state.present)))
            }
            (_, Some(lost)) => self.finish(Err(self.because(lost))),
            (Contact::Sense, None) => match self.result {
                Err(fault) => self.finish(Err(fault)),
                Ok(_) => self.back,
            },
            (_, None) => match &mut self.task {
                Task::Activate(activate) => {
                    let next = activate.carried_out(link, done, &state, now);
                    next.unwrap_or_else(|fault| self.finish(Err(fault)))
                }
                _ => {
                    link.unbegun = None;
                    State::Protocol
                }
            },
        };
    }

    /// Looks at the slot, and then goes on from there.
    const fn look_from(&mut self, back: State) -> State {
        self.back = back;
        State::Set(Contact::Sense)
    }

    /// What was wrong with an ATR are its characters.
    const fn was_damaged(&mut self) {
        let Task::Activate(activate) = &self.task else { return };
        let atr = matches!(
            self.result,
            Err(Fault::Atr(_) | Fault::Tck | Fault::Refused(_) | Fault::Slow | Fault::Mute)
        );
        if atr && activate.flawed {
            self.result = Err(Fault::Damaged);
        }
    }

    /// Listens to an ATR or a PPS response. In between, and at the end, the slot
    /// is looked at; then the port is once more, for the period of a loop can be
    /// longer than that of a character.
    fn listen(
        &mut self,
        link: &Link,
        until: Instant,
        looked: bool,
        now: Instant,
    ) -> Result<StepOf<Self>, State> {
        let Task::Activate(activate) = &mut self.task else { return Err(State::Over(Ok(0))) };
        match now < until {
            true if now < self.look_at => Ok(Step::Receive { until: until.min(self.look_at) }),
            true => Err(self.look_from(self.state)),
            false if looked => {
                let next = activate.silent(link, now);
                Err(next.unwrap_or_else(|fault| self.finish(Err(fault))))
            }
            false => {
                let until = now + LAST_LOOK;
                Err(self.look_from(State::Listen { until, end: until, looked: true }))
            }
        }
    }

    /// The card that is gone is the better reason than what it was asked.
    const fn because(&self, lost: Fault) -> Fault {
        match (lost, self.result) {
            (Fault::Inactive, Err(fault)) => fault,
            (lost, _) => lost,
        }
    }

    /// One step of T=0 or T=1. In between, the slot is looked at.
    fn protocol(&mut self, link: &mut Link, now: Instant) -> Result<StepOf<Self>, State> {
        let Some(inner) = self.task.inner() else { return Err(State::Over(Ok(0))) };
        match inner.step(link, now) {
            Step::Receive { until } if now < self.look_at => {
                Ok(Step::Receive { until: until.min(self.look_at) })
            }
            Step::Receive { .. } => Err(self.look_from(State::Protocol)),
            Step::Done(result) => Err(self.protocol_over(link, result)),
            step => Ok(step),
        }
    }

    fn protocol_over(&mut self, link: &mut Link, result: Result<usize, Fault>) -> State {
        match (&mut self.task, result) {
            (Task::Activate(activate), Ok(_)) => {
                let len = activate.over(link);
                self.finish(Ok(len))
            }
            (_, Err(fault)) if !is_harmless(fault) => {
                // The card may be gone.
                self.result = Err(fault);
                State::Set(Contact::Sense)
            }
            (_, result) => self.finish(result),
        }
    }
}

impl<'a> Task<'a> {
    fn inner(&mut self) -> Option<&mut Inner<'a>> {
        match self {
            Self::Activate(activate) => Some(&mut activate.inner),
            Self::Command(inner) => Some(inner),
            Self::Look { .. } | Self::Deactivate => None,
        }
    }
}

impl Exchange for Talk<'_> {
    type Link = Link;
    type Output = usize;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        loop {
            self.state = match self.state {
                State::Fresh => self.begin(link, now),
                State::Set(contact) => return Step::Set(Line::Card(contact)),
                State::Pause(until, _) if now < until => return Step::Pause { until },
                State::Pause(_, then) => State::Set(then),
                State::Listen { until, end, looked } => {
                    match self.listen(link, until.min(end), looked, now) {
                        Ok(step) => return step,
                        Err(next) => next,
                    }
                }
                State::Ask { until, .. } if now < until => return Step::Send { until },
                State::Ask { .. } => self.finish(Err(Fault::Stalled)),
                State::Protocol => match self.protocol(link, now) {
                    Ok(step) => return step,
                    Err(next) => next,
                },
                State::Over(result) => return Step::Done(result),
            };
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        match (&self.task, self.state) {
            (Task::Activate(activate), State::Ask { sent, .. }) => {
                activate.request().get(sent..).unwrap_or_default()
            }
            (Task::Activate(activate), _) => activate.inner.outgoing(link),
            (Task::Command(inner), _) => inner.outgoing(link),
            (Task::Look { .. } | Task::Deactivate, _) => &[],
        }
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        match (&mut self.task, self.state) {
            (Task::Activate(activate), State::Ask { sent, until }) => {
                let sent = sent.saturating_add(n);
                self.state = if sent < activate.request().len() {
                    State::Ask { sent, until }
                } else {
                    activate.asked(link, now)
                };
            }
            (task, _) => {
                if let Some(inner) = task.inner() {
                    inner.sent(link, n, now);
                }
            }
        }
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        let State::Listen { end, .. } = self.state else {
            return self.task.inner().map_or(bytes.len(), |inner| inner.received(link, bytes, now));
        };
        let Task::Activate(activate) = &mut self.task else { return bytes.len() };
        let mut used = 0;
        for byte in bytes {
            used += 1;
            match activate.heard(link, *byte, end, now) {
                Ok(next @ State::Listen { .. }) => self.state = next,
                Ok(next) => {
                    self.state = next;
                    break;
                }
                Err(fault) => {
                    self.state = self.finish(Err(fault));
                    break;
                }
            }
        }
        used
    }

    fn sensed(&mut self, link: &mut Link, state: CardState, now: Instant) {
        if let State::Set(done) = self.state {
            self.carried_out(link, done, state, now);
        }
    }
}

const LAST_LOOK: Duration = Duration::from_micros(1);

/// Looks whether a card is in the slot; the output says so.
#[derive(Debug)]
pub struct Look(pub(super) Talk<'static>);

impl Exchange for Look {
    type Link = Link;
    type Output = bool;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        match self.0.step(link, now) {
            Step::Done(result) => Step::Done(result.map(|present| present != 0)),
            Step::Send { until } => Step::Send { until },
            Step::Receive { until } => Step::Receive { until },
            Step::Pause { until } => Step::Pause { until },
            Step::Set(line) => Step::Set(line),
            Step::Event(event) => Step::Event(event),
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        self.0.outgoing(link)
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        self.0.sent(link, n, now);
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        self.0.received(link, bytes, now)
    }

    fn sensed(&mut self, link: &mut Link, state: CardState, now: Instant) {
        self.0.sensed(link, state, now);
    }
}

/// Whether a session goes on after it.
const fn is_harmless(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::Inactive
            | Fault::Buffer { .. }
            | Fault::T0(t0::Fault::Command | t0::Fault::Extended)
            | Fault::T1(
                t1::Fault::Command
                    | t1::Fault::Resynchronised
                    | t1::Fault::Aborted
                    | t1::Fault::ResponseTooLong
                    | t1::Fault::NoStatus
            )
    )
}
