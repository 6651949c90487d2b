use core::fmt;

use embedded_hal_nb::serial::{ErrorKind as SerialErrorKind, Read, Write};

use crate::port::Port;
use crate::{Error, ErrorKind, ErrorType};

/// A port over `embedded_hal_nb::serial`, the trait that most HALs' plain
/// UARTs have.
///
/// Such a UART keeps one byte or a small FIFO: poll at least once in the time
/// that fills it, or use a buffered one.
#[derive(Debug)]
pub struct NbPort<T: embedded_hal_nb::serial::ErrorType> {
    serial: T,
    /// What was read before it was handed over first.
    failed: Option<T::Error>,
}

impl<T: embedded_hal_nb::serial::ErrorType> NbPort<T> {
    /// Wraps a serial. No I/O.
    pub const fn new(serial: T) -> Self {
        Self { serial, failed: None }
    }

    /// Gives the serial back.
    pub fn release(self) -> T {
        self.serial
    }
}

/// The serial's error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NbError<E>(pub E);

impl<E: fmt::Debug> fmt::Display for NbError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl<E: fmt::Debug> core::error::Error for NbError<E> {}

impl<E: embedded_hal_nb::serial::Error> Error for NbError<E> {
    fn kind(&self) -> ErrorKind {
        match self.0.kind() {
            SerialErrorKind::Other => ErrorKind::Other,
            _ => ErrorKind::Line,
        }
    }
}

impl<T: embedded_hal_nb::serial::ErrorType> ErrorType for NbPort<T> {
    type Error = NbError<T::Error>;
}

impl<T: Read<u8> + Write<u8>> Port for NbPort<T> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        if let Some(error) = self.failed.take() {
            return Err(nb::Error::Other(NbError(error)));
        }
        let mut n = 0;
        for slot in buf {
            match self.serial.read() {
                Ok(byte) => *slot = byte,
                Err(error) if n == 0 => return Err(error.map(NbError)),
                Err(nb::Error::WouldBlock) => break,
                // A UART tells an overrun once.
                Err(nb::Error::Other(error)) => {
                    self.failed = Some(error);
                    break;
                }
            }
            n += 1;
        }
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let mut n = 0;
        for byte in bytes {
            match self.serial.write(*byte) {
                Ok(()) => n += 1,
                // The byte was not taken; it will be offered again.
                Err(error) if n == 0 => return Err(error.map(NbError)),
                Err(_) => break,
            }
        }
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }
}
