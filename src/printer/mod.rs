//! Thermal printers: the trait, what can be printed, and the drivers.
//!
//! # What the trait promises
//!
//! - An [`Item`] is checked as a whole before a byte of it is sent: text that
//!   the printer has no characters for, a QR code that does not fit on the
//!   paper, are refused with kind [`Argument`], and name the place.
//! - No text, whatever is in it, becomes a command: see [`text`].
//! - A character that the printer lacks is drawn, where a
//!   [`GlyphSource`](text::GlyphSource) has it, or refused; never replaced.
//! - [`print`](Printer::print) returns when the item is sent. Whether it stands
//!   on paper, [`poll_printed`](Printer::poll_printed) says: [`Proven`] when
//!   the printer said so, [`Unproven`] when it did not and the time has passed.
//!   A receipt that counts is printed when it is one of the two, not before;
//!   [`job`] sees to it that it is printed once, over power cuts too.
//! - A printer that is out of paper, open or broken is never *ready*, and no
//!   answer, 00h or FFh are not taken for an answer.
//!
//! # Models
//!
//! | module | printers | proof |
//! | --- | --- | --- |
//! | [`escpos`] | all that speak ESC/POS: the 58 mm mechanisms in terminals, Epson's TM series and what is like them | `GS ( H`, `GS r`, or none, by profile |
//! | [`star`] | Star's, set to `StarPRNT` | `ESC GS ETX` |
//! | [`cpcl`] | belt printers: Zebra's and those that are like them | none; that it is idle, by profile |
//! | [`head`] | bare mechanisms of 384 dots on SPI and pins: LTP02-245, LTP1245, FTP-628, SS205 | its own rows |
//!
//! All were built from documents and tried on simulated printers, none on
//! hardware yet. Text, styles, alignment, columns, tables, feeds, bar codes, QR
//! codes, pictures and the cut are printed by each; what else only some do, and
//! which test shows it, is in `docs/printers.md`. An item that a driver lacks is
//! refused.
//!
//! Bar codes and 2D codes, which of them a printer makes and which are drawn:
//! [`symbol`].
//!
//! # Wiring
//!
//! TX and RX crossed, ground, and BUSY (on RS-232: DTR to CTS or DSR) to an
//! input pin. BUSY is high when the printer takes nothing. A mechanism draws
//! 2 to 3 A in bursts: its own supply lines, and a capacitor of 1 000 uF or
//! more beside it; half-printed lines and resets are a weak supply.
//!
//! The printer answers with single bytes, with seven as a proof, and with 82 to
//! [`identify`](escpos::EscPos::identify); with automatic status or XON/XOFF it
//! sends some unasked. What comes while nothing is called must fit into the
//! UART's buffer: 16 bytes are enough.
//!
//! # Timing
//!
//! At 115 200 baud text is limited by the mechanism (50 to 100 mm a second:
//! 2.5 to 1.3 ms a row of dots), pictures by the line: 48 bytes a row are
//! 4.2 ms. A paper of 40 lines takes three seconds on a 58 mm mechanism.
//!
//! # Pictures
//!
//! | what you have | how it is printed |
//! | --- | --- |
//! | packed rows in flash | [`Item::Raster`] |
//! | something to draw, with `embedded-graphics` or by rectangles and rows | [`print_banded`]: drawn anew for each band of 24 to 64 rows |
//! | grey rows, from wherever they come | [`print_banded`] and [`dither`] |
//! | a logo for each paper | kept by the printer once ([`escpos::EscPos::keep_logo`]), then [`Item::Logo`] |
//! | things placed by the dot, or turned | [`Item::Page`] |
//!
//! # When it does not work
//!
//! | what you see | why |
//! | --- | --- |
//! | rubbish instead of hanzi | another code page: set the printer to GB18030 or GBK; or the wrong profile: `charset` says GBK, GB 18030 or UTF-8 |
//! | other letters than `é` or `¥` | the printer counts its code pages otherwise: its self-test lists them, and `with_pages` takes the numbers |
//! | the paper misses lines, or shows commands as text | the buffer was outrun: wire BUSY, use [`Credit`](escpos::Credit) or [`XonXoff`](escpos::XonXoff), or give [`Timed`] the printer's real times |
//! | [`Unproven`], though it proved before | it stopped or was off in between, and may have lost bytes: look at the paper |
//! | `k1A2...` instead of a QR code | it has none: take it out of `symbols` in the profile, and name a `qr_source` |
//! | [`Silent`] | the printer is off, TX and RX are swapped, or the speed is wrong (the self-test, feed button at power-up, prints it) |
//! | [`Garbled`] | the speed is wrong, or an RX line that hangs low or high |
//! | faint print | supply, or the paper's other side |
//!
//! # Example
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::port::{Clock, Clocked, Duration};
//! use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
//! use embedded_pos::printer::{Completion, Item, Printer, Style};
//! use embedded_pos::sim::printer::{EscPosPrinter, Model};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! fn receipt<P: Printer>(printer: &mut P) -> Result<(), P::Error> {
//!     printer.print(&Item::Style(Style::TITLE))?;
//!     printer.print(&Item::Text("罚款收据\n"))?;
//!     printer.print(&Item::Style(Style::NORMAL))?;
//!     printer.print(&Item::Columns("罚款", "￥200.00"))?;
//!     printer.print(&Item::Cut)
//! }
//!
//! let mut clock = VirtualClock::new();
//! let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
//! let mut driver = EscPos::new(sim.port(clock.clone()), Timed, &Profile::CLONE_58MM);
//! driver.init().wait(&mut clock)?;
//! let mut printer = Clocked::new(driver, clock.clone());
//! receipt(&mut printer)?;
//! let completion = loop {
//!     match printer.poll_printed() {
//!         Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
//!         Err(nb::Error::Other(error)) => return Err(error.into()),
//!         Ok(completion) => break completion,
//!     }
//! };
//! assert_eq!(completion, Completion::Proven);
//! assert!(sim.device().text().starts_with("罚款收据\n罚款                    ￥200.00\n"));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Argument`]: crate::ErrorKind::Argument
//! [`Proven`]: Completion::Proven
//! [`Unproven`]: Completion::Unproven
//! [`Timed`]: escpos::Timed
//! [`Silent`]: escpos::Fault::Silent
//! [`Garbled`]: escpos::Fault::Garbled

