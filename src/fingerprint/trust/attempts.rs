use crate::ErrorType;
use crate::port::Duration;

/// How many attempts there are, and how long nobody then has another.
///
/// The count is one for the terminal, not one for each person: who does not
/// get in as one could try as the next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LockOut {
    /// Failed attempts until the lock-out, 1 or more.
    pub tries: u16,
    /// For how long at first; twice as long each time after.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

impl LockOut {
    /// Five attempts, then 30 s, doubling to at most an hour. Android's CDD asks
    /// for 30 s after five false trials. In an hour that is 35 attempts, in
    /// twelve days some 1 600.
    pub const STANDARD: Self =
        Self { tries: 5, first: Duration::from_secs(30), longest: Duration::from_secs(3600) };

    /// How long nobody has an attempt after so many that failed; `None` if the
    /// next may follow at once.
    #[must_use]
    pub fn after(&self, attempts: Attempts) -> Option<Duration> {
        let (count, tries) = (attempts.0, self.tries.max(1));
        if attempts == Attempts::MOST {
            return Some(self.longest);
        }
        if count == 0 || !count.is_multiple_of(tries) {
            return None;
        }
        let doublings = u32::from(count / tries) - 1;
        let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        Some(self.first.times(factor).min(self.longest))
    }
}

/// How many attempts count as failed since the last that did not.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Attempts(pub u16);

impl Attempts {
    /// None.
    pub const NONE: Self = Self(0);
    /// So many that they are no longer counted, or unknown how many: the longest
    /// lock-out follows each.
    pub const MOST: Self = Self(u16::MAX);

    /// The count for a store: little-endian, and again inverted, so that a store
    /// that lost half of it is found out.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.0.to_le_bytes(), (!self.0).to_le_bytes());
        [a, b, c, d]
    }

    /// The count from a store; [`MOST`](Self::MOST) if it is damaged.
    #[must_use]
    pub const fn from_bytes([a, b, c, d]: [u8; 4]) -> Self {
        let (count, check) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        if count == !check { Self(count) } else { Self::MOST }
    }

    pub(super) const fn one_more(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The attempt was none. From [`MOST`](Self::MOST) nothing is taken: it is
    /// no count.
    pub(super) const fn one_less(self) -> Self {
        if self.0 == u16::MAX { self } else { Self(self.0.saturating_sub(1)) }
    }
}

/// Keeps the count of attempts over a power cut: a few bytes of flash, FRAM or
/// battery-backed RAM.
///
/// Somebody who can put old bytes back has as many attempts as he likes: where
/// that is to be feared, keep them in the secure element.
pub trait AttemptStore: ErrorType {
    /// What was stored last; `None` on a device that never stored any.
    ///
    /// # Errors
    /// The store failed.
    fn load(&mut self) -> Result<Option<[u8; 4]>, Self::Error>;

    /// Stores. When this returns, a power cut does not lose it; one before that
    /// leaves these bytes, those of before, or damaged ones.
    ///
    /// # Errors
    /// The store failed; the bytes may or may not be kept.
    fn store(&mut self, bytes: [u8; 4]) -> Result<(), Self::Error>;
}

impl<T: AttemptStore + ?Sized> AttemptStore for &mut T {
    fn load(&mut self) -> Result<Option<[u8; 4]>, Self::Error> {
        T::load(self)
    }

    fn store(&mut self, bytes: [u8; 4]) -> Result<(), Self::Error> {
        T::store(self, bytes)
    }
}
