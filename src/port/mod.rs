//! Bytes and time: the seam between protocols and the machine.
//!
//! No serial trait is implemented by every HAL, and none has time-outs. So the
//! crate has a seam of its own, as narrow as it can be: a [`Port`] that reads
//! and writes without waiting, and a [`Clock`].
//!
//! # Protocols do no I/O
//!
//! Every conversation with a device is an [`Exchange`]: a value that is handed
//! bytes and the time, and says what to send and until when to wait.
//!
//! # Three faces
//!
//! A driver method returns a [`Call`]; the caller chooses how to have it:
//!
//! | face | bound on the port | method |
//! | --- | --- | --- |
//! | blocking | [`Port`] | [`Call::wait`] |
//! | super-loop | [`Port`] | [`Call::poll`] |
//! | async (feature `async`) | `embedded_io_async::{Read, Write}` | `Call::run` |
//!
//! The faces are written once, here, and hold no protocol decision.
//!
//! # A conversation from scratch
//!
//! A driver is a [`Channel`], a link, and methods that return calls:
//!
//! ```
//! use embedded_pos::ErrorKind;
//! use embedded_pos::port::{Call, Channel, Duration, Exchange, Instant, Step, StepOf};
//! # use embedded_pos::sim::{Device, Simulated, VirtualClock};
//!
//! /// Sends 05h (ENQ) and waits for 06h (ACK), a second at most.
//! #[derive(Default)]
//! struct Enquire {
//!     deadline: Option<Instant>,
//!     sent: bool,
//!     acknowledged: bool,
//! }
//!
//! impl Exchange for Enquire {
//!     type Link = ();
//!     type Output = ();
//!     type Fault = ErrorKind;
//!     type Event = core::convert::Infallible;
//!
//!     fn step(&mut self, _link: &mut (), now: Instant) -> StepOf<Self> {
//!         let until = *self.deadline.get_or_insert(now + Duration::from_secs(1));
//!         match self {
//!             _ if self.acknowledged => Step::Done(Ok(())),
//!             _ if now >= until => Step::Done(Err(ErrorKind::Timeout)),
//!             Self { sent: false, .. } => Step::Send { until },
//!             _ => Step::Receive { until },
//!         }
//!     }
//!
//!     fn outgoing<'a>(&'a self, _link: &'a ()) -> &'a [u8] {
//!         &[0x05]
//!     }
//!
//!     fn sent(&mut self, _link: &mut (), n: usize, _now: Instant) {
//!         self.sent = n > 0;
//!     }
//!
//!     fn received(&mut self, _link: &mut (), bytes: &[u8], _now: Instant) -> usize {
//!         let ack = bytes.iter().position(|byte| *byte == 0x06);
//!         self.acknowledged = ack.is_some();
//!         ack.map_or(bytes.len(), |at| at + 1)
//!     }
//! }
//!
//! struct Modem<P> {
//!     channel: Channel<P>,
//!     link: (),
//! }
//!
//! impl<P> Modem<P> {
//!     const fn new(port: P) -> Self {
//!         Self { channel: Channel::new(port), link: () }
//!     }
//!
//!     fn enquire(&mut self) -> Call<'_, P, Enquire> {
//!         self.channel.call(&mut self.link, Enquire::default())
//!     }
//! }
//! # struct Peer(Vec<u8>);
//! # impl Device for Peer {
//! #     fn receive(&mut self, bytes: &[u8], _now: Instant) {
//! #         self.0.extend(bytes.iter().map(|byte| byte + 1));
//! #     }
//! #     fn transmit(&mut self, _now: Instant) -> Vec<u8> { std::mem::take(&mut self.0) }
//! # }
//! # let mut clock = VirtualClock::new();
//! # let port = Simulated::new(Peer(vec![])).port(clock.clone());
//!
//! Modem::new(port).enquire().wait(&mut clock)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod adapter;
#[cfg(feature = "async")]
mod asynch;
mod call;
mod card;
mod channel;
mod clocked;
mod exchange;
pub mod middleware;
mod time;

#[cfg(feature = "async")]
pub use asynch::{DelayTimer, Timer};
pub use call::Call;
pub use card::{CardLines, CardState, Class, Contact, Convention, Framing, SlotFault};
pub use channel::{CallError, Channel, ErrorOf, Told, ToldOf, Turn, TurnOf};
pub use clocked::Clocked;
pub use exchange::{Exchange, Line, Step, StepOf};
pub use time::{Clock, DelayClock, Duration, Instant};

use crate::ErrorType;

/// A byte line that never waits.
///
/// Both methods are handed at least one byte, or room for one.
pub trait Port: ErrorType {
    /// Reads what is there, at most `buf.len()` bytes; returns how many.
    ///
    /// # Errors
    /// `WouldBlock` when nothing is there; the port's error when the line is
    /// gone or lost bytes. Never `Ok(0)` for a buffer with room.
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error>;

    /// Writes as many of the first `bytes` as fit now; returns how many.
    ///
    /// # Errors
    /// `WouldBlock` when none fits; the port's error when the line is gone.
    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error>;

    /// The means to change the speed, where the port has it.
    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        None
    }

    /// The other contacts of a card, where the port leads to one.
    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        None
    }
}

/// A port whose speed can be changed.
pub trait SetBaud: ErrorType {
    /// Sends what is queued, then changes to `baud` bits a second.
    ///
    /// # Errors
    /// The port's error; the speed is then unchanged.
    fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error>;

    /// Sends what is queued, then changes to the characters of a card: 8 data
    /// bits, parity even or `odd`, 2 stop bits. Returns whether it can.
    ///
    /// # Errors
    /// The port's error; nothing is changed then.
    fn set_parity(&mut self, odd: bool) -> Result<bool, Self::Error> {
        let _ = odd;
        Ok(false)
    }
}

impl<T: Port + ?Sized> Port for &mut T {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        T::try_read(self, buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        T::try_write(self, bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        T::baud(self)
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        T::card(self)
    }
}

#[cfg(feature = "std")]
impl<T: ErrorType + ?Sized> ErrorType for std::boxed::Box<T> {
    type Error = T::Error;
}

#[cfg(feature = "std")]
impl<T: Port + ?Sized> Port for std::boxed::Box<T> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        T::try_read(self, buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        T::try_write(self, bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        T::baud(self)
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        T::card(self)
    }
}
