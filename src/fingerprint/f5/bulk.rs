use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::command::OWNER;
use super::frame::MARK;
use crate::fingerprint::wire::Heard;
use crate::port::Duration;

/// Bytes of data that are taken in, or given out, at once.
const PIECE: usize = 64;

/// The most bytes around a piece: the mark in front, whose data they are, the
/// check and the mark behind.
const EDGES: usize = 1 + OWNER + 2;

/// Bits of a byte on the line, 8N1.
const BITS: u64 = 10;

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

/// How far the data of a command are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// Nowhere: an answer is due.
    Answer,
    /// The mark in front is due.
    Mark,
    /// So many bytes are still to come.
    Coming(usize),
    /// The check is due.
    Check,
    /// The mark behind is due.
    End,
    Whole,
    Broken,
    /// So many bytes went out.
    Going(usize),
}

/// What goes out, and the long frame that comes: piece by piece, whatever their
/// number is.
///
/// The last piece that comes is held back until the check behind it was found
/// right. So nobody has all of a frame that is damaged.
pub(super) struct Bulk {
    outgoing: Vec<u8, { PIECE + EDGES }>,
    piece: Vec<u8, PIECE>,
    flow: Flow,
    stage: Stage,
    /// Bytes of data that are expected.
    bytes: usize,
    /// The frame begins with the bytes that came last.
    begins: bool,
    /// Whose the data are that go out.
    owner: [u8; OWNER],
    check: u8,
    /// For all of the data that come, or for the answer behind those that go.
    time: Duration,
    tail: Duration,
}

impl Bulk {
    pub(super) const fn new() -> Self {
        Self {
            outgoing: Vec::new(),
            piece: Vec::new(),
            flow: Flow::Nowhere,
            stage: Stage::Answer,
            bytes: 0,
            begins: false,
            owner: [0; OWNER],
            check: 0,
            time: Duration::ZERO,
            tail: Duration::ZERO,
        }
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        &self.outgoing
    }

    /// The piece that came last.
    pub(super) fn piece(&self) -> &[u8] {
        &self.piece
    }

    /// As [`Framing::tail`](crate::fingerprint::wire::Framing::tail).
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

    /// Whether the long frame has begun and not ended.
    pub(super) const fn is_within(&self) -> bool {
        matches!(self.stage, Stage::Coming(_) | Stage::Check | Stage::End)
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
                (self.stage, self.check) = (Stage::Mark, 0);
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

    /// From now on the data go out, behind whose they are, to be answered within
    /// that time.
    pub(super) fn go(&mut self, owner: [u8; OWNER], time: Duration) -> Heard {
        (self.stage, self.check, self.time) = (Stage::Going(0), 0, time);
        self.owner = owner;
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
        let owner = if gone == 0 { &self.owner[..] } else { &[] };
        // Cannot fail, none of them: there is room for all.
        if gone == 0 {
            let _ = self.outgoing.push(MARK);
        }
        for byte in owner.iter().chain(piece) {
            self.check ^= byte;
            let _ = self.outgoing.push(*byte);
        }
        if more.is_empty() {
            let _ = self.outgoing.extend_from_slice(&[self.check, MARK]);
        }
        let gone = gone.saturating_add(piece.len());
        self.stage = if more.is_empty() { Stage::Answer } else { Stage::Going(gone) };
        gone
    }

    /// Takes bytes of the long frame, until there is something to be judged;
    /// how many.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            if self.piece.is_full() && matches!(self.stage, Stage::Coming(_)) {
                return taken;
            }
            self.stage = match self.stage {
                Stage::Mark if *byte == MARK => self.begin_frame(),
                Stage::Coming(left) => self.data(left, *byte),
                Stage::Check if *byte == self.check => Stage::End,
                Stage::End if *byte == MARK => Stage::Whole,
                Stage::Mark | Stage::Check | Stage::End => Stage::Broken,
                _ => return taken,
            };
        }
        bytes.len()
    }

    fn begin_frame(&mut self) -> Stage {
        self.begins = true;
        Stage::Coming(self.bytes)
    }

    fn data(&mut self, left: usize, byte: u8) -> Stage {
        // Cannot fail: it was not full.
        let _ = self.piece.push(byte);
        self.check ^= byte;
        match left {
            ..=1 => Stage::Check,
            left => Stage::Coming(left.saturating_sub(1)),
        }
    }

    /// What came of the long frame; `None` if it is damaged.
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

impl Drop for Bulk {
    fn drop(&mut self) {
        self.outgoing.zeroize();
        self.piece.zeroize();
    }
}

/// Without the bytes, which may be a person's.
impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    pub(super) fn shift(&mut self, bulk: &mut Bulk) {
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

    /// Takes the last piece out, whose frame was found right.
    pub(super) fn last(&mut self, bulk: &Bulk) {
        if let Self::In(take) = self {
            take(bulk.piece());
        }
    }
}
