//! CPCL, the language of belt printers: the driver, its profiles, and the
//! encoder alone.
//!
//! Not tried on a printer yet, by documents only. What is said to be *read*
//! stands in Zebra's CPCL Programming Manual, or in the manuals of Sewoo's
//! LK-P20 and HCC's POS80B; the rest is from memory.
//!
//! # A form a line
//!
//! CPCL is made of lines of text, and prints forms whose height is said before
//! what stands on them. A receipt has no height known before, so each of its
//! lines is a form of its own, and so is each code, feed and band of a
//! picture. The alternative, line mode (`! U1 SETLP`), takes text as it comes,
//! but finds `! U1` commands in it, wherever they stand; and clones tend to
//! have forms only.
//!
//! A form is printed without a feed to the next label as long as the printer
//! is set to continuous paper (journal mode); the driver does not set that, for
//! it is kept when the power is off.
//!
//! # What is sent
//!
//! | item | commands | |
//! | --- | --- | --- |
//! | first | an empty form with `ABORT`, which ends one that was begun | read |
//! | each | `! 0 200 200 height 1`, `PAGE-WIDTH`, the profile's setup, `PRINT` | read, but `PAGE-WIDTH` |
//! | text, table | `SETMAG`, `SETBOLD`, `T font 0 x y data`; GB 18030 in two bytes | `SETBOLD` read |
//! | underline, inverse | `L`, `IL` | `L` read |
//! | QR | `B QR x 0 M 2 U module`, `MA,data`, `ENDQR` | not read |
//! | bar codes | `B 128` (or `UPCA`, `EAN8`, `EAN13`) `module 1 height 0 0 data` after `BARCODE-TEXT` and `CENTER` | `B` read |
//! | picture | `CG` binary or `EG` hexadecimal, a form each band | read |
//! | feed, tear bar | an empty form | not read |
//! | cut | refused where there is a knife: the manuals read have no command | |
//! | status | `ESC v` and `ESC h`, answered with the model and an [`Inquiry`] | read |
//!
//! Other bar codes, 2D codes, logos, pages, fonts, places on the line, drawers
//! and beepers are refused.
//!
//! # No text becomes a command
//!
//! Data stand between a command's place and the end of its line, and cannot
//! hold the end of a line: text has no control characters by construction,
//! and a bar code or QR code with one is refused, with its place. A picture as
//! digits holds no ESC, which begins what is executed at once; in one as
//! binary, a dot is added to each byte that would be.
//!
//! # What is kept back
//!
//! The characters of a line stay in the encoder (96 bytes, eight changes of
//! style; more of them break the line) until it is whole; so a text without
//! `\n` is sent with what follows, or by
//! [`finish`](Driver::finish).
//!
//! # Proof
//!
//! CPCL has none. The manual says that a printer that answers `ESC h` has
//! finished what it was sent; with
//! [`idle_proves`](Profile::idle_proves) this is believed, after the paper
//! time, of a printer that says it is not busy. Else it is
//! [`Unproven`](crate::printer::Completion::Unproven).
//!
//! # Example
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::port::Clocked;
//! use embedded_pos::printer::cpcl::{Cpcl, Profile};
//! use embedded_pos::printer::escpos::Timed;
//! use embedded_pos::printer::{Item, Printer};
//! use embedded_pos::sim::printer::{CpclPrinter, Model};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let sim = Simulated::new(CpclPrinter::new(Model::BELT_58MM));
//! let mut driver = Cpcl::new(sim.port(clock.clone()), Timed, &Profile::BELT_58MM);
//! driver.init().wait(&mut clock.clone())?;
//! let mut printer = Clocked::new(driver, clock);
//! printer.print(&Item::Text("津A12345\n"))?;
//! assert_eq!(sim.device().text(), "津A12345\n");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chunk;
mod command;
mod encoder;
mod inquiry;
mod line;
mod profile;
mod symbol;

pub use super::engine::{Ask, Driver, Finish, Init, Link, Print};
pub use encoder::{Encoder, Job};
pub use inquiry::Inquiry;
pub use profile::Profile;

/// A printer that speaks CPCL.
pub type Cpcl<P, F> = Driver<P, F, Encoder>;

impl<P, F> Cpcl<P, F> {
    /// A driver for the printer behind `port`. No I/O.
    pub const fn new(port: P, flow: F, profile: &'static Profile) -> Self {
        Self::with(port, flow, Encoder::new(profile))
    }
}
