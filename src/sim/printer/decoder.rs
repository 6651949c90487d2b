use std::vec::Vec;

use super::code::{self, CodeOp};
use super::text::{self, TextOp};
use super::{picture as stored, sheet};

/// What a command or a character makes the printer do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Op {
    Nothing,
    Text(TextOp),
    LineFeed,
    Narrow(u8),
    Wide([u8; 2]),
    Initialize,
    KanjiMode(bool),
    PrintMode(u8),
    KanjiPrintMode(u8),
    Size(u8),
    Bold(bool),
    Underline(u8),
    KanjiUnderline(u8),
    Inverse(bool),
    Align(u8),
    LineSpacing(Option<u8>),
    FeedLines(u8),
    FeedUnits(u8),
    Code(CodeOp),
    Raster {
        stride: usize,
        rows: Vec<u8>,
    },
    /// Columns of 8 dots, or of 24 from mode 32 on.
    Columns {
        mode: u8,
        columns: Vec<u8>,
    },
    Picture(stored::Command),
    Page(sheet::Command),
    Cut {
        partial: bool,
        units: u8,
    },
    PaperStatus,
    ProcessId([u8; 4]),
    /// Another question, without its GS.
    Asked(Vec<u8>),
    /// `GS a`.
    Automatic(u8),
    /// `ESC 8`: after so many seconds.
    Sleep(u16),
    Drawer,
    /// So many times.
    Beep(u8),
    /// A command that is real but that this printer only passes over.
    Ignored(Vec<u8>),
    /// Not a command.
    Unknown(Vec<u8>),
}

impl Op {
    /// The bytes of a command that may be passed over.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Automatic(n) => [0x1D, b'a', *n].into(),
            Self::Sleep(seconds) => [&[0x1B, b'8'], &seconds.to_le_bytes()[..]].concat(),
            _ => Vec::new(),
        }
    }
}

/// Cuts the stream into operations.
#[derive(Clone, Debug)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    pub(super) kanji: bool,
    pub(super) utf8: bool,
    /// Hanzi of four bytes, too.
    pub(super) four_bytes: bool,
}

impl Decoder {
    pub(super) const fn new(kanji: bool, four_bytes: bool) -> Self {
        Self { bytes: Vec::new(), kanji, utf8: false, four_bytes }
    }

