use core::fmt;

use crate::port::{CardLines, CardState, Clock, Contact, Duration, Instant, Port, SetBaud};
use crate::{Error, ErrorKind, ErrorType};

/// Which way bytes cross a port, as the host sees it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Direction {
    /// From the host to the device.
    Out,
    /// From the device to the host.
    In,
}

/// A piece of a recording is preceded by this many bytes: direction and
/// length in one, then the microseconds since the piece before.
const HEADER: usize = 5;
/// The direction's bit in the first byte; the others are the length.
const IN: u8 = 0x80;
/// Longest piece.
const LONGEST: usize = 0x7F;

/// Records what crosses a port into a caller's buffer.
///
/// A recording is a row of pieces: a byte with the direction in its highest
/// bit (1 is from the device) and the length in the others, four bytes of
/// microseconds since the piece before (little-endian, at most 71 minutes),
/// and the bytes. A change of speed is not recorded.
///
/// What crosses may be a secret (a password, a card number): record on the
/// bench, and remove what is personal before it is kept.
pub struct Recorder<'b, P, C> {
    port: P,
    clock: C,
    buf: &'b mut [u8],
    len: usize,
    last: Option<Instant>,
}

/// What a [`Recorder`] fails with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RecordError<E> {
    /// The port failed.
    Port(E),
    /// The recording is full. Nothing crosses the port unrecorded.
    Full,
}

impl<E: fmt::Display> fmt::Display for RecordError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(error) => error.fmt(f),
            Self::Full => f.write_str("the recording is full"),
        }
    }
}

impl<E: Error> core::error::Error for RecordError<E> {}

impl<E: Error> Error for RecordError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::Full => ErrorKind::Other,
        }
    }
}

impl<'b, P, C: Clock> Recorder<'b, P, C> {
    /// Records `port` into `buf`.
    pub const fn new(port: P, clock: C, buf: &'b mut [u8]) -> Self {
        Self { port, clock, buf, len: 0, last: None }
    }

    /// The recording so far.
    #[must_use]
    pub fn recording(&self) -> &[u8] {
        self.buf.get(..self.len).unwrap_or_default()
    }

    /// Gives the port and the recording back.
    pub fn release(self) -> (P, &'b [u8]) {
        (self.port, self.buf.get(..self.len).unwrap_or_default())
    }

    /// How many bytes of one more piece can be recorded.
    fn room(&self) -> usize {
        self.buf.len().saturating_sub(self.len).saturating_sub(HEADER).min(LONGEST)
    }

    fn record(&mut self, direction: Direction, bytes: &[u8]) {
        let now = self.clock.now();
        let gap = now.since(self.last.unwrap_or(now)).as_micros();
        self.last = Some(now);
        let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX) & !IN;
        let head = if direction == Direction::In { length | IN } else { length };
        let gap = u32::try_from(gap).unwrap_or(u32::MAX).to_le_bytes();
        let piece = core::iter::once(head).chain(gap).chain(bytes.iter().copied());
        let free = self.buf.iter_mut().skip(self.len);
        self.len += free.zip(piece).map(|(slot, byte)| *slot = byte).count();
    }
}

impl<P: ErrorType, C> ErrorType for Recorder<'_, P, C> {
    type Error = RecordError<P::Error>;
}

impl<P: Port, C: Clock> Port for Recorder<'_, P, C> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        let buf = match self.room() {
            0 => return Err(nb::Error::Other(RecordError::Full)),
            room => buf.get_mut(..room.min(buf.len())).unwrap_or_default(),
        };
        let n = self.port.try_read(buf).map_err(|error| error.map(RecordError::Port))?;
        self.record(Direction::In, buf.get(..n).unwrap_or(buf));
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let bytes = match self.room() {
            0 => return Err(nb::Error::Other(RecordError::Full)),
            room => bytes.get(..room).unwrap_or(bytes),
        };
        let n = self.port.try_write(bytes).map_err(|error| error.map(RecordError::Port))?;
        self.record(Direction::Out, bytes.get(..n).unwrap_or(bytes));
        Ok(n)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        self.port.baud().is_some().then_some(self)
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        self.port.card().is_some().then_some(self)
    }
}

impl<P: Port, C: Clock> CardLines for Recorder<'_, P, C> {
    fn contact(&mut self, wanted: Contact) -> Result<CardState, Self::Error> {
        let card = self.port.card();
        let state = card.map_or(Ok(CardState::default()), |card| card.contact(wanted));
        state.map_err(RecordError::Port)
    }
}

