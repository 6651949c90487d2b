use core::convert::Infallible;
use core::fmt;

use super::command::Command;
use super::fault::Fault;
use super::link::{Link, Sink};
use super::status::Code;
use super::talk::{Heard, Next, Script};
use crate::port::Instant;
use crate::scan::document::card::{IdText, NewestAddress};
use crate::scan::document::{Part, Piece};

/// Whether the card is to blame for a fault: then it has to be found again.
pub(super) const fn is_card(fault: Fault) -> bool {
    matches!(fault, Fault::Refused { status, .. } if status.is_card())
}

/// One command that a reader answers with yes or no.
#[derive(Debug)]
pub struct Order {
    pub(super) command: Command,
}

impl Sink for Order {}

impl Script<(), Infallible> for Order {
    fn next(&mut self, link: &mut Link, heard: Heard, _now: Instant) -> Next<()> {
        // A reset reader does not remember the card.
        link.card &= self.command != Command::Reset;
        match heard {
            None => Next::Ask(self.command),
            Some(result) => Next::Done(result.map(|_| ())),
        }
    }
}

/// The number of the security module in a reader (SAM 编号): which reader it
/// is.
///
/// Displayed as printed on readers: two parts of two digits, a date, and two
/// numbers of ten digits, with zeros in front. (One program prints nine; the
/// numbers that readers have differ in nothing by that.)
///
/// ```
/// use embedded_pos::scan::document::sdt::SamId;
///
/// let id = SamId::new([5, 0, 1, 0, 0, 46, 52, 1, 1, 0, 0, 0, 2, 0, 0, 0]);
/// assert_eq!(id.to_string(), "05.01-20196864-0000000001-0000000002");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SamId {
    bytes: [u8; 16],
}

impl SamId {
    /// Of the sixteen bytes that a reader sends.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self { bytes }
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }
}

impl fmt::Display for SamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, words @ ..] = self.bytes;
        let (first, second) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        write!(f, "{first:02}.{second:02}")?;
        let (words, _) = words.as_chunks();
        for (word, width) in words.iter().zip([1, 10, 10]) {
            write!(f, "-{:0width$}", u32::from_le_bytes(*word))?;
        }
        Ok(())
    }
}

/// Asks for it.
#[derive(Debug)]
pub struct AskSamId(pub(super) ());

impl Sink for AskSamId {}

impl Script<SamId, Infallible> for AskSamId {
    fn next(&mut self, link: &mut Link, heard: Heard, _now: Instant) -> Next<SamId> {
        match heard {
            None => Next::Ask(Command::SamId),
            Some(Err(fault)) => Next::Done(Err(fault)),
            // It has that length: no other reply fits.
            Some(Ok(_)) => {
                let bytes = link.data().first_chunk().copied();
                Next::Done(bytes.map(SamId::new).ok_or(Fault::Garbled(Command::SamId)))
            }
        }
    }
}

/// Reads the newest address.
#[derive(Debug)]
pub struct ReadAddress<'b> {
    pub(super) address: &'b mut NewestAddress,
}

impl Sink for ReadAddress<'_> {}

impl Script<bool, Infallible> for ReadAddress<'_> {
    fn next(&mut self, link: &mut Link, heard: Heard, _now: Instant) -> Next<bool> {
        self.address.clear();
        match heard {
            None if !link.card => Next::Done(Err(Fault::NoCard)),
            None => Next::Ask(Command::Address),
            Some(Ok(_)) => {
                let to = self.address.as_mut_bytes().iter_mut();
                to.zip(link.data()).for_each(|(to, from)| *to = *from);
                link.forget();
                Next::Done(Ok(true))
            }
            Some(Err(Fault::Refused { status, .. })) if status.code() == Code::NoContent => {
                Next::Done(Ok(false))
            }
            Some(Err(fault)) => {
                link.card &= !is_card(fault);
                Next::Done(Err(fault))
            }
        }
    }
}

