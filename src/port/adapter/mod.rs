//! Ports over what the ecosystem has.
//!
//! | you have | take |
//! | --- | --- |
//! | `embedded_io::{Read, ReadReady, Write}` | [`IoPort`] |
//! | `embedded_io` with a `Write` that may wait and no `WriteReady` | [`IoPort`]; a write then blocks for the bytes' time |
//! | `embedded_hal_nb::serial::{Read, Write}` | [`NbPort`] |
//! | `embedded_io_async::{Read, Write}` | nothing: `Call::run` takes it as it is |
//! | a `std` stream, TCP, a serial device (feature `std`) | `StreamPort`, `SerialPort` |
//! | `embedded_hal::spi::SpiDevice` with a chip whose transactions the driver knows | [`SpiTransfers`] |
//! | a way to set the speed | [`WithBaud`] around any of them |

mod baud;
mod hal_nb;
mod inbox;
mod io;
mod spi;
#[cfg(feature = "std")]
mod std;

pub use baud::WithBaud;
pub use hal_nb::{NbError, NbPort};
pub(crate) use inbox::Inbox;
pub use io::{IoError, IoPort};
pub use spi::{SpiError, SpiTransfers};
#[cfg(feature = "std")]
pub use std::{SerialPort, StreamError, StreamPort, SystemClock};
