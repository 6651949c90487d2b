use core::fmt;

use super::Direction;
use crate::ErrorType;
use crate::port::{CardLines, Port, SetBaud};

/// Somebody who watches a line.
pub trait Trace {
    /// These bytes crossed the line.
    fn bytes(&mut self, direction: Direction, bytes: &[u8]);

    /// The speed was changed to `baud` bits a second.
    fn speed(&mut self, baud: u32) {
        let _ = baud;
    }
}

/// Shows what crosses a port to a [`Trace`].
///
/// What crosses may be a secret (a payment code, a card number): trace on the
/// bench, not in the field.
///
/// ```
/// use embedded_pos::port::middleware::{HexTrace, Tracer};
/// use embedded_pos::port::Port as _;
/// # use embedded_pos::sim::{Device, Simulated, VirtualClock};
/// # use embedded_pos::port::Instant;
/// # struct Echo(Vec<u8>);
/// # impl Device for Echo {
/// #     fn receive(&mut self, bytes: &[u8], _now: Instant) { self.0.extend(bytes); }
/// #     fn transmit(&mut self, _now: Instant) -> Vec<u8> { std::mem::take(&mut self.0) }
/// # }
/// # let port = Simulated::new(Echo(vec![])).port(VirtualClock::new());
/// let mut log = String::new();
/// let mut port = Tracer::new(port, HexTrace::new(&mut log, |bytes, out| {
///     write!(out, "{} bytes", bytes.len())
/// }));
/// port.try_write(&[0xEF, 0x01])?;
/// drop(port);
/// assert_eq!(log, "> EF 01  | 2 bytes\n");
/// # Ok::<(), nb::Error<embedded_pos::sim::Unplugged>>(())
/// ```
#[derive(Debug)]
pub struct Tracer<P, T> {
    port: P,
    trace: T,
}

impl<P, T> Tracer<P, T> {
    /// Watches `port` with `trace`.
    pub const fn new(port: P, trace: T) -> Self {
        Self { port, trace }
    }

    /// Gives both back.
    pub fn release(self) -> (P, T) {
        (self.port, self.trace)
    }
}

impl<P: ErrorType, T> ErrorType for Tracer<P, T> {
    type Error = P::Error;
}

impl<P: Port, T: Trace> Port for Tracer<P, T> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        let n = self.port.try_read(buf)?;
        self.trace.bytes(Direction::In, buf.get(..n).unwrap_or(buf));
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let n = self.port.try_write(bytes)?;
        self.trace.bytes(Direction::Out, bytes.get(..n).unwrap_or(bytes));
        Ok(n)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        self.port.baud().is_some().then_some(self)
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        self.port.card()
    }
}

impl<P: Port, T: Trace> SetBaud for Tracer<P, T> {
    fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error> {
        if let Some(port) = self.port.baud() {
            port.set_baud(baud)?;
            self.trace.speed(baud);
        }
        Ok(())
    }

    fn set_parity(&mut self, odd: bool) -> Result<bool, Self::Error> {
        self.port.baud().map_or(Ok(false), |port| port.set_parity(odd))
    }
}

/// A trace as text: `>` out and `<` in, the bytes in hexadecimal, and what a
/// decoder makes of them. One line for each piece that crossed the port, as it
/// crossed it.
pub struct HexTrace<W, F> {
    out: W,
    decode: F,
}

impl<W: fmt::Write, F: FnMut(&[u8], &mut dyn fmt::Write) -> fmt::Result> HexTrace<W, F> {
    /// Writes to `out`; `decode` may add what the bytes mean, or write nothing.
    pub const fn new(out: W, decode: F) -> Self {
        Self { out, decode }
    }

    fn line(&mut self, direction: Direction, bytes: &[u8]) -> fmt::Result {
        self.out.write_char(match direction {
            Direction::Out => '>',
            Direction::In => '<',
        })?;
        for byte in bytes {
            write!(self.out, " {byte:02X}")?;
        }
        let mut meaning = Lazily { out: &mut self.out, begun: false };
        (self.decode)(bytes, &mut meaning)?;
        self.out.write_char('\n')
    }
}

impl<W: fmt::Write, F: FnMut(&[u8], &mut dyn fmt::Write) -> fmt::Result> Trace for HexTrace<W, F> {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) {
        // A full log is no reason to disturb the line.
        let _ = self.line(direction, bytes);
    }

    fn speed(&mut self, baud: u32) {
        let _ = writeln!(self.out, "= {baud} baud");
    }
}

impl<W: fmt::Debug, F> fmt::Debug for HexTrace<W, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HexTrace").field("out", &self.out).finish_non_exhaustive()
    }
}

/// Writes a separator before the first text, if there is any.
struct Lazily<'a, W> {
    out: &'a mut W,
    begun: bool,
}

impl<W: fmt::Write> fmt::Write for Lazily<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !core::mem::replace(&mut self.begun, true) {
            self.out.write_str("  | ")?;
        }
        self.out.write_str(text)
    }
}
