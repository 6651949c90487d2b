use core::convert::Infallible;

use std::format;

use embedded_hal::digital::{self, InputPin};
use embedded_hal::i2c::{self, NoAcknowledgeSource};
use embedded_hal::spi::{self, Operation};

use super::{Pn532, Pn532Quirk};
use crate::port::{Clock, Duration, Instant};
use crate::sim::{Simulated, VirtualClock};

/// What a chip with nothing to say gives all the same.
const FILLER: u8 = 0xA5;

impl Pn532 {
    /// The status byte on SPI and I2C.
    fn status(&mut self, now: Instant) -> u8 {
        match self.status_faults.pop_front() {
            Some(fault) => fault,
            None => self.ready(now).is_some().into(),
        }
    }

    /// The host reads a frame, in one go. What it leaves of it can only be had
    /// by NACK.
    fn read_frame(&mut self, room: &mut [u8], now: Instant) {
        room.fill(FILLER);
        if self.ready(now).is_none() {
            return self.complain("read before it was ready");
        }
        let Some(frame) = self.leaving.pop_front() else { return };
        room.iter_mut().zip(&frame.bytes).for_each(|(to, from)| *to = *from);
        self.cut = frame.bytes.len() > room.len();
    }

    /// The host writes a frame.
    fn write_frame(&mut self, bytes: &[u8], now: Instant) {
        let is_nack = bytes == [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00];
        let is_ack = bytes == super::frame::ACK;
        if core::mem::take(&mut self.cut) && !is_nack && !is_ack {
            self.complain("a frame was not read to its end");
        }
        // A frame is one transaction.
        self.heard.clear();
        self.hear(bytes, now);
        if !self.heard.iter().all(|byte| *byte == 0) {
            self.complain(format!("{bytes:02X?} is no frame"));
        }
    }
}

/// A [`Pn532`] on SPI, with its chip select: lowest bit first. It looks at each
/// transaction.
#[derive(Clone, Debug)]
pub struct Pn532Spi {
    chip: Simulated<Pn532>,
    clock: VirtualClock,
}

impl Pn532Spi {
    /// Puts a chip on a bus.
    #[must_use]
    pub fn new(chip: Simulated<Pn532>, clock: VirtualClock) -> Self {
        Self { chip, clock }
    }

    /// The pin P70_IRQ.
    #[must_use]
    pub fn irq(&self) -> Pn532Irq {
        Pn532Irq { chip: self.chip.clone(), clock: self.clock.clone() }
    }

    fn obey(&mut self, operations: &mut [Operation<'_, u8>]) {
        let mut chip = self.chip.device();
        let start = self.clock.now();
        chip.rouse(start);
        let mut operations = operations;
        if let [Operation::DelayNs(ns), rest @ ..] = operations {
            self.clock.advance(Duration::from_micros(u64::from(*ns) / 1_000));
            operations = rest;
        }
        let now = self.clock.now();
        if !chip.is_awake(now) {
            return chip.complain("chip select while it sleeps, for too short");
        }
        match operations {
            // To wake it up, a status nobody reads.
            [Operation::Write([0x40])] => {}
            [Operation::Write([0x40]), Operation::Read([status])] => {
                *status = chip.status(now).reverse_bits();
            }
            [Operation::Write([0xC0]), Operation::Read(room)] => {
                chip.read_frame(room, now);
                room.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
            }
            [Operation::Write([0x80, frame @ ..])] => {
                let frame: std::vec::Vec<u8> =
                    frame.iter().map(|byte| byte.reverse_bits()).collect();
                chip.write_frame(&frame, now);
            }
            other => chip.complain(format!("transaction {other:02X?}")),
        }
    }
}

impl spi::ErrorType for Pn532Spi {
    type Error = Infallible;
}

impl spi::SpiDevice for Pn532Spi {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        self.obey(operations);
        Ok(())
    }
}

#[cfg(feature = "async")]
impl embedded_hal_async::spi::SpiDevice for Pn532Spi {
    async fn transaction(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Result<(), Infallible> {
        self.obey(operations);
        Ok(())
    }
}

/// A [`Pn532`] on I2C. It looks at each transaction.
#[derive(Clone, Debug)]
pub struct Pn532I2c {
    chip: Simulated<Pn532>,
    clock: VirtualClock,
}

impl Pn532I2c {
    /// Puts a chip on a bus.
    #[must_use]
    pub fn new(chip: Simulated<Pn532>, clock: VirtualClock) -> Self {
        Self { chip, clock }
    }

    /// The pin P70_IRQ.
    #[must_use]
    pub fn irq(&self) -> Pn532Irq {
        Pn532Irq { chip: self.chip.clone(), clock: self.clock.clone() }
    }

    fn obey(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        let now = self.clock.now();
        let mut chip = self.chip.device();
        let no_address = Err(i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        if address != 0x24 {
            return no_address;
        }
        chip.rouse(now);
        if !chip.is_awake(now) {
            return no_address;
        }
        match operations {
            [i2c::Operation::Read(room)] => {
                if chip.has(Pn532Quirk::NacksUntilReady) && chip.ready(now).is_none() {
                    return no_address;
                }
                let Some((status, room)) = room.split_first_mut() else { return Ok(()) };
                *status = chip.status(now);
                match *status {
                    0x01 if !room.is_empty() => chip.read_frame(room, now),
                    _ => room.fill(FILLER),
                }
                Ok(())
            }
            [i2c::Operation::Write(frame)] => {
                chip.write_frame(frame, now);
                match chip.has(Pn532Quirk::NacksLastByte) {
                    true => Err(i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)),
                    false => Ok(()),
                }
            }
            other => {
                chip.complain(format!("transaction of {} parts", other.len()));
                Ok(())
            }
        }
    }
}

impl i2c::ErrorType for Pn532I2c {
    type Error = i2c::ErrorKind;
}

impl i2c::I2c for Pn532I2c {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        self.obey(address, operations)
    }
}

#[cfg(feature = "async")]
impl embedded_hal_async::i2c::I2c for Pn532I2c {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        self.obey(address, operations)
    }
}

/// The pin P70_IRQ of a [`Pn532`]: low when there is something to read.
#[derive(Clone, Debug)]
pub struct Pn532Irq {
    chip: Simulated<Pn532>,
    clock: VirtualClock,
}

impl Pn532Irq {
    fn level(&mut self) -> bool {
        let now: Instant = self.clock.now();
        let chip = self.chip.device();
        !(chip.settings.irq && chip.ready(now).is_some())
    }

    #[cfg(feature = "async")]
    async fn wait_for(&mut self, level: bool) -> Result<(), Infallible> {
        core::future::poll_fn(|_| match self.level() == level {
            true => core::task::Poll::Ready(Ok(())),
            false => core::task::Poll::Pending,
        })
        .await
    }
}

impl digital::ErrorType for Pn532Irq {
    type Error = Infallible;
}

impl InputPin for Pn532Irq {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.level())
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.level())
    }
}

#[cfg(feature = "async")]
impl embedded_hal_async::digital::Wait for Pn532Irq {
    async fn wait_for_high(&mut self) -> Result<(), Infallible> {
        self.wait_for(true).await
    }

    async fn wait_for_low(&mut self) -> Result<(), Infallible> {
        self.wait_for(false).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Infallible> {
        self.wait_for(false).await?;
        self.wait_for(true).await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Infallible> {
        self.wait_for(true).await?;
        self.wait_for(false).await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Infallible> {
        let level = self.level();
        self.wait_for(!level).await
    }
}
