//! Text modes: character codes, fonts, spacing, places on the line.

use std::collections::BTreeMap;
use std::vec::Vec;

use encoding_rs::GB18030;

use super::bitmap::Bitmap;
use super::decoder::{Decoder, Op};
use super::font;
use super::page::Page;
use crate::printer::Emphasis;

/// The code pages, as `iconv` has them.
static PAGES: &str = include_str!("font/pages.txt");

/// National sets, `ESC R`: what stands for `#$@[\]^`{|}~`.
const NATIONAL: [(u8, &str); 5] = [
    (1, "#$à°ç§^`éùè¨"),
    (2, "#$§ÄÖÜ^`äöüß"),
    (3, r"£$@[\]^`{|}~"),
    (8, "#$@[¥]^`{|}~"),
    (15, r"#¥@[\]^`{|}~"),
];

/// What a command about text says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum TextOp {
    /// A character in UTF-8 or of four bytes.
    Character(char),
    Font(u8),
    Rare(Emphasis, bool),
    /// Dots to the left and the right.
    Spacing(u8),
    KanjiSpacing(u8, u8),
    CodePage(u8),
    National(u8),
    Utf8(bool),
    Tabs(Vec<u8>),
    Tab,
    At(u16),
    Move(i16),
    Left(u16),
    Width(u16),
    /// Motion units an inch across and along, 0 for the printer's own.
    Units(u8, u8),
    FeedBack(u8),
    FeedBackLines(u8),
    DefineWide([u8; 2], Vec<u8>),
    /// From this code on: columns of three bytes.
    DefineNarrow(u8, Vec<Vec<u8>>),
    UserCharacters(bool),
    Forget,
}

/// Nothing is a command of another kind; `Some(None)` is not whole yet.
type Parsed = Option<Option<TextOp>>;

fn whole(op: TextOp) -> Parsed {
    Some(Some(op))
}

/// After ESC.
pub(super) fn escape(rest: &[u8]) -> Parsed {
    let rare = |emphasis, n| whole(TextOp::Rare(emphasis, n & 1 == 1));
    match *rest {
        [b't' | b'R' | b' ' | b'M' | b'G' | b'{' | b'V' | b'%' | b'9' | b'K' | b'e' | b'?'] => {
            Some(None)
        }
        [b'$' | b'\\'] | [b'$' | b'\\', _] => Some(None),
        [b't', n] => whole(TextOp::CodePage(n)),
        [b'R', n] => whole(TextOp::National(n)),
        [b' ', n] => whole(TextOp::Spacing(n)),
        [b'M', n] => whole(TextOp::Font(n & 0x0F)),
        [b'G', n] => rare(Emphasis::DOUBLE_STRIKE, n),
        [b'{', n] => rare(Emphasis::UPSIDE_DOWN, n),
        [b'V', n] => rare(Emphasis::ROTATED, n),
        [b'%', n] => whole(TextOp::UserCharacters(n & 1 == 1)),
        [b'?', _] => whole(TextOp::Forget),
        [b'9', n] => whole(TextOp::Utf8(n == 1)),
        [b'K', n] => whole(TextOp::FeedBack(n)),
        [b'e', n] => whole(TextOp::FeedBackLines(n)),
        [b'$', low, high] => whole(TextOp::At(u16::from_le_bytes([low, high]))),
        [b'\\', low, high] => whole(TextOp::Move(i16::from_le_bytes([low, high]))),
        [b'D', ref stops @ .., 0] => whole(TextOp::Tabs(stops.into())),
        [b'D', ..] => Some(None),
        [b'&', ref glyphs @ ..] => Some(user_characters(glyphs)),
        _ => None,
    }
}

/// `ESC & y c1 c2 [x d1..d(y x)]`.
fn user_characters(rest: &[u8]) -> Option<TextOp> {
    let (&[rows, first, last], mut rest) = rest.split_first_chunk()?;
    let mut glyphs = Vec::new();
    for _ in first..=last {
        let (width, data) = rest.split_first()?;
        let (glyph, others) = data.split_at_checked(usize::from(rows) * usize::from(*width))?;
        glyphs.push(glyph.into());
        rest = others;
    }
    Some(TextOp::DefineNarrow(first, glyphs))
}