impl<P: Port, C: Clock> SetBaud for Recorder<'_, P, C> {
    fn set_baud(&mut self, baud: u32) -> Result<(), Self::Error> {
        let port = self.port.baud();
        port.map_or(Ok(()), |port| port.set_baud(baud)).map_err(RecordError::Port)
    }

    fn set_parity(&mut self, odd: bool) -> Result<bool, Self::Error> {
        let port = self.port.baud();
        port.map_or(Ok(false), |port| port.set_parity(odd)).map_err(RecordError::Port)
    }
}

impl<P: fmt::Debug, C> fmt::Debug for Recorder<'_, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("port", &self.port).field("len", &self.len).finish()
    }
}

/// A port that plays the device's part of a recording.
///
/// It checks that the host says what it said then, byte for byte in whatever
/// pieces, and answers with the recorded bytes after the recorded time. It
/// takes every speed: a recording has none.
pub struct Replayer<'b, C> {
    clock: C,
    rest: &'b [u8],
    /// What is left of the piece under way.
    piece: (Option<Direction>, &'b [u8]),
    due: Instant,
    position: usize,
}

/// The host does not say what was recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReplayError {
    /// Another byte was written than the recorded one; this many were right.
    Differs {
        /// Bytes written before it.
        position: usize,
        /// The byte of the recording; `None` where the device speaks.
        recorded: Option<u8>,
        /// The byte written.
        written: u8,
    },
    /// The recording is over.
    Over,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs { position, recorded: Some(recorded), written } => {
                write!(f, "byte {position} was {recorded:02X} then and is {written:02X} now")
            }
            Self::Differs { position, recorded: None, written } => {
                write!(f, "byte {position} is {written:02X}, where the device spoke then")
            }
            Self::Over => f.write_str("the recording is over"),
        }
    }
}

impl core::error::Error for ReplayError {}

impl Error for ReplayError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Differs { .. } => ErrorKind::Protocol,
            Self::Over => ErrorKind::Line,
        }
    }
}

impl<'b, C: Clock> Replayer<'b, C> {
    /// Plays a recording.
    pub const fn new(clock: C, recording: &'b [u8]) -> Self {
        Self { clock, rest: recording, piece: (None, &[]), due: Instant::ZERO, position: 0 }
    }

    /// Whether all of the recording was played.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.rest.is_empty() && self.piece.1.is_empty()
    }

    /// Opens the next piece if the one under way is done.
    fn next_piece(&mut self) {
        if !self.piece.1.is_empty() {
            return;
        }
        let Some((&[head, a, b, c, d], rest)) = self.rest.split_first_chunk::<HEADER>() else {
            self.rest = &[];
            return;
        };
        let direction = if head & IN == 0 { Direction::Out } else { Direction::In };
        let (bytes, rest) = rest.split_at_checked(usize::from(head & !IN)).unwrap_or((rest, &[]));
        self.piece = (Some(direction), bytes);
        self.rest = rest;
        let gap = Duration::from_micros(u32::from_le_bytes([a, b, c, d]).into());
        self.due = self.clock.now() + gap;
    }
}

impl<C> ErrorType for Replayer<'_, C> {
    type Error = ReplayError;
}

impl<C: Clock> Port for Replayer<'_, C> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, ReplayError> {
        self.next_piece();
        if self.is_over() || self.piece.0 != Some(Direction::In) || self.clock.now() < self.due {
            return Err(nb::Error::WouldBlock);
        }
        let n = self.piece.1.len().min(buf.len());
        let (now, later) = self.piece.1.split_at_checked(n).unwrap_or_default();
        buf.iter_mut().zip(now).for_each(|(slot, byte)| *slot = *byte);
        self.piece.1 = later;
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, ReplayError> {
        self.next_piece();
        let Some(&written) = bytes.first() else { return Ok(0) };
        let differs = |position, recorded| {
            Err(nb::Error::Other(ReplayError::Differs { position, recorded, written }))
        };
        match self.piece {
            _ if self.is_over() => Err(nb::Error::Other(ReplayError::Over)),
            (Some(Direction::Out), [recorded, later @ ..]) if *recorded == written => {
                self.piece.1 = later;
                self.position += 1;
                Ok(1)
            }
            (Some(Direction::Out), [recorded, ..]) => differs(self.position, Some(*recorded)),
            _ => differs(self.position, None),
        }
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = ReplayError>> {
        Some(self)
    }
}

impl<C: Clock> SetBaud for Replayer<'_, C> {
    fn set_baud(&mut self, _baud: u32) -> Result<(), ReplayError> {
        Ok(())
    }
}

impl<C> fmt::Debug for Replayer<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.rest.len() + self.piece.1.len();
        f.debug_struct("Replayer").field("position", &self.position).field("left", &left).finish()
    }
}
