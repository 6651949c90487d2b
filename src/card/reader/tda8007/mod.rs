//! TDA8007B, TDA8007BHL and DS8007: two card slots and one smart-card UART on an
//! 8-bit bus.
//!
//! [`Tda8007`] has the registers, over a [`Bus`] of two methods (memory mapped,
//! or port pins). Its [`Uart`] is a [`SmartcardPhy`] and its two [`Slot`]s are
//! [`CardSlot`]s on one [`SharedLine`]: which card the UART is connected to is in
//! the register CSR, and only the conversation that has the line changes it.
//!
//! # What the chip does by itself
//!
//! Etu, guard time, convention (found from TS), parity, error signal and
//! repetition of T=0, return to reception after the last character of ours,
//! eight characters of buffer (poll every 8 ms at the speed of a reset), own
//! characters not heard. Its time-out counters and the block guard timer are not
//! used: times are the protocols'.
//!
//! # Wiring
//!
//! | pin | is |
//! | --- | --- |
//! | D0 to D7, AD0 to AD3, RD, WR, CS, ALE | the bus ([`Bus`]); ALE high where it is not multiplexed |
//! | INT | not needed |
//! | XTAL1 | crystal or clock; over [`Divider`] it is the card's |
//! | PRES1, PRES2 | card switches |
//!
//! # Registers
//!
//! | address | read | write |
//! | --- | --- | --- |
//! | 0 | CSR: SC1 01, SC2 02, SC3 04, RIU 08, version F0 | the same |
//! | 1 | CCR: AC 07, SC 08, CST 10, SHL 20 | the same |
//! | 2, 3 | PDR; UCR2: PSC 01, CKU 02, AUTOC 04, SAN 08, PDWN 10, DISAUX 20, DISTBE/RBF 40 | the same |
//! | 5, 6 | GTR; UCR1: CONV 01, SS 02, LCT 04, T/R 08, PROT 10, FC 20, FIP 40 | the same |
//! | 7 | PCR: START 01, 3V/5V 02, RSTIN 04, 1V8 08, C4 10, C8 20 | the same |
//! | C | MSR: TBE/RBF 01, INTAUX 02, PR1 04, PR2 08, CRED 10, BGT 20, FE 40 | FCR: FL 07, PEC 70 |
//! | D | URR | UTR |
//! | E | USR: TBE/RBF 01, FER 02, OVR 04, PE 08, EA 10, TO1 20, TO3 80 | |
//! | F | HSR: PTL 01, INTAUXL 02, PRL1 04, PRL2 08, SUPL 10, PRTL1 20, PRTL2 40 | |
//!
//! # Sources
//!
//! Register names, addresses, bits and values after reset: a Linux driver header
//! of 2002 (`tda8007b.h`), checked against two drivers of terminals. Features,
//! supplies and the FIFO: the data sheets' first pages (TDA8007B of 2000,
//! TDA8007BHL, DS8007). From memory and not found again: that CONV 1 is the
//! direct convention, that a divider of CKU does nothing when the card has the
//! crystal's clock undivided, and that PEC is the number of repetitions. The
//! times of its sequencer were not found; half a millisecond is allowed for. Not
//! tried on a chip yet.
//!
//! ```
//! use core::cell::RefCell;
//! use embedded_pos::card::contact::reader::{Config, ContactReader};
//! use embedded_pos::card::contact::{Shared, SharedLine};
//! use embedded_pos::card::reader::tda8007::{Divider, Number, Tda8007};
//! use embedded_pos::sim::VirtualClock;
//! use embedded_pos::sim::card::{SimTda8007, T1Card};
//!
//! let mut clock = VirtualClock::new();
//! let sim = SimTda8007::new(clock.clone(), 14_745_600);
//! let chip = RefCell::new(Tda8007::new(sim.bus(), Divider::Four));
//! chip.borrow_mut().init()?;
//! let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
//! let slot = Tda8007::slot(&chip, Number::One);
//! let mut reader =
//!     ContactReader::new(Shared::new(&line, slot, 1), Config::emv(14_745_600 / 4));
//!
//! sim.insert(1, T1Card::echo());
//! reader.activate().wait(&mut clock)?;
//! reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x01]).wait(&mut clock)?;
//! assert_eq!(reader.response(), [0x00, 0x90, 0x00]);
//! assert_eq!(sim.violations(), [""; 0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`CardSlot`]: crate::card::contact::CardSlot
//! [`SharedLine`]: crate::card::contact::SharedLine
//! [`SmartcardPhy`]: crate::card::contact::SmartcardPhy

mod chip;
mod slot;
mod uart;

pub use chip::{Bus, Divider, Number, Tda8007, Tda8007Error};
pub use slot::Slot;
pub use uart::Uart;
