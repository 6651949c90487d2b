use super::fault::Fault;
use super::io::{HeadIo, IoFault};
use super::profile::Row;
use crate::port::{Duration, Instant};

/// So many polls at the same time are a clock that stands still.
const STILL: u16 = 1_000;

/// How late a poll may be while a strobe is on, if no timer ends it.
pub(super) const LATE: Duration = Duration::from_micros(200);

/// The only way to the strobes: what it switches on has an end.
///
/// It latches nothing while it heats, and when it is dropped, the strobes are
/// off and the latch is empty.
#[derive(Debug)]
pub(super) struct HeatGuard<I: HeadIo> {
    io: Option<I>,
    until: Option<Instant>,
    /// A timer ends it.
    timed: bool,
    polled: Instant,
    /// So many polls came at that time.
    still: u16,
    /// The last poll came soon after the one before.
    prompt: bool,
}

impl<I: HeadIo> HeatGuard<I> {
    pub(super) const fn new(io: I) -> Self {
        let (until, polled) = (None, Instant::ZERO);
        Self { io: Some(io), until, timed: false, polled, still: 0, prompt: false }
    }

    /// All off, and the lines given back.
    pub(super) fn release(mut self) -> Option<I> {
        let _ = self.clear();
        self.io.take()
    }

    fn io(&mut self) -> Result<&mut I, IoFault> {
        self.io.as_mut().ok_or(IoFault)
    }

    pub(super) fn shift(&mut self, row: &Row) -> Result<(), IoFault> {
        self.io()?.shift(row)
    }

    /// Takes over what was shifted; nothing is on then.
    pub(super) fn latch(&mut self) -> Result<(), IoFault> {
        self.off()?;
        self.io()?.latch()
    }

    /// To be called at every poll, before all else. Whether it heats, and how
    /// long still.
    pub(super) fn poll(&mut self, now: Instant) -> Result<Option<Duration>, Fault> {
        let back = now < self.polled;
        self.prompt = now.since(self.polled) <= LATE;
        self.still = if now == self.polled { self.still.saturating_add(1) } else { 0 };
        self.polled = now;
        if back || self.still >= STILL && self.until.is_some() {
            self.off()?;
            return Err(Fault::Clock);
        }
        let Some(until) = self.until else { return Ok(None) };
        if now < until {
            return Ok(Some(until.since(now)));
        }
        self.off()?;
        match now.since(until) {
            late if late > LATE && !self.timed => {
                Err(Fault::Overrun(u32::try_from(late.as_micros()).unwrap_or(u32::MAX)))
            }
            _ => Ok(None),
        }
    }

    /// Heats for `micros`; whether it does: not without a timer while polls
    /// come seldom.
    pub(super) fn heat(&mut self, mask: u8, micros: u16, now: Instant) -> Result<bool, IoFault> {
        self.off()?;
        let prompt = self.prompt;
        let io = self.io()?;
        let timed = io.strobe_pulse(mask, micros)?;
        if timed || prompt {
            if !timed {
                io.strobe(mask, true)?;
            }
            self.until = Some(now + Duration::from_micros(micros.into()));
        }
        self.timed = timed;
        Ok(timed || prompt)
    }

    /// Whether what is in the register may be something else at the next poll.
    pub(super) fn shares_bus(&self) -> bool {
        self.io.as_ref().is_some_and(HeadIo::shares_bus)
    }

    /// Whether a timer ends what is on, so that something else may be done.
    pub(super) const fn is_timed(&self) -> bool {
        self.timed
    }

    /// Stops heating; how much of it was left.
    pub(super) fn pause(&mut self, now: Instant) -> Result<Duration, IoFault> {
        let left = self.until.map_or(Duration::ZERO, |until| until.since(now));
        self.off()?;
        Ok(left)
    }

    fn off(&mut self) -> Result<(), IoFault> {
        if self.until.is_some() {
            self.io()?.strobe(u8::MAX, false)?;
            self.until = None;
        }
        Ok(())
    }

    /// Everything off, and nothing left in the latch.
    pub(super) fn clear(&mut self) -> Result<(), IoFault> {
        self.until = None;
        let io = self.io()?;
        let off = io.strobe(u8::MAX, false);
        // If a strobe cannot be switched off, no dot is to be under it.
        off.and(io.shift(&[0; 48]).and_then(|()| io.latch()))
    }
}

impl<I: HeadIo> Drop for HeatGuard<I> {
    fn drop(&mut self) {
        let _ = self.clear();
    }
}
