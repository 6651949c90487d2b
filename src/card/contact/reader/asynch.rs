use super::ContactReader;
use super::face::{Error, hand_over};
use crate::ErrorType;
use crate::card::AsyncCardReader;
use crate::port::{Clocked, Duration, Port, Timer};

/// How long the port is left alone. At 115 200 bits a second, ten characters
/// come in that time: the UART needs room for them.
const EVERY: Duration = Duration::from_millis(1);

impl<P: Port, T> ErrorType for Clocked<ContactReader<P>, T> {
    type Error = Error<P::Error>;
}

impl<P: Port, T: Timer> AsyncCardReader for Clocked<ContactReader<P>, T> {
    async fn inserted(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        while !driver.look().run_polled(timer, EVERY).await? {}
        Ok(())
    }

    async fn removed(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        while driver.look().run_polled(timer, EVERY).await? {}
        Ok(())
    }

    async fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        let (driver, timer) = self.parts();
        driver.activate().run_polled(timer, EVERY).await?;
        hand_over(driver.atr().map_or(&[], |atr| atr.as_bytes()), atr)
    }

    async fn transmit(
        &mut self,
        command: &[u8],
        response: &mut [u8],
    ) -> Result<usize, Self::Error> {
        let (driver, timer) = self.parts();
        driver.transmit_into(command, response).run_polled(timer, EVERY).await
    }

    async fn deactivate(&mut self) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.deactivate().run_polled(timer, EVERY).await.map(|_| ())
    }
}
