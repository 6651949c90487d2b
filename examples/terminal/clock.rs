//! Time: virtual when all devices are simulated, the system's otherwise.

use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{Clock, Instant};
use embedded_pos::sim::VirtualClock;

#[derive(Clone, Debug)]
pub enum AnyClock {
    Virtual(VirtualClock),
    System(SystemClock),
}

impl AnyClock {
    pub fn new(simulated: bool) -> Self {
        if simulated {
            Self::Virtual(VirtualClock::new())
        } else {
            Self::System(SystemClock::new())
        }
    }

    /// Lets time pass until then, when no byte is waited for.
    pub fn sleep(&mut self, until: Instant) {
        let now = self.now();
        match self {
            Self::Virtual(clock) => clock.advance(until.since(now)),
            Self::System(clock) => clock.idle(until),
        }
    }
}

impl Clock for AnyClock {
    fn now(&mut self) -> Instant {
        match self {
            Self::Virtual(clock) => clock.now(),
            Self::System(clock) => clock.now(),
        }
    }

    fn idle(&mut self, until: Instant) {
        match self {
            Self::Virtual(clock) => clock.idle(until),
            Self::System(clock) => clock.idle(until),
        }
    }
}
