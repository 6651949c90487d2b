//! ST25R3916 and ST25R3916B. A bare front end: activation and ISO-DEP are
//! [`contactless`]'s.
//!
//! ```
//! use embedded_pos::card::reader::st25r3916::{Config, Model, St25r3916};
//! use embedded_pos::card::Response;
//! use embedded_pos::port::adapter::SpiTransfers;
//! # use embedded_pos::sim::VirtualClock;
//! # use embedded_pos::sim::card::{Echo, IsoDepCard, OnSpi, St25r3916Model};
//! # let mut clock = VirtualClock::new();
//! # let spi = OnSpi::new(St25r3916Model::new(), clock.clone());
//! # spi.chip().air.add(IsoDepCard::type_b(Echo));
//!
//! let mut reader = St25r3916::new(SpiTransfers::new(spi), Config::DEFAULT);
//! reader.activate().wait(&mut clock)?;
//! assert_eq!(reader.front_end().model(), Some(Model::St25r3916));
//! reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock)?;
//! assert!(Response::new(reader.response()).unwrap().status().is_success());
//! reader.deactivate().wait(&mut clock)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Registers and commands as ST's RFAL names them (DS12484 itself was not at
//! hand; the sections cited are RFAL's), analog values as it recommends them.
//! Not tried on a chip yet, by documents only.
//!
//! # Wiring
//!
//! SPI mode 1, the most significant bit first, up to 10 Mbit/s, chip select low
//! for each transaction; [`SpiTransfers`](crate::port::adapter::SpiTransfers)
//! takes it. On I2C (pin I2C_EN high): [`I2cPort`](super::I2cPort), at 50h. The
//! supply is to be told: [`Settings::supply`]. IRQ is not needed, the chip is
//! asked every [`Timing::poll`]; MCU_CLK is off.
//!
//! # Timing and buffering
//!
//! The FIFO has 512 bytes, so that a frame of 256 fits: a loop may be as slow as
//! it likes, and pays with time only. The waiting time is kept by the
//! no-response timer of the chip, in steps of 64 / fc, or of 4096 / fc above 309
//! ms; the mask-receive timer keeps it deaf for the first 66 us (type A) or 38
//! us (type B) after a frame. The check bytes are made here and checked by both, so that
//! they hold for the bus as well.
//!
//! What is shorter than four bytes and wrong is noise (a card that is at work): it is
//! passed over, and listened on for what is left of the waiting time, as EMV Level
//! 1 wants it. The chip's own suppression of it is left off.
//!
//! # The field
//!
//! It goes on after the chip listened whether another is there (initial RF
//! collision avoidance, thresholds 105 mV and 205 mV):
//! [`Fault::ForeignField`], with kind [`Busy`](crate::ErrorKind::Busy), if so.
//! The next conversation tries again.
//!
//! # Known of the silicon
//!
//! | what | what is done |
//! | --- | --- |
//! | ST25R3916: its protection against heat acts too early | switched off, as RFAL does; not with the B |
//! | an answer begins, and its end is never reported (errata sheet, 2.1.2) | [`Timing::longest`] later it counts as garbled |
//!
//! # What could not be verified
//!
//! - The analog values want measuring with each antenna; automatic antenna
//!   tuning (AAT) and, with the B, active wave shaping are left off.
//! - Whether the 3916B modulates by 12 % with 4 in its driver register: as RFAL
//!   names it.
//! - An ST25R3911B is refused: other registers.
//!
//! # When it does not work
//!
//! | what you see | what to look at |
//! | --- | --- |
//! | [`Fault::NotThere`] with 00h or FFh | supply, chip select, MISO; a bus that is not in mode 1 |
//! | [`Fault::Oscillator`] | the crystal of 27.12 MHz |
//! | [`Fault::Regulator`] | [`Settings::supply`] |
//! | [`Fault::ForeignField`] | a telephone or another reader beside it |
//! | [`Fault::Lost`] | the supply breaks down when the field goes on |

mod chip;
mod fault;
mod frame;
mod register;
mod setup;
mod timer;

pub use chip::Chip;
pub use fault::{Fault, Interrupts};

use crate::card::contactless::{self, Abilities, Contactless, Rates};
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

/// What can be chosen of the chip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Settings {
    /// What the chip is supplied with.
    pub supply: Supply,
    /// The highest bit rates that the antenna is good for.
    pub rates: Rates,
    /// Power-down, oscillator off, while the field is off.
    pub power_down: bool,
    /// How long the chip may take.
    pub timing: Timing,
}

impl Settings {
    /// At 3.3 V, 106 kbit/s.
    pub const DEFAULT: Self = Self {
        supply: Supply::V3,
        rates: Abilities::DEFAULT.rates,
        power_down: false,
        timing: Timing::DEFAULT,
    };
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// Of the chip.
    pub chip: Settings,
    /// Of what is said to cards.
    pub card: contactless::Config,
}

impl Config {
    /// At 3.3 V, for bank cards.
    pub const DEFAULT: Self = Self { chip: Settings::DEFAULT, card: contactless::Config::EMV };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A reader with an ST25R3916 or ST25R3916B.
pub type St25r3916<P> = Contactless<P, Chip>;

impl<P> St25r3916<P> {
    /// No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::over(port, Chip::new(config.chip), config.card)
    }
}
