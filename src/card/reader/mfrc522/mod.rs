//! MFRC522.

mod chip;
mod fault;
mod frame;
mod register;
mod timer;

pub use chip::Chip;
pub use fault::{Errors, Fault};

use crate::card::contactless::Rates;
use crate::port::Duration;

/// How much the receiver amplifies (data sheet, 9.3.3.6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Gain {
    /// 18 dB.
    Db18,
    /// 23 dB.
    Db23,
    /// 33 dB: as after a reset.
    Db33,
    /// 38 dB.
    Db38,
    /// 43 dB.
    Db43,
    /// 48 dB.
    Db48,
}

impl Gain {
    /// `RFCfgReg`, the reserved bits as after a reset.
    const fn register(self) -> u8 {
        let gain = match self {
            Self::Db18 => 0,
            Self::Db23 => 1,
            Self::Db33 => 4,
            Self::Db38 => 5,
            Self::Db43 => 6,
            Self::Db48 => 7,
        };
        gain << 4 | 0x08
    }
}

/// How long the chip may take, and how often it is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// Out of a reset or of power-down: the start of the crystal and 37.74 us
    /// (data sheet, 8.8.2). Crystals start within some milliseconds.
    pub start: Duration,
    /// Between two looks at the interrupt register while a frame is under way.
    pub poll: Duration,
    /// A frame of 256 bytes out and one in at 106 kbit/s, besides the waiting
    /// time: 2 x 256 x 113 us (type B, 12 bit times a byte). When it is over and
    /// nothing ended, the chip is suspected.
    pub longest: Duration,
}

impl Timing {
    /// As the data sheet has it.
    pub const DEFAULT: Self = Self {
        start: Duration::from_millis(50),
        poll: Duration::from_micros(250),
        longest: Duration::from_millis(100),
    };
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// How much the receiver amplifies.
    pub gain: Gain,
    /// The chip can do type B. If not, no card of type B is ever heard.
    pub type_b: bool,
    /// `ModGsPReg` for type B, 0 to 3Fh: sets the modulation index, which is to
    /// be 8 % to 14 % at the card. It depends on the antenna: measure.
    pub index_b: u8,
    /// The highest bit rates to agree on with a card.
    pub rates: Rates,
    /// Soft power-down while the field is off.
    pub power_down: bool,
    /// How long the chip may take.
    pub timing: Timing,
}

impl Config {
    /// An MFRC522: type A, 106 kbit/s.
    pub const MFRC522: Self = Self {
        gain: Gain::Db38,
        type_b: false,
        index_b: 0x11,
        rates: Rates {
            send: crate::card::contactless::Rate::R106,
            receive: crate::card::contactless::Rate::R106,
        },
        power_down: false,
        timing: Timing::DEFAULT,
    };

    /// An FM17550, a WS1850S, a PN512: type B too.
    pub const FM17550: Self = Self { type_b: true, ..Self::MFRC522 };
}

impl Default for Config {
    fn default() -> Self {
        Self::MFRC522
    }
}
