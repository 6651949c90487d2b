use embedded_io_async::{Read, Write};

use super::driver::Reader;
use super::fault::Fault;
use super::language::Language;
use super::wait::Await;
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer};
use crate::scan::{AsyncScanner, Scan};

/// A reader joined with its timer.
type Joined<P, L, T, const N: usize> = Clocked<Reader<P, L, N>, T>;

impl<P: embedded_io_async::ErrorType, L: Language, T, const N: usize> ErrorType
    for Joined<P, L, T, N>
{
    type Error = CallError<Fault<L::Fault>, IoError<P::Error>>;
}

impl<P: Read + Write, L: Language, T: Timer, const N: usize> AsyncScanner for Joined<P, L, T, N> {
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
        let scan = channel.call(link, Await::new(None)).run(timer).await?;
        Ok(driver.hand_over(buf).unwrap_or(scan))
    }
}
