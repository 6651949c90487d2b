use core::mem;

use super::Event;
use super::link::Family;
use super::session::Session;
use crate::port::{Duration, Exchange, Instant, Step, StepOf, Told};

/// Whose time it is when a person is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Patience {
    /// The driver's: it ends as the timing table says.
    Timed,
    /// The caller's, who polls as long as there is any.
    Endless,
}

impl Patience {
    pub(super) fn end(self, now: Instant, length: Duration) -> Instant {
        match self {
            Self::Timed => now + length,
            Self::Endless => Instant::FAR_FUTURE,
        }
    }
}

/// How long a person is still waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    patience: Patience,
    end: Option<Instant>,
}

impl Waiting {
    pub(super) const fn new(patience: Patience) -> Self {
        Self { patience, end: None }
    }

    /// Nobody is waited for any more: the finger is there or it is not.
    pub(super) const fn over() -> Self {
        Self { patience: Patience::Timed, end: Some(Instant::ZERO) }
    }

    /// The wait begins, unless it has.
    pub(super) fn begin(&mut self, now: Instant, length: Duration) {
        self.end.get_or_insert(self.patience.end(now, length));
    }

    /// Nobody came yet: whether there is time left.
    pub(super) fn again<F>(&self, now: Instant, late: F) -> Result<(), F> {
        if self.end.is_some_and(|end| now >= end) { Err(late) } else { Ok(()) }
    }

    /// Another person, or the same one anew.
    pub(super) fn renew(&mut self) {
        self.end = None;
    }
}

type FaultOf<S> = <<S as Script>::Link as Family>::Fault;

/// Which command follows which answer. Scripts see typed answers, never bytes.
pub trait Script {
    /// The link of the family it is for.
    type Link: Family;
    /// What it results in.
    type Output;

    /// Goes on as far as it can.
    ///
    /// # Errors
    /// `WouldBlock` when the session does; else the script is over.
    fn run(
        &mut self,
        session: &mut Session<'_, Self::Link>,
    ) -> nb::Result<Told<Self::Output, Event>, FaultOf<Self>>;

    /// [`run`](Self::run), with the output put aside: what is left has the same
    /// type for all scripts, so that less code is there for each. `None`: the
    /// output is there.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    fn run_aside(
        &mut self,
        session: &mut Session<'_, Self::Link>,
        output: &mut Option<Self::Output>,
    ) -> nb::Result<Option<Event>, FaultOf<Self>> {
        Ok(match self.run(session)? {
            Told::Event(event) => Some(event),
            Told::Done(done) => {
                *output = Some(done);
                None
            }
        })
    }
}

fn begin<L: Family>(link: &mut L, begun: &mut bool) {
    if !mem::replace(begun, true) {
        link.begin();
    }
}

/// What the face is to do about what a script came to.
fn step<L: Family>(
    link: &mut L,
    result: nb::Result<Option<Event>, L::Fault>,
    told: &mut Option<Result<Event, L::Fault>>,
) -> Step<(), (), ()> {
    *told = match result {
        Ok(event) => event.map(Ok),
        Err(nb::Error::Other(fault)) => Some(Err(fault)),
        Err(nb::Error::WouldBlock) => {
            let wait = link.core().wait();
            // It is asked for only once: what was said meanwhile is told later.
            if matches!(wait, Step::Set(_)) {
                return wait;
            }
            let Some(event) = link.unasked() else { return wait };
            Some(Ok(event))
        }
    };
    Step::aside(told.as_ref())
}

/// A script that is held with a module.
#[derive(Clone, Debug)]
pub struct Conversation<S> {
    script: S,
    begun: bool,
}

impl<S: Script> Conversation<S> {
    /// A conversation that has not begun.
    pub const fn new(script: S) -> Self {
        Self { script, begun: false }
    }
}

impl<S: Script> Exchange for Conversation<S> {
    type Link = S::Link;
    type Output = S::Output;
    type Fault = FaultOf<S>;
    type Event = Event;

    fn step(&mut self, link: &mut S::Link, now: Instant) -> StepOf<Self> {
        let (mut output, mut told) = (None, None);
        self.step_aside(link, now, &mut output, &mut told).join(output, told)
    }

    fn step_aside(
        &mut self,
        link: &mut S::Link,
        now: Instant,
        output: &mut Option<S::Output>,
        told: &mut Option<Result<Event, FaultOf<S>>>,
    ) -> Step<(), (), ()> {
        begin(link, &mut self.begun);
        let result = self.script.run_aside(&mut Session::new(link, now), output);
        step(link, result, told)
    }

    fn outgoing<'a>(&'a self, link: &'a S::Link) -> &'a [u8] {
        link.core().outgoing()
    }

    fn sent(&mut self, link: &mut S::Link, n: usize, _now: Instant) {
        link.core_mut().sent(n);
    }

    fn received(&mut self, link: &mut S::Link, bytes: &[u8], now: Instant) -> usize {
        link.core_mut().received(bytes, now)
    }
}
