use super::{Completion, Item, Paper, Status};
use crate::ErrorType;

/// [`Printer`](super::Printer), async.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncPrinter: ErrorType {
    /// The paper it prints on.
    fn paper(&self) -> Paper;

    /// Sends one item; waits no longer than the printer's flow control asks.
    /// Drop the future to stop: what is sent next starts in a command of its
    /// own.
    ///
    /// # Errors
    /// As [`Printer::print`](super::Printer::print).
    async fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error>;

    /// Waits until all that was sent is printed.
    ///
    /// # Errors
    /// As [`Printer::poll_printed`](super::Printer::poll_printed).
    async fn printed(&mut self) -> Result<Completion, Self::Error>;

    /// Asks the printer how it is.
    ///
    /// # Errors
    /// As [`Printer::status`](super::Printer::status).
    async fn status(&mut self) -> Result<Status, Self::Error>;

    /// Prints what is left of an item.
    ///
    /// # Errors
    /// As [`Printer::resume`](super::Printer::resume).
    async fn resume(&mut self, _item: &Item<'_>) -> Result<bool, Self::Error> {
        Ok(false)
    }
}

impl<T: AsyncPrinter + ?Sized> AsyncPrinter for &mut T {
    fn paper(&self) -> Paper {
        T::paper(self)
    }

    async fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        T::print(self, item).await
    }

    async fn printed(&mut self) -> Result<Completion, Self::Error> {
        T::printed(self).await
    }

    async fn status(&mut self) -> Result<Status, Self::Error> {
        T::status(self).await
    }

    async fn resume(&mut self, item: &Item<'_>) -> Result<bool, Self::Error> {
        T::resume(self, item).await
    }
}
