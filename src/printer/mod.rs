//! Thermal printers: the trait, what can be printed, and the drivers.

pub mod escpos;
mod item;
mod status;
pub mod text;

pub use item::{Align, Emphasis, Item, QrLevel, Raster, Style};
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
}
