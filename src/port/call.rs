use super::Port;
use super::channel::{CallError, Channel, ErrorOf, LineError, Told, ToldOf, Turn};
use super::exchange::{Bare, Exchange, Lent};
use super::time::{Clock, Duration, Instant};

/// A conversation about to be held: wait for it, poll it, or run it.
///
/// Dropping a call half way is allowed; the driver resynchronises with the
/// next one. A call that ended is not gone on with: make another.
#[must_use = "a call does nothing until it is waited for, polled or run"]
#[derive(Debug)]
pub struct Call<'a, P, X: Exchange> {
    pub(super) channel: &'a mut Channel<P>,
    pub(super) link: &'a mut X::Link,
    pub(super) exchange: X,
    pub(super) turns: u8,
}

/// How long a face rests when it [must](must_rest): too short to lose a byte.
pub(super) const REST: Duration = Duration::from_micros(16);

/// Counts a turn. Whether it is time to let time pass and others run: with
/// a peer that never stops talking there is always something to do, and a
/// clock that moves only while it is waited for would stand still.
pub(super) fn must_rest(turns: &mut u8) -> bool {
    *turns = (*turns + 1) % 16;
    *turns == 0
}

impl<P: Port> Channel<P> {
    /// Blocks until the conversation ends, or tells something that is not to be
    /// `passed` over.
    fn hold(
        &mut self,
        x: &mut dyn Bare,
        clock: &mut impl Clock,
        turns: &mut u8,
        passed: bool,
    ) -> Result<(), LineError<P::Error>> {
        // Ends: the exchange is asked at ever later times, and by its contract
        // it ends by its deadline.
        loop {
            if must_rest(turns) {
                let now = clock.now();
                clock.idle(now + REST);
            }
            let now = clock.now();
            match self.advance(x, now)? {
                Turn::Idle(until) => clock.idle(until),
                Turn::Event(()) if !passed => return Ok(()),
                Turn::Busy | Turn::Event(()) => {}
                Turn::Done(()) => return Ok(()),
            }
        }
    }
}

impl<P: Port, X: Exchange> Call<'_, P, X> {
    /// Blocks until the conversation ends, passing over what it tells.
    ///
    /// # Errors
    /// The port's error, the conversation's fault, or a line that the port
    /// cannot change.
    pub fn wait(mut self, clock: &mut impl Clock) -> Result<X::Output, ErrorOf<X, P::Error>> {
        let mut lent = Lent::new(&mut self.exchange, self.link);
        // Ends: at once, for it is over only when there is an output or a fault.
        loop {
            let held = self.channel.hold(&mut lent, clock, &mut self.turns, true);
            held.map_err(CallError::widen)?;
            if let Some(Told::Done(output)) = lent.told()? {
                return Ok(output);
            }
        }
    }

    /// Blocks until the conversation tells something or ends.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn next(&mut self, clock: &mut impl Clock) -> Result<ToldOf<X>, ErrorOf<X, P::Error>> {
        let mut lent = Lent::new(&mut self.exchange, self.link);
        // Ends: at once, for there is no more to do only when something is told.
        loop {
            let held = self.channel.hold(&mut lent, clock, &mut self.turns, false);
            held.map_err(CallError::widen)?;
            if let Some(told) = lent.told()? {
                return Ok(told);
            }
        }
    }

    /// Polls the conversation, passing over what it tells.
    ///
    /// # Errors
    /// `WouldBlock` while it goes on; else as [`wait`](Self::wait).
    pub fn poll(&mut self, now: Instant) -> nb::Result<X::Output, ErrorOf<X, P::Error>> {
        self.channel.poll(&mut self.exchange, self.link, now)
    }

    /// Polls the conversation until it tells something or ends.
    ///
    /// # Errors
    /// `WouldBlock` while it goes on; else as [`wait`](Self::wait).
    pub fn poll_event(&mut self, now: Instant) -> nb::Result<ToldOf<X>, ErrorOf<X, P::Error>> {
        self.channel.poll_event(&mut self.exchange, self.link, now)
    }
}
