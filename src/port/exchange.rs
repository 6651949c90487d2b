use super::card::{CardState, Contact};
use super::channel::{CallError, ErrorOf, Told, ToldOf};
use super::time::Instant;

/// A property of the line that a conversation changes in its course.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Line {
    /// The speed, in bits a second.
    Baud(u32),
    /// The contacts of a card. How it then stands with the card is told by
    /// [`Exchange::sensed`].
    Card(Contact),
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

impl Step<(), (), ()> {
    /// Of what was put aside: something told, a fault, or else the output.
    pub(crate) fn aside<F, E>(told: Option<&Result<E, F>>) -> Self {
        match told {
            None => Self::Done(Ok(())),
            Some(Ok(_)) => Self::Event(()),
            Some(Err(_)) => Self::Done(Err(())),
        }
    }

    /// With what was put aside; if that is nothing, it is asked for again.
    pub(crate) fn join<T, F, E>(
        self,
        output: Option<T>,
        told: Option<Result<E, F>>,
    ) -> Step<T, F, E> {
        match (self, output, told) {
            (_, Some(output), _) => Step::Done(Ok(output)),
            (_, None, Some(Ok(event))) => Step::Event(event),
            (_, None, Some(Err(fault))) => Step::Done(Err(fault)),
            (Self::Send { until }, None, None) => Step::Send { until },
            (Self::Receive { until }, None, None) => Step::Receive { until },
            (Self::Pause { until }, None, None) => Step::Pause { until },
            (Self::Set(line), None, None) => Step::Set(line),
            (Self::Event(()) | Self::Done(_), None, None) => Step::Pause { until: Instant::ZERO },
        }
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

    /// [`step`](Self::step), with what it results in and what it tells put
    /// aside: what is left of it is the same for all exchanges, so that less
    /// code is there for each.
    fn step_aside(
        &mut self,
        link: &mut Self::Link,
        now: Instant,
        output: &mut Option<Self::Output>,
        told: &mut Option<Result<Self::Event, Self::Fault>>,
    ) -> Step<(), (), ()>
    where
        Self: Sized,
    {
        *told = None;
        match self.step(link, now) {
            Step::Send { until } => return Step::Send { until },
            Step::Receive { until } => return Step::Receive { until },
            Step::Pause { until } => return Step::Pause { until },
            Step::Set(line) => return Step::Set(line),
            Step::Event(event) => *told = Some(Ok(event)),
            Step::Done(Ok(done)) => *output = Some(done),
            Step::Done(Err(fault)) => *told = Some(Err(fault)),
        }
        Step::aside(told.as_ref())
    }

    /// The bytes still to be sent. Not empty after `Send`.
    fn outgoing<'a>(&'a self, link: &'a Self::Link) -> &'a [u8];

    /// The first `n` bytes of [`outgoing`](Self::outgoing) went out.
    fn sent(&mut self, link: &mut Self::Link, n: usize, now: Instant);

    /// Bytes came in. Returns how many were used; the face keeps the others
    /// for the next conversation. Uses at least one unless it ends with the
    /// next step.
    fn received(&mut self, link: &mut Self::Link, bytes: &[u8], now: Instant) -> usize;

    /// A [`Line::Card`] was carried out: how it stands with the card.
    fn sensed(&mut self, link: &mut Self::Link, state: CardState, now: Instant) {
        let _ = (link, state, now);
    }
}

/// An exchange and its link without their types, so that a face is there once
/// and not for each exchange. What ends or tells is left in the [`Lent`].
pub(super) trait Bare {
    fn step(&mut self, now: Instant) -> Step<(), (), ()>;
    fn outgoing(&self) -> &[u8];
    fn sent(&mut self, n: usize, now: Instant);
    fn received(&mut self, bytes: &[u8], now: Instant) -> usize;
    fn sensed(&mut self, state: CardState, now: Instant);
}

/// An exchange and its link, lent to a face, and what it told or ended with.
/// The link has one place in all of them: then what only hands on to it is the
/// same code.
#[repr(C)]
pub(super) struct Lent<'a, X: Exchange> {
    link: &'a mut X::Link,
    x: &'a mut X,
    aside: Option<Result<X::Event, X::Fault>>,
    output: Option<X::Output>,
}

impl<'a, X: Exchange> Lent<'a, X> {
    pub(super) const fn new(x: &'a mut X, link: &'a mut X::Link) -> Self {
        Self { link, x, aside: None, output: None }
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
        self.x.step_aside(self.link, now, &mut self.output, &mut self.aside)
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

    fn sensed(&mut self, state: CardState, now: Instant) {
        self.x.sensed(self.link, state, now);
    }
}
