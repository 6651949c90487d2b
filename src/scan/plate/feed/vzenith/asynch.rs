use embedded_io_async::{ErrorType as IoErrorType, Read, Write};

use super::{Fault, Vzenith};
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Timer};
use crate::scan::plate::{AsyncPlateCamera, PlateRead};

/// A driver joined with its timer: what the async trait is implemented for.
///
/// Dropping a future abandons what it waits for; the next one goes on where the
/// camera is, and no reading is lost.
#[derive(Debug)]
pub struct Timed<P, T> {
    /// The driver.
    pub driver: Vzenith<P>,
    /// The timer.
    pub timer: T,
}

impl<P, T> Timed<P, T> {
    /// Joins the two. No I/O.
    pub const fn new(driver: Vzenith<P>, timer: T) -> Self {
        Self { driver, timer }
    }
}

impl<P: IoErrorType, T> ErrorType for Timed<P, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncPlateCamera for Timed<P, T> {
    async fn subscribe(&mut self) -> Result<(), Self::Error> {
        self.driver.subscribe().run(&mut self.timer).await
    }

    async fn unsubscribe(&mut self) -> Result<(), Self::Error> {
        self.driver.unsubscribe().run(&mut self.timer).await
    }

    async fn trigger(&mut self) -> Result<(), Self::Error> {
        self.driver.trigger().run(&mut self.timer).await
    }

    async fn next_plate(&mut self) -> Result<PlateRead, Self::Error> {
        self.driver.next_plate().run(&mut self.timer).await
    }
}