    /// The bytes of a command that is not whole yet.
    pub(super) fn incomplete(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets a command that is not whole.
    pub(super) fn forget(&mut self) {
        self.bytes.clear();
    }

    /// Forgets the last byte of a command that is not whole.
    pub(super) fn retract(&mut self) {
        self.bytes.pop();
    }

    pub(super) fn push(&mut self, byte: u8) -> Option<Op> {
        self.bytes.push(byte);
        let op = self.parse()?;
        match op {
            Op::KanjiMode(on) => self.kanji = on,
            Op::Text(TextOp::Utf8(on)) => self.utf8 = on,
            _ => {}
        }
        self.bytes.clear();
        Some(op)
    }

    /// The operation, when it is whole.
    fn parse(&self) -> Option<Op> {
        match *self.bytes.as_slice() {
            [0x00 | 0x0D] => Some(Op::Nothing),
            // Wakes a printer that sleeps. No lead byte of GBK, but a letter of
            // a code page.
            [0xFF] if self.kanji && !self.utf8 => Some(Op::Nothing),
            [0x07] => Some(Op::Beep(1)),
            [0x0A] => Some(Op::LineFeed),
            [narrow @ 0x20..=0x7E] => Some(Op::Narrow(narrow)),
            [0x09] => Some(Op::Text(TextOp::Tab)),
            [0x80..=0xFF, ..] => text::character(&self.bytes, self),
            [0x10, ref rest @ ..] => real_time(rest),
            // DC2 # n: density, of the CSN-A2 family.
            [0x12] | [0x12, b'#'] => None,
            [0x12, b'*', ref rest @ ..] => stored::dc2(rest),
            [0x06] => Some(Op::Picture(stored::Command::Answer { again: false })),
            [0x15] => Some(Op::Picture(stored::Command::Answer { again: true })),
            [0x0C] => Some(Op::Page(sheet::Command::Print { leave: true })),
            [0x18] => Some(Op::Page(sheet::Command::Cancel)),
            [0x12, b'#', _] => Some(Op::Ignored(self.bytes.clone())),
            [0x1B, ref rest @ ..] => escape(rest),
            [0x1C, ref rest @ ..] => field(rest),
            [0x1D, ref rest @ ..] => group(rest),
            ref other => Some(Op::Unknown(other.into())),
        }
    }
}

/// DLE: was executed when it came in; passed over when it is read.
fn real_time(rest: &[u8]) -> Option<Op> {
    match *rest {
        [] | [0x04 | 0x05] | [0x14, 0x01] | [0x14] | [0x14, 0x01, _] => None,
        [0x14, 0x08, ref clear @ ..] if clear.len() < 7 => None,
        [0x04 | 0x05, _] | [0x14, 0x01, _, _] | [0x14, 0x08, ..] => Some(Op::Nothing),
        ref other => Some(unknown(0x10, other)),
    }
}

fn escape(rest: &[u8]) -> Option<Op> {
    if let Some(parsed) = text::escape(rest) {
        return parsed.map(Op::Text);
    }
    Some(match *rest {
        [] => return None,
        [b'@'] => Op::Initialize,
        [b'2'] => Op::LineSpacing(None),
        [b'i' | b'm'] => Op::Cut { partial: true, units: 0 },
        [b'*', ref columns @ ..] => return column_picture(columns),
        [b'Z', ref qr @ ..] => return Some(code_op(code::esc_z(qr)?, 0x1B, rest)),
        [b'L' | b'S' | b'W' | b'T' | 0x0C, ..] => return sheet::escape(rest),
        [b'(', ref function @ ..] => return beep(function),
        [letter, ref parameters @ ..] => {
            let length = match letter {
                b'!' | b'E' | b'-' | b'a' | b'd' | b'J' | b'3' => 1,
                b'=' | b'r' => 1,
                b'B' | b'c' | b'8' => 2,
                b'p' | b'7' => 3,
                _ => return Some(unknown(0x1B, rest)),
            };
            if parameters.len() < length {
                return None;
            }
            match *rest {
                [b'!', n] => Op::PrintMode(n),
                [b'E', n] => Op::Bold(n & 1 == 1),
                [b'-', n] => Op::Underline(n & 0x0F),
                [b'a', n] => Op::Align(n & 0x0F),
                [b'd', n] => Op::FeedLines(n),
                [b'J', n] => Op::FeedUnits(n),
                [b'3', n] => Op::LineSpacing(Some(n)),
                [b'p', ..] => Op::Drawer,
                [b'B', n, _] => Op::Beep(n),
                [b'8', low, high] => Op::Sleep(u16::from_le_bytes([low, high])),
                _ => ignored(0x1B, rest),
            }
        }
    })
}

/// `ESC ( A pL pH`: function 48 beeps; the others set when to beep.
fn beep(rest: &[u8]) -> Option<Op> {
    let (&[letter, low, high], data) = rest.split_first_chunk()?;
    if data.len() < usize::from(u16::from_le_bytes([low, high])) {
        return None;
    }
    Some(match (letter, data) {
        (b'A', [48, 48..=58, times @ 1..=63, 10..=255]) => Op::Beep(*times),
        (b'A', _) => ignored(0x1B, &[b"(", rest].concat()),
        _ => unknown(0x1B, &[b"(", rest].concat()),
    })
}

/// `ESC * m nL nH`: columns of 8 or 24 dots, from the left.
fn column_picture(rest: &[u8]) -> Option<Op> {
    let (&[mode, low, high], data) = rest.split_first_chunk()?;
    let bytes = if mode >= 32 { 3 } else { 1 };
    let columns = usize::from(u16::from_le_bytes([low, high]));
    (data.len() == columns * bytes).then(|| Op::Columns { mode, columns: data.into() })
}

fn field(rest: &[u8]) -> Option<Op> {
    if let Some(parsed) = text::field(rest) {
        return parsed.map(Op::Text);
    }
    Some(match *rest {
        [b'p' | b'q', ..] => return stored::field(rest),
        [] | [b'!' | b'-' | b'W' | b'C'] => return None,
        // The code of Japanese text.
        [b'C', _] => ignored(0x1C, rest),
        [b'(', ref function @ ..] => return kanji_function(function),
        [b'&'] => Op::KanjiMode(true),
        [b'.'] => Op::KanjiMode(false),
        [b'!', n] => Op::KanjiPrintMode(n),
        [b'-', n] => Op::KanjiUnderline(n & 0x0F),
        [b'W', n] => Op::KanjiPrintMode(if n & 1 == 1 { 0x0C } else { 0 }),
        ref other => unknown(0x1C, other),
    })
}

/// `FS ( x pL pH`: fonts of hanzi, and others that leave no mark on the paper.
fn kanji_function(rest: &[u8]) -> Option<Op> {
    let (&[_, low, high], data) = rest.split_first_chunk()?;
    let whole = data.len() >= usize::from(u16::from_le_bytes([low, high]));
    whole.then(|| ignored(0x1C, &[b"(", rest].concat()))
}

fn group(rest: &[u8]) -> Option<Op> {
    if let Some(parsed) = text::group(rest) {
        return parsed.map(Op::Text);
    }
    Some(match *rest {
        [] | [b'!' | b'B' | b'h' | b'w' | b'H' | b'f' | b'r' | b'I' | b'a' | b'|'] => {
            return None;
        }
        [b'!', n] => Op::Size(n),
        [b'B', n] => Op::Inverse(n & 1 == 1),
        [b'h', n] => Op::Code(CodeOp::Height(n)),
        [b'w', n] => Op::Code(CodeOp::Module(n)),
        [b'H', n] => Op::Code(CodeOp::Text(n)),
        [b'r', 1 | 49] => Op::PaperStatus,
        [b'f', n] => Op::Code(CodeOp::Font(n)),
        [b'r' | b'I', _] => Op::Asked(rest.into()),
        [b'a', n] => Op::Automatic(n),
        [b'g', ref counter @ ..] if counter.len() < 4 => return None,
        [b'g', ..] => Op::Asked(rest.into()),
        [b'|', _] => ignored(0x1D, rest),
        [b'V'] | [b'V', 65 | 66] => return None,
        [b'V', 0 | 48] => Op::Cut { partial: false, units: 0 },
        [b'V', 1 | 49] => Op::Cut { partial: true, units: 0 },
        [b'V', m, units] => Op::Cut { partial: m == 66, units },
        [b'k', ref bar @ ..] => return Some(code_op(code::bar_code(bar)?, 0x1D, rest)),
        [b'(', ref function @ ..] => return extended(function),
        [b'8', ref function @ ..] => return stored::long(function),
        [b'$' | b'\\', ..] => return sheet::group(rest),
        [b'v', ref raster @ ..] => return picture(raster),
        ref other => unknown(0x1D, other),
    })
}

fn code_op(op: Result<CodeOp, ()>, first: u8, rest: &[u8]) -> Op {
    op.map_or_else(|()| unknown(first, rest), Op::Code)
}

/// `GS ( x pL pH`.
fn extended(rest: &[u8]) -> Option<Op> {
    let (&[letter, low, high], data) = rest.split_first_chunk()?;
    if data.len() < usize::from(u16::from_le_bytes([low, high])) {
        return None;
    }
    Some(match (letter, data) {
        (b'k', data) => {
            code::function(data).map_or_else(|| unknown(0x1D, &[b"(", rest].concat()), Op::Code)
        }
        (b'L', parameters) => Op::Picture(stored::Command::Graphics(parameters.into())),
        (b'H', [48, 48, a, b, c, d]) => Op::ProcessId([*a, *b, *c, *d]),
        (b'A'..=b'Z', _) => ignored(0x1D, &[b"(", rest].concat()),
        _ => unknown(0x1D, &[b"(", rest].concat()),
    })
}

/// `GS v 0 m xL xH yL yH`.
fn picture(rest: &[u8]) -> Option<Op> {
    match *rest {
        [b'0', _, xl, xh, yl, yh, ref data @ ..] => {
            let stride = usize::from(u16::from_le_bytes([xl, xh]));
            let rows = usize::from(u16::from_le_bytes([yl, yh]));
            (data.len() == stride * rows).then(|| Op::Raster { stride, rows: data.into() })
        }
        [] | [b'0', ..] => None,
        ref other => Some(unknown(0x1D, &[b"v", other].concat())),
    }
}

fn unknown(first: u8, rest: &[u8]) -> Op {
    Op::Unknown([&[first], rest].concat())
}

fn ignored(first: u8, rest: &[u8]) -> Op {
    Op::Ignored([&[first], rest].concat())
}
