//! APDUs (ISO/IEC 7816-4:2013, clause 5): commands, short and extended, made
//! and taken apart; responses; status words and what they mean.
//!
//! ```
//! use embedded_pos::card::apdu::{Case, Command, Response};
//!
//! // GET DATA, as it crossed a line: Le in two bytes.
//! let command = Command::parse(&[0x00, 0xCB, 0x3F, 0xFF, 0x00, 0x04, 0x00])?;
//! assert_eq!((command.case(), command.expected()), (Case::ExtendedTwo, 1_024));
//!
//! // Too long for one command, so it goes in a chain.
//! let long = Command::new(0x00, 0xDB, 0x3F, 0xFF).data(&[0x5C; 300]);
//! let classes: Vec<_> = long.chain(255).map(|part| part.header()[0]).collect();
//! assert_eq!(classes, [0x10, 0x00]);
//!
//! let refused = Response::new(&[0x69, 0x85])?.status();
//! assert_eq!(refused.to_string(), "6985 (conditions of use not satisfied)");
//! # Ok::<(), embedded_pos::card::ApduError>(())
//! ```

mod chain;
mod command;
mod error;
mod response;
mod status;
mod whole;

pub use chain::Chain;
pub use command::{Case, Command};
pub use error::ApduError;
pub use response::Response;
pub use status::{Meaning, StatusWord};
pub use whole::transmit_whole;
