use embedded_io_async::{Read, Write};

use super::driver::Gm65;
use super::fault::Fault;
use super::wait::Await;
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Timer};
use crate::scan::{AsyncScanner, Scan};

/// A driver joined with its timer: what the async trait is implemented for.
///
/// Dropping a future abandons what it waits for; the next one resynchronises,
/// and what has come of a code is kept.
#[derive(Debug)]
pub struct Timed<P, T> {
    /// The driver.
    pub driver: Gm65<P>,
    /// The timer.
    pub timer: T,
}

impl<P, T> Timed<P, T> {
    /// Joins the two. No I/O.
    pub const fn new(driver: Gm65<P>, timer: T) -> Self {
        Self { driver, timer }
    }
}

impl<P: embedded_io_async::ErrorType, T> ErrorType for Timed<P, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncScanner for Timed<P, T> {
    async fn start(&mut self) -> Result<(), Self::Error> {
        self.driver.start().run(&mut self.timer).await
    }

    async fn stop(&mut self) -> Result<(), Self::Error> {
        self.driver.stop().run(&mut self.timer).await
    }

    async fn scan(&mut self, buf: &mut [u8]) -> Result<Scan, Self::Error> {
        let (channel, link) = self.driver.parts();
        let code = channel.call(link, Await::a_person()).run(&mut self.timer).await?;
        Ok(code.copy_to(buf))
    }
}
