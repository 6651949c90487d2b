use std::collections::VecDeque;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use embedded_hal::digital::{self, InputPin};
use embedded_hal::spi::{self, Operation, SpiDevice};

use super::BmLiteModule;
use super::line::ACK;
use crate::port::{Clock, Duration, Instant};
use crate::sim::{Device, Simulated, VirtualClock};

/// How long the pin is low between two parts.
const PAUSE: Duration = Duration::from_micros(200);

/// A [`BmLiteModule`] on SPI: its end of the bus, which looks at the traffic on
/// its own and keeps what is wrong with it.
#[derive(Clone, Debug)]
pub struct BmLiteSpi {
    module: Simulated<BmLiteModule>,
    clock: VirtualClock,
    bus: Arc<Mutex<Bus>>,
}

#[derive(Debug, Default)]
struct Bus {
    /// What is to be read in one transaction each.
    parts: VecDeque<Vec<u8>>,
    ready: Instant,
    broken: bool,
    complaints: Vec<String>,
}

impl BmLiteSpi {
    /// Puts a module on a bus.
    #[must_use]
    pub fn new(module: Simulated<BmLiteModule>, clock: VirtualClock) -> Self {
        Self { module, clock, bus: Arc::default() }
    }

    /// The pin that says when there is something to read.
    #[must_use]
    pub fn ready(&self) -> BmLiteReady {
        BmLiteReady(self.clone())
    }

    /// What was wrong with the traffic so far.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.bus().complaints.clone()
    }

    /// Every transaction fails from now on, or no more.
    pub fn set_broken(&self, broken: bool) {
        self.bus().broken = broken;
    }

    /// What is to be read is lost, as when the module loses power.
    pub fn lose(&self) {
        self.bus().parts.clear();
    }

    fn bus(&self) -> MutexGuard<'_, Bus> {
        self.bus.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instant {
        self.clock.clone().now()
    }

    fn is_ready(&self) -> bool {
        let now = self.now();
        let bytes = self.module.device().transmit(now);
        let mut bus = self.bus();
        bus.parts.extend(parts(&bytes));
        !bus.parts.is_empty() && now >= bus.ready
    }

    fn read(&self, words: &mut [u8]) {
        let is_ready = self.is_ready();
        let now = self.now();
        let mut bus = self.bus();
        if !is_ready {
            bus.complaints.push("read before the pin was high".into());
            return;
        }
        let part = bus.parts.pop_front().unwrap_or_default();
        bus.ready = now + PAUSE;
        if part.len() != words.len() {
            let (there, read) = (part.len(), words.len());
            bus.complaints.push(std::format!("{read} bytes read of a part of {there}"));
        }
        words.iter_mut().zip(part).for_each(|(to, from)| *to = from);
    }

    fn write(&self, words: &[u8]) {
        let is_frame = match words {
            [0, 0, low, high, rest @ ..] => {
                rest.len() == usize::from(*low) + 256 * usize::from(*high) + 4
            }
            words => words == ACK,
        };
        if !is_frame {
            self.bus().complaints.push(std::format!("{} bytes are no frame", words.len()));
        }
        let now = self.now();
        self.module.device().receive(words, now);
    }

    fn obey(&self, operations: &mut [Operation<'_, u8>]) -> Result<(), spi::ErrorKind> {
        if self.bus().broken {
            return Err(spi::ErrorKind::Other);
        }
        match operations {
            [Operation::Read(words)] => self.read(words),
            [Operation::Write(words)] => self.write(words),
            _ => self.bus().complaints.push("a transaction of more than one part".into()),
        }
        Ok(())
    }
}

/// Acknowledgements, and the two parts of each frame; what is neither, in one.
fn parts(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let size = match bytes {
            [0, 0, low, high, ..] => usize::from(*low) + 256 * usize::from(*high) + 4,
            _ => 0,
        };
        let whole = if bytes.starts_with(&ACK) { ACK.len() } else { 4 + size };
        let (frame, rest) = bytes.split_at_checked(whole).unwrap_or((bytes, &[]));
        let (head, tail) = frame.split_at_checked(4).unwrap_or((frame, &[]));
        parts.extend([head, tail].iter().filter(|part| !part.is_empty()).map(|part| part.to_vec()));
        bytes = rest;
    }
    parts
}

impl spi::ErrorType for BmLiteSpi {
    type Error = spi::ErrorKind;
}

impl SpiDevice for BmLiteSpi {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), spi::ErrorKind> {
        self.obey(operations)
    }
}

#[cfg(feature = "async")]
impl embedded_hal_async::spi::SpiDevice for BmLiteSpi {
    async fn transaction(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Result<(), spi::ErrorKind> {
        self.obey(operations)
    }
}

/// The pin of a [`BmLiteSpi`]: high when there is something to read.
#[derive(Clone, Debug)]
pub struct BmLiteReady(BmLiteSpi);

impl digital::ErrorType for BmLiteReady {
    type Error = core::convert::Infallible;
}

impl InputPin for BmLiteReady {
    fn is_high(&mut self) -> Result<bool, Self::Error> {
        Ok(self.0.is_ready())
    }

    fn is_low(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.0.is_ready())
    }
}

#[cfg(feature = "async")]
impl embedded_hal_async::digital::Wait for BmLiteReady {
    async fn wait_for_high(&mut self) -> Result<(), Self::Error> {
        self.wait_for(true).await
    }

    async fn wait_for_low(&mut self) -> Result<(), Self::Error> {
        self.wait_for(false).await
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Self::Error> {
        self.wait_for(false).await?;
        self.wait_for(true).await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Self::Error> {
        self.wait_for(true).await?;
        self.wait_for(false).await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Self::Error> {
        let level = self.0.is_ready();
        self.wait_for(!level).await
    }
}

#[cfg(feature = "async")]
impl BmLiteReady {
    async fn wait_for(&mut self, level: bool) -> Result<(), core::convert::Infallible> {
        core::future::poll_fn(|_| match self.0.is_ready() == level {
            true => core::task::Poll::Ready(Ok(())),
            false => core::task::Poll::Pending,
        })
        .await
    }
}
