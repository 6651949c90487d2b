//! Interface chips that are worked by pins: TDA8035, TDA8034, TDA8024, ST8024,
//! NCN8025 and what is pin compatible.
//!
//! A [`PinSlot`] is a [`CardSlot`]; joined with a UART it is a port
//! ([`Contacts`](crate::card::contact::Contacts)), and a
//! [`ContactReader`](crate::card::contact::ContactReader) over that a card
//! reader.
//!
//! # Wiring
//!
//! | pin | is | notes |
//! | --- | --- | --- |
//! | CMDVCCN (CMDVCC) | output, high at rest | low: a session |
//! | RSTIN | output, low at rest | RST is its copy once the activation is over |
//! | OFFN (OFF) | input, pulled up | open drain on most |
//! | EN_5V/3VN (5V/3V) | output | high: 5 V |
//! | EN_1.8VN | output, TDA8035 and NCN8025 only | low: 1.8 V |
//! | CLKDIV1, CLKDIV2 | wired | crystal over 1, 2, 4 or 8; the result is [`Config::clock`](crate::card::contact::reader::Config::clock) |
//! | XTAL1 | a crystal, or a clock of the host | there before CMDVCCN goes low |
//! | PORADJ | a resistor bridge, or wired | threshold of the supply supervisor |
//! | I/OUC | UART, open drain | |
//!
//! # What OFFN says
//!
//! | CMDVCCN | OFFN high | OFFN low |
//! | --- | --- | --- |
//! | high | a card is there | the slot is empty |
//! | low | the card has power | the chip took the power from it; CMDVCCN has to go high again, and then OFFN says whether the card is still there |
//!
//! So the chip tells a card that was pulled out from the rest, and not overload
//! from heat or a supply that drops ([`SlotFault::Protection`]).
//!
//! # Sources
//!
//! TDA8024 product specification (2004), 8.5 and 8.6: sequences and their times.
//! For the TDA8035 the pins, the two voltage pins, the meaning of OFFN and the
//! 3.42 ms from CMDVCCN to the clock after NXP's own driver in MCUXpresso
//! (`fsl_smartcard_phy_tda8035.c`), which cites AN10997. How long VCC takes to
//! fall was not found for the TDA8035; the 10 ms of ISO/IEC 7816-3 that a reader
//! waits anyhow cover what is given for its relatives (100 us to 250 us). Not
//! tried on a chip yet.
//!
//! ```
//! use embedded_pos::card::contact::reader::{Config, ContactReader};
//! use embedded_pos::card::contact::{Contacts, HalfDuplex};
//! use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
//! use embedded_pos::sim::VirtualClock;
//! use embedded_pos::sim::card::{Socket, T1Card};
//!
//! let mut clock = VirtualClock::new();
//! let socket = Socket::tda8035(clock.clone());
//! let pins = socket.pins();
//! let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, (pins.en_5v, pins.en_1v8n), Chip::TDA8035);
//! let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
//! let mut reader = ContactReader::new(Contacts::new(uart, slot), Config::emv(4_000_000));
//!
//! socket.insert(T1Card::echo());
//! while !reader.look().wait(&mut clock)? {}
//! reader.activate().wait(&mut clock)?;
//! reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock)?;
//! assert!(reader.response().ends_with(&[0x90, 0x00]));
//! reader.deactivate().wait(&mut clock)?;
//! assert_eq!(socket.violations(), [""; 0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt;

use embedded_hal::digital::{InputPin, OutputPin};

use crate::card::contact::CardSlot;
use crate::port::{CardState, Class, Duration, SlotFault};
use crate::{Error, ErrorKind, ErrorType};

/// What differs between the chips.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Chip {
    /// From CMDVCCN until the card's clock runs and RST follows RSTIN.
    pub activation: Duration,
    /// From CMDVCCN until VCC is down.
    pub deactivation: Duration,
}

impl Chip {
    /// TDA8035 and TDA8034, NCN8025: it looks for a crystal first, 3.1 ms, and
    /// starts the clock 320 us later (AN10997).
    pub const TDA8035: Self =
        Self { activation: Duration::from_micros(3_500), deactivation: Duration::from_micros(250) };
    /// TDA8024, ST8024, TDA8004: seven periods of 25 us, and as much again for
    /// the spread of the oscillator.
    pub const TDA8024: Self =
        Self { activation: Duration::from_micros(350), deactivation: Duration::from_micros(100) };
}

/// A pin could not be read or driven. Which one, the implementor knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PinFault {
    /// A pin failed.
    Pin,
    /// There is no pin for this supply.
    Class(Class),
}

