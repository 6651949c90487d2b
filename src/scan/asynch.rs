use super::Scan;
use crate::ErrorType;

/// [`Scanner`](super::Scanner), async.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncScanner: ErrorType {
    /// Starts looking for a code; returns as soon as the engine agreed.
    ///
    /// # Errors
    /// The line or the engine failed.
    async fn start(&mut self) -> Result<(), Self::Error>;

    /// Stops looking. A code that was read already may still come.
    ///
    /// # Errors
    /// The line or the engine failed.
    async fn stop(&mut self) -> Result<(), Self::Error>;

    /// Waits for a code, without end; its payload goes to the front of `buf`.
    /// Drop the future to stop waiting: no code is lost by that.
    ///
    /// # Errors
    /// The line or the engine failed.
    async fn scan(&mut self, buf: &mut [u8]) -> Result<Scan, Self::Error>;
}

impl<T: AsyncScanner + ?Sized> AsyncScanner for &mut T {
    async fn start(&mut self) -> Result<(), Self::Error> {
        T::start(self).await
    }

    async fn stop(&mut self) -> Result<(), Self::Error> {
        T::stop(self).await
    }

    async fn scan(&mut self, buf: &mut [u8]) -> Result<Scan, Self::Error> {
        T::scan(self, buf).await
    }
}
