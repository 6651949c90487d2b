//! Pictures that are stored before they are printed: `GS ( L`, `FS q`, `FS p`.

use std::collections::BTreeMap;
use std::format;
use std::vec::Vec;

use super::bitmap::Bitmap;
use super::decoder::Op;

/// Bytes for logos.
const CAPACITY: usize = 65_536;

/// How many keys are listed at once.
const BLOCK: usize = 40;

/// What is to be done with a stored picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Command {
    /// `GS ( L` and what stands after the length.
    Graphics(Vec<u8>),
    /// `FS q`: all that are kept, from the first on.
    Define(Vec<Bitmap>),
    /// `FS p`.
    Print(u8),
    /// ACK or NAK of a block.
    Answer { again: bool },
}

/// `GS 8 L` and four bytes of length.
pub(super) fn long(rest: &[u8]) -> Option<Op> {
    let (&[_, a, b, c, d], parameters) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
    (parameters.len() >= length).then(|| Op::Picture(Command::Graphics(parameters.into())))
}

/// `DC2 * r n`: rows.
pub(super) fn dc2(rest: &[u8]) -> Option<Op> {
    let (&[rows, stride], data) = rest.split_first_chunk()?;
    let (rows, stride) = (usize::from(rows), usize::from(stride));
    (data.len() == rows * stride).then(|| Op::Raster { stride, rows: data.into() })
}

/// `FS p n m`, `FS q n` and pictures.
pub(super) fn field(rest: &[u8]) -> Option<Op> {
    match *rest {
        [b'p', n, _] => Some(Op::Picture(Command::Print(n))),
        [b'q', n, ref data @ ..] => {
            let (mut bitmaps, mut data) = (Vec::new(), data);
            for _ in 0..n {
                let (&[xl, xh, yl, yh], rest) = data.split_first_chunk()?;
                let columns = 8 * usize::from(u16::from_le_bytes([xl, xh]));
                let bytes = usize::from(u16::from_le_bytes([yl, yh]));
                let (picture, rest) = rest.split_at_checked(columns * bytes)?;
                bitmaps.push(turned(picture, bytes));
                data = rest;
            }
            Some(Op::Picture(Command::Define(bitmaps)))
        }
        _ => None,
    }
}

/// Columns of so many bytes, the uppermost dot in the highest bit.
pub(super) fn turned(columns: &[u8], bytes: usize) -> Bitmap {
    let mut bitmap = Bitmap::blank(columns.len() / bytes.max(1), 8 * bytes);
    for (x, column) in columns.chunks_exact(bytes.max(1)).enumerate() {
        let bits = column.iter().flat_map(|byte| (0..8).map(move |bit| byte << bit & 0x80 != 0));
        bits.enumerate().filter(|(_, black)| *black).for_each(|(y, _)| bitmap.set(x, y));
    }
    bitmap
}

/// A bit image of `ESC * m`: its dots are 3 rows high if there are 8 of them
/// (68 dots an inch), and 2 columns wide at single density (0 and 32).
pub(super) fn scaled(columns: &[u8], mode: u8) -> Bitmap {
    let picture = turned(columns, if mode >= 32 { 3 } else { 1 });
    let (wide, high) = (2 - usize::from(mode % 2), 24 / picture.height().max(1));
    let mut bitmap = Bitmap::blank(wide * picture.width(), 24);
    for y in 0..24 {
        for x in (0..bitmap.width()).filter(|x| picture.dot(x / wide, y / high)) {
            bitmap.set(x, y);
        }
    }
    bitmap
}

/// Rows of `x` dots, each dot so many times as large.
fn enlarged(x: usize, rows: &[u8], (bx, by): (u8, u8)) -> Bitmap {
    let mut picture = Bitmap::new(x);
    rows.chunks_exact(x.div_ceil(8).max(1)).for_each(|row| picture.push(row));
    let (bx, by) = (usize::from(bx.max(1)), usize::from(by.max(1)));
    let mut bitmap = Bitmap::blank(bx * x, by * picture.height());
    for y in 0..bitmap.height() {
        for x in (0..bitmap.width()).filter(|x| picture.dot(x / bx, y / by)) {
            bitmap.set(x, y);
        }
    }
    bitmap
}

/// What the printer keeps.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// In memory that outlives the power.
    logos: BTreeMap<[u8; 2], (u16, Vec<u8>)>,
    numbered: Vec<Bitmap>,
    /// How often that was written.
    pub(super) writes: usize,
    /// Waits to be printed.
    buffered: Option<Bitmap>,
    /// What is still to be listed, with what was sent last.
    listed: Option<(Vec<[u8; 2]>, Vec<u8>)>,
}

