use super::channel::{CallError, ErrorOf, Told, ToldOf};
use super::time::Instant;

/// A property of the line that a conversation changes in its course.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Line {
    /// The speed, in bits a second.
    Baud(u32),
}

/// What a conversation wants next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step<T, F, E> {
    /// Write [`Exchange::outgoing`] and report with [`Exchange::sent`]; at
    /// `until` ask again, written or not.
    Send {
        /// The deadline.
        until: Instant,
    },
    /// Read, and hand over with [`Exchange::received`]; at `until` ask again,
    /// received or not.
    Receive {
        /// The deadline.
        until: Instant,
    },
    /// Do nothing until then, not even read.
    Pause {
        /// When to ask again.
        until: Instant,
    },
    /// Change the line, then ask again.
    Set(Line),
    /// Tell the caller, then ask again: progress, or data that is ready.
    Event(E),
    /// The conversation is over.
    Done(Result<T, F>),
}

impl<T, F, E> Step<T, F, E> {
    fn split(self) -> (Step<(), F, E>, Option<T>) {
        let step = match self {
            Self::Send { until } => Step::Send { until },
            Self::Receive { until } => Step::Receive { until },
            Self::Pause { until } => Step::Pause { until },
            Self::Set(line) => Step::Set(line),
            Self::Event(event) => Step::Event(event),
            Self::Done(Ok(output)) => return (Step::Done(Ok(())), Some(output)),
            Self::Done(Err(fault)) => Step::Done(Err(fault)),
        };
        (step, None)
    }
}

impl<F, E> Step<(), F, E> {
    /// With the output that was put aside; without one, it is asked for again.
    pub(crate) fn join<T>(self, output: Option<T>) -> Step<T, F, E> {
        match (self, output) {
            (_, Some(output)) => Step::Done(Ok(output)),
            (Self::Done(Ok(())), None) => Step::Pause { until: Instant::ZERO },
            (Self::Send { until }, None) => Step::Send { until },
            (Self::Receive { until }, None) => Step::Receive { until },
            (Self::Pause { until }, None) => Step::Pause { until },
            (Self::Set(line), None) => Step::Set(line),
            (Self::Event(event), None) => Step::Event(event),
            (Self::Done(Err(fault)), None) => Step::Done(Err(fault)),
        }
    }

    fn lay_aside(self, aside: &mut Option<Result<E, F>>) -> Step<(), (), ()> {
        let (step, told) = match self {
            Self::Send { until } => return Step::Send { until },
            Self::Receive { until } => return Step::Receive { until },
            Self::Pause { until } => return Step::Pause { until },
            Self::Set(line) => return Step::Set(line),
            Self::Done(Ok(())) => return Step::Done(Ok(())),
            Self::Event(event) => (Step::Event(()), Ok(event)),
            Self::Done(Err(fault)) => (Step::Done(Err(())), Err(fault)),
        };
        *aside = Some(told);
        step
    }
}

/// The [`Step`] of an exchange.
pub type StepOf<X> = Step<<X as Exchange>::Output, <X as Exchange>::Fault, <X as Exchange>::Event>;

/// A conversation with a device: a value that does no I/O and reads no clock.
///
/// A face asks [`step`](Self::step) what to do, does it, and asks again.
///
/// # Contract
///
/// For the implementor:
/// - Called with `now` at or after the `until` it named, `step` names a later
///   time or ends. So every conversation ends, whatever the peer does.
/// - The same bytes give the same result, one at a time or all at once.
/// - After `Done`, `step` is not called again.
/// - What must outlive the conversation (buffers, sequence numbers, whether a
///   reply is still owed) lives in the `Link`. A conversation that is dropped
///   half way leaves a link from which the next one can resynchronise.
///
/// For the caller: `now` never goes back; `received` is only called after
/// `Receive`, `sent` only after `Send`, with `n` no more than was offered.
pub trait Exchange {
    /// What outlives the conversation; lent to every call.
    type Link;
    /// What a good conversation results in.
    type Output;
    /// What a failed one ends with.
    type Fault;
    /// What is told in between; [`core::convert::Infallible`] for nothing.
    type Event;

    /// What to do at `now`.
    fn step(&mut self, link: &mut Self::Link, now: Instant) -> StepOf<Self>
    where
        Self: Sized;

    /// [`step`](Self::step), with the output put aside: what is left of it has the
    /// same type for many exchanges, so that less code is there for each.
    fn step_apart(
        &mut self,
        link: &mut Self::Link,
        now: Instant,
        output: &mut Option<Self::Output>,
    ) -> Step<(), Self::Fault, Self::Event>
    where
        Self: Sized,
    {
        let (step, result) = self.step(link, now).split();
        *output = result;
        step
    }

    /// The bytes still to be sent. Not empty after `Send`.
    fn outgoing<'a>(&'a self, link: &'a Self::Link) -> &'a [u8];

    /// The first `n` bytes of [`outgoing`](Self::outgoing) went out.
    fn sent(&mut self, link: &mut Self::Link, n: usize, now: Instant);

    /// Bytes came in. Returns how many were used; the face keeps the others
    /// for the next conversation. Uses at least one unless it ends with the
    /// next step.
    fn received(&mut self, link: &mut Self::Link, bytes: &[u8], now: Instant) -> usize;
}

/// An exchange and its link without their types, so that a face is there once
/// and not for each exchange. What ends or tells is left in the [`Lent`].
pub(super) trait Bare {
    fn step(&mut self, now: Instant) -> Step<(), (), ()>;
    fn outgoing(&self) -> &[u8];
    fn sent(&mut self, n: usize, now: Instant);
    fn received(&mut self, bytes: &[u8], now: Instant) -> usize;
}

/// An exchange and its link, lent to a face, and what it told or ended with.
pub(super) struct Lent<'a, X: Exchange> {
    x: &'a mut X,
    link: &'a mut X::Link,
    output: Option<X::Output>,
    aside: Option<Result<X::Event, X::Fault>>,
}

impl<'a, X: Exchange> Lent<'a, X> {
    pub(super) const fn new(x: &'a mut X, link: &'a mut X::Link) -> Self {
        Self { x, link, output: None, aside: None }
    }

    /// What the exchange told or ended with, once it did.
    pub(super) fn told<E>(&mut self) -> Result<Option<ToldOf<X>>, ErrorOf<X, E>> {
        if let Some(output) = self.output.take() {
            return Ok(Some(Told::Done(output)));
        }
        let told = self.aside.take().transpose().map_err(CallError::Device)?;
        Ok(told.map(Told::Event))
    }
}

impl<X: Exchange> Bare for Lent<'_, X> {
    fn step(&mut self, now: Instant) -> Step<(), (), ()> {
        self.x.step_apart(self.link, now, &mut self.output).lay_aside(&mut self.aside)
    }

    fn outgoing(&self) -> &[u8] {
        self.x.outgoing(self.link)
    }

    fn sent(&mut self, n: usize, now: Instant) {
        self.x.sent(self.link, n, now);
    }

    fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.x.received(self.link, bytes, now)
    }
}
