//! Machine readable zones: ICAO 9303 (passports, cards, visas), and the line
//! on driving licences.
//!
//! | format | lines | document |
//! | --- | --- | --- |
//! | [`Td1`](Format::Td1) | 3 of 30 | cards |
//! | [`Td2`](Format::Td2) | 2 of 36 | older cards |
//! | [`Td3`](Format::Td3) | 2 of 44 | passports |
//! | [`MrvA`](Format::MrvA), [`MrvB`](Format::MrvB) | 2 of 44, of 36, beginning with V | visas |
//! | [`D1`](Format::D1) | 1 of 30, beginning with D | driving licences |
//!
//! [`Mrz::parse`] takes lines as they are printed, and borrows them: nothing is
//! copied. Only the shape and the characters can be wrong. All else is told:
//! each check digit by itself, a date that is none, a code that nobody has.
//! Issuer and nationality are what is written (`D<<`, `UTO`, `XXA`), and not
//! looked up.
//!
//! ```
//! use embedded_pos::scan::document::Check;
//! use embedded_pos::scan::document::mrz::{Format, Mrz};
//!
//! // The specimen of ICAO 9303-4.
//! let lines: [&[u8]; 2] = [
//!     b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
//!     b"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
//! ];
//! let mrz = Mrz::parse(&lines)?;
//! assert_eq!(mrz.format(), Format::Td3);
//! assert_eq!(mrz.surname().to_string(), "ERIKSSON");
//! assert_eq!(mrz.given_names().to_string(), "ANNA MARIA");
//! assert_eq!(mrz.number().to_string(), "L898902C3");
//! assert_eq!(mrz.birth().unwrap().in_century(19).unwrap().to_string(), "1974-08-12");
//! assert_eq!(mrz.checks().composite, Check::Valid);
//! # Ok::<(), embedded_pos::scan::document::mrz::MrzError>(())
//! ```
//!
//! # What came from a person or a camera
//!
//! [`Zone::read`] takes text: lower case, spaces, lines ended by CR, LF or `|`
//! or not at all, and the letters O and I in the place of 0 and 1 (and the
//! other way about) where a check digit proves it; in numbers, not against a
//! composite digit that agrees. Each such [repair](Zone::repairs) is told with
//! its place; nothing is repaired in
//! silence, and names, which no check digit covers, not at all. A check digit
//! agrees with one in ten wrong fields too, so look at what was repaired.
//!
//! ```
//! use embedded_pos::scan::document::mrz::{Repair, Zone};
//!
//! let zone = Zone::read(b"I<UTOD23145890<7349<<<<<<<<<<<|\
//!     34O7127M9507122UTO<<<<<<<<<<<2|STEVENSON<<PETER<JOHN<<<<<<<<<")?;
//! // A number of more than nine characters goes on in the optional data.
//! assert_eq!(zone.mrz().number().to_string(), "D23145890734");
//! let repairs: Vec<_> = zone.repairs().collect();
//! assert_eq!(repairs, [Repair::Bars, Repair::Confused { line: 2, column: 3 }]);
//! assert!(zone.mrz().checks().agree());
//! # Ok::<(), embedded_pos::scan::document::mrz::MrzError>(())
//! ```
//!
//! # Long numbers
//!
//! In cards, a filler for the check digit of the number means that the number
//! goes on at the begin of the optional data and is followed there by its check
//! digit and a filler (ICAO 9303-5, 4.2.4 and note j; 9303-6, note j). Some issuers do the
//! same in passports, for which it is not written down: there it is read so
//! only if the check digit agrees.
//!
//! # Persons
//!
//! All of it is about a person: `Debug` shows no character of it, and a
//! [`Zone`] is overwritten when it is dropped.
//!
//! # What is not read
//!
//! The French identity card of before 2021 has two lines of 36 with other
//! fields: it is read as TD2, and its check digits disagree.

mod error;
mod facts;
mod layout;
mod text;
mod view;
mod zone;

pub use error::MrzError;
pub use facts::{Advice, Checks, Sex};
pub use layout::Format;
pub use text::{Name, Number};
pub use view::Mrz;
pub use zone::{Repair, Zone};

use super::{Check, ShortDate, seven_three_one};
