use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::port::{Clock, Duration, Instant, Port, SetBaud};
use crate::sim::VirtualClock;
use crate::sim::card::Mishap;
use crate::{Error, ErrorKind, ErrorType};

use super::seat::Character;

/// What a plain UART is wired to.
pub(super) trait IoLine: Send {
    /// A character of the host is to begin. Returns when it did, and its last
    /// copy.
    fn hear(&mut self, line: usize, character: Character, at: Instant) -> (Instant, Instant);

    /// The characters that are over by now.
    fn take(&mut self, line: usize, now: Instant) -> std::vec::Vec<Character>;
}

/// A plain UART, half duplex on the I/O line: 8 data bits, parity, 2 stop bits.
/// It hears what it sends.
pub struct SimUart {
    wire: Arc<Mutex<dyn IoLine>>,
    line: usize,
    clock: VirtualClock,
    baud: u32,
    odd: bool,
    inbox: VecDeque<Character>,
    /// Characters of its own, by when they are over, and whether they are
    /// sound.
    echo: VecDeque<(Instant, u8, bool)>,
    /// How many it heard; what happens to one of them.
    own: usize,
    misheard: Option<(usize, Mishap)>,
    free_at: Instant,
    deaf: bool,
}

impl fmt::Debug for SimUart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimUart").field("baud", &self.baud).finish_non_exhaustive()
    }
}

impl SimUart {
    pub(super) fn new(wire: Arc<Mutex<dyn IoLine>>, line: usize, clock: VirtualClock) -> Self {
        Self {
            wire,
            line,
            clock,
            baud: 9_600,
            odd: false,
            inbox: VecDeque::new(),
            echo: VecDeque::new(),
            own: 0,
            misheard: None,
            free_at: Instant::ZERO,
            deaf: false,
        }
    }

    /// One that does not hear itself.
    #[must_use]
    pub fn without_echo(mut self) -> Self {
        self.deaf = true;
        self
    }

    /// One that hears the `n`th character of its own, counted from 0, other than
    /// the card does.
    #[must_use]
    pub fn mishearing(mut self, n: usize, mishap: Mishap) -> Self {
        self.misheard = Some((n, mishap));
        self
    }

    /// It hears itself, until `end`.
    fn hear(&mut self, byte: u8, end: Instant) {
        let mishap = self.misheard.filter(|(n, _)| *n == self.own);
        self.own += 1;
        let heard = match mishap.map(|(_, mishap)| mishap) {
            Some(Mishap::Dropped) => return,
            Some(Mishap::Damaged) => (end, byte, false),
            Some(Mishap::Flipped(bit)) => (end, byte ^ (1 << (bit & 7)), true),
            Some(Mishap::Delayed(late)) => (end + late, byte, true),
            Some(Mishap::Repeated(n)) => (end + self.bits(14 * u64::from(n)), byte, true),
            Some(Mishap::Doubled) | None => (end, byte, true),
        };
        let times = if mishap.is_some_and(|(_, mishap)| mishap == Mishap::Doubled) { 2 } else { 1 };
        self.echo.extend(std::iter::repeat_n(heard, times));
    }

    fn bits(&self, n: u64) -> Duration {
        Duration::from_micros(n * 1_000_000 / u64::from(self.baud.max(1)))
    }
}

/// A character came with wrong parity, or at another speed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UartError;

impl fmt::Display for UartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong parity")
    }
}

impl std::error::Error for UartError {}

impl Error for UartError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Line
    }
}

impl ErrorType for SimUart {
    type Error = UartError;
}

impl Port for SimUart {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, UartError> {
        let now = self.clock.now();
        let over = self.wire.lock().unwrap_or_else(PoisonError::into_inner).take(self.line, now);
        self.inbox.extend(over);
        let mut n = 0;
        for slot in buf {
            let own = self.echo.front().copied().filter(|(end, ..)| *end <= now);
            if let Some((_, byte, good)) = own {
                if !good && n > 0 {
                    break;
                }
                self.echo.pop_front();
                if !good {
                    return Err(nb::Error::Other(UartError));
                }
                *slot = byte;
            } else if let Some(character) = self.inbox.front().copied() {
                let near = character.baud.abs_diff(self.baud) * 50 <= self.baud;
                let good = near && character.odd == self.odd;
                if !good && n > 0 {
                    break;
                }
                self.inbox.pop_front();
                if !good {
                    return Err(nb::Error::Other(UartError));
                }
                *slot = character.byte;
            } else {
                break;
            }
            n += 1;
        }
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, UartError> {
        let now = self.clock.now();
        let mut at = self.free_at.max(now);
        for byte in bytes {
            let character = Character { byte: *byte, odd: self.odd, baud: self.baud };
            let wire = self.wire.clone();
            let mut wire = wire.lock().unwrap_or_else(PoisonError::into_inner);
            let (first, last) = wire.hear(self.line, character, at);
            drop(wire);
            if !self.deaf {
                self.hear(*byte, first + self.bits(10));
                if last != first {
                    self.hear(*byte, last + self.bits(10));
                }
            }
            at = last + self.bits(12);
        }
        self.free_at = at;
        Ok(bytes.len())
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = UartError>> {
        Some(self)
    }
}

impl SetBaud for SimUart {
    fn set_baud(&mut self, baud: u32) -> Result<(), UartError> {
        self.baud = baud;
        Ok(())
    }

    fn set_parity(&mut self, odd: bool) -> Result<bool, UartError> {
        self.odd = odd;
        Ok(true)
    }
}
