//! Star's languages, `StarPRNT` and what Star line mode shares with it: the
//! driver, its profiles, and the encoder alone.
//!
//! Not tried on a printer yet, by documents only. What is said to be *read*
//! stands in Star's Line Mode Command Specifications or `StarPRNT` Command
//! Specifications; the rest is as drivers in use send it.
//!
//! # What is sent
//!
//! | item | commands | |
//! | --- | --- | --- |
//! | first | `ESC @`, `ESC z 1`, `ESC RS a 0` | read, but `ESC z 1` |
//! | style | `ESC i`, magnification 1 to 6; `ESC E` `F`, `ESC -`, `ESC 4` `5` | not read |
//! | text, table | GB 18030 in two bytes; a Chinese model needs no switch | not read |
//! | alignment | `ESC GS a` | not read |
//! | feed | `ESC a` lines, `ESC I` eighths of a millimetre | read |
//! | QR | `ESC GS y S` 0 to 2, `D 1`, `P`; modules of 1 to 8 dots | read |
//! | bar codes | `ESC b`: UPC-A, EAN-8, EAN-13, and CODE128 with `%7` code set B, `%8` C, `%0` a percent sign | read |
//! | picture | `ESC GS S 1` in bands: `StarPRNT` only, not line mode | not read |
//! | cut | `ESC d` 2 or 3, which feed first; at a tear bar `ESC I` | read |
//! | status | `ESC ACK SOH`, answered at once with an [`Asb`] | read |
//! | proof | `ESC GS ETX 1`, answered when the motor stands | read |
//!
//! The printer answers a request for status at once, wherever its bytes stand;
//! in a picture, one dot is added to break them, and a QR code that holds them
//! is refused. ENQ and EOT are requests too, of a byte each: they are common
//! as parameters of Star's own commands and only make it answer, which the
//! driver passes over.
//!
//! Other bar codes, 2D codes, logos, pages, fonts, places on the line, drawers
//! and beepers are refused.
//!
//! # Proof
//!
//! [`Completion::Proven`](crate::printer::Completion::Proven) is the answer to
//! `ESC GS ETX 1` with the number of the request: the printer had printed what
//! stood before, and its motor stood.
//!
//! # Example
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::port::Clocked;
//! use embedded_pos::printer::escpos::Timed;
//! use embedded_pos::printer::star::{Profile, Star};
//! use embedded_pos::printer::{Item, Printer};
//! use embedded_pos::sim::printer::{Model, StarPrinter};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let sim = Simulated::new(StarPrinter::new(Model::STAR_80MM));
//! let mut driver = Star::new(sim.port(clock.clone()), Timed, &Profile::STAR_80MM);
//! driver.init().wait(&mut clock.clone())?;
//! let mut printer = Clocked::new(driver, clock);
//! printer.print(&Item::Text("津A12345\n"))?;
//! assert_eq!(sim.device().text(), "津A12345\n");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod asb;
mod command;
mod encoder;
mod profile;
mod symbol;

pub use super::engine::{Ask, Driver, Finish, Init, Link, Print};
pub use asb::Asb;
pub use encoder::{Encoder, Job};
pub use profile::Profile;

/// A printer that speaks Star's language.
pub type Star<P, F> = Driver<P, F, Encoder>;

impl<P, F> Star<P, F> {
    /// A driver for the printer behind `port`. No I/O.
    pub const fn new(port: P, flow: F, profile: &'static Profile) -> Self {
        Self::with(port, flow, Encoder::new(profile))
    }
}
