use embedded_io_async::{Read, Write};

use super::driver::EscPos;
use super::fault::Fault;
use super::flow::Flow;
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer};
use crate::printer::{AsyncPrinter, Completion, Item, Paper, Status};

impl<P: embedded_io_async::ErrorType, F, T> ErrorType for Clocked<EscPos<P, F>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, F: Flow, T: Timer> AsyncPrinter for Clocked<EscPos<P, F>, T> {
    fn paper(&self) -> Paper {
        self.driver().profile().paper
    }

    async fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.print(item).run(timer).await
    }

    async fn printed(&mut self) -> Result<Completion, Self::Error> {
        let (driver, timer) = self.parts();
        driver.finish().run(timer).await
    }

    async fn status(&mut self) -> Result<Status, Self::Error> {
        let (driver, timer) = self.parts();
        driver.status().run(timer).await
    }

    async fn resume(&mut self, item: &Item<'_>) -> Result<bool, Self::Error> {
        let (driver, timer) = self.parts();
        match driver.resume(item).run(timer).await {
            Err(CallError::Device(Fault::Lost)) => Ok(false),
            resumed => resumed.map(|()| true),
        }
    }
}
