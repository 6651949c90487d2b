use super::io::{IoFault, StepperIo};
use super::profile::Motor;
use crate::port::{Duration, Instant};

/// The paper motor, which is let go of when it is dropped.
#[derive(Debug)]
pub(super) struct Stepper<M: StepperIo> {
    io: Option<M>,
    motor: &'static Motor,
    /// The step it stands at, within the phase table.
    at: usize,
    /// When the coils were switched on, or the last step was.
    since: Instant,
    /// How long the step before took, in µs: its speed.
    interval: u64,
    holds: bool,
}

impl<M: StepperIo> Stepper<M> {
    pub(super) const fn new(io: M, motor: &'static Motor) -> Self {
        let (since, interval) = (Instant::ZERO, u64::MAX);
        Self { io: Some(io), motor, at: 0, since, interval, holds: false }
    }

    pub(super) fn release(mut self) -> Option<M> {
        let _ = self.let_go();
        self.io.take()
    }

    fn set(&mut self, at: usize) -> Result<(), IoFault> {
        let coils = self.motor.phases.get(at).copied().ok_or(IoFault)?;
        self.io.as_mut().ok_or(IoFault)?.phase(coils)?;
        self.at = at;
        Ok(())
    }

    const fn hold(&self) -> Duration {
        Duration::from_millis(self.motor.hold_ms as u64)
    }

    /// Holds the paper; whether for long enough to begin.
    pub(super) fn wake(&mut self, now: Instant) -> Result<bool, IoFault> {
        if !self.holds {
            self.set(self.at)?;
            (self.holds, self.since, self.interval) = (true, now, u64::MAX);
        }
        Ok(self.interval < u64::MAX || now >= self.since + self.hold())
    }

    /// The shortest time for the next step, in µs: `v^2 + 2 a` after the speed
    /// of the last, however late that was.
    fn shortest(&self) -> u64 {
        const MICROS: u64 = 1_000_000_000_000;
        let Motor { first_us, fastest_us, acceleration, .. } = *self.motor;
        let last = self.interval.max(1);
        if last > first_us.into() {
            return first_us.into();
        }
        let squared = MICROS / (last * last) + 2 * u64::from(acceleration);
        (MICROS / squared.max(1)).isqrt().saturating_add(1).max(fastest_us.into())
    }

    /// Makes a step if it is time for one, `pace` µs after the last at least;
    /// whether it did.
    pub(super) fn step(&mut self, pace: u64, now: Instant) -> Result<bool, IoFault> {
        let elapsed = now.since(self.since).as_micros();
        let first = self.interval == u64::MAX;
        let due = self.shortest().max(pace);
        if !first && elapsed < due {
            return Ok(false);
        }
        self.set((self.at + 1) % self.motor.phases.len().max(1))?;
        // The rotor does not feel a poll that is a little late; if that were
        // counted, it would get no faster than polls allow.
        let late = elapsed.saturating_sub(due) > due / 32;
        self.interval = if first {
            u64::MAX - 1
        } else if late {
            elapsed
        } else {
            due
        };
        self.since = now;
        Ok(true)
    }

    /// Lets go when the paper has come to rest; whether it did.
    pub(super) fn rest(&mut self, now: Instant) -> Result<bool, IoFault> {
        if self.holds && now >= self.since + self.hold() {
            self.let_go()?;
        }
        Ok(!self.holds)
    }

    pub(super) fn let_go(&mut self) -> Result<(), IoFault> {
        self.holds = false;
        self.io.as_mut().ok_or(IoFault)?.phase(0)
    }
}

impl<M: StepperIo> Drop for Stepper<M> {
    fn drop(&mut self) {
        let _ = self.let_go();
    }
}
