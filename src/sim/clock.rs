use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::port::{Clock, Duration, Instant};

/// A clock that passes only while somebody waits. Clones show the same time.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    micros: Arc<AtomicU64>,
    step: Duration,
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::in_steps(Self::STEP)
    }
}

impl VirtualClock {
    /// How far one [`Clock::idle`] goes at most, unless told otherwise.
    pub const STEP: Duration = Duration::from_micros(100);

    /// A clock at zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A clock at zero, one [`Clock::idle`] of which goes so far at most: what
    /// a device does is seen so much later, and a test ends so much sooner.
    #[must_use]
    pub fn in_steps(step: Duration) -> Self {
        Self { micros: Arc::default(), step }
    }

    /// Lets time pass.
    pub fn advance(&self, length: Duration) {
        self.micros.fetch_add(length.as_micros(), Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    fn now(&mut self) -> Instant {
        Instant::from_micros(self.micros.load(Ordering::Relaxed))
    }

    fn idle(&mut self, until: Instant) {
        let left = until.since(self.now());
        self.advance(left.clamp(Duration::from_micros(1), self.step));
    }
}
