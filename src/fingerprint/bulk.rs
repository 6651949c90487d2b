use core::marker::PhantomData;

use heapless::Vec;
use zeroize::Zeroize;

use super::wire::Heard;
use crate::port::Duration;

/// Bytes of data that are taken in, or given out, at once.
const PIECE: usize = 64;

/// The most bytes that go before the data of a command.
const PREFIX: usize = 3;

/// The most bytes around a piece: head and tail of a packet, and the prefix.
const EDGES: usize = 6;

/// Bits of a byte on the line, 8N1.
const BITS: u64 = 10;

/// Which way data go with a command: one packet, which does not say how long it
/// is.
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

/// How the data packets of a family begin and end. The check is that of the
/// head to begin with, and then of each byte.
pub(super) trait Envelope {
    const HEAD: &'static [u8];
    const CHECK: u16;

    fn add(check: u16, byte: u8) -> u16;

    fn tail(check: u16) -> [u8; 2];
}

/// How far the data of a command are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// Nowhere: an answer is due.
    Answer,
    /// So many bytes of the head came.
    Head(usize),
    /// So many bytes are still to come.
    Coming(usize),
    /// So many bytes of the tail came.
    Tail(usize),
    Whole,
    Broken,
    /// So many bytes went out.
    Going(usize),
}

/// What goes out, and the data packet that comes: piece by piece, whatever
/// their number is.
///
/// The last piece that comes is held back until the check behind it was found
/// right. So nobody has all of a packet that is damaged.
pub(super) struct Bulk<E> {
    outgoing: Vec<u8, { PIECE + EDGES }>,
    piece: Vec<u8, PIECE>,
    flow: Flow,
    stage: Stage,
    /// Bytes of data that are expected.
    bytes: usize,
    /// The data packet begins with the bytes that came last.
    begins: bool,
    /// Goes out before the data, in their packet.
    prefix: Vec<u8, PREFIX>,
    check: u16,
    /// For all of the data that come, or for the answer behind those that go.
    time: Duration,
    tail: Duration,
    envelope: PhantomData<E>,
}

impl<E> Bulk<E> {
    pub(super) const fn new() -> Self {
        Self {
            outgoing: Vec::new(),
            piece: Vec::new(),
            flow: Flow::Nowhere,
            stage: Stage::Answer,
            bytes: 0,
            begins: false,
            prefix: Vec::new(),
            check: 0,
            time: Duration::ZERO,
            tail: Duration::ZERO,
            envelope: PhantomData,
        }
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        &self.outgoing
    }

    /// The piece that came last.
    pub(super) fn piece(&self) -> &[u8] {
        &self.piece
    }

    /// As [`Framing::tail`](super::wire::Framing::tail).
    pub(super) const fn tail(&self) -> Duration {
        self.tail
    }

    /// The module is known not to send any more.
    pub(super) fn settle(&mut self) {
        self.tail = Duration::ZERO;
    }

    /// Whether what comes now is data, and no answer.
    pub(super) const fn is_coming(&self) -> bool {
        !matches!(self.stage, Stage::Answer | Stage::Going(_))
    }

    /// Whether the data packet has begun and not ended.
    pub(super) const fn is_within(&self) -> bool {
        matches!(self.stage, Stage::Head(1..) | Stage::Coming(_) | Stage::Tail(_))
    }

    /// Forgets what came and what was due; what was to go out as well.
    pub(super) fn clear(&mut self) {
        self.stage = Stage::Answer;
        self.drop_piece();
    }

    pub(super) fn wipe(&mut self) {
        self.outgoing.zeroize();
        self.outgoing.clear();
    }

    fn drop_piece(&mut self) {
        self.piece.zeroize();
        self.piece.clear();
    }
}

impl<E: Envelope> Bulk<E> {
    /// Puts a command in, on a line of that speed.
    pub(super) fn begin(&mut self, command: &[u8], flow: Flow, baud: u32) {
        self.clear();
        self.wipe();
        // Cannot fail: no command is longer.
        let _ = self.outgoing.extend_from_slice(command);
        self.flow = flow;
        if let Flow::Up(bytes) | Flow::UpTo(bytes) = flow {
            self.bytes = bytes;
            let bytes = u64::try_from(bytes.saturating_add(EDGES)).unwrap_or(u64::MAX);
            // As long again, for a module that pauses, or a host that comes late.
            self.time = Duration::of_bytes(bytes.saturating_mul(2), BITS, baud);
            self.tail = self.tail.max(self.time);
        }
    }

    /// An answer came: a good one, behind which data come or may go, or not.
    pub(super) fn answered(&mut self, good: bool) -> Heard {
        match (self.flow, good) {
            (Flow::Up(_) | Flow::UpTo(_), true) => {
                (self.stage, self.check) = (Stage::Head(0), E::CHECK);
                Heard::Part
            }
            (Flow::Up(_) | Flow::UpTo(_), false) => {
                self.settle();
                Heard::All
            }
            _ => Heard::All,
        }
    }

