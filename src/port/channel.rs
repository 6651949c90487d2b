use core::convert::Infallible;
use core::fmt;

use zeroize::Zeroize;

use super::Port;
use super::call::Call;
use super::card::Contact;
use super::exchange::{Bare, Exchange, Lent, Line, Step};
use super::time::Instant;
use crate::{Error, ErrorKind};

/// Bytes that came in and that no conversation has used yet. They can be part of
/// a secret: they do not show, and are erased once used.
pub(super) struct Pending {
    pub(super) bytes: [u8; Self::SIZE],
    start: usize,
    end: usize,
}

impl Pending {
    /// Large enough that a burst is taken in one read, small enough for a
    /// stack of 2 KB.
    const SIZE: usize = 64;

    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or(&[])
    }

    fn used(&mut self, n: usize) {
        let end = self.end.min(self.start.saturating_add(n));
        self.bytes.get_mut(self.start..end).unwrap_or_default().zeroize();
        self.start = end;
    }

    pub(super) fn filled(&mut self, n: usize) {
        self.start = 0;
        self.end = n.min(Self::SIZE);
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.unread().len())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// A port and the bytes that were read from it too early.
///
/// A driver owns one. It is where the faces are: [`Call`] for everyday use,
/// [`turn`](Self::turn) for those who write a face of their own.
#[derive(Debug)]
pub struct Channel<P> {
    pub(super) port: P,
    pub(super) pending: Pending,
    /// The port may hold back what was written, until it is flushed; by when
    /// it was to be sent.
    #[cfg(feature = "async")]
    pub(super) unflushed: Option<Instant>,
}

/// How far one [`Channel::turn`] got.
#[derive(Debug)]
pub enum Turn<T, E> {
    /// Something was done; turn again.
    Busy,
    /// Nothing to do before this time unless bytes arrive (or leave).
    Idle(Instant),
    /// The conversation has something to tell.
    Event(E),
    /// The conversation is over.
    Done(T),
}

/// A conversation failed: the port did, or the device did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CallError<F, E> {
    /// The port failed.
    Port(E),
    /// The device failed, refused, or broke the protocol.
    Device(F),
    /// The conversation needs to change the line, and this port cannot.
    Line(Line),
}

/// The error of a port or a line, of whatever exchange.
pub(super) type LineError<E> = CallError<Infallible, E>;

impl<E> LineError<E> {
    pub(super) fn widen<F>(self) -> CallError<F, E> {
        match self {
            Self::Port(error) => CallError::Port(error),
            Self::Device(never) => match never {},
            Self::Line(line) => CallError::Line(line),
        }
    }
}

impl<F: Error, E: Error> Error for CallError<F, E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::Device(fault) => fault.kind(),
            Self::Line(_) => ErrorKind::Unsupported,
        }
    }
}

impl<F: Error, E: Error> core::error::Error for CallError<F, E> {}

impl<F: fmt::Display, E: fmt::Display> fmt::Display for CallError<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(error) => write!(f, "port: {error}"),
            Self::Device(fault) => fault.fmt(f),
            Self::Line(Line::Baud(baud)) => write!(f, "this port cannot be set to {baud} baud"),
            Self::Line(Line::Card(_)) => f.write_str("this port does not lead to a card"),
        }
    }
}

/// The error of a call of exchange `X` over a port whose error is `E`.
pub type ErrorOf<X, E> = CallError<<X as Exchange>::Fault, E>;

/// What an exchange `X` tells.
pub type ToldOf<X> = Told<<X as Exchange>::Output, <X as Exchange>::Event>;

/// What one turn of an exchange `X` comes to.
pub type TurnOf<X> = Turn<<X as Exchange>::Output, <X as Exchange>::Event>;

impl<P> Channel<P> {
    /// A channel over `port`. No I/O.
    pub const fn new(port: P) -> Self {
        Self {
            port,
            pending: Pending { bytes: [0; Pending::SIZE], start: 0, end: 0 },
            #[cfg(feature = "async")]
            unflushed: None,
        }
    }

    /// Gives the port back. Bytes read too early are lost.
    pub fn release(self) -> P {
        self.port
    }

    /// The port, for what no conversation does.
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Starts a conversation; nothing happens until the call is waited for,
    /// polled or run.
    pub fn call<'a, X: Exchange>(
        &'a mut self,
        link: &'a mut X::Link,
        exchange: X,
    ) -> Call<'a, P, X> {
        Call { channel: self, link, exchange, turns: 0 }
    }

    pub(super) fn feed(&mut self, x: &mut dyn Bare, now: Instant) -> bool {
        let used = x.received(self.pending.unread(), now);
        self.pending.used(used);
        used > 0
    }
}

