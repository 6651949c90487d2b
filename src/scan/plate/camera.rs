use super::read::PlateRead;
use crate::ErrorType;

/// A camera that reads number plates on its own and tells.
///
/// Vehicles are waited for with [`poll_plate`](Self::poll_plate). Poll often:
/// it is also what answers the camera's heartbeats; the driver's page says how
/// often at least. The other methods take as long as the camera's reply.
pub trait PlateCamera: ErrorType {
    /// Asks the camera to tell what it reads from now on. Asking again changes
    /// nothing.
    ///
    /// # Errors
    /// The line failed, or the camera did not answer or refused.
    fn subscribe(&mut self) -> Result<(), Self::Error>;

    /// Asks the camera not to tell any more. A reading that was under way may
    /// still come.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    fn unsubscribe(&mut self) -> Result<(), Self::Error>;

    /// Makes the camera look now, whether or not it saw a vehicle. What it
    /// reads comes by [`poll_plate`](Self::poll_plate), like any other.
    ///
    /// # Errors
    /// The line failed; kind [`Unsupported`](crate::ErrorKind::Unsupported) if
    /// the camera cannot.
    fn trigger(&mut self) -> Result<(), Self::Error>;

    /// Whether a plate was read. Readings come in the order of the camera; one
    /// that comes while another method waits for a reply is kept for the next
    /// poll. A reading may come twice ([`PlateRead::event`] tells), and one of
    /// a vehicle without a plate comes too.
    ///
    /// # Errors
    /// `WouldBlock` until a vehicle comes; else the line failed, or the camera
    /// fell silent or sent what its protocol does not allow. Polling goes on
    /// after an error.
    fn poll_plate(&mut self) -> nb::Result<PlateRead, Self::Error>;
}

impl<T: PlateCamera + ?Sized> PlateCamera for &mut T {
    fn subscribe(&mut self) -> Result<(), Self::Error> {
        T::subscribe(self)
    }

    fn unsubscribe(&mut self) -> Result<(), Self::Error> {
        T::unsubscribe(self)
    }

    fn trigger(&mut self) -> Result<(), Self::Error> {
        T::trigger(self)
    }

    fn poll_plate(&mut self) -> nb::Result<PlateRead, Self::Error> {
        T::poll_plate(self)
    }
}

/// The async twin of [`PlateCamera`]. Dropping a future half way loses no
/// reading.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncPlateCamera: ErrorType {
    /// As [`PlateCamera::subscribe`].
    ///
    /// # Errors
    /// As there.
    async fn subscribe(&mut self) -> Result<(), Self::Error>;

    /// As [`PlateCamera::unsubscribe`].
    ///
    /// # Errors
    /// As there.
    async fn unsubscribe(&mut self) -> Result<(), Self::Error>;

    /// As [`PlateCamera::trigger`].
    ///
    /// # Errors
    /// As there.
    async fn trigger(&mut self) -> Result<(), Self::Error>;

    /// Waits for a vehicle; as [`PlateCamera::poll_plate`].
    ///
    /// # Errors
    /// As there, without `WouldBlock`.
    async fn next_plate(&mut self) -> Result<PlateRead, Self::Error>;
}

#[cfg(feature = "async")]
impl<T: AsyncPlateCamera + ?Sized> AsyncPlateCamera for &mut T {
    async fn subscribe(&mut self) -> Result<(), Self::Error> {
        T::subscribe(self).await
    }

    async fn unsubscribe(&mut self) -> Result<(), Self::Error> {
        T::unsubscribe(self).await
    }

    async fn trigger(&mut self) -> Result<(), Self::Error> {
        T::trigger(self).await
    }

    async fn next_plate(&mut self) -> Result<PlateRead, Self::Error> {
        T::next_plate(self).await
    }
}
