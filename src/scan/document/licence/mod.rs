//! Driving licences and vehicle licences: what is printed on them, typed.
//!
//! Most of it is for people's eyes and comes by a camera, a keypad, or from a
//! server; the codes on the cards say little. So these are models and not
//! readers: their parts are parsed one by one, and what does not fit together
//! is [told](DrivingLicence::advice) and not refused.
//!
//! - **驾驶证**, the driving licence: number, archive number, [classes](Classes),
//!   [term](Term), core number. Order 162 of the Ministry of Public Security
//!   (机动车驾驶证申领和使用规定): terms of six years, ten years and without
//!   end; the classes and what each includes are its annex 1.
//! - **行驶证**, the vehicle licence: plate, VIN, [use](Use), days of
//!   registration and issue, archive number, core number, and the last line of
//!   the [inspection record](Month).
//!
//! When the next inspection is due is not computed: the intervals changed in
//! 2020 and 2022, depend on accidents and alterations that are not on the
//! licence, and no text in force was at hand. What the licence says about it is
//! its inspection record.
//!
//! The 2D codes on the cards are encrypted for police readers, and the QR code
//! of an electronic licence is signed; neither form is published. See
//! [`Electronic`].
//!
//! ```
//! use embedded_pos::civil::Date;
//! use embedded_pos::scan::document::ResidentId;
//! use embedded_pos::scan::document::card::Expiry;
//! use embedded_pos::scan::document::licence::{
//!     Advice, ArchiveNumber, Classes, DrivingLicence, Term, date,
//! };
//!
//! let licence = DrivingLicence {
//!     // The example of GB 11643.
//!     number: ResidentId::parse(b"11010519491231002X")?,
//!     archive: ArchiveNumber::parse(b"120000000001").ok(),
//!     classes: Classes::parse("A2E")?,
//!     term: Term { from: date("2021-03-02").unwrap(), until: Expiry::LongTerm },
//!     first_issued: date("1990年5月4日"),
//!     core: None,
//! };
//! assert!(licence.classes.covers(Classes::C1));
//! assert!(!licence.classes.covers(Classes::D));
//! assert_eq!(licence.classes.to_string(), "A2E");
//! assert_eq!(licence.advice(Date::new(2026, 3, 2)?), Advice::empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod classes;
mod date;
mod driving;
mod electronic;
mod usage;
mod vehicle;

pub use archive::{ArchiveError, ArchiveNumber};
pub use classes::{ClassError, Classes};
pub use date::{Month, Term, TermLength, date};
pub use driving::{Advice, DrivingLicence};
pub use electronic::{Electronic, LicenceVerifier};
pub use usage::Use;
pub use vehicle::{SecondPage, VehicleAdvice, VehicleLicence};
