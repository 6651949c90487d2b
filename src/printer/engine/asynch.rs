use embedded_io_async::{Read, Write};

use super::driver::Driver;
use super::language::Language;
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer};
use crate::printer::escpos::{Fault, Flow};
use crate::printer::{AsyncPrinter, Completion, Item, Paper, Status};

impl<P: embedded_io_async::ErrorType, F, L: Language, T> ErrorType for Clocked<Driver<P, F, L>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, F: Flow, L: Language, T: Timer> AsyncPrinter for Clocked<Driver<P, F, L>, T> {
    fn paper(&self) -> Paper {
        self.driver().paper()
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
}