#[cfg(feature = "async")]
mod asynch;
mod band;
pub mod cpcl;
pub mod dither;
mod engine;
pub mod escpos;
pub mod head;
mod item;
pub mod job;
mod layout;
mod page;
mod raster;
pub mod star;
mod status;
pub mod symbol;
pub mod text;

#[cfg(feature = "async")]
pub use asynch::AsyncPrinter;
#[cfg(feature = "async")]
pub use band::print_banded_async;
pub use band::{Band, Banded, print_banded};
pub use item::{Align, Beep, Drawer, Emphasis, Font, Item, QrLevel, Style};
pub use layout::{Column, Layout, Table};
pub use page::{Area, Direction, Page, Placed};
pub use raster::{Logo, Raster};
pub use status::{Completion, Paper, Status};

use crate::ErrorType;

/// A receipt printer.
///
/// Items are printed in order. A printer keeps a buffer: that
/// [`print`](Self::print) returned does not mean that paper moved.
pub trait Printer: ErrorType {
    /// The paper it prints on.
    fn paper(&self) -> Paper;

    /// Sends one item; waits no longer than the printer's flow control asks.
    ///
    /// # Errors
    /// The argument is out of range and nothing was sent; a character cannot
    /// be printed; or the line or the printer failed.
    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error>;

    /// Whether all that was sent is printed.
    ///
    /// # Errors
    /// `WouldBlock` while it prints; else the printer stopped ([`Absent`] when
    /// it is out of paper) or the line failed: what is on the paper is not
    /// known.
    ///
    /// [`Absent`]: crate::ErrorKind::Absent
    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error>;

    /// Asks the printer how it is.
    ///
    /// # Errors
    /// The line failed, or the printer did not answer.
    fn status(&mut self) -> Result<Status, Self::Error>;

    /// Prints what is left of the item that [`print`](Self::print) failed at,
    /// once the printer is ready again. `Ok(false)` when that cannot be done
    /// without a gap or a repetition: nothing was sent then.
    ///
    /// It is the same item, and nothing but [`status`](Self::status) was called
    /// in between.
    ///
    /// # Errors
    /// As [`print`](Self::print).
    fn resume(&mut self, _item: &Item<'_>) -> Result<bool, Self::Error> {
        Ok(false)
    }
}

impl<T: Printer + ?Sized> Printer for &mut T {
    fn paper(&self) -> Paper {
        T::paper(self)
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        T::print(self, item)
    }

    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error> {
        T::poll_printed(self)
    }

    fn status(&mut self) -> Result<Status, Self::Error> {
        T::status(self)
    }

    fn resume(&mut self, item: &Item<'_>) -> Result<bool, Self::Error> {
        T::resume(self, item)
    }
}
