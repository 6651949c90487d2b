use core::convert::Infallible;
use core::fmt;

use embedded_hal::digital::{self, InputPin};
use zeroize::Zeroize;

use super::frame::{self, ACK, NACK, WAKE};

mod i2c;
mod spi;

pub use i2c::I2cPort;
pub use spi::SpiPort;

use crate::{Error, ErrorKind};

/// Read at once of a response whose length is not known: enough for most.
const HEAD: usize = 32;

/// The status byte of a chip that has something to be read.
const READY: u8 = 0x01;

/// Waking up takes 2 ms at most (PN532 data sheet).
const WAKE_NS: u32 = 2_000_000;

/// What one write asks of a bus.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outgoing {
    /// To wake the chip up.
    Wake,
    /// To write a frame, in one transaction.
    Frame,
}

/// The frame that goes over the bus, one way or the other: each in one
/// transaction, of which the first byte is the bus's own.
///
/// How long a response is stands in it. So its beginning is read, and if that
/// is not all, the chip is asked to send it again (NACK; UM0701-02, 6.2.1.4),
/// and it is read whole: as the manual wants each frame read, and as Seeed's
/// library does.
struct Frame {
    bytes: [u8; 1 + frame::MAX],
    from: usize,
    to: usize,
    next: Next,
}

/// What is to be done when the chip is ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    /// An acknowledgement is read.
    Acknowledgement,
    /// The beginning of a response is read.
    Head,
    /// A response of so many bytes, of which the beginning was read, is asked
    /// for again.
    Ask(usize),
    /// And read whole.
    Whole(usize),
}

impl Frame {
    const fn new() -> Self {
        Self { bytes: [0; 1 + frame::MAX], from: 0, to: 0, next: Next::Head }
    }

    /// What a write of the driver is. What was not read before it is lost.
    fn outgoing(&mut self, bytes: &[u8]) -> Outgoing {
        self.empty();
        if bytes == WAKE {
            return Outgoing::Wake;
        }
        // A command is acknowledged; ACK and NACK are not.
        self.next = if bytes.len() > ACK.len() { Next::Acknowledgement } else { Next::Head };
        Outgoing::Frame
    }

    /// A frame to be written, with the bus's own byte before it.
    fn with_first(&mut self, first: u8, frame: &[u8]) -> &mut [u8] {
        let content = [first];
        let content = content.iter().chain(frame);
        let mut len = 0;
        for (to, from) in self.bytes.iter_mut().zip(content) {
            *to = *from;
            len += 1;
        }
        self.bytes.get_mut(..len).unwrap_or_default()
    }

    /// The response is to be asked for, with [`NACK`].
    const fn asks(&self) -> bool {
        matches!(self.next, Next::Ask(_))
    }

    /// The response was asked for.
    fn asked(&mut self) {
        if let Next::Ask(len) = self.next {
            self.next = Next::Whole(len);
        }
    }

    /// Room for what is to be read next, with the bus's own byte.
    fn room(&mut self) -> &mut [u8] {
        let len = match self.next {
            Next::Acknowledgement => ACK.len(),
            Next::Head => HEAD,
            Next::Ask(len) | Next::Whole(len) => len,
        };
        self.bytes.get_mut(..=len).unwrap_or_default()
    }

    /// The room was filled.
    fn filled(&mut self) {
        let len = self.room().len();
        let read = self.bytes.get(1..len).unwrap_or_default();
        let whole = frame::length(read);
        let was_whole = matches!(self.next, Next::Whole(_));
        self.next = Next::Head;
        match whole.filter(|whole| *whole < self.bytes.len()) {
            Some(whole) if whole > read.len() && !was_whole => self.next = Next::Ask(whole),
            // What is read behind its end has no meaning.
            Some(whole) => (self.from, self.to) = (1, len.min(1 + whole)),
            None => (self.from, self.to) = (1, len),
        }
    }

    const fn is_empty(&self) -> bool {
        self.from >= self.to
    }

    fn take(&mut self, buf: &mut [u8]) -> usize {
        let unread = self.bytes.get_mut(self.from..self.to).unwrap_or_default();
        let taken = unread.len().min(buf.len());
        for (to, from) in buf.iter_mut().zip(unread) {
            // It can be part of what a card keeps secret.
            *to = core::mem::take(from);
        }
        self.from = self.from.saturating_add(taken);
        taken
    }

    fn empty(&mut self) {
        self.bytes.zeroize();
        (self.from, self.to) = (0, 0);
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.to.saturating_sub(self.from))
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// In the place of the pin P70_IRQ where it is not connected: the chip is asked
/// over the bus each time.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysLow;

impl digital::ErrorType for AlwaysLow {
    type Error = Infallible;
}

impl InputPin for AlwaysLow {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }
}

#[cfg(feature = "async")]
impl embedded_hal_async::digital::Wait for AlwaysLow {
    async fn wait_for_high(&mut self) -> Result<(), Infallible> {
        core::future::pending().await
    }

    async fn wait_for_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Infallible> {
        core::future::pending().await
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Infallible> {
        core::future::pending().await
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Infallible> {
        core::future::pending().await
    }
}

/// Lets others run before the chip is asked again.
#[cfg(feature = "async")]
async fn rest() {
    let mut rested = false;
    core::future::poll_fn(|context| match core::mem::replace(&mut rested, true) {
        true => core::task::Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            core::task::Poll::Pending
        }
    })
    .await;
}

/// What failed: bus or pin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BusError<B, I> {
    /// The bus.
    Bus(B),
    /// The pin.
    Pin(I),
}

impl<B: fmt::Debug, I: fmt::Debug> fmt::Display for BusError<B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(f, "bus: {error:?}"),
            Self::Pin(error) => write!(f, "pin: {error:?}"),
        }
    }
}

impl<B: fmt::Debug, I: fmt::Debug> core::error::Error for BusError<B, I> {}

impl<B: fmt::Debug, I: fmt::Debug> Error for BusError<B, I> {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Line
    }
}

#[cfg(feature = "async")]
impl<B: fmt::Debug, I: fmt::Debug> embedded_io_async::Error for BusError<B, I> {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        embedded_io_async::ErrorKind::Other
    }
}
