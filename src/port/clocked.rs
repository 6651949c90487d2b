use super::time::{Clock, Instant};

/// A driver joined with its clock: what the class traits are implemented for.
///
/// It keeps the conversation `X` of a pending poll, so that the next poll goes
/// on with it. Any other method abandons it.
///
/// The async twins are implemented for a driver joined with its timer; there is
/// nothing to keep then, and `Clocked<_, _>` is its type.
#[derive(Debug)]
pub struct Clocked<D, C, X = core::convert::Infallible> {
    driver: D,
    /// The clock, or the timer.
    pub clock: C,
    pending: Option<X>,
}

impl<D, C, X> Clocked<D, C, X> {
    /// Joins the two. No I/O.
    pub const fn new(driver: D, clock: C) -> Self {
        Self { driver, clock, pending: None }
    }

    /// Gives both back; a pending poll is abandoned.
    pub fn release(self) -> (D, C) {
        (self.driver, self.clock)
    }

    /// The driver, to look at.
    pub const fn driver(&self) -> &D {
        &self.driver
    }

    /// The driver, for what its class does not have; abandons a pending poll,
    /// which must not go on after another conversation.
    pub fn driver_mut(&mut self) -> &mut D {
        self.parts().0
    }

    /// Abandons a pending poll and lends the parts, for a blocking method.
    pub fn parts(&mut self) -> (&mut D, &mut C) {
        self.pending = None;
        (&mut self.driver, &mut self.clock)
    }
}

impl<D, C: Clock, X> Clocked<D, C, X> {
    /// Goes on with the pending conversation, or starts one.
    ///
    /// # Errors
    /// What `poll` returns; all but `WouldBlock` end the conversation.
    pub fn poll_with<T, E>(
        &mut self,
        start: impl FnOnce(&mut D) -> X,
        poll: impl FnOnce(&mut D, &mut X, Instant) -> nb::Result<T, E>,
    ) -> nb::Result<T, E> {
        let now = self.clock.now();
        let x = match self.pending.take() {
            Some(x) => self.pending.insert(x),
            None => self.pending.insert(start(&mut self.driver)),
        };
        let result = poll(&mut self.driver, x, now);
        if !matches!(result, Err(nb::Error::WouldBlock)) {
            self.pending = None;
        }
        result
    }
}
