use embedded_hal::digital::{self, InputPin};
use embedded_hal::i2c::{self, I2c, NoAcknowledgeSource};
#[cfg(feature = "async")]
use embedded_hal_async::{digital::Wait, i2c::I2c as AsyncI2c};

#[cfg(feature = "async")]
use super::rest;
use super::{AlwaysLow, BusError, Frame, NACK, Outgoing, READY};
use crate::ErrorType;
use crate::port::Port;

/// The address of every PN532 (UM0701-02, 6.2.4): 48 and 49 on the wire.
const ADDRESS: u8 = 0x24;

/// A chip on I2C, up to 400 kHz.
///
/// Each read begins with the status byte; a frame follows it if the chip is
/// ready. A chip that does not acknowledge its address is not ready either:
/// so some do while they are at work, and all while they wake up. Others hold
/// the clock down instead (clock stretching), which the host must bear.
///
/// With the pin P70_IRQ, low when there is something to read, the bus is left
/// alone until then; without it ([`polled`](Self::polled)) the status byte is
/// read each time.
///
/// A frame is never written twice: if the chip does not acknowledge the last
/// bytes of it, as some do not, it may all the same have been taken. It is
/// written again where the address was not acknowledged; a HAL that does not
/// tell which it was leaves that to the driver, which repeats what does no
/// harm.
///
/// It is a [`Port`]; a read or a write takes as long as its bytes do on the
/// bus, 276 at most: 25 ms at 100 kHz. Under the feature `async` it is also
/// what [`Call::run`](crate::port::Call) needs.
#[derive(Debug)]
pub struct I2cPort<B, I> {
    i2c: B,
    ready: I,
    frame: Frame,
}

impl<B> I2cPort<B, AlwaysLow> {
    /// Without the pin. No I/O.
    pub const fn polled(i2c: B) -> Self {
        Self::new(i2c, AlwaysLow)
    }
}

impl<B, I> I2cPort<B, I> {
    /// Joins bus and pin. No I/O.
    pub const fn new(i2c: B, ready: I) -> Self {
        Self { i2c, ready, frame: Frame::new() }
    }

    /// Gives both back.
    pub fn release(self) -> (B, I) {
        (self.i2c, self.ready)
    }
}

impl<B: i2c::ErrorType, I: digital::ErrorType> ErrorType for I2cPort<B, I> {
    type Error = BusError<B::Error, I::Error>;
}

/// Whether the chip was there: `false` if it did not acknowledge.
fn listens<E: i2c::Error>(result: Result<(), E>) -> Result<bool, E> {
    match result {
        Ok(()) => Ok(true),
        Err(error) => match error.kind() {
            i2c::ErrorKind::NoAcknowledge(_) => Ok(false),
            _ => Err(error),
        },
    }
}

/// Whether a frame was taken, or may have been.
fn taken<E: i2c::Error>(result: Result<(), E>) -> Result<bool, E> {
    match result {
        Ok(()) => Ok(true),
        Err(error) => match error.kind() {
            i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address) => Ok(false),
            i2c::ErrorKind::NoAcknowledge(_) => Ok(true),
            _ => Err(error),
        },
    }
}

impl<B: I2c, I> I2cPort<B, I> {
    fn read(&mut self) -> Result<(), B::Error> {
        if self.frame.asks() {
            if !taken(self.i2c.write(ADDRESS, &NACK))? {
                return Ok(());
            }
            self.frame.asked();
        }
        let mut status = [0];
        if !listens(self.i2c.read(ADDRESS, &mut status))? || status != [READY] {
            return Ok(());
        }
        let room = self.frame.room();
        if listens(self.i2c.read(ADDRESS, room))? && room.first() == Some(&READY) {
            self.frame.filled();
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<bool, B::Error> {
        match self.frame.outgoing(bytes) {
            // Its address wakes it up, acknowledged or not.
            Outgoing::Wake => listens(self.i2c.read(ADDRESS, &mut [0])).map(|_| true),
            Outgoing::Frame => taken(self.i2c.write(ADDRESS, bytes)),
        }
    }
}

impl<B: I2c, I: InputPin> Port for I2cPort<B, I> {
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
        match self.write(bytes).map_err(BusError::Bus)? {
            true => Ok(bytes.len()),
            false => Err(nb::Error::WouldBlock),
        }
    }
}

#[cfg(feature = "async")]
impl<B: i2c::ErrorType, I: digital::ErrorType> embedded_io_async::ErrorType for I2cPort<B, I> {
    type Error = BusError<B::Error, I::Error>;
}

#[cfg(feature = "async")]
impl<B: AsyncI2c, I> I2cPort<B, I> {
    async fn read_async(&mut self) -> Result<(), B::Error> {
        if self.frame.asks() {
            if !taken(self.i2c.write(ADDRESS, &NACK).await)? {
                return Ok(());
            }
            self.frame.asked();
        }
        let mut status = [0];
        if !listens(self.i2c.read(ADDRESS, &mut status).await)? || status != [READY] {
            return Ok(());
        }
        let room = self.frame.room();
        if listens(self.i2c.read(ADDRESS, room).await)? && room.first() == Some(&READY) {
            self.frame.filled();
        }
        Ok(())
    }

    async fn write_async(&mut self, bytes: &[u8]) -> Result<bool, B::Error> {
        match self.frame.outgoing(bytes) {
            Outgoing::Wake => listens(self.i2c.read(ADDRESS, &mut [0]).await).map(|_| true),
            Outgoing::Frame => taken(self.i2c.write(ADDRESS, bytes).await),
        }
    }
}

#[cfg(feature = "async")]
impl<B: AsyncI2c, I: Wait> embedded_io_async::Read for I2cPort<B, I> {
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
impl<B: AsyncI2c, I: digital::ErrorType> embedded_io_async::Write for I2cPort<B, I> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        // Taken in part is nothing taken here: it is offered again.
        let taken = self.write_async(bytes).await.map_err(BusError::Bus)?;
        Ok(if taken { bytes.len() } else { 0 })
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
