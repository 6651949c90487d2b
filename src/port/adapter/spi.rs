use core::fmt;

use embedded_hal::spi::{self, SpiDevice};
#[cfg(feature = "async")]
use embedded_hal_async::spi::SpiDevice as AsyncSpiDevice;

use super::Inbox;
use crate::port::Port;
use crate::{Error, ErrorKind, ErrorType};

/// A chip on SPI whose driver knows how long each transaction is: what is
/// written in one call is one full-duplex transaction, chip select and all,
/// and what can be read next is what was clocked in meanwhile, as many bytes.
///
/// A transaction takes as long as its bytes do on the bus,
/// [`MAX`](Self::MAX) at most. What was not read when the next one begins is
/// dropped. Under the feature `async` it is also what
/// [`Call::run`](crate::port::Call) needs, over the async `SpiDevice`.
///
/// ```
/// use embedded_pos::port::Port;
/// use embedded_pos::port::adapter::SpiTransfers;
/// # use embedded_hal::spi::{ErrorType, Operation, SpiDevice};
/// # struct Loopback;
/// # impl ErrorType for Loopback { type Error = std::convert::Infallible; }
/// # impl SpiDevice for Loopback {
/// #     fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Self::Error> {
/// #         for operation in operations {
/// #             if let Operation::Transfer(read, write) = operation { read.copy_from_slice(write); }
/// #         }
/// #         Ok(())
/// #     }
/// # }
///
/// let mut port = SpiTransfers::new(Loopback);
/// assert_eq!(port.try_write(&[0xEE, 0x00]).unwrap(), 2);
/// let mut came = [0; 8];
/// assert_eq!(port.try_read(&mut came).unwrap(), 2);
/// assert!(port.try_read(&mut came).is_err());
/// ```
#[derive(Debug)]
pub struct SpiTransfers<S> {
    spi: S,
    inbox: Inbox<MAX>,
}

/// An address and a FIFO of 64 bytes.
const MAX: usize = 65;

impl<S> SpiTransfers<S> {
    /// The longest transaction: an address and a FIFO of 64 bytes.
    pub const MAX: usize = MAX;

    /// Takes a device on a bus. No I/O.
    pub const fn new(spi: S) -> Self {
        Self { spi, inbox: Inbox::new() }
    }

    /// Gives it back.
    pub fn release(self) -> S {
        self.spi
    }
}

/// What can fail with [`SpiTransfers`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SpiError<E> {
    /// The bus.
    Bus(E),
    /// A transaction longer than [`SpiTransfers::MAX`]; nothing was sent.
    TooLong(usize),
}

impl<E: fmt::Debug> fmt::Display for SpiError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "SPI: {error:?}"),
            Self::TooLong(len) => write!(f, "SPI: a transaction of {len} bytes is too long"),
        }
    }
}

impl<E: fmt::Debug> core::error::Error for SpiError<E> {}

impl<E: fmt::Debug> Error for SpiError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(_) => ErrorKind::Line,
            Self::TooLong(_) => ErrorKind::Argument,
        }
    }
}

impl<S: spi::ErrorType> ErrorType for SpiTransfers<S> {
    type Error = SpiError<S::Error>;
}

impl<S: SpiDevice> Port for SpiTransfers<S> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        match self.inbox.take(buf) {
            0 => Err(nb::Error::WouldBlock),
            taken => Ok(taken),
        }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let room = self.inbox.room(bytes.len()).ok_or(SpiError::TooLong(bytes.len()))?;
        self.spi.transfer(room, bytes).map_err(SpiError::Bus)?;
        self.inbox.filled(bytes.len());
        Ok(bytes.len())
    }
}

#[cfg(feature = "async")]
impl<E: fmt::Debug> embedded_io_async::Error for SpiError<E> {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::Other
    }
}

#[cfg(feature = "async")]
impl<S: spi::ErrorType> embedded_io_async::ErrorType for SpiTransfers<S> {
    type Error = SpiError<S::Error>;
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice> embedded_io_async::Read for SpiTransfers<S> {
    /// What was clocked in; with nothing there it does not return, for nothing
    /// comes by itself.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        match self.inbox.take(buf) {
            0 if !buf.is_empty() => core::future::pending().await,
            taken => Ok(taken),
        }
    }
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice> embedded_io_async::Write for SpiTransfers<S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        let room = self.inbox.room(bytes.len()).ok_or(SpiError::TooLong(bytes.len()))?;
        self.spi.transfer(room, bytes).await.map_err(SpiError::Bus)?;
        self.inbox.filled(bytes.len());
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