impl<P: Port> Channel<P> {
    /// Carries out one step of a conversation, without waiting.
    ///
    /// # Errors
    /// The port's error, the conversation's fault, or a line that the port
    /// cannot change.
    pub fn turn<X: Exchange>(
        &mut self,
        x: &mut X,
        link: &mut X::Link,
        now: Instant,
    ) -> Result<TurnOf<X>, ErrorOf<X, P::Error>> {
        let mut lent = Lent::new(x, link);
        let turn = self.advance(&mut lent, now).map_err(CallError::widen)?;
        Ok(match (lent.told()?, turn) {
            (Some(Told::Event(event)), _) => Turn::Event(event),
            (Some(Told::Done(output)), _) => Turn::Done(output),
            (None, Turn::Idle(until)) => Turn::Idle(until),
            (None, _) => Turn::Busy,
        })
    }

    /// Carries out one step. What it tells or ends with is in the [`Lent`].
    pub(super) fn advance(
        &mut self,
        x: &mut dyn Bare,
        now: Instant,
    ) -> Result<Turn<(), ()>, LineError<P::Error>> {
        match x.step(now) {
            Step::Send { until } => match not_ready(self.port.try_write(x.outgoing()))? {
                0 => Ok(Turn::Idle(until)),
                n => {
                    x.sent(n, now);
                    Ok(Turn::Busy)
                }
            },
            Step::Receive { until } => {
                let ready = self.fill()? && self.feed(x, now);
                Ok(if ready { Turn::Busy } else { Turn::Idle(until) })
            }
            Step::Pause { until } => Ok(Turn::Idle(until)),
            Step::Set(line) => self.set(x, line, now),
            Step::Event(()) => Ok(Turn::Event(())),
            Step::Done(_) => Ok(Turn::Done(())),
        }
    }

    /// Polls a conversation: `WouldBlock` until it tells something or ends.
    ///
    /// # Errors
    /// As [`turn`](Self::turn).
    pub fn poll_event<X: Exchange>(
        &mut self,
        x: &mut X,
        link: &mut X::Link,
        now: Instant,
    ) -> nb::Result<ToldOf<X>, ErrorOf<X, P::Error>> {
        let mut lent = Lent::new(x, link);
        self.advance_some(&mut lent, now).map_err(CallError::widen)?;
        lent.told()?.ok_or(nb::Error::WouldBlock)
    }

    /// Carries out steps as long as there is something to do.
    fn advance_some(&mut self, x: &mut dyn Bare, now: Instant) -> Result<(), LineError<P::Error>> {
        /// So that a babbling peer cannot keep a super-loop for itself.
        const TURNS: usize = 16;
        for _ in 0..TURNS {
            if !matches!(self.advance(x, now)?, Turn::Busy) {
                break;
            }
        }
        Ok(())
    }

    /// Polls a conversation, passing over what it tells on the way.
    ///
    /// # Errors
    /// As [`turn`](Self::turn).
    pub fn poll<X: Exchange>(
        &mut self,
        x: &mut X,
        link: &mut X::Link,
        now: Instant,
    ) -> nb::Result<X::Output, ErrorOf<X, P::Error>> {
        match self.poll_event(x, link, now)? {
            Told::Event(_) => Err(nb::Error::WouldBlock),
            Told::Done(output) => Ok(output),
        }
    }

    /// Makes sure that there are bytes to hand over, if the port has any.
    fn fill(&mut self) -> Result<bool, LineError<P::Error>> {
        if self.pending.unread().is_empty() {
            let n = not_ready(self.port.try_read(&mut self.pending.bytes))?;
            self.pending.filled(n);
        }
        Ok(!self.pending.unread().is_empty())
    }

    fn set(
        &mut self,
        x: &mut dyn Bare,
        line: Line,
        now: Instant,
    ) -> Result<Turn<(), ()>, LineError<P::Error>> {
        let cannot = CallError::Line(line);
        match line {
            Line::Baud(baud) => {
                let setter = self.port.baud().ok_or(cannot)?;
                setter.set_baud(baud).map_err(CallError::Port)?;
            }
            Line::Card(contact) => {
                let card = self.port.card().ok_or(cannot)?;
                let state = card.contact(contact).map_err(CallError::Port)?;
                if matches!(contact, Contact::Power { .. } | Contact::Reset { .. }) {
                    // What a card said before its reset is nobody's.
                    self.pending.used(Pending::SIZE);
                }
                x.sensed(state, now);
            }
        }
        Ok(Turn::Busy)
    }
}

fn not_ready<E>(result: nb::Result<usize, E>) -> Result<usize, LineError<E>> {
    match result {
        Ok(n) => Ok(n),
        Err(nb::Error::WouldBlock) => Ok(0),
        Err(nb::Error::Other(error)) => Err(CallError::Port(error)),
    }
}

/// What a conversation tells its caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Told<T, E> {
    /// Something on the way; go on.
    Event(E),
    /// The result.
    Done(T),
}
