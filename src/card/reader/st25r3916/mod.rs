//! ST25R3916.

mod chip;
mod fault;
mod frame;
mod register;
mod timer;

pub use chip::Chip;
pub use fault::{Fault, Interrupts};

use crate::card::contactless::{Abilities, Rates};
use crate::port::Duration;

/// Which of the family it is; it says so itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Model {
    /// ST25R3916.
    St25r3916,
    /// ST25R3916B.
    St25r3916B,
}

/// What the chip is supplied with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Supply {
    /// 2.4 V to 3.6 V.
    V3,
    /// 4.1 V to 5.5 V.
    V5,
}

impl Supply {
    /// `sup3V` of IO configuration register 2.
    const fn bit(self) -> u8 {
        match self {
            Self::V3 => 0x80,
            Self::V5 => 0x00,
        }
    }
}

/// How long the chip may take, and how often it is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// For the oscillator to run (0.7 ms typically), the regulators to be
    /// adjusted (5 ms) or the field to stand.
    pub start: Duration,
    /// Between two looks at the interrupt registers.
    pub poll: Duration,
    /// A frame of 256 bytes out and one in at 106 kbit/s, besides the waiting
    /// time: 2 x 256 x 113 us (type B, 12 bit times a byte). When it is over and
    /// nothing ended, the chip is suspected: rarely an answer that begins does
    /// not end (errata sheet, 2.1.2).
    pub longest: Duration,
}

impl Timing {
    /// As the data sheet has it.
    pub const DEFAULT: Self = Self {
        start: Duration::from_millis(20),
        poll: Duration::from_micros(250),
        longest: Duration::from_millis(100),
    };
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// What the chip is supplied with.
    pub supply: Supply,
    /// The highest bit rates to agree on with a card.
    pub rates: Rates,
    /// Power-down, oscillator off, while the field is off.
    pub power_down: bool,
    /// How long the chip may take.
    pub timing: Timing,
}

impl Config {
    /// At 3.3 V, 106 kbit/s.
    pub const DEFAULT: Self = Self {
        supply: Supply::V3,
        rates: Abilities::DEFAULT.rates,
        power_down: false,
        timing: Timing::DEFAULT,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}
