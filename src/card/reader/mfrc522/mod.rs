//! MFRC522, and what has its registers: FM17522, FM17550, WS1850S, PN512 as a
//! reader. A bare front end: activation and ISO-DEP are
//! [`contactless`]'s.
//!
//! ```
//! use embedded_pos::card::reader::mfrc522::{Config, Mfrc522};
//! use embedded_pos::card::Response;
//! use embedded_pos::port::adapter::SpiTransfers;
//! # use embedded_pos::sim::VirtualClock;
//! # use embedded_pos::sim::card::{Echo, IsoDepCard, Mfrc522Model, OnSpi};
//! # let mut clock = VirtualClock::new();
//! # let spi = OnSpi::new(Mfrc522Model::new(), clock.clone());
//! # spi.chip().air.add(IsoDepCard::type_a(Echo));
//!
//! let mut reader = Mfrc522::new(SpiTransfers::new(spi), Config::MFRC522);
//! reader.activate().wait(&mut clock)?;
//! assert_eq!(reader.front_end().version(), 0x92);
//! reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock)?;
//! assert!(Response::new(reader.response()).unwrap().status().is_success());
//! reader.deactivate().wait(&mut clock)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! After the data sheet 112139, rev. 3.9, of which the register tables were at
//! hand in part, as others quote them; what it leaves open after NXP's reader
//! library (RC523). Not tried on a chip yet, by documents only.
//!
//! # Which chips
//!
//! | `VersionReg` | chip | [`Config`] |
//! | --- | --- | --- |
//! | 91h, 92h (90h before) | MFRC522 version 1.0, 2.0 | [`Config::MFRC522`] |
//! | 88h | FM17522 | [`Config::MFRC522`] |
//! | B2h, 82h, 12h | copies without a name; some are said to hear cards badly | [`Config::MFRC522`] |
//! | 15h | WS1850S, as its users report | [`Config::FM17550`] |
//! | 00h, FFh | nothing: MISO is stuck | a [fault](Fault::NotThere) |
//!
//! No other version is refused; [`Chip::version`] tells which it is. Type B is
//! set by register bits that the data sheet of the MFRC522 reserves, and that
//! all of these are said to have; it is on only if [`Settings::type_b`] is.
//!
//! # Wiring
//!
//! SPI mode 0, the most significant bit first, up to 10 Mbit/s, chip select low
//! for each transaction; [`SpiTransfers`](crate::port::adapter::SpiTransfers)
//! takes it. On I2C (pins I2C = 1, EA): [`I2cPort`](super::I2cPort), up to 400
//! kbit/s. NRSTPD high; IRQ is not needed, the chip is asked every
//! [`Timing::poll`]. UART is not here.
//!
//! # Timing and buffering
//!
//! The FIFO has 64 bytes, a frame up to 256: longer ones are refilled and
//! emptied while they are under way. At 106 kbit/s the FIFO is full or empty
//! after 5.4 ms, so the loop must come by every 4 ms while a call is pending, at
//! 424 kbit/s every millisecond. One that comes later gets a frame that is
//! garbled, never one that is cut off unseen; ISO-DEP asks for it once more, and
//! [`Chip::errors`] says [`Errors::WRITE`] or [`Errors::OVERFLOW`].
//!
//! At 106 kbit/s the check bytes are made and checked here, so that they hold
//! for SPI as well; above the chip insists on doing it. The waiting time is kept
//! by the timer of the chip, so that it does not depend on the loop:
//! `(2 x prescaler + 1) x (reload + 1) / 13.56 MHz` (8.5).
//!
//! What is shorter than four bytes and wrong is noise (a card that is at work): it is
//! passed over, and listened on for what is left of the waiting time, as EMV Level
//! 1 wants it.
//!
//! # What could not be verified
//!
//! - `CollPos` with an alignment counts from the bit 0 of the byte, as NXP's
//!   library reckons; a driver of the FM17550 counts from the first bit received.
//!   It matters for the second collision in one cascade level alone.
//! - Gains, thresholds and the modulation index of type B want measuring with
//!   each antenna; the values are NXP's for the RC523.
//!
//! # When it does not work
//!
//! | what you see | what to look at |
//! | --- | --- |
//! | [`Fault::NotThere`] | supply, NRSTPD, MISO; a bus that is not in mode 0 |
//! | [`Fault::Register`] | MOSI; more than 10 MHz, long wires |
//! | [`Fault::Lost`] | the supply breaks down when the field goes on |
//! | cards only when they touch | [`Settings::gain`], antenna, supply of 3.3 V (not less) |
//! | [`Errors::WRITE`], [`Errors::OVERFLOW`] | the loop is too slow |

mod chip;
mod fault;
mod frame;
mod register;
mod timer;

pub use chip::Chip;
pub use fault::{Errors, Fault};

use crate::card::contactless::{self, Abilities, Contactless, Rates};
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

/// What can be chosen of the chip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Settings {
    /// How much the receiver amplifies.
    pub gain: Gain,
    /// The chip can do type B. If not, no card of type B is ever heard.
    pub type_b: bool,
    /// `ModGsPReg` for type B, 0 to 3Fh: sets the modulation index, which is to
    /// be 8 % to 14 % at the card. It depends on the antenna: measure.
    pub index_b: u8,
    /// The highest bit rates that the loop can serve. Above 106 kbit/s towards
    /// the card, frames are at most 64 bytes long.
    pub rates: Rates,
    /// Soft power-down while the field is off.
    pub power_down: bool,
    /// How long the chip may take.
    pub timing: Timing,
}

impl Settings {
    /// An MFRC522: type A, 106 kbit/s.
    pub const MFRC522: Self = Self {
        gain: Gain::Db38,
        type_b: false,
        index_b: 0x11,
        rates: Abilities::DEFAULT.rates,
        power_down: false,
        timing: Timing::DEFAULT,
    };

    /// An FM17550, a WS1850S, a PN512: type B too.
    pub const FM17550: Self = Self { type_b: true, ..Self::MFRC522 };
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
    /// An MFRC522 for bank cards.
    pub const MFRC522: Self = Self { chip: Settings::MFRC522, card: contactless::Config::EMV };

    /// An FM17550, a WS1850S, a PN512 for bank cards.
    pub const FM17550: Self = Self { chip: Settings::FM17550, card: contactless::Config::EMV };
}

impl Default for Config {
    fn default() -> Self {
        Self::MFRC522
    }
}

/// A reader with an MFRC522, or a chip with its registers.
pub type Mfrc522<P> = Contactless<P, Chip>;

impl<P> Mfrc522<P> {
    /// No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::over(port, Chip::new(config.chip), config.card)
    }
}
