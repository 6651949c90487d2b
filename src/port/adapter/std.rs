use std::fmt;
use std::io::{self, ErrorKind as IoKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration as StdDuration;

use crate::port::{Clock, Instant, Port, SetBaud};
use crate::{Error, ErrorKind, ErrorType};

/// The operating system's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    /// Starts at zero, now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&mut self) -> Instant {
        let micros = self.start.elapsed().as_micros();
        Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    fn idle(&mut self, until: Instant) {
        const NAP: u64 = 200;
        let left = until.since(self.now()).as_micros();
        thread::sleep(StdDuration::from_micros(left.min(NAP)));
    }
}

/// An error of a `std` stream.
#[derive(Clone, Debug)]
pub struct StreamError(Arc<io::Error>);

impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl Error for StreamError {
    fn kind(&self) -> ErrorKind {
        match self.0.kind() {
            IoKind::TimedOut => ErrorKind::Timeout,
            IoKind::Unsupported => ErrorKind::Unsupported,
            IoKind::InvalidInput => ErrorKind::Argument,
            _ => ErrorKind::Line,
        }
    }
}

/// A port over a `std` stream that does not wait: one in non-blocking mode, or
/// with a read time-out of about a millisecond.
#[derive(Debug)]
pub struct StreamPort<S> {
    stream: S,
}

impl<S> StreamPort<S> {
    /// Wraps a stream that is already set not to wait.
    pub const fn new(stream: S) -> Self {
        Self { stream }
    }

    /// Gives the stream back.
    pub fn release(self) -> S {
        self.stream
    }
}

impl StreamPort<TcpStream> {
    /// Connects to a TCP port.
    ///
    /// # Errors
    /// As [`TcpStream::connect`].
    pub fn connect(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::tcp(TcpStream::connect(address)?)
    }

    /// Takes a connected socket: not waiting, and without delay, for our
    /// frames are small.
    ///
    /// # Errors
    /// When the socket's options cannot be set.
    pub fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }
}

impl<S> ErrorType for StreamPort<S> {
    type Error = StreamError;
}

impl<S: Read + Write> Port for StreamPort<S> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        not_waiting(self.stream.read(buf))
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        not_waiting(self.stream.write(bytes))
    }
}

/// A port over a serial device or a pseudo-terminal, by its path.
#[derive(Debug)]
pub struct SerialPort {
    serial: serial2::SerialPort,
}

impl SerialPort {
    /// Opens a device: raw, 8 data bits, no parity, 1 stop bit, no flow
    /// control.
    ///
    /// # Errors
    /// When the device cannot be opened or set so.
    pub fn open(path: impl AsRef<Path>, baud: u32) -> io::Result<Self> {
        let mut serial = serial2::SerialPort::open(path, baud)?;
        serial.set_read_timeout(StdDuration::from_millis(1))?;
        serial.set_write_timeout(StdDuration::from_millis(20))?;
        Ok(Self { serial })
    }

    /// Gives the device back.
    pub fn release(self) -> serial2::SerialPort {
        self.serial
    }
}

impl ErrorType for SerialPort {
    type Error = StreamError;
}

impl Port for SerialPort {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        not_waiting(self.serial.read(buf))
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        not_waiting(self.serial.write(bytes))
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        Some(self)
    }
}

impl SetBaud for SerialPort {
    fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error> {
        self.serial.flush()?;
        let mut settings = self.serial.get_configuration()?;
        settings.set_baud_rate(baud)?;
        Ok(self.serial.set_configuration(&settings)?)
    }

    fn set_parity(&mut self, odd: bool) -> Result<bool, Self::Error> {
        self.serial.flush()?;
        let mut settings = self.serial.get_configuration()?;
        settings.set_parity(if odd { serial2::Parity::Odd } else { serial2::Parity::Even });
        settings.set_stop_bits(serial2::StopBits::Two);
        self.serial.set_configuration(&settings)?;
        Ok(true)
    }
}

fn not_waiting(result: io::Result<usize>) -> nb::Result<usize, StreamError> {
    match result {
        Ok(0) => Err(nb::Error::Other(io::Error::from(IoKind::UnexpectedEof).into())),
        Ok(n) => Ok(n),
        Err(error) => match error.kind() {
            IoKind::WouldBlock | IoKind::TimedOut | IoKind::Interrupted => {
                Err(nb::Error::WouldBlock)
            }
            _ => Err(nb::Error::Other(error.into())),
        },
    }
}
