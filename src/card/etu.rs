use crate::port::Duration;

/// The elementary time unit, F/D clock cycles, in 1/256 microseconds, rounded
/// up: from here on, no division.
#[derive(Clone, Copy)]
pub(super) struct Etu(u32);

impl Etu {
    /// From the clock of the card in hertz and the factors in use.
    pub(super) const fn new(clock: u32, f: u16, d: u8) -> Self {
        // A clock of 0, an F of 0 or a D of 0 does not exist; it must not divide.
        let f = if f == 0 { 1 } else { f as u32 };
        let rate = clock.saturating_mul(if d == 0 { 1 } else { d as u32 }) / f;
        Self(256_000_000_u32.div_ceil(if rate == 0 { 1 } else { rate }))
    }

    /// So many of them.
    pub(super) fn times(self, n: u32) -> Duration {
        Duration::from_micros((u64::from(n) * u64::from(self.0) + 255) >> 8)
    }
}

/// A character of 12 etu, so many etu longer.
pub(super) fn longer(byte: Duration, etu: u8) -> Duration {
    let byte = u32::try_from(byte.as_micros()).unwrap_or(u32::MAX);
    let more = (u64::from(byte.div_ceil(12))) * u64::from(etu);
    Duration::from_micros(u64::from(byte) + more)
}
