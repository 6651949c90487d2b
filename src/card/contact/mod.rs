//! From the contacts of a card to APDUs: the parts that a reader of one's own
//! is made of, where no ready-made reader does it.
//!
//! | part | what it is | trait |
//! | --- | --- | --- |
//! | the I/O contact | a UART in smart-card mode, or a plain one | [`SmartcardPhy`] |
//! | VCC, RST, CLK, presence | an interface chip, or pins | [`CardSlot`] |
//!
//! [`Contacts`] joins the two into a [`Port`](crate::port::Port) whose
//! [`card`](crate::port::Port::card) has the other contacts; where several slots
//! share one I/O line, it is [`Shared`]. Protocols run over it as over any port,
//! and a [`ContactReader`] makes a [`CardReader`](crate::card::CardReader) of it.
//!
//! | you have | take |
//! | --- | --- |
//! | TDA8035, TDA8034, TDA8024, ST8024, NCN8025 | [`tda8035::PinSlot`](crate::card::reader::tda8035::PinSlot) |
//! | TDA8026, five slots | [`tda8026`](crate::card::reader::tda8026) and [`Shared`] |
//! | TDA8007, DS8007, two slots and a UART | [`tda8007`](crate::card::reader::tda8007) and [`Shared`] |
//! | transistors and a switch | a [`CardSlot`] of your own |
//! | a UART in smart-card mode | a [`SmartcardPhy`] of your own |
//! | a plain UART | [`HalfDuplex`] |
//!
//! # A slot of one's own
//!
//! ```
//! use embedded_pos::card::contact::reader::Config;
//! use embedded_pos::card::contact::{CardSlot, ContactReader, Contacts, HalfDuplex};
//! use embedded_pos::port::{CardState, Class, Duration};
//! # use embedded_pos::card::reader::tda8035::PinFault;
//! # use embedded_pos::sim::VirtualClock;
//! # use embedded_pos::sim::card::Socket;
//!
//! /// A card that is soldered in, always on.
//! struct Soldered;
//!
//! # impl embedded_pos::ErrorType for Soldered { type Error = PinFault; }
//! impl CardSlot for Soldered {
//!     fn sense(&mut self) -> Result<CardState, PinFault> {
//!         Ok(CardState { present: true, active: true, ..CardState::default() })
//!     }
//!     fn power(&mut self, _: Class, _: u16) -> Result<CardState, PinFault> {
//!         self.sense()
//!     }
//!     fn reset(&mut self, _: u16) -> Result<CardState, PinFault> {
//!         self.sense()
//!     }
//!     fn run(&mut self) -> Result<CardState, PinFault> {
//!         self.sense()
//!     }
//!     fn off(&mut self) -> Result<CardState, PinFault> {
//!         Ok(CardState { wait: Duration::from_millis(1), ..self.sense()? })
//!     }
//! }
//! # let clock = VirtualClock::new();
//! # let uart = Socket::tda8035(clock.clone()).uart();
//! let phy = HalfDuplex::new(uart, clock, true);
//! let reader = ContactReader::new(Contacts::new(phy, Soldered), Config::iso(4_000_000));
//! # let _ = reader;
//! ```
//!
//! # When it does not work
//!
//! | what you see | what to look at |
//! | --- | --- |
//! | `Mute` | [`Config::clock`](reader::Config::clock) is not what the card gets; I/O has no pull-up; TX drives the line; class |
//! | `Damaged`, `Slow` | parity or stop bits of the UART; it is polled too seldom for its buffer |
//! | the first command fails, the ATR was good | TX hears itself, and [`HalfDuplex`] was not told, or the other way round |
//! | inverse cards only fail | [`set_parity`](crate::port::SetBaud::set_parity) is missing, or the poll after TS comes too late |
//! | `Slot(Protection)` | a short at the card; the capacitors at VCC; the supply of the chip |
//! | T=0 fails now and then, T=1 does not | a damaged character: a plain UART cannot have it repeated |

mod contacts;
mod half_duplex;
mod phy;
pub mod reader;
mod shared;
mod slot;

pub use crate::port::{CardLines, CardState, Class, Contact, Convention, Framing, SlotFault};
pub use contacts::{Contacts, ContactsError};
pub use half_duplex::{HalfDuplex, HalfDuplexError};
pub use phy::SmartcardPhy;
pub use reader::ContactReader;
pub use shared::{Shared, SharedError, SharedLine};
pub use slot::CardSlot;