/// After FS.
pub(super) fn field(rest: &[u8]) -> Parsed {
    match *rest {
        [b'S'] | [b'S', _] => Some(None),
        [b'S', left, right] => whole(TextOp::KanjiSpacing(left, right)),
        [b'2', lead, trail, ref dots @ ..] if dots.len() == 72 => {
            whole(TextOp::DefineWide([lead, trail], dots.into()))
        }
        [b'2', ..] | [b'?'] | [b'?', _] | [b'('] | [b'(', b'C'] | [b'(', b'C', _] => Some(None),
        [b'?', _, _] => whole(TextOp::Forget),
        [b'(', b'C', 2, 0, 48, m] => whole(TextOp::Utf8(m & 0x0F == 2)),
        [b'(', b'C', 2, 0, ..] => Some(None),
        _ => None,
    }
}

/// After GS.
pub(super) fn group(rest: &[u8]) -> Parsed {
    match *rest {
        [b'b' | b'L' | b'W' | b'P'] | [b'L' | b'W' | b'P', _] => Some(None),
        [b'b', n] => whole(TextOp::Rare(Emphasis::SMOOTH, n & 1 == 1)),
        [b'L', low, high] => whole(TextOp::Left(u16::from_le_bytes([low, high]))),
        [b'W', low, high] => whole(TextOp::Width(u16::from_le_bytes([low, high]))),
        [b'P', x, y] => whole(TextOp::Units(x, y)),
        _ => None,
    }
}

/// A character whose first byte is from 80h, when it is whole.
pub(super) fn character(bytes: &[u8], decoder: &Decoder) -> Option<Op> {
    if decoder.utf8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.chars().next().map(|c| Op::Text(TextOp::Character(c))),
            Err(error) if error.error_len().is_none() => None,
            Err(_) => Some(Op::Unknown(bytes.into())),
        };
    }
    match *bytes {
        [high] if !decoder.kanji => Some(Op::Narrow(high)),
        [_] => None,
        [_, b'0'..=b'9', ..] if decoder.four_bytes && bytes.len() < 4 => None,
        [_, b'0'..=b'9', _, _] => Some(Op::Text(TextOp::Character(font::decode(bytes)))),
        [lead, trail, ..] => Some(Op::Wide([lead, trail])),
        [] => None,
    }
}

/// The modes of text beside those of the page's look.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) rare: Emphasis,
    pub(super) font: u8,
    spacing: usize,
    kanji_spacing: (usize, usize),
    page: u8,
    national: u8,
    tabs: Vec<usize>,
    pub(super) left: usize,
    pub(super) width: usize,
    /// Where the next character stands, from the left margin.
    pub(super) pen: usize,
    user: BTreeMap<[u8; 2], Bitmap>,
    user_on: bool,
}

impl Setting {
    pub(super) fn new(dots: usize) -> Self {
        Self {
            rare: Emphasis::empty(),
            font: 0,
            spacing: 0,
            kanji_spacing: (0, 0),
            page: 0,
            national: 0,
            tabs: (1..32).map(|n| n * 8 * 12).collect(),
            left: 0,
            width: dots,
            pen: 0,
            user: BTreeMap::new(),
            user_on: false,
        }
    }

    /// What a byte prints, and whether it is a character of the user.
    pub(super) fn narrow(&self, byte: u8) -> (char, Bitmap) {
        if self.user_on
            && let Some(bitmap) = self.user.get(&[0, byte])
        {
            return (char::from(byte), bitmap.clone());
        }
        let (character, bitmap) = match (byte, self.national(byte)) {
            (0x80.., _) => (high(self.page, byte), font::missing(12)),
            (_, Some(national)) if national != char::from(byte) => (national, font::missing(12)),
            _ => font::narrow(byte),
        };
        if self.font == 0 { (character, bitmap) } else { (character, smaller(&bitmap)) }
    }

    fn national(&self, byte: u8) -> Option<char> {
        let (_, characters) = NATIONAL.iter().find(|(n, _)| *n == self.national)?;
        let place = br"#$@[\]^`{|}~".iter().position(|of| *of == byte)?;
        characters.chars().nth(place)
    }

    pub(super) fn wide(&self, code: [u8; 2]) -> (char, Bitmap) {
        match self.user.get(&code) {
            Some(bitmap) => (font::decode(&code), bitmap.clone()),
            None => font::wide(code),
        }
    }

    /// Dots free to the left and the right of a character.
    pub(super) const fn spacing(&self, wide: bool) -> (usize, usize) {
        if wide { self.kanji_spacing } else { (0, self.spacing) }
    }

    const fn cell(&self) -> usize {
        let glyph = if self.rare.contains(Emphasis::ROTATED) {
            24
        } else if self.font == 0 {
            12
        } else {
            9
        };
        glyph + self.spacing
    }
}

