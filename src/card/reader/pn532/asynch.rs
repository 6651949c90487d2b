use embedded_io_async::{Read, Write};

use super::Pn532;
use super::face::{Error, hand_over};
use crate::ErrorType;
use crate::card::AsyncCardReader;
use crate::port::adapter::IoError;
use crate::port::{Clocked, Timer};

impl<P: embedded_io_async::ErrorType, T> ErrorType for Clocked<Pn532<P>, T> {
    type Error = Error<IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncCardReader for Clocked<Pn532<P>, T> {
    async fn inserted(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        while !driver.look().run(timer).await? {}
        Ok(())
    }

    async fn removed(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        while driver.look().run(timer).await? {}
        Ok(())
    }

    async fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        let (driver, timer) = self.parts();
        driver.activate().run(timer).await?;
        hand_over(driver.atr().map_or(&[], |atr| atr.as_bytes()), atr)
    }

    async fn transmit(
        &mut self,
        command: &[u8],
        response: &mut [u8],
    ) -> Result<usize, Self::Error> {
        let (driver, timer) = self.parts();
        driver.transmit_into(command, response).run(timer).await
    }

    async fn deactivate(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.deactivate().run(timer).await
    }
}
