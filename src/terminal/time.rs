use crate::civil::CivilTime;
use crate::port::Instant;

/// The time a machine is told: one clock to wait by, one to write down.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Moment {
    /// By the monotonic clock.
    pub at: Instant,
    /// By the wall clock, in China Standard Time, for records and papers. It may
    /// be set back; nothing waits by it.
    pub civil: CivilTime,
}
