use core::fmt;

use embedded_io::{ErrorKind as IoErrorKind, Read, ReadReady, Write};

use crate::port::Port;
use crate::{Error, ErrorKind, ErrorType};

/// A port over `embedded_io`.
///
/// [`ReadReady`] is what makes it possible: only when it says yes does a read
/// not wait. A write may wait for as long as the bytes take; where that is too
/// long, hand over fewer at a time with [`IoPort::with_burst`]. Nothing is
/// flushed, for on most HALs that waits: a stream has to send what it was
/// handed without being told.
#[derive(Debug)]
pub struct IoPort<T> {
    io: T,
    burst: usize,
}

impl<T> IoPort<T> {
    /// Wraps a byte stream. No I/O.
    pub const fn new(io: T) -> Self {
        Self { io, burst: 64 }
    }

    /// Wraps a byte stream that is given at most `burst` bytes (at least one)
    /// in one write.
    pub const fn with_burst(io: T, burst: usize) -> Self {
        Self { io, burst: if burst == 0 { 1 } else { burst } }
    }

    /// Gives the stream back.
    pub fn release(self) -> T {
        self.io
    }
}

/// The stream's error, or its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum IoError<E> {
    /// The stream failed.
    Io(E),
    /// The stream ended.
    Closed,
}

impl<E: fmt::Debug> fmt::Display for IoError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error:?}"),
            Self::Closed => f.write_str("the other end closed the line"),
        }
    }
}

impl<E: fmt::Debug> core::error::Error for IoError<E> {}

impl<E: embedded_io::Error> Error for IoError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(error) if error.kind() == IoErrorKind::TimedOut => ErrorKind::Timeout,
            Self::Io(_) | Self::Closed => ErrorKind::Line,
        }
    }
}

impl<T: embedded_io::ErrorType> ErrorType for IoPort<T> {
    type Error = IoError<T::Error>;
}

impl<T: Read + ReadReady + Write> Port for IoPort<T> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        if !self.io.read_ready().map_err(IoError::Io)? {
            return Err(nb::Error::WouldBlock);
        }
        match self.io.read(buf).map_err(IoError::Io)? {
            0 => Err(nb::Error::Other(IoError::Closed)),
            n => Ok(n),
        }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let burst = bytes.get(..self.burst).unwrap_or(bytes);
        // Some HALs return 0 for a full buffer, against the trait's contract.
        match self.io.write(burst).map_err(IoError::Io)? {
            0 => Err(nb::Error::WouldBlock),
            n => Ok(n),
        }
    }
}
