use crate::port::{Duration, Instant};

/// A wait that ends after a look at the port: who polls seldom finds there what
/// came in time.
#[derive(Clone, Copy, Debug)]
pub(in crate::printer) struct Wait {
    until: Instant,
    looked: bool,
}

impl Wait {
    /// How long the look takes; who is not later than that has looked.
    const LOOK: Duration = Duration::from_millis(3);

    pub(in crate::printer) const fn until(until: Instant) -> Self {
        Self { until, looked: false }
    }

    /// When to ask again; `None` when it is over.
    pub(in crate::printer) fn goes_on(&mut self, now: Instant) -> Option<Instant> {
        if !self.looked && now > self.until + Self::LOOK {
            *self = Self { until: now + Self::LOOK, looked: true };
        }
        (now < self.until).then_some(self.until)
    }
}
