use core::fmt;

use embedded_hal::digital::{self, InputPin};
use embedded_hal::spi::{self, SpiDevice};
#[cfg(feature = "async")]
use embedded_hal_async::{digital::Wait, spi::SpiDevice as AsyncSpiDevice};

use super::frame::{MAX_FRAME, behind};
use crate::port::Port;
use crate::port::adapter::Inbox;
use crate::{Error, ErrorKind, ErrorType};

/// Bytes that are read at once before it is known how many follow: an
/// acknowledgement, or channel and size of a frame.
const HEAD: usize = 4;

/// A module on SPI: mode 0, at 8 MHz in FPC's host code.
///
/// The module says by its pin (IRQ, also called READY or STATUS) that there is
/// something to read: high. It is asked before each part, and each part is one
/// transaction, chip select and all: four bytes; then, unless they acknowledge,
/// the rest of the frame. What goes out while it is read has no meaning. A
/// frame or an acknowledgement is written in one transaction, whatever the pin
/// says. (Source: `platform.c` and `hcp_tiny.c` of FPC's BM-Lite SDK.)
///
/// It is a [`Port`] over an [`SpiDevice`] and an [`InputPin`]; a read or a
/// write takes as long as its bytes do on the bus, 256 at most. Under the
/// feature `async` it is also what [`Call::run`](crate::port::Call) needs, over
/// their async twins.
///
/// ```
/// use embedded_pos::fingerprint::bmlite::{BmLite, Config, SpiPort};
/// # use embedded_pos::sim::fingerprint::{BmLiteModule, BmLiteSpi};
/// # use embedded_pos::sim::{Simulated, VirtualClock};
/// # let mut clock = VirtualClock::new();
/// # let spi = BmLiteSpi::new(Simulated::new(BmLiteModule::new()), clock.clone());
/// # let irq = spi.ready();
/// let mut sensor = BmLite::new(SpiPort::new(spi, irq), Config::new(50));
/// assert_eq!(sensor.count().wait(&mut clock)?.stored, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SpiPort<S, I> {
    spi: S,
    ready: I,
    inbox: Inbox<MAX_FRAME>,
    /// Bytes of the frame whose head was read that are still to come.
    rest: usize,
}

impl<S, I> SpiPort<S, I> {
    /// Joins bus and pin. No I/O.
    pub const fn new(spi: S, ready: I) -> Self {
        Self { spi, ready, inbox: Inbox::new(), rest: 0 }
    }

    /// Gives both back.
    pub fn release(self) -> (S, I) {
        (self.spi, self.ready)
    }
}

impl<S, I> SpiPort<S, I> {
    /// How long the next part is: a head, or what a head announced. Should it
    /// not be filled, because the bus failed or the read was dropped, a head is
    /// next.
    fn part(&mut self) -> (usize, bool) {
        match core::mem::take(&mut self.rest) {
            0 => (HEAD, true),
            rest => (rest.min(MAX_FRAME), false),
        }
    }

    /// The part came.
    fn filled(&mut self, len: usize, is_head: bool) {
        self.inbox.filled(len);
        if let (true, Some(head)) = (is_head, self.inbox.part(0, len).first_chunk()) {
            self.rest = behind(*head);
        }
    }
}

/// What failed: bus or pin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SpiPortError<S, I> {
    /// The bus.
    Bus(S),
    /// The pin.
    Pin(I),
}

impl<S: fmt::Debug, I: fmt::Debug> fmt::Display for SpiPortError<S, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "SPI: {error:?}"),
            Self::Pin(error) => write!(f, "pin: {error:?}"),
        }
    }
}

impl<S: fmt::Debug, I: fmt::Debug> core::error::Error for SpiPortError<S, I> {}

impl<S: fmt::Debug, I: fmt::Debug> Error for SpiPortError<S, I> {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Line
    }
}

impl<S: spi::ErrorType, I: digital::ErrorType> ErrorType for SpiPort<S, I> {
    type Error = SpiPortError<S::Error, I::Error>;
}

impl<S: SpiDevice, I: InputPin> Port for SpiPort<S, I> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        if self.inbox.is_empty() {
            if !self.ready.is_high().map_err(SpiPortError::Pin)? {
                return Err(nb::Error::WouldBlock);
            }
            let (len, is_head) = self.part();
            let room = self.inbox.room(len).unwrap_or_default();
            self.spi.read(room).map_err(SpiPortError::Bus)?;
            self.filled(len, is_head);
        }
        Ok(self.inbox.take(buf))
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        // What was announced before is not waited for any more.
        self.rest = 0;
        self.spi.write(bytes).map_err(SpiPortError::Bus)?;
        Ok(bytes.len())
    }
}

#[cfg(feature = "async")]
impl<S: fmt::Debug, I: fmt::Debug> embedded_io_async::Error for SpiPortError<S, I> {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::Other
    }
}

#[cfg(feature = "async")]
impl<S: spi::ErrorType, I: digital::ErrorType> embedded_io_async::ErrorType for SpiPort<S, I> {
    type Error = SpiPortError<S::Error, I::Error>;
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice, I: Wait> embedded_io_async::Read for SpiPort<S, I> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        if self.inbox.is_empty() {
            self.ready.wait_for_high().await.map_err(SpiPortError::Pin)?;
            let (len, is_head) = self.part();
            let room = self.inbox.room(len).unwrap_or_default();
            self.spi.read(room).await.map_err(SpiPortError::Bus)?;
            self.filled(len, is_head);
        }
        Ok(self.inbox.take(buf))
    }
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice, I: Wait> embedded_io_async::Write for SpiPort<S, I> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.rest = 0;
        self.spi.write(bytes).await.map_err(SpiPortError::Bus)?;
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
