use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use crate::port::{Clock, Duration, Instant, Port};
use crate::{Error, ErrorKind, ErrorType};

/// The other end of a byte line.
pub trait Device {
    /// Bytes came from the host.
    fn receive(&mut self, bytes: &[u8], now: Instant);

    /// The bytes that leave for the host by `now`.
    fn transmit(&mut self, now: Instant) -> Vec<u8>;
}

impl<D: Device + ?Sized> Device for std::boxed::Box<D> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        D::receive(self, bytes, now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        D::transmit(self, now)
    }
}

/// A simulated device, shared between its ports and the test that plays the
/// person: clones are handles to the same device.
#[derive(Debug)]
pub struct Simulated<D> {
    device: Arc<Mutex<D>>,
    unplugged: Arc<AtomicBool>,
}

impl<D> Clone for Simulated<D> {
    fn clone(&self) -> Self {
        Self { device: Arc::clone(&self.device), unplugged: Arc::clone(&self.unplugged) }
    }
}

impl<D: Device> Simulated<D> {
    /// Takes a device in.
    pub fn new(device: D) -> Self {
        Self { device: Arc::new(Mutex::new(device)), unplugged: Arc::default() }
    }

    /// The device, to press its buttons and to read its state.
    pub fn device(&self) -> MutexGuard<'_, D> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pulls the cable: every port fails from now on.
    pub fn unplug(&self) {
        self.unplugged.store(true, Ordering::Relaxed);
    }

    /// Puts the cable back.
    pub fn plug(&self) {
        self.unplugged.store(false, Ordering::Relaxed);
    }

    /// A port to the device, without delay of its own.
    pub fn port<C: Clock>(&self, clock: C) -> SimPort<D, C> {
        SimPort {
            handle: self.clone(),
            clock,
            inbox: VecDeque::new(),
            chunk: usize::MAX,
            byte_time: Duration::ZERO,
            free_at: Instant::ZERO,
        }
    }

    /// Plays the device over `port` until the other end closes it.
    ///
    /// # Errors
    /// The port's error, unless it says that the line ended.
    pub fn serve<P: Port>(&self, port: &mut P, clock: &mut impl Clock) -> Result<(), P::Error> {
        let mut buf = [0; 512];
        let mut out: VecDeque<u8> = VecDeque::new();
        loop {
            let now = clock.now();
            let mut idle = true;
            match port.try_read(&mut buf) {
                Ok(n) => {
                    idle = false;
                    self.device().receive(buf.get(..n).unwrap_or(&buf), now);
                }
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(error)) if error.kind() == ErrorKind::Line => return Ok(()),
                Err(nb::Error::Other(error)) => return Err(error),
            }
            out.extend(self.device().transmit(now));
            match port.try_write(out.make_contiguous()) {
                _ if out.is_empty() => {}
                Ok(n) => {
                    idle = false;
                    out.drain(..n);
                }
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(error)) if error.kind() == ErrorKind::Line => return Ok(()),
                Err(nb::Error::Other(error)) => return Err(error),
            }
            if idle {
                clock.idle(now + Duration::from_millis(1));
            }
        }
    }
}

/// A port to a [`Simulated`] device.
#[derive(Debug)]
pub struct SimPort<D, C> {
    handle: Simulated<D>,
    clock: C,
    inbox: VecDeque<u8>,
    chunk: usize,
    byte_time: Duration,
    free_at: Instant,
}

impl<D, C> SimPort<D, C> {
    /// Reads give at most `chunk` bytes.
    #[must_use]
    pub fn chunked(mut self, chunk: usize) -> Self {
        self.chunk = chunk.max(1);
        self
    }

    /// Bytes to the device take their time at this speed, 8N1.
    #[must_use]
    pub fn paced(mut self, baud: u32) -> Self {
        self.byte_time = Duration::of_bytes(1, 10, baud);
        self
    }
}

/// The cable of a simulated device is pulled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unplugged;

impl fmt::Display for Unplugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cable is pulled")
    }
}

impl std::error::Error for Unplugged {}

impl Error for Unplugged {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Line
    }
}

impl<D, C> ErrorType for SimPort<D, C> {
    type Error = Unplugged;
}

impl<D: Device, C: Clock> Port for SimPort<D, C> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        if self.handle.unplugged.load(Ordering::Relaxed) {
            return Err(nb::Error::Other(Unplugged));
        }
        let now = self.clock.now();
        self.inbox.extend(self.handle.device().transmit(now));
        let n = self.inbox.len().min(buf.len()).min(self.chunk);
        for (slot, byte) in buf.iter_mut().zip(self.inbox.drain(..n)) {
            *slot = byte;
        }
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        if self.handle.unplugged.load(Ordering::Relaxed) {
            return Err(nb::Error::Other(Unplugged));
        }
        let now = self.clock.now();
        // As in any UART, a byte may wait while the one before is on the line.
        if now + self.byte_time < self.free_at {
            return Err(nb::Error::WouldBlock);
        }
        let most = if self.byte_time == Duration::ZERO { self.chunk } else { 1 };
        let bytes = bytes.get(..most).unwrap_or(bytes);
        self.free_at = self.free_at.max(now) + self.byte_time;
        self.handle.device().receive(bytes, now);
        Ok(bytes.len())
    }
}
