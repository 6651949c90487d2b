use embedded_io_async::{Read, Write};

use super::driver::Gm65;
use super::fault::Fault;
use super::wait::Await;
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer};
use crate::scan::{AsyncScanner, Scan};

impl<P: embedded_io_async::ErrorType, T> ErrorType for Clocked<Gm65<P>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncScanner for Clocked<Gm65<P>, T> {
    async fn start(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.start().run(timer).await
    }

    async fn stop(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.stop().run(timer).await
    }

    async fn scan(&mut self, buf: &mut [u8]) -> Result<Scan, Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        let code = channel.call(link, Await::a_person()).run(timer).await?;
        Ok(code.copy_to(buf))
    }
}
