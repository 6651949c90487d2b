use embedded_io_async::{Read, Write};

use super::SerialCcid;
use super::face::{Error, hand_over};
use crate::ErrorType;
use crate::card::AsyncCardReader;
use crate::port::Timer;
use crate::port::adapter::IoError;

/// A reader joined with its timer: what [`AsyncCardReader`] is implemented for.
///
/// Dropping a future abandons what it waits for; the next one resynchronises.
#[derive(Debug)]
pub struct Timed<P, T> {
    /// The driver.
    pub driver: SerialCcid<P>,
    /// The timer.
    pub timer: T,
}

impl<P, T> Timed<P, T> {
    /// Joins the two. No I/O.
    pub const fn new(driver: SerialCcid<P>, timer: T) -> Self {
        Self { driver, timer }
    }

    /// Gives both back.
    pub fn release(self) -> (SerialCcid<P>, T) {
        (self.driver, self.timer)
    }
}

impl<P: embedded_io_async::ErrorType, T> ErrorType for Timed<P, T> {
    type Error = Error<IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncCardReader for Timed<P, T> {
    async fn inserted(&mut self) -> Result<(), Self::Error> {
        while !self.driver.look().run(&mut self.timer).await? {}
        Ok(())
    }

    async fn removed(&mut self) -> Result<(), Self::Error> {
        while self.driver.look().run(&mut self.timer).await? {}
        Ok(())
    }

    async fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        self.driver.activate().run(&mut self.timer).await?;
        hand_over(self.driver.atr().map_or(&[], |atr| atr.as_bytes()), atr)
    }

    async fn transmit(
        &mut self,
        command: &[u8],
        response: &mut [u8],
    ) -> Result<usize, Self::Error> {
        self.driver.transmit(command).run(&mut self.timer).await?;
        hand_over(self.driver.response(), response)
    }

    async fn deactivate(&mut self) -> Result<(), Self::Error> {
        self.driver.deactivate().run(&mut self.timer).await
    }
}
