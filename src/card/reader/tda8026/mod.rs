//! TDA8026: five card slots on one I2C bus, as in terminals with a customer's
//! card and four security modules (SAM).
//!
//! Slot 1 has an I/O line and a clock input of its own; slots 2 to 5 share the
//! other ones. [`Tda8026`] has the registers and gives out a [`CardSlot`] for
//! each slot. Where several share an I/O line, a [`SharedLine`] makes it
//! impossible to talk to the wrong card: a conversation takes the line first,
//! the slot of the one before is disconnected then (IOEN), and bytes of
//! whoever has not got it are refused, with kind
//! [`Busy`](crate::ErrorKind::Busy).
//!
//! # Wiring
//!
//! | pin | is | notes |
//! | --- | --- | --- |
//! | SDA, SCL | I2C, 400 kHz | addresses 24h (slot select), 20h and 21h (its registers): [`Addresses`] |
//! | SDWNN | output or wired high | low: shut down. 25 ms after it goes high the bus may be used |
//! | IRQN | not needed | everything is polled |
//! | I/OUC1, I/OUC2 | a UART each | for slot 1, for slots 2 to 5 |
//! | CLKIN1, CLKIN2 | the host's clocks | for slot 1, for slots 2 to 5; divided by [`Tda8026::set_divider`] |
//!
//! # What the chip does by itself
//!
//! It counts the clock cycles for which RST is low, at START and WARM, and
//! raises RST ([`CardState::automatic`]). What it says of a card that answers too
//! early or not at all (EARLY, MUTE) is not used: the reader judges that alike for
//! all chips.
//!
//! # Registers
//!
//! Register 0 of a slot, written: START 01, WARM 02, 5V/3VN 04, PWDN 08, REG 10
//! and 20 (what register 1 is), IOEN 40, VCC1V8 80; read: PRES 01, PRESL 02,
//! CLKSW 04, SUPL 08, PROT 10, MUTE 20, EARLY 40, ACTIVE 80. Register 1: with REG
//! 0 CLKDIV 03, CLKPD 0C, C4 10, C8 20, RSTIN 40 (1: asynchronous), CFGP2 80; 1
//! the cycles before an answer is not early, less 200; 2 and 3 the cycles of
//! RST, high and low byte. Slot 0 of the selector: version in register 0.
//!
//! # Sources
//!
//! The data sheet's summary (supplies, lines, clocks) and two independent
//! drivers of terminals that have the chip (PAX, on BCM5892; another maker's
//! `DEV_IFM.h`), which agree on addresses and bits. The data sheet's own
//! register tables were not found; that REG 2 and 3 are the time of RST is the
//! first driver's reading, and the version C2h its expectation, so it is told
//! and not insisted on. How the address pins change the addresses was not found.
//! Not tried on a chip yet.
//!
//! ```
//! use core::cell::RefCell;
//! use embedded_pos::card::contact::reader::{Config, ContactReader};
//! use embedded_pos::card::contact::{HalfDuplex, Shared, SharedLine};
//! use embedded_pos::card::reader::tda8026::{Number, Tda8026};
//! use embedded_pos::sim::VirtualClock;
//! use embedded_pos::sim::card::{SimTda8026, T1Card};
//!
//! let mut clock = VirtualClock::new();
//! let sim = SimTda8026::new(clock.clone());
//! let chip = RefCell::new(Tda8026::new(sim.i2c()));
//! chip.borrow_mut().init()?;
//! let line = RefCell::new(SharedLine::new(HalfDuplex::new(sim.uart(2), clock.clone(), true)));
//! let sam = |number| {
//!     let slot = Tda8026::slot(&chip, number);
//!     ContactReader::new(Shared::new(&line, slot, number as u8), Config::emv(4_000_000))
//! };
//! let (mut first, mut second) = (sam(Number::Two), sam(Number::Three));
//!
//! sim.insert(2, T1Card::echo());
//! sim.insert(3, T1Card::echo());
//! first.activate().wait(&mut clock)?;
//! second.activate().wait(&mut clock)?;
//! first.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x01]).wait(&mut clock)?;
//! assert_eq!(first.response(), [0x00, 0x90, 0x00]);
//! assert_eq!(sim.violations(), [""; 0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`CardSlot`]: crate::card::contact::CardSlot
//! [`CardState::automatic`]: crate::port::CardState::automatic
//! [`SharedLine`]: crate::card::contact::SharedLine

mod chip;
mod slot;

pub use chip::{Addresses, Divider, Number, Tda8026, Tda8026Error};
pub use slot::Slot;
