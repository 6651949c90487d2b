use core::fmt;

use crate::ErrorType;
use crate::port::{Port, SetBaud};

/// A port with a way to set its speed: the port and a closure.
///
/// ```
/// use embedded_pos::port::{Port, adapter::WithBaud};
/// # fn demo<P: Port>(uart: P) {
/// let mut port = WithBaud::new(uart, |_uart: &mut P, _baud: u32| {
///     // Wait until the last bit is out, then write the divider.
///     Ok(())
/// });
/// assert!(port.baud().is_some());
/// # }
/// ```
pub struct WithBaud<P, F> {
    port: P,
    set: F,
}

impl<P, F> WithBaud<P, F> {
    /// Joins the two; `set` is handed the port and the bits a second.
    pub const fn new(port: P, set: F) -> Self {
        Self { port, set }
    }

    /// Gives both back.
    pub fn release(self) -> (P, F) {
        (self.port, self.set)
    }
}

impl<P: fmt::Debug, F> fmt::Debug for WithBaud<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithBaud").field("port", &self.port).finish_non_exhaustive()
    }
}

impl<P: ErrorType, F> ErrorType for WithBaud<P, F> {
    type Error = P::Error;
}

impl<P: Port, F: FnMut(&mut P, u32) -> Result<(), P::Error>> Port for WithBaud<P, F> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        self.port.try_read(buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        self.port.try_write(bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        Some(self)
    }
}

impl<P: Port, F: FnMut(&mut P, u32) -> Result<(), P::Error>> SetBaud for WithBaud<P, F> {
    fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error> {
        (self.set)(&mut self.port, baud)
    }
}
