use embedded_io_async::{Read, Write};

use super::face::{Error, hand_over};
use super::{Contactless, FrontEnd};
use crate::ErrorType;
use crate::card::AsyncCardReader;
use crate::port::adapter::IoError;
use crate::port::{Clocked, Timer};

impl<P: embedded_io_async::ErrorType, F: FrontEnd, T> ErrorType for Clocked<Contactless<P, F>, T> {
    type Error = Error<F::Fault, IoError<P::Error>>;
}

impl<P: Read + Write, F: FrontEnd, T: Timer> AsyncCardReader for Clocked<Contactless<P, F>, T> {
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
        hand_over(driver.atr(), atr)
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