/// Reads a card: its text into a buffer, and if it is asked for, the rest in
/// pieces.
#[derive(Debug)]
pub struct Read<'b> {
    text: &'b mut IdText,
    command: Command,
    /// Whether anybody wants the pieces.
    pieces: bool,
    /// The lengths in front of the data: of text, photo, fingerprints.
    head: [u8; 6],
    /// How many bytes the reply has behind them.
    len: u16,
    piece: Option<Piece>,
    /// The piece is to be told.
    full: bool,
    /// All of the text is there.
    whole: bool,
}

/// A reading that is dropped, or whose port fails, has no result that could
/// clear the text.
impl Drop for Read<'_> {
    fn drop(&mut self) {
        if !self.whole {
            self.text.clear();
        }
    }
}

impl<'b> Read<'b> {
    pub(super) const fn new(text: &'b mut IdText, command: Command, pieces: bool) -> Self {
        let (head, len, piece) = ([0; 6], 0, None);
        Self { text, command, pieces, head, len, piece, full: false, whole: false }
    }

    /// The photo's length has two bytes, and so have the others.
    const fn head_len(&self) -> u16 {
        match self.command {
            Command::ReadAll => 6,
            _ => 4,
        }
    }

    fn lengths(&self) -> [u16; 3] {
        let [a, b, c, d, e, f] = self.head;
        [[a, b], [c, d], [e, f]].map(u16::from_be_bytes)
    }

    /// Whether they are those of the documents, and the reply has so many.
    fn is_sound(&self) -> bool {
        let [text, photo, finger] = self.lengths();
        usize::from(text) == IdText::LEN
            && text.checked_add(photo).and_then(|sum| sum.checked_add(finger)) == Some(self.len)
    }

    /// Where a byte belongs that is behind the text, and where its part ends.
    fn part(&self, at: u16) -> (Part, u16, u16) {
        let [_, photo, finger] = self.lengths();
        match at.checked_sub(photo) {
            None => (Part::Photo, at, photo),
            Some(at) => (Part::Fingerprint, at, finger),
        }
    }

    /// Takes a byte of the photo or the fingerprints; whether there is room
    /// for another one.
    fn put(&mut self, at: u16, byte: u8) -> bool {
        let (part, offset, end) = self.part(at);
        let piece = self.piece.get_or_insert_with(|| Piece::new(part, offset));
        let room = piece.push(byte);
        self.full = !room || offset + 1 == end;
        !self.full
    }

    fn over(&mut self, result: Result<(), Fault>) -> Next<()> {
        self.whole = result.is_ok();
        Next::Done(result)
    }
}

impl Sink for Read<'_> {
    fn begin(&mut self, len: u16) {
        self.text.clear();
        self.head = [0; 6];
        self.len = len.saturating_sub(self.head_len());
        self.piece = None;
    }

    fn data(&mut self, at: u16, byte: u8) -> bool {
        let Some(at) = at.checked_sub(self.head_len()) else {
            self.head.iter_mut().skip(at.into()).take(1).for_each(|to| *to = byte);
            return true;
        };
        if !self.is_sound() {
            return true;
        }
        if let Some(to) = self.text.as_mut_bytes().get_mut(usize::from(at)) {
            *to = byte;
            return true;
        }
        // The text has 256 bytes.
        !self.pieces || self.put(at.saturating_sub(0x0100), byte)
    }
}

impl Script<(), Piece> for Read<'_> {
    fn next(&mut self, link: &mut Link, heard: Heard, _now: Instant) -> Next<()> {
        match heard {
            None if !link.card => self.over(Err(Fault::NoCard)),
            None => {
                self.text.clear();
                Next::Ask(self.command)
            }
            Some(Ok(_)) if self.is_sound() => self.over(Ok(())),
            Some(Ok(_)) => self.over(Err(Fault::Lengths(self.lengths()))),
            Some(Err(fault)) => {
                link.card &= !is_card(fault);
                self.over(Err(fault))
            }
        }
    }

    fn told(&mut self) -> Option<Piece> {
        if !core::mem::replace(&mut self.full, false) {
            return None;
        }
        self.piece.take()
    }
}
