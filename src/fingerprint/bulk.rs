//! Data that go with a command, or come with its answer, in one long frame: a
//! head, as many bytes as both sides know of, two bytes behind.

use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use crate::port::Duration;

/// Bytes of data that are taken in, or given out, at once.
pub const PIECE: usize = 64;

/// Bytes behind the data: the check, in whatever form.
pub(super) const END: usize = 2;

/// Microseconds that a byte takes at one bit a second, 8N1.
const BYTE: u32 = 10_000_000;

/// Which way data go with a command, in one long frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Flow {
    /// There are none.
    Nowhere,
    /// So many bytes come behind a good answer.
    Up(usize),
    /// As many come as the answer says, at most so many.
    UpTo(usize),
    /// They go out, and an answer comes behind them.
    Down,
}

/// How long so many bytes take on a line of that speed, each rounded up: a
/// division of 64 bits is 0.9 kB of code on a small processor.
pub(super) fn line_time(bytes: usize, baud: u32) -> Duration {
    let byte = BYTE.div_ceil(baud.max(1));
    Duration::from_micros(byte.into()).times(u64::try_from(bytes).unwrap_or(u64::MAX))
}

/// What a script has for the data of a command.
pub(super) enum Cargo<'c, F> {
    /// There are none, or they are not of interest.
    None,
    /// Takes each piece.
    In(&'c mut dyn FnMut(&[u8]) -> Result<(), F>),
    /// These bytes; and how many of them are gone.
    Out(&'c [u8], &'c mut usize),
}

impl<F> Cargo<'_, F> {
    /// Takes a piece that came.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<(), F> {
        match self {
            Self::In(take) => take(piece),
            Self::None | Self::Out(..) => Ok(()),
        }
    }

    /// Has the data loaded, which says how many of them are gone then. A
    /// command that needs data and has none sends an empty frame.
    pub(super) fn give(&mut self, load: impl FnOnce(&[u8]) -> usize) {
        match self {
            Self::Out(data, gone) => **gone = load(data),
            Self::None | Self::In(_) => _ = load(&[]),
        }
    }
}

/// What goes out: a command, or a long frame piece by piece.
pub(super) struct Outgoing {
    bytes: Vec<u8, PIECE>,
    /// Bytes of the long frame that went before, and these.
    given: usize,
}

impl Outgoing {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), given: 0 }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Puts a command in.
    pub(super) fn put(&mut self, command: &[u8]) {
        self.wipe();
        self.given = 0;
        // Cannot fail: no command is longer.
        let _ = self.bytes.extend_from_slice(command);
    }

    /// Puts the next piece of a long frame in: how many bytes of its data are
    /// gone then, and whether all of it is.
    pub(super) fn load(&mut self, head: &[u8], data: &[u8], end: [u8; END]) -> (usize, bool) {
        self.wipe();
        let frame = head.iter().chain(data).chain(&end);
        for byte in frame.skip(self.given).take(PIECE) {
            // Cannot fail: there is room for a piece.
            let _ = self.bytes.push(*byte);
        }
        self.given = self.given.saturating_add(self.bytes.len());
        let gone = self.given.saturating_sub(head.len());
        (gone.min(data.len()), gone >= data.len().saturating_add(END))
    }

    /// It may be a person's.
    pub(super) fn wipe(&mut self) {
        self.bytes.zeroize();
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// What came of a long frame.
pub(super) enum Came {
    /// The next bytes: [`Incoming::piece`].
    Piece,
    /// What stands behind the data.
    End([u8; END]),
}

/// A long frame that comes, from its first byte of data on: piece by piece,
/// whatever their number is. Whoever knows the check judges it.
#[derive(Default)]
pub(super) struct Incoming {
    bytes: Vec<u8, PIECE>,
    /// They were taken, and make room.
    taken: bool,
    /// Bytes of data that are still to come, behind those that were taken;
    /// `None` outside of a frame.
    left: Option<usize>,
}

impl Incoming {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), taken: false, left: None }
    }

    /// The head is there, and so many bytes of data are due.
    pub(super) fn begin(&mut self, data: usize) {
        self.clear();
        self.left = Some(data);
    }

    pub(super) fn clear(&mut self) {
        self.bytes.zeroize();
        (self.taken, self.left) = (false, None);
    }

    /// Whether the frame has begun and not ended.
    pub(super) const fn is_on(&self) -> bool {
        self.left.is_some()
    }

    /// The piece that was taken last.
    pub(super) fn piece(&self) -> &[u8] {
        if self.taken { &self.bytes } else { &[] }
    }

    /// Takes bytes in, until something is ready; how many.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        self.make_room();
        let missing = self.due().saturating_sub(self.bytes.len());
        let taken = bytes.get(..missing).unwrap_or(bytes);
        // Cannot fail: no more is due than there is room for.
        let _ = self.bytes.extend_from_slice(taken);
        taken.len()
    }

    /// Whether there is something to be taken.
    pub(super) fn is_ready(&self) -> bool {
        self.is_on() && !self.taken && self.bytes.len() >= self.due()
    }

    /// What came, if it is ready.
    pub(super) fn take(&mut self) -> Option<Came> {
        self.make_room();
        if !self.is_ready() {
            return None;
        }
        match (self.left, self.bytes.first_chunk()) {
            (Some(0), Some(end)) => {
                let end = *end;
                self.clear();
                Some(Came::End(end))
            }
            (left, _) => {
                self.left = left.map(|left| left.saturating_sub(self.bytes.len()));
                self.taken = true;
                Some(Came::Piece)
            }
        }
    }

    /// How many bytes make the next piece, or the end.
    fn due(&self) -> usize {
        match self.left {
            None => 0,
            Some(0) => END,
            Some(left) => left.min(PIECE),
        }
    }

    fn make_room(&mut self) {
        if core::mem::take(&mut self.taken) {
            self.bytes.zeroize();
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Without the bytes, which may be a person's.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} bytes)", self.bytes.len())
    }
}

/// Without the bytes, which may be a person's.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({} bytes, {:?} to come)", self.bytes.len(), self.left)
    }
}
