use embedded_io_async::{ErrorType as IoErrorType, Read, Write};

use super::{Fault, Vzenith};
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer};
use crate::scan::plate::{AsyncPlateCamera, PlateRead};
use crate::{Error, ErrorType};

/// The driver joined with a timer.
impl<P: IoErrorType, T> ErrorType for Clocked<Vzenith<P>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncPlateCamera for Clocked<Vzenith<P>, T>
where
    IoError<P::Error>: Error,
{
    async fn subscribe(&mut self) -> Result<(), Self::Error> {
        self.driver.subscribe().run(&mut self.clock).await
    }

    async fn unsubscribe(&mut self) -> Result<(), Self::Error> {
        self.driver.unsubscribe().run(&mut self.clock).await
    }

    async fn trigger(&mut self) -> Result<(), Self::Error> {
        self.driver.trigger().run(&mut self.clock).await
    }

    async fn next_plate(&mut self) -> Result<PlateRead, Self::Error> {
        self.driver.next_plate().run(&mut self.clock).await
    }
}
