use core::fmt;

use super::transaction::DATA;
use crate::port::Port;
use crate::port::adapter::Inbox;
use crate::{Error, ErrorKind, ErrorType};
use embedded_hal::i2c::{self, I2c};
#[cfg(feature = "async")]
use embedded_hal_async::i2c::I2c as AsyncI2c;

/// How a chip wants its registers addressed.
#[derive(Clone, Copy, Debug)]
enum Dialect {
    /// A register, then data for it or from it (MFRC522 data sheet, 8.1.4.6 and
    /// on).
    Mfrc522,
    /// As on SPI, with a repeated start before what is read (DS12484, I2C).
    St25r3916,
}

/// A contactless chip on I2C instead of SPI: a [`Port`] that takes the same
/// transactions as [`SpiTransfers`](crate::port::adapter::SpiTransfers).
///
/// A transaction takes as long as its bytes do on the bus: at 400 kHz 65 bytes
/// are 1.5 ms. Under the feature `async` it is also what
/// [`Call::run`](crate::port::Call) needs, over the async `I2c`.
///
/// ```
/// use embedded_pos::card::reader::I2cPort;
/// use embedded_pos::port::Port;
/// # use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};
/// # struct Bus;
/// # impl ErrorType for Bus { type Error = ErrorKind; }
/// # impl I2c for Bus {
/// #     fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
/// #         assert_eq!(address, 0x28);
/// #         if let [Operation::Write([0x37]), Operation::Read(value)] = operations { value.fill(0x92); }
/// #         Ok(())
/// #     }
/// # }
///
/// let mut port = I2cPort::mfrc522(Bus, 0x28);
/// // What the driver sends to read the version.
/// port.try_write(&[0x80 | 0x37 << 1, 0x00]).unwrap();
/// let mut came = [0; 2];
/// port.try_read(&mut came).unwrap();
/// assert_eq!(came[1], 0x92);
/// ```
#[derive(Debug)]
pub struct I2cPort<I> {
    i2c: I,
    address: u8,
    dialect: Dialect,
    /// What was read, where it would stand on SPI.
    inbox: Inbox<{ 1 + DATA }>,
}

impl<I> I2cPort<I> {
    const fn new(i2c: I, address: u8, dialect: Dialect) -> Self {
        Self { i2c, address, dialect, inbox: Inbox::new() }
    }

    /// An MFRC522 or a chip with its registers. The address is set by pins:
    /// 28h to 2Fh (7 bits). No I/O.
    pub const fn mfrc522(i2c: I, address: u8) -> Self {
        Self::new(i2c, address, Dialect::Mfrc522)
    }

    /// An ST25R3916 or ST25R3916B, at 50h (7 bits). No I/O.
    pub const fn st25r3916(i2c: I) -> Self {
        Self::new(i2c, 0x50, Dialect::St25r3916)
    }

    /// Gives the bus back.
    pub fn release(self) -> I {
        self.i2c
    }
}

/// A part of a transaction that is a read of its own: after this byte, so many.
#[derive(Clone, Copy, Debug)]
struct Read {
    written: u8,
    count: usize,
}

impl Dialect {
    /// The read at the front of `rest`; `None` if there is no more.
    fn read(self, rest: &[u8]) -> Option<Read> {
        match (self, rest) {
            // Other registers than the one before have to be addressed anew.
            (Self::Mfrc522, [address @ 0x80..=0xFF, ..]) => {
                let count = rest.iter().take_while(|other| *other == address).count();
                Some(Read { written: *address >> 1 & 0x3F, count })
            }
            (Self::St25r3916, [first @ (0x40..=0x7F | 0x9F), values @ ..]) => {
                Some(Read { written: *first, count: values.len() })
            }
            _ => None,
        }
    }
}

impl<I> I2cPort<I> {
    /// Takes a transaction in; what is read goes over it.
    fn begin<E>(&mut self, bytes: &[u8]) -> Result<(), I2cError<E>> {
        let room = self.inbox.room(bytes.len()).ok_or(I2cError::TooLong(bytes.len()))?;
        room.copy_from_slice(bytes);
        Ok(())
    }
}

/// The transaction as it is written, the address without shift.
fn order(inbox: &mut Inbox<{ 1 + DATA }>, dialect: Dialect, len: usize) -> &[u8] {
    let order = inbox.part(0, len);
    if let (Dialect::Mfrc522, Some(address)) = (dialect, order.first_mut()) {
        *address >>= 1;
    }
    order
}

/// What can fail with [`I2cPort`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum I2cError<E> {
    /// The bus.
    Bus(E),
    /// A transaction that is too long; nothing was sent.
    TooLong(usize),
}

impl<E: fmt::Debug> fmt::Display for I2cError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "I2C: {error:?}"),
            Self::TooLong(len) => write!(f, "I2C: a transaction of {len} bytes is too long"),
        }
    }
}

impl<E: fmt::Debug> core::error::Error for I2cError<E> {}

impl<E: fmt::Debug> Error for I2cError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(_) => ErrorKind::Line,
            Self::TooLong(_) => ErrorKind::Argument,
        }
    }
}

impl<I: i2c::ErrorType> ErrorType for I2cPort<I> {
    type Error = I2cError<I::Error>;
}

impl<I: I2c> Port for I2cPort<I> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        match self.inbox.take(buf) {
            0 => Err(nb::Error::WouldBlock),
            taken => Ok(taken),
        }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        self.begin(bytes)?;
        let mut at = 0;
        // Ends: each read takes one byte at least.
        while let Some(read) = self.dialect.read(bytes.get(at..).unwrap_or_default()) {
            let room = self.inbox.part(at + 1, read.count);
            self.i2c.write_read(self.address, &[read.written], room).map_err(I2cError::Bus)?;
            at += read.count;
        }
        if at == 0 {
            let order = order(&mut self.inbox, self.dialect, bytes.len());
            self.i2c.write(self.address, order).map_err(I2cError::Bus)?;
        }
        self.inbox.filled(bytes.len());
        Ok(bytes.len())
    }
}

#[cfg(feature = "async")]
impl<E: fmt::Debug> embedded_io_async::Error for I2cError<E> {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::Other
    }
}

#[cfg(feature = "async")]
impl<I: i2c::ErrorType> embedded_io_async::ErrorType for I2cPort<I> {
    type Error = I2cError<I::Error>;
}

#[cfg(feature = "async")]
impl<I: AsyncI2c> embedded_io_async::Read for I2cPort<I> {
    /// What was read; with nothing there it does not return, for nothing comes
    /// by itself.
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        match self.inbox.take(buf) {
            0 if !buf.is_empty() => core::future::pending().await,
            taken => Ok(taken),
        }
    }
}

#[cfg(feature = "async")]
impl<I: AsyncI2c> embedded_io_async::Write for I2cPort<I> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.begin(bytes)?;
        let mut at = 0;
        // Ends: each read takes one byte at least.
        while let Some(read) = self.dialect.read(bytes.get(at..).unwrap_or_default()) {
            let room = self.inbox.part(at + 1, read.count);
            let done = self.i2c.write_read(self.address, &[read.written], room).await;
            done.map_err(I2cError::Bus)?;
            at += read.count;
        }
        if at == 0 {
            let order = order(&mut self.inbox, self.dialect, bytes.len());
            self.i2c.write(self.address, order).await.map_err(I2cError::Bus)?;
        }
        self.inbox.filled(bytes.len());
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
