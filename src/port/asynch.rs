use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{Read, Write};

use super::adapter::IoError;
use super::call::Call;
use super::channel::{CallError, Channel, ErrorOf, Told, ToldOf, Turn, TurnOf};
use super::exchange::{Exchange, Step};
use super::time::{Clock, Duration, Instant};

/// A clock that can be waited for: the async face's source of time.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait Timer {
    /// The time now.
    fn now(&mut self) -> Instant;

    /// Returns at `until` or soon after. May be dropped before.
    async fn sleep_until(&mut self, until: Instant);
}

impl<T: Timer + ?Sized> Timer for &mut T {
    fn now(&mut self) -> Instant {
        T::now(self)
    }

    async fn sleep_until(&mut self, until: Instant) {
        T::sleep_until(self, until).await;
    }
}

/// A timer from a clock and an async delay. The clock runs by itself: one that
/// only counts its own delays would stand still.
#[derive(Debug)]
pub struct DelayTimer<C, D> {
    clock: C,
    delay: D,
}

impl<C, D> DelayTimer<C, D> {
    /// Joins the two.
    pub const fn new(clock: C, delay: D) -> Self {
        Self { clock, delay }
    }

    /// Gives both back.
    pub fn release(self) -> (C, D) {
        (self.clock, self.delay)
    }
}

impl<C: Clock, D: DelayNs> Timer for DelayTimer<C, D> {
    fn now(&mut self) -> Instant {
        self.clock.now()
    }

    async fn sleep_until(&mut self, until: Instant) {
        let left = until.since(self.clock.now()).as_micros();
        // A wait of more than an hour is cut short; the exchange is then asked
        // again, and waits again.
        self.delay.delay_us(u32::try_from(left).unwrap_or(u32::MAX)).await;
    }
}

impl<P: Read + Write> Channel<P> {
    async fn turn_async<X: Exchange>(
        &mut self,
        x: &mut X,
        link: &mut X::Link,
        timer: &mut impl Timer,
    ) -> Result<TurnOf<X>, ErrorOf<X, IoError<P::Error>>> {
        let step = x.step(link, timer.now());
        self.flush_before(&step, timer).await?;
        match step {
            Step::Send { until } => self.send_async(x, link, timer, until).await?,
            Step::Receive { until } => self.receive_async(x, link, timer, until).await?,
            Step::Pause { until } => timer.sleep_until(until).await,
            Step::Set(line) => return Err(CallError::Line(line)),
            Step::Event(event) => return Ok(Turn::Event(event)),
            Step::Done(result) => return result.map(Turn::Done).map_err(CallError::Device),
        }
        Ok(Turn::Busy)
    }

    async fn send_async<X: Exchange>(
        &mut self,
        x: &mut X,
        link: &mut X::Link,
        timer: &mut impl Timer,
        until: Instant,
    ) -> Result<(), ErrorOf<X, IoError<P::Error>>> {
        /// How long a port is left alone that took nothing.
        const FULL: Duration = Duration::from_millis(1);
        let write = self.port.write(x.outgoing(link));
        match before(write, timer.sleep_until(until)).await {
            None => {}
            // Some HALs return 0 for a full buffer, against the trait's
            // contract; to try again at once would be to spin.
            Some(Ok(0)) => {
                let again = timer.now() + FULL;
                timer.sleep_until(until.min(again)).await;
            }
            Some(n) => {
                let n = n.map_err(io_error)?;
                self.unflushed = Some(until);
                x.sent(link, n, timer.now());
            }
        }
        Ok(())
    }

    /// Flushes what was written, unless there is more to write.
    async fn flush_before<F, T, G, E>(
        &mut self,
        step: &Step<T, G, E>,
        timer: &mut impl Timer,
    ) -> Result<(), CallError<F, IoError<P::Error>>> {
        let until = match (step, self.unflushed) {
            (_, None) | (Step::Send { .. } | Step::Set(_) | Step::Done(Err(_)), _) => return Ok(()),
            (Step::Receive { until } | Step::Pause { until }, _) => *until,
            (Step::Event(_) | Step::Done(Ok(_)), Some(until)) => until,
        };
        if let Some(flushed) = before(self.port.flush(), timer.sleep_until(until)).await {
            flushed.map_err(io_error)?;
            self.unflushed = None;
        }
        Ok(())
    }

    async fn receive_async<X: Exchange>(
        &mut self,
        x: &mut X,
        link: &mut X::Link,
        timer: &mut impl Timer,
        until: Instant,
    ) -> Result<(), ErrorOf<X, IoError<P::Error>>> {
        if self.pending.unread().is_empty() {
            let read = self.port.read(&mut self.pending.bytes);
            match before(read, timer.sleep_until(until)).await {
                None => return Ok(()),
                Some(Ok(0)) => return Err(CallError::Port(IoError::Closed)),
                Some(n) => self.pending.filled(n.map_err(io_error)?),
            }
        }
        self.feed(x, link, timer.now());
        Ok(())
    }
}

fn io_error<F, E>(error: E) -> CallError<F, IoError<E>> {
    CallError::Port(IoError::Io(error))
}

/// The output of `wanted`, if it is there before `end`.
async fn before<T>(wanted: impl Future<Output = T>, end: impl Future<Output = ()>) -> Option<T> {
    let mut wanted = pin!(wanted);
    let mut end = pin!(end);
    poll_fn(|cx| {
        if let Poll::Ready(output) = wanted.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        end.as_mut().poll(cx).map(|()| None)
    })
    .await
}

impl<P: Read + Write, X: Exchange> Call<'_, P, X> {
    /// Runs the conversation to its end, passing over what it tells.
    ///
    /// Dropping the future abandons the conversation; the next one
    /// resynchronises. Bytes are lost only if the port's own `read` or `write`
    /// loses them when dropped, as both are when a deadline comes first.
    ///
    /// # Errors
    /// The port's error, the conversation's fault, or [`CallError::Line`]: an
    /// `embedded-io-async` port has no way to change its speed.
    pub async fn run(
        mut self,
        timer: &mut impl Timer,
    ) -> Result<X::Output, ErrorOf<X, IoError<P::Error>>> {
        loop {
            if let Told::Done(output) = self.run_event(timer).await? {
                return Ok(output);
            }
        }
    }

    /// Runs the conversation until it tells something or ends.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_event(
        &mut self,
        timer: &mut impl Timer,
    ) -> Result<ToldOf<X>, ErrorOf<X, IoError<P::Error>>> {
        loop {
            if self.must_rest() {
                let now = timer.now();
                timer.sleep_until(now + Self::REST).await;
            }
            let Self { channel, link, exchange, .. } = self;
            match channel.turn_async(exchange, link, timer).await? {
                Turn::Busy | Turn::Idle(_) => {}
                Turn::Event(event) => return Ok(Told::Event(event)),
                Turn::Done(output) => return Ok(Told::Done(output)),
            }
        }
    }
}