    /// How many bytes come, by the answer.
    pub(super) fn expect(&mut self, bytes: usize) {
        self.bytes = bytes;
    }

    /// From now on the data go out, behind a prefix, to be answered within that
    /// time.
    pub(super) fn go(&mut self, prefix: &[u8], time: Duration) -> Heard {
        (self.stage, self.check, self.time) = (Stage::Going(0), E::CHECK, time);
        self.prefix = prefix.iter().copied().take(PREFIX).collect();
        Heard::Piece(Some(time))
    }

    /// Whether there is another piece to be put in.
    pub(super) fn goes_on(&self) -> Option<Heard> {
        matches!(self.stage, Stage::Going(_)).then_some(Heard::Piece(Some(self.time)))
    }

    /// Puts the next piece of the data in; how many bytes of them are gone
    /// then.
    pub(super) fn load(&mut self, data: &[u8]) -> usize {
        let Stage::Going(gone) = self.stage else { return data.len() };
        let rest = data.get(gone..).unwrap_or(&[]);
        let (piece, more) = rest.split_at_checked(PIECE).unwrap_or((rest, &[]));
        self.wipe();
        let prefix = core::mem::take(&mut self.prefix);
        // Cannot fail, none of them: there is room for all four parts.
        if gone == 0 {
            let _ = self.outgoing.extend_from_slice(E::HEAD);
        }
        for byte in prefix.iter().chain(piece) {
            self.check = E::add(self.check, *byte);
            let _ = self.outgoing.push(*byte);
        }
        if more.is_empty() {
            let _ = self.outgoing.extend_from_slice(&E::tail(self.check));
        }
        let gone = gone.saturating_add(piece.len());
        self.stage = if more.is_empty() { Stage::Answer } else { Stage::Going(gone) };
        gone
    }

    /// Takes bytes of the data packet, until there is something to be judged;
    /// how many.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            if self.piece.is_full() && matches!(self.stage, Stage::Coming(_)) {
                return taken;
            }
            self.stage = match self.stage {
                Stage::Head(at) => self.head(at, *byte),
                Stage::Coming(left) => self.data(left, *byte),
                Stage::Tail(at) => self.edge(at, *byte),
                _ => return taken,
            };
        }
        bytes.len()
    }

    fn head(&mut self, at: usize, byte: u8) -> Stage {
        if E::HEAD.get(at) != Some(&byte) {
            return Stage::Broken;
        }
        let at = at.saturating_add(1);
        self.begins = at == E::HEAD.len();
        if self.begins { Stage::Coming(self.bytes) } else { Stage::Head(at) }
    }

    fn data(&mut self, left: usize, byte: u8) -> Stage {
        // Cannot fail: it was not full.
        let _ = self.piece.push(byte);
        self.check = E::add(self.check, byte);
        match left {
            ..=1 => Stage::Tail(0),
            left => Stage::Coming(left.saturating_sub(1)),
        }
    }

    fn edge(&mut self, at: usize, byte: u8) -> Stage {
        match (E::tail(self.check).get(at), at) {
            (Some(wanted), 0) if *wanted == byte => Stage::Tail(1),
            (Some(wanted), _) if *wanted == byte => Stage::Whole,
            _ => Stage::Broken,
        }
    }

    /// What came of the data packet; `None` if it is damaged.
    pub(super) fn judge(&mut self) -> Option<Heard> {
        if core::mem::take(&mut self.begins) {
            return Some(Heard::Turn(Some(self.time)));
        }
        match self.stage {
            Stage::Broken => None,
            Stage::Whole => {
                self.settle();
                Some(Heard::All)
            }
            Stage::Coming(_) if self.piece.is_full() => Some(Heard::Piece(None)),
            _ => Some(Heard::Nothing),
        }
    }
}

impl<E> Drop for Bulk<E> {
    fn drop(&mut self) {
        self.outgoing.zeroize();
        self.piece.zeroize();
    }
}

/// Without the bytes, which may be a person's.
impl<E> core::fmt::Debug for Bulk<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Bulk({:?}, {:?})", self.flow, self.stage)
    }
}

/// What a script has for the data of a command.
pub(super) enum Cargo<'c> {
    /// They are not of interest.
    Nothing,
    /// Takes each piece.
    In(&'c mut dyn FnMut(&[u8])),
    /// These bytes; and how many of them are gone.
    Out(&'c [u8], &'c mut usize),
}

impl Cargo<'_> {
    /// Takes a piece out, or puts the next one in.
    pub(super) fn shift<E: Envelope>(&mut self, bulk: &mut Bulk<E>) {
        match self {
            Self::Out(data, gone) => **gone = bulk.load(data),
            // A command that needs data and has none.
            _ if matches!(bulk.stage, Stage::Going(_)) => _ = bulk.load(&[]),
            _ => {
                self.last(bulk);
                bulk.drop_piece();
            }
        }
    }

    /// Takes the last piece out, whose packet was found right.
    pub(super) fn last<E>(&mut self, bulk: &Bulk<E>) {
        if let Self::In(take) = self {
            take(bulk.piece());
        }
    }
}
