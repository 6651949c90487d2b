use embedded_io_async::{ErrorType as IoErrorType, Read, Write};

use super::{Fault, Vzenith};
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer};
use crate::scan::plate::{AsyncPlateCamera, PlateRead};

impl<P: IoErrorType, T> ErrorType for Clocked<Vzenith<P>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncPlateCamera for Clocked<Vzenith<P>, T> {
    async fn subscribe(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.subscribe().run(timer).await
    }

    async fn unsubscribe(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.unsubscribe().run(timer).await
    }

    async fn trigger(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.trigger().run(timer).await
    }

    async fn next_plate(&mut self) -> Result<PlateRead, Self::Error> {
        let (driver, timer) = self.parts();
        driver.next_plate().run(timer).await
    }
}