fn high(page: u8, byte: u8) -> char {
    let found = PAGES.lines().find_map(|line| {
        let (number, rest) = line.split_once(' ')?;
        let (_, characters) = rest.split_once(' ')?;
        (number.parse() == Ok(page)).then(|| characters.chars().nth(usize::from(byte - 0x80)))?
    });
    found.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Font B: 9 dots wide and 17 high.
fn smaller(bitmap: &Bitmap) -> Bitmap {
    let mut small = Bitmap::blank(9, 17);
    for y in 0..17 {
        (0..9).filter(|x| bitmap.dot(x * 12 / 9, y * 24 / 17)).for_each(|x| small.set(x, y));
    }
    small
}

/// Columns of three bytes, from the left.
fn from_columns(columns: &[u8]) -> Bitmap {
    let mut bitmap = Bitmap::blank(columns.len() / 3, 24);
    for (at, byte) in columns.iter().enumerate() {
        let black = (0..8).filter(|bit| byte << bit & 0x80 != 0);
        black.for_each(|bit| bitmap.set(at / 3, at % 3 * 8 + bit));
    }
    bitmap
}

/// A quarter turn, clockwise.
pub(super) fn turned(bitmap: &Bitmap) -> Bitmap {
    let (width, height) = (bitmap.width(), bitmap.height());
    let mut out = Bitmap::blank(height, width);
    for y in 0..height {
        (0..width).filter(|x| bitmap.dot(*x, y)).for_each(|x| out.set(height - 1 - y, x));
    }
    out
}

/// Half a turn.
pub(super) fn on_its_head(bitmap: &Bitmap) -> Bitmap {
    turned(&turned(bitmap))
}

impl Page {
    pub(super) fn text(&mut self, op: TextOp) {
        let text = &mut self.text;
        match op {
            TextOp::Character(c) => self.character(c),
            TextOp::Font(n) => text.font = n,
            TextOp::Rare(Emphasis::UPSIDE_DOWN, _) if !self.line.is_empty() => {}
            TextOp::Rare(emphasis, on) => text.rare.set(emphasis, on),
            TextOp::Spacing(n) => text.spacing = n.into(),
            TextOp::KanjiSpacing(left, right) => text.kanji_spacing = (left.into(), right.into()),
            TextOp::CodePage(n) => text.page = n,
            TextOp::National(n) => text.national = n,
            TextOp::Tabs(stops) => {
                let cell = text.cell() * usize::from(self.look.size.0);
                text.tabs = stops.iter().map(|stop| usize::from(*stop) * cell).collect();
            }
            TextOp::Tab => {
                let stop = text.tabs.iter().find(|stop| **stop > text.pen);
                text.pen = stop.copied().unwrap_or(text.pen);
            }
            TextOp::At(dots) => match &mut self.sheet {
                Some(sheet) => sheet.set_horizontal(dots),
                None => text.pen = dots.into(),
            },
            TextOp::Move(dots) => text.pen = text.pen.saturating_add_signed(dots.into()),
            TextOp::Left(dots) => text.left = dots.into(),
            TextOp::Width(dots) => {
                text.width = usize::from(dots).min(self.model.dots.saturating_sub(text.left));
            }
            TextOp::DefineWide(code, dots) => _ = text.user.insert(code, from_columns(&dots)),
            TextOp::DefineNarrow(first, glyphs) => {
                for (code, glyph) in (first..).zip(glyphs) {
                    text.user.insert([0, code], from_columns(&glyph));
                }
            }
            TextOp::UserCharacters(on) => text.user_on = on,
            TextOp::Forget => text.user.clear(),
            TextOp::FeedBack(units) => self.feed_back(u32::from(units / self.model.units_per_dot)),
            TextOp::FeedBackLines(n) => {
                self.feed_back(u32::from(n) * u32::from(self.look.spacing));
            }
            TextOp::Utf8(_) | TextOp::Units(..) => {}
        }
    }

    /// One that did not come by its cell in the font.
    fn character(&mut self, c: char) {
        let (mut text, mut code) = ([0; 4], [0; 8]);
        let text = c.encode_utf8(&mut text);
        let mut encoder = GB18030.new_encoder();
        let (_, _, n) = encoder.encode_from_utf8_without_replacement(text, &mut code, true);
        match *code.get(..n).unwrap_or(&[]) {
            [byte] => self.set(self.text.narrow(byte), false),
            [lead, trail] => self.set((c, font::wide([lead, trail]).1), true),
            _ if u32::from(c) < 0x1100 => self.set((c, font::missing(12)), false),
            _ => self.set((c, font::missing(24)), true),
        }
    }
}
