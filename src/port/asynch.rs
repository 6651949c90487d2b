use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{Read, Write};

use super::Port;
use super::adapter::IoError;
use super::call::{Call, REST, must_rest};
use super::channel::{CallError, Channel, ErrorOf, LineError, Told, ToldOf, Turn};
use super::exchange::{Bare, Exchange, Lent, Step};
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

/// What a step came to.
enum Acted {
    /// So many bytes were written.
    Sent(usize),
    /// There are bytes to hand over.
    Came,
    /// Time passed.
    Waited,
}

/// Does what a step wants. It is told the bytes and not the exchange, so that a
/// future is `Send` where the exchange is.
impl<P: Read + Write> Channel<P> {
    async fn act(
        &mut self,
        step: Step<(), (), ()>,
        outgoing: &[u8],
        timer: &mut impl Timer,
    ) -> Result<Acted, LineError<IoError<P::Error>>> {
        self.flush_before(&step, timer).await?;
        match step {
            Step::Send { until } => return self.send_async(outgoing, timer, until).await,
            Step::Receive { until } => return self.receive_async(timer, until).await,
            Step::Pause { until } => timer.sleep_until(until).await,
            Step::Set(line) => return Err(CallError::Line(line)),
            Step::Event(()) | Step::Done(_) => {}
        }
        Ok(Acted::Waited)
    }

    async fn send_async(
        &mut self,
        outgoing: &[u8],
        timer: &mut impl Timer,
        until: Instant,
    ) -> Result<Acted, LineError<IoError<P::Error>>> {
        /// How long a port is left alone that took nothing.
        const FULL: Duration = Duration::from_millis(1);
        match before(self.port.write(outgoing), timer.sleep_until(until)).await {
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
                return Ok(Acted::Sent(n));
            }
        }
        Ok(Acted::Waited)
    }

    /// Flushes what was written, unless there is more to write.
    async fn flush_before(
        &mut self,
        step: &Step<(), (), ()>,
        timer: &mut impl Timer,
    ) -> Result<(), LineError<IoError<P::Error>>> {
        let until = match (step, self.unflushed) {
            (_, None) | (Step::Send { .. } | Step::Set(_) | Step::Done(Err(())), _) => {
                return Ok(());
            }
            (Step::Receive { until } | Step::Pause { until }, _) => *until,
            (Step::Event(()) | Step::Done(Ok(())), Some(until)) => until,
        };
        if let Some(flushed) = before(self.port.flush(), timer.sleep_until(until)).await {
            flushed.map_err(io_error)?;
            self.unflushed = None;
        }
        Ok(())
    }

    async fn receive_async(
        &mut self,
        timer: &mut impl Timer,
        until: Instant,
    ) -> Result<Acted, LineError<IoError<P::Error>>> {
        if self.pending.unread().is_empty() {
            let read = self.port.read(&mut self.pending.bytes);
            match before(read, timer.sleep_until(until)).await {
                None => return Ok(Acted::Waited),
                Some(Ok(0)) => return Err(CallError::Port(IoError::Closed)),
                Some(n) => self.pending.filled(n.map_err(io_error)?),
            }
        }
        Ok(Acted::Came)
    }

    /// Tells the exchange what its step came to.
    fn acted(&mut self, x: &mut dyn Bare, acted: &Acted, now: Instant) {
        match acted {
            Acted::Sent(n) => x.sent(*n, now),
            Acted::Came => {
                self.feed(x, now);
            }
            Acted::Waited => {}
        }
    }
}

fn io_error<E>(error: E) -> LineError<IoError<E>> {
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
        let mut lent = Lent::new(&mut self.exchange, self.link);
        loop {
            if must_rest(&mut self.turns) {
                let now = timer.now();
                timer.sleep_until(now + REST).await;
            }
            let step = lent.step(timer.now());
            let outgoing = if let Step::Send { .. } = step { lent.outgoing() } else { &[] };
            let acted = self.channel.act(step, outgoing, timer).await.map_err(CallError::widen)?;
            if let Some(told) = lent.told()? {
                return Ok(told);
            }
            self.channel.acted(&mut lent, &acted, timer.now());
        }
    }
}

impl<P: Port> Channel<P> {
    /// Polls until the conversation tells something or ends, and sleeps in
    /// between.
    async fn hold_async(
        &mut self,
        x: &mut dyn Bare,
        timer: &mut impl Timer,
        turns: &mut u8,
        every: Duration,
    ) -> Result<(), LineError<P::Error>> {
        // Ends as `hold` does.
        loop {
            let now = timer.now();
            match self.advance(x, now)? {
                Turn::Idle(until) => timer.sleep_until(until.min(now + every)).await,
                Turn::Busy if must_rest(turns) => timer.sleep_until(now + REST).await,
                Turn::Busy => {}
                Turn::Event(()) | Turn::Done(()) => return Ok(()),
            }
        }
    }
}

impl<P: Port, X: Exchange> Call<'_, P, X> {
    /// Runs the conversation to its end over a port that is polled: for what
    /// has no async traits, or has contacts and a speed to be set. `every` is
    /// how long the port may be left alone; its buffer has to hold what comes
    /// in that time.
    ///
    /// Dropping the future abandons the conversation; no byte is lost.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub async fn run_polled(
        mut self,
        timer: &mut impl Timer,
        every: Duration,
    ) -> Result<X::Output, ErrorOf<X, P::Error>> {
        let mut lent = Lent::new(&mut self.exchange, self.link);
        loop {
            let held = self.channel.hold_async(&mut lent, timer, &mut self.turns, every).await;
            held.map_err(CallError::widen)?;
            if let Some(Told::Done(output)) = lent.told()? {
                return Ok(output);
            }
        }
    }
}
