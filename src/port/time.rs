use core::ops::{Add, AddAssign, Sub};

use embedded_hal::delay::DelayNs;

/// Whole microseconds, in halves: on 32 bits they pass in two registers, and
/// what holds them needs no padding.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
struct Micros {
    high: u32,
    low: u32,
}

impl Micros {
    #[allow(clippy::cast_possible_truncation, reason = "halves")]
    const fn new(micros: u64) -> Self {
        Self { high: (micros >> 32) as u32, low: micros as u32 }
    }

    const fn get(self) -> u64 {
        (self.high as u64) << 32 | self.low as u64
    }

    const fn plus(self, more: Self) -> Self {
        Self::new(self.get().saturating_add(more.get()))
    }

    const fn minus(self, less: Self) -> Self {
        Self::new(self.get().saturating_sub(less.get()))
    }
}

impl Ord for Micros {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.get().cmp(&other.get())
    }
}

impl PartialOrd for Micros {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl core::fmt::Debug for Micros {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Micros {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.get().format(f);
    }
}

/// A point in time: whole microseconds since an arbitrary start.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Instant {
    micros: Micros,
}

/// A length of time: whole microseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Duration {
    micros: Micros,
}

impl Instant {
    /// The start of time.
    pub const ZERO: Self = Self::from_micros(0);
    /// A time that never comes: waiting until then is waiting for a person.
    pub const FAR_FUTURE: Self = Self::from_micros(u64::MAX);

    /// This many microseconds after the start.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self { micros: Micros::new(micros) }
    }

    /// Microseconds since the start.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.micros.get()
    }

    /// How long after `earlier` this is; zero if it is not after.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration { micros: self.micros.minus(earlier.micros) }
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self::from_micros(0);

    /// A number of microseconds.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self { micros: Micros::new(micros) }
    }

    /// A number of milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_micros(millis.saturating_mul(1_000))
    }

    /// A number of seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self::from_micros(secs.saturating_mul(1_000_000))
    }

    /// The length in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.micros.get()
    }

    /// The length in whole milliseconds, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.as_micros() / 1_000
    }

    /// `count` times this length; the longest length there is on overflow.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self::from_micros(self.as_micros().saturating_mul(count))
    }

    /// The time `bytes` bytes take on an asynchronous line of `baud` bits a
    /// second with `bits` bit times for each byte (10 for 8N1), rounded up.
    #[must_use]
    pub const fn of_bytes(bytes: u64, bits: u64, baud: u32) -> Self {
        let baud = if baud == 0 { 1 } else { baud as u64 };
        Self::from_micros(bytes.saturating_mul(bits).saturating_mul(1_000_000).div_ceil(baud))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, length: Duration) -> Self {
        Self { micros: self.micros.plus(length.micros) }
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, length: Duration) {
        *self = *self + length;
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { micros: self.micros.plus(other.micros) }
    }
}

impl Sub for Duration {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { micros: self.micros.minus(other.micros) }
    }
}

impl From<Duration> for core::time::Duration {
    fn from(length: Duration) -> Self {
        Self::from_micros(length.as_micros())
    }
}

/// A monotonic clock: the only source of time in the crate.
///
/// Protocols are told the time; the [faces](crate::port#three-faces) read it
/// here. A clock never goes back.
pub trait Clock {
    /// The time now.
    fn now(&mut self) -> Instant;

    /// Called by the blocking face when there is nothing to do before `until`
    /// unless bytes arrive. May return at any time, and should return within
    /// a byte time or two of the fastest line, so that none is lost.
    ///
    /// The provided body spins once. A clock on an operating system sleeps a
    /// little; one on a board may enter a wait state that an interrupt ends.
    fn idle(&mut self, until: Instant) {
        let _ = until;
        core::hint::spin_loop();
    }
}

impl<T: Clock + ?Sized> Clock for &mut T {
    fn now(&mut self) -> Instant {
        T::now(self)
    }

    fn idle(&mut self, until: Instant) {
        T::idle(self, until);
    }
}

/// A clock for boards without one: it counts what it delays.
///
/// Time stands still except in [`Clock::idle`], so deadlines come late by the
/// time the processor spends elsewhere; they still come. Prefer a hardware
/// timer where there is one.
///
/// ```
/// use embedded_pos::port::{Clock, DelayClock, Instant};
///
/// struct Nop;
/// impl embedded_hal::delay::DelayNs for Nop {
///     fn delay_ns(&mut self, _ns: u32) {}
/// }
/// let mut clock = DelayClock::new(Nop);
/// clock.idle(Instant::from_micros(1_000));
/// assert_eq!(clock.now(), Instant::from_micros(DelayClock::<Nop>::STEP_MICROS.into()));
/// ```
#[derive(Debug)]
pub struct DelayClock<D> {
    delay: D,
    now: Instant,
}

impl<D> DelayClock<D> {
    /// The longest delay of one [`Clock::idle`]: half a byte at 115 200 baud.
    pub const STEP_MICROS: u32 = 40;

    /// A clock that starts at zero.
    pub const fn new(delay: D) -> Self {
        Self { delay, now: Instant::ZERO }
    }

    /// Gives the delay back.
    pub fn release(self) -> D {
        self.delay
    }
}

impl<D: DelayNs> Clock for DelayClock<D> {
    fn now(&mut self) -> Instant {
        self.now
    }

    fn idle(&mut self, until: Instant) {
        let left = until.since(self.now).as_micros();
        let step = u32::try_from(left).unwrap_or(u32::MAX).clamp(1, Self::STEP_MICROS);
        self.delay.delay_us(step);
        self.now += Duration::from_micros(step.into());
    }
}