/// What comes of a command.
pub(super) enum Outcome {
    Nothing,
    Print(Bitmap),
    Reply(Vec<u8>),
    /// Its memory was written.
    Written,
    /// And it starts anew.
    Restart,
    Refused(&'static str),
}

impl Store {
    /// What is not in that memory is gone.
    pub(super) fn power_off(&mut self) {
        (self.buffered, self.listed) = (None, None);
    }

    pub(super) fn apply(&mut self, command: Command) -> Outcome {
        match command {
            Command::Graphics(parameters) => self.graphics(&parameters),
            Command::Define(bitmaps) => {
                self.numbered = bitmaps;
                self.writes += 1;
                Outcome::Restart
            }
            Command::Print(n) => match self.numbered.get(usize::from(n).wrapping_sub(1)) {
                Some(bitmap) => Outcome::Print(bitmap.clone()),
                None => Outcome::Refused("FS p: no such picture"),
            },
            Command::Answer { again } => self.answer(again),
        }
    }

    /// The function and its parameters: Epson's reference of `GS ( L`.
    fn graphics(&mut self, parameters: &[u8]) -> Outcome {
        match parameters {
            [48, 112, 48, bx, by, 49, xl, xh, yl, yh, rows @ ..] => {
                let (x, y) = (u16::from_le_bytes([*xl, *xh]), u16::from_le_bytes([*yl, *yh]));
                if rows.len() != usize::from(x).div_ceil(8) * usize::from(y) {
                    return Outcome::Refused("GS ( L 112: not as many rows as it says");
                }
                self.buffered = Some(enlarged(x.into(), rows, (*bx, *by)));
                Outcome::Nothing
            }
            [48, 2 | 50] => self.buffered.take().map_or(Outcome::Nothing, Outcome::Print),
            [48, 67, 48, a, b, 1, xl, xh, yl, yh, 49, rows @ ..] => {
                let (x, y) = (u16::from_le_bytes([*xl, *xh]), u16::from_le_bytes([*yl, *yh]));
                if rows.len() != usize::from(x).div_ceil(8) * usize::from(y) {
                    return Outcome::Refused("GS ( L 67: not as many rows as it says");
                }
                self.keep([*a, *b], x, rows)
            }
            [48, 69, a, b, bx, by] => match self.logos.get(&[*a, *b]) {
                Some((x, rows)) => Outcome::Print(enlarged((*x).into(), rows, (*bx, *by))),
                None => Outcome::Refused("GS ( L 69: no such picture"),
            },
            [48, 64, b'K', b'C'] => {
                let keys = self.logos.keys().copied().collect();
                self.listed = Some((keys, Vec::new()));
                self.answer(false)
            }
            [48, 65, b'C', b'L', b'R'] => {
                self.logos.clear();
                self.writes += 1;
                Outcome::Written
            }
            [48, 66, a, b] => {
                self.writes += usize::from(self.logos.remove(&[*a, *b]).is_some());
                Outcome::Written
            }
            [48, 0 | 48] => number(0x30, CAPACITY),
            [48, 3 | 51] => number(0x31, self.room()),
            _ => Outcome::Refused("GS ( L: no such function"),
        }
    }

    fn room(&self) -> usize {
        CAPACITY - self.logos.values().map(|(_, rows)| rows.len()).sum::<usize>()
    }

    fn keep(&mut self, key: [u8; 2], x: u16, rows: &[u8]) -> Outcome {
        if rows.len() > self.room() {
            return Outcome::Refused("GS ( L 67: no room");
        }
        self.logos.insert(key, (x, rows.into()));
        self.writes += 1;
        Outcome::Written
    }

    /// The next block of the list, or the last once more.
    fn answer(&mut self, again: bool) -> Outcome {
        let Some((keys, sent)) = &mut self.listed else { return Outcome::Nothing };
        if again {
            return Outcome::Reply(sent.clone());
        }
        if !sent.is_empty() && keys.is_empty() {
            self.listed = None;
            return Outcome::Nothing;
        }
        let block: Vec<[u8; 2]> = keys.drain(..keys.len().min(BLOCK)).collect();
        let more = if keys.is_empty() { 0x40 } else { 0x41 };
        *sent = [&[0x37, 0x72, more], block.as_flattened(), &[0]].concat();
        Outcome::Reply(sent.clone())
    }
}

/// An answer in digits.
fn number(identifier: u8, n: usize) -> Outcome {
    Outcome::Reply([&[0x37, identifier], format!("{n}").as_bytes(), &[0]].concat())
}
