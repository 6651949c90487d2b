use crate::ErrorType;

/// [`CardReader`](super::CardReader), async.
///
/// The methods that wait for a person wait without end: drop the future to
/// stop waiting.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncCardReader: ErrorType {
    /// Waits until a card is in the slot.
    ///
    /// # Errors
    /// The line or the reader failed.
    async fn inserted(&mut self) -> Result<(), Self::Error>;

    /// Waits until the slot is empty.
    ///
    /// # Errors
    /// The line or the reader failed.
    async fn removed(&mut self) -> Result<(), Self::Error>;

    /// As [`CardReader::activate`](super::CardReader::activate).
    ///
    /// # Errors
    /// The same.
    async fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error>;

    /// As [`CardReader::transmit`](super::CardReader::transmit).
    ///
    /// # Errors
    /// The same.
    async fn transmit(&mut self, command: &[u8], response: &mut [u8])
    -> Result<usize, Self::Error>;

    /// As [`CardReader::deactivate`](super::CardReader::deactivate).
    ///
    /// # Errors
    /// The same.
    async fn deactivate(&mut self) -> Result<(), Self::Error>;
}

impl<T: AsyncCardReader + ?Sized> AsyncCardReader for &mut T {
    async fn inserted(&mut self) -> Result<(), Self::Error> {
        T::inserted(self).await
    }

    async fn removed(&mut self) -> Result<(), Self::Error> {
        T::removed(self).await
    }

    async fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        T::activate(self, atr).await
    }

    async fn transmit(
        &mut self,
        command: &[u8],
        response: &mut [u8],
    ) -> Result<usize, Self::Error> {
        T::transmit(self, command, response).await
    }

    async fn deactivate(&mut self) -> Result<(), Self::Error> {
        T::deactivate(self).await
    }
}
