//! The decisions of a transaction, each on its own.
//!
//! A [`Transaction`](super::Transaction) makes them when they are due. Here
//! they are for tests, for whoever wants to know what a terminal would make of
//! a card, and for flows of one's own. Each is a function of the data elements
//! in a [`Store`](super::Store) and of the configuration; it does no I/O and
//! remembers nothing. What it finds is noted as a [`Rule`](super::Rule), which
//! names its clause and sets its bit.
//!
//! ```
//! use embedded_pos::civil::{CivilTime, Date};
//! use embedded_pos::emv::rules::{Action, first_action, restrictions};
//! use embedded_pos::emv::{
//!     Amount, Application, Findings, Payment, Rule, Store, Tag, Terminal, Tvr,
//! };
//!
//! let now = CivilTime::new(Date::new(2026, 1, 1).unwrap(), 9, 30, 0).unwrap();
//! let payment = Payment::yuan(Amount::from_minor(200_00).unwrap(), now, 1, [0; 4]);
//! let mut memory = [0; 256];
//! let mut card = Store::new(&mut memory);
//! card.set(Tag::EXPIRATION_DATE, &[0x25, 0x12, 0x31])?;
//!
//! let (terminal, application) = (Terminal::CHINA, Application::UNIONPAY);
//! let mut findings = Findings::new();
//! restrictions(&card, &terminal, &application, &payment, &mut findings);
//! assert_eq!(findings.tvr(), Tvr::EXPIRED);
//! let why = findings.rules().next().unwrap();
//! assert_eq!(why.to_string(), "the application has expired");
//! assert_eq!(why.clause(), "Book 3, 10.4.3");
//!
//! let (action, why) = first_action(&card, &terminal, &application, findings.tvr());
//! assert_eq!((action, why), (Action::GoOnline, Rule::OnlineOnly));
//! # Ok::<(), embedded_pos::tlv::Full>(())
//! ```

pub use super::action::{Action, first_action, unable_online};
pub use super::restrictions::restrictions;
pub use super::risk::{Velocity, floor_and_selection, velocity, velocity_is_due};
