use embedded_hal::digital::{self, InputPin};
use embedded_hal::spi::{self, Operation, SpiDevice};
#[cfg(feature = "async")]
use embedded_hal_async::{digital::Wait, spi::SpiDevice as AsyncSpiDevice};

#[cfg(feature = "async")]
use super::rest;
use super::{AlwaysLow, BusError, Frame, NACK, Outgoing, READY, WAKE_NS};
use crate::ErrorType;
use crate::port::Port;

/// The first byte of each transaction (UM0701-02, 6.2.5).
const WRITE: u8 = 0x01;
const STATUS: u8 = 0x02;
const READ: u8 = 0x03;

/// A chip on SPI: mode 0, up to 5 MHz, lowest bit first.
///
/// Most hosts send the highest bit first, and `embedded-hal` has no word for
/// the order: so bits are turned round here, in software, unless the bus
/// [does it](Self::with_lowest_bit_first).
///
/// With the pin P70_IRQ, low when there is something to read, the bus is left
/// alone until then; without ([`polled`](Self::polled)) each read begins with
/// the status byte. That is looked at in any case.
///
/// It is a [`Port`]; a read or a write takes as long as its bytes do on the
/// bus, 276 at most, and waking up 2 ms, with chip select low: the device needs
/// to be able to delay in a transaction. Under the feature `async` it is also
/// what [`Call::run`](crate::port::Call) needs.
#[derive(Debug)]
pub struct SpiPort<S, I> {
    spi: S,
    ready: I,
    frame: Frame,
    turn: bool,
}

impl<S> SpiPort<S, AlwaysLow> {
    /// Without the pin. No I/O.
    pub const fn polled(spi: S) -> Self {
        Self::new(spi, AlwaysLow)
    }
}

impl<S, I> SpiPort<S, I> {
    /// Joins bus and pin. No I/O.
    pub const fn new(spi: S, ready: I) -> Self {
        Self { spi, ready, frame: Frame::new(), turn: true }
    }

    /// The bus itself sends the lowest bit first.
    #[must_use]
    pub fn with_lowest_bit_first(mut self) -> Self {
        self.turn = false;
        self
    }

    /// Gives both back.
    pub fn release(self) -> (S, I) {
        (self.spi, self.ready)
    }

    fn byte(&self, byte: u8) -> u8 {
        if self.turn { byte.reverse_bits() } else { byte }
    }
}

impl<S: spi::ErrorType, I: digital::ErrorType> ErrorType for SpiPort<S, I> {
    type Error = BusError<S::Error, I::Error>;
}

impl<S: SpiDevice, I: InputPin> SpiPort<S, I> {
    fn read(&mut self) -> Result<(), S::Error> {
        if self.frame.asks() {
            self.write(&NACK)?;
            self.frame.asked();
        }
        let mut status = [0];
        let first = [self.byte(STATUS)];
        self.spi.transaction(&mut [Operation::Write(&first), Operation::Read(&mut status)])?;
        if status != [self.byte(READY)] {
            return Ok(());
        }
        let first = [self.byte(READ)];
        let Some((_, room)) = self.frame.room().split_first_mut() else { return Ok(()) };
        self.spi.transaction(&mut [Operation::Write(&first), Operation::Read(&mut *room)])?;
        turn(self.turn, room);
        self.frame.filled();
        Ok(())
    }

    fn write(&mut self, frame: &[u8]) -> Result<(), S::Error> {
        let bytes = self.frame.with_first(WRITE, frame);
        turn(self.turn, bytes);
        self.spi.write(bytes)
    }
}

impl<S: SpiDevice, I: InputPin> Port for SpiPort<S, I> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        let wants = self.frame.is_empty();
        // The pin tells of a frame; a chip that is to repeat one has none yet.
        if wants && (self.frame.asks() || self.ready.is_low().map_err(BusError::Pin)?) {
            self.read().map_err(BusError::Bus)?;
        }
        match self.frame.take(buf) {
            0 => Err(nb::Error::WouldBlock),
            n => Ok(n),
        }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        match self.frame.outgoing(bytes) {
            Outgoing::Wake => self.spi.transaction(&mut wake(&[self.byte(STATUS)])),
            Outgoing::Frame => self.write(bytes),
        }
        .map_err(BusError::Bus)?;
        Ok(bytes.len())
    }
}

/// Turns the bits of each byte round.
fn turn(turn: bool, bytes: &mut [u8]) {
    if turn {
        bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
}

/// Chip select goes low, and stays so until the chip is awake.
fn wake(status: &[u8]) -> [Operation<'_, u8>; 2] {
    [Operation::DelayNs(WAKE_NS), Operation::Write(status)]
}

#[cfg(feature = "async")]
impl<S: spi::ErrorType, I: digital::ErrorType> embedded_io_async::ErrorType for SpiPort<S, I> {
    type Error = BusError<S::Error, I::Error>;
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice, I> SpiPort<S, I> {
    async fn read_async(&mut self) -> Result<(), S::Error> {
        if self.frame.asks() {
            self.write_async(&NACK).await?;
            self.frame.asked();
        }
        let mut status = [0];
        let first = [self.byte(STATUS)];
        let mut operations = [Operation::Write(&first), Operation::Read(&mut status)];
        self.spi.transaction(&mut operations).await?;
        if status != [self.byte(READY)] {
            return Ok(());
        }
        let first = [self.byte(READ)];
        let Some((_, room)) = self.frame.room().split_first_mut() else { return Ok(()) };
        let mut operations = [Operation::Write(&first), Operation::Read(&mut *room)];
        self.spi.transaction(&mut operations).await?;
        turn(self.turn, room);
        self.frame.filled();
        Ok(())
    }

    async fn write_async(&mut self, frame: &[u8]) -> Result<(), S::Error> {
        let bytes = self.frame.with_first(WRITE, frame);
        turn(self.turn, bytes);
        self.spi.write(bytes).await
    }
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice, I: Wait> embedded_io_async::Read for SpiPort<S, I> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        // Ends: when the chip has something to say, or is dropped.
        while self.frame.is_empty() {
            if !self.frame.asks() {
                self.ready.wait_for_low().await.map_err(BusError::Pin)?;
            }
            self.read_async().await.map_err(BusError::Bus)?;
            if self.frame.is_empty() {
                rest().await;
            }
        }
        Ok(self.frame.take(buf))
    }
}

#[cfg(feature = "async")]
impl<S: AsyncSpiDevice, I: digital::ErrorType> embedded_io_async::Write for SpiPort<S, I> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        match self.frame.outgoing(bytes) {
            Outgoing::Wake => self.spi.transaction(&mut wake(&[self.byte(STATUS)])).await,
            Outgoing::Frame => self.write_async(bytes).await,
        }
        .map_err(BusError::Bus)?;
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