impl fmt::Display for PinFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin => f.write_str("a pin of the interface chip cannot be driven"),
            Self::Class(class) => write!(f, "the interface chip has no supply of class {class:?}"),
        }
    }
}

impl core::error::Error for PinFault {}

impl Error for PinFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Pin => ErrorKind::Hardware,
            Self::Class(_) => ErrorKind::Unsupported,
        }
    }
}

/// The pins that choose the supply: one (5V/3V), or two (EN_5V/3VN, EN_1.8VN), or
/// a [`Class`] where they are wired.
pub trait Supply {
    /// Chooses it, while the card has none.
    ///
    /// # Errors
    /// A pin failed, or there is none for this class.
    fn choose(&mut self, class: Class) -> Result<(), PinFault>;
}

impl Supply for Class {
    fn choose(&mut self, class: Class) -> Result<(), PinFault> {
        if *self == class { Ok(()) } else { Err(PinFault::Class(class)) }
    }
}

/// 5V/3V, and EN_1.8VN.
impl<A: OutputPin, B: OutputPin> Supply for (A, B) {
    fn choose(&mut self, class: Class) -> Result<(), PinFault> {
        let (five, low) = self;
        set(low, class != Class::C)?;
        set(five, class == Class::A)
    }
}

/// 5V/3V alone.
impl<A: OutputPin> Supply for (A,) {
    fn choose(&mut self, class: Class) -> Result<(), PinFault> {
        match class {
            Class::C => Err(PinFault::Class(class)),
            _ => set(&mut self.0, class == Class::A),
        }
    }
}

fn set(pin: &mut impl OutputPin, high: bool) -> Result<(), PinFault> {
    pin.set_state(high.into()).map_err(|_| PinFault::Pin)
}

/// An interface chip that is worked by pins.
#[derive(Debug)]
pub struct PinSlot<C, R, O, V> {
    cmdvccn: C,
    rstin: R,
    offn: O,
    supply: V,
    chip: Chip,
    on: bool,
}

impl<C, R, O, V> PinSlot<C, R, O, V> {
    /// No I/O: CMDVCCN is to be high already, RSTIN low.
    pub const fn new(cmdvccn: C, rstin: R, offn: O, supply: V, chip: Chip) -> Self {
        Self { cmdvccn, rstin, offn, supply, chip, on: false }
    }

    /// Gives the pins back.
    pub fn release(self) -> (C, R, O, V) {
        (self.cmdvccn, self.rstin, self.offn, self.supply)
    }
}

impl<C: OutputPin, R: OutputPin, O: InputPin, V> PinSlot<C, R, O, V> {
    fn is_off_high(&mut self) -> Result<bool, PinFault> {
        self.offn.is_high().map_err(|_| PinFault::Pin)
    }

    /// RST low first: the chip does the rest in order.
    fn rest(&mut self) -> Result<(), PinFault> {
        self.on = false;
        let reset = set(&mut self.rstin, false);
        set(&mut self.cmdvccn, true)?;
        reset
    }

    fn state(&self, present: bool) -> CardState {
        CardState { present, active: self.on, ..CardState::default() }
    }
}

impl<C, R, O, V> ErrorType for PinSlot<C, R, O, V> {
    type Error = PinFault;
}

impl<C: OutputPin, R: OutputPin, O: InputPin, V: Supply> CardSlot for PinSlot<C, R, O, V> {
    fn sense(&mut self) -> Result<CardState, PinFault> {
        let high = self.is_off_high()?;
        if !self.on || high {
            return Ok(self.state(high));
        }
        self.rest()?;
        let present = self.is_off_high()?;
        let fault = Some(if present { SlotFault::Protection } else { SlotFault::TakenOff });
        Ok(CardState { fault, ..self.state(present) })
    }

    fn power(&mut self, class: Class, _low: u16) -> Result<CardState, PinFault> {
        let present = self.is_off_high()?;
        if !present {
            // The chip would not begin.
            return Ok(self.state(false));
        }
        self.supply.choose(class)?;
        set(&mut self.rstin, false)?;
        set(&mut self.cmdvccn, false)?;
        self.on = true;
        Ok(CardState { wait: self.chip.activation, ..self.state(true) })
    }

    fn reset(&mut self, _low: u16) -> Result<CardState, PinFault> {
        set(&mut self.rstin, false)?;
        self.sense()
    }

    fn run(&mut self) -> Result<CardState, PinFault> {
        let state = self.sense()?;
        if self.on {
            set(&mut self.rstin, true)?;
        }
        Ok(state)
    }

    fn off(&mut self) -> Result<CardState, PinFault> {
        self.rest()?;
        let present = self.is_off_high()?;
        Ok(CardState { wait: self.chip.deactivation, ..self.state(present) })
    }
}
