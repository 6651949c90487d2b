//! Text for printers: Chinese in two bytes, code pages, and nothing that is not
//! text.
//!
//! # Safe by construction
//!
//! A name read from a licence must not open a cash drawer. [`Tokens`] cuts
//! text into [`Plain`] runs (20h to 7Eh), [`Hanzi`] (a lead byte from 81h, a
//! trail byte from 40h), [`Letter`]s (a byte from 80h), characters to be
//! [`Drawn`], and line ends. Only `Tokens` makes them, and the encoders take
//! text in no other form; so whatever a string holds, no control byte of it is
//! sent. Control characters are left out: `\r` and `\t` too.
//!
//! # Nothing is lost in silence
//!
//! A character that the printer's [`Charset`] does not have is drawn by the
//! [`GlyphSource`] that was given, or is [`Unprintable`]: which one, and where.
//! GB 18030 writes rare characters of names in four bytes (`㐀`, `𠮷`), which
//! most printers print as rubbish; they are sent only with
//! [`Charset::GB18030_FOUR`].
//!
//! # Columns
//!
//! A hanzi is two columns wide, whatever its bytes, and so is one that is
//! drawn. [`Wrap`] breaks lines by columns, never within a hanzi.
//!
//! ```
//! use embedded_pos::printer::text::{Charset, columns};
//!
//! assert_eq!(columns("罚款 200", Charset::GBK), Ok(8));
//! let missing = columns("张㐀", Charset::GBK).unwrap_err();
//! assert_eq!((missing.character, missing.at), ('㐀', 3));
//! ```

mod charset;
mod gbk;
mod glyph;
mod page;
mod pages;
mod wrap;

pub use charset::{Charset, Utf8};
pub(crate) use glyph::Glyphs;
pub use glyph::{Dots, Drawn, GlyphSource};
pub use page::{CodePage, Letter, National, Page, Select};
pub(crate) use wrap::{Cells, is_opening};
pub use wrap::{Piece, Wrap};

use charset::Code;
use core::fmt;

use crate::{Error, ErrorKind};

/// A character that the printer cannot print.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Unprintable {
    /// The character.
    pub character: char,
    /// Its byte offset in the text.
    pub at: usize,
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { character, at } = self;
        let point = u32::from(*character);
        write!(f, "the printer has no {character:?} (U+{point:04X}), byte {at} of the text")
    }
}

impl core::error::Error for Unprintable {}

impl Error for Unprintable {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

/// A run of characters of one column, each a byte from 20h to 7Eh.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Plain<'a>(&'a [u8]);

impl<'a> Plain<'a> {
    /// All of the text, if it is such a run, and no longer than `most`.
    #[inline]
    pub(crate) fn all(text: &'a str, most: u16) -> Option<Self> {
        let bytes = text.as_bytes();
        (bytes.len() <= most.into() && all_plain(bytes)).then_some(Self(bytes))
    }

    /// The bytes; as many as columns.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The first `n` characters, and the others.
    #[must_use]
    pub fn split(self, n: usize) -> (Self, Self) {
        let (head, tail) = self.0.split_at_checked(n).unwrap_or((self.0, &[]));
        (Self(head), Self(tail))
    }
}

/// A character of two columns: a lead byte (81h to FEh) and a trail byte (40h to
/// FEh), such a pair with digits in four bytes, or UTF-8.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hanzi {
    character: char,
    code: Code,
}

impl Hanzi {
    /// Two bytes; four of GB 18030, or up to four of UTF-8, where the charset
    /// says so.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.code.bytes()
    }

    /// The character.
    #[must_use]
    pub const fn character(&self) -> char {
        self.character
    }
}

/// What text is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Token<'a> {
    /// One or more characters of one column.
    Plain(Plain<'a>),
    /// A character of two columns.
    Hanzi(Hanzi),
    /// A character of one column that is not ASCII: of a [`Page`].
    Letter(Letter),
    /// A character of two columns that a [`GlyphSource`] has.
    Drawn(Drawn),
    /// `\n`.
    NewLine,
}

impl Token<'_> {
    /// Its width, if a character of one column takes `narrow` and one of two
    /// columns `wide`.
    fn width(&self, narrow: usize, wide: usize) -> usize {
        match self {
            Self::Plain(plain) => plain.0.len().saturating_mul(narrow),
            Self::Letter(_) => narrow,
            Self::Hanzi(_) | Self::Drawn(_) => wide,
            Self::NewLine => 0,
        }
    }
}

/// The size of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measure {
    /// Of all of it on one line; line ends take none.
    pub(crate) width: usize,
    /// Whether a line ends in it.
    pub(crate) breaks: bool,
    /// Whether any of it is to be drawn.
    pub(crate) drawn: bool,
}

/// The tokens of a text: an iterator that leaves control characters out and
/// ends after the first unprintable one.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a> {
    rest: &'a str,
    length: usize,
    charset: Charset,
    glyphs: Glyphs,
}

impl<'a> Tokens<'a> {
    /// The tokens of `text` for a printer that has `charset`.
    #[must_use]
    pub const fn new(text: &'a str, charset: Charset) -> Self {
        Self { rest: text, length: text.len(), charset, glyphs: Glyphs(None) }
    }

    /// The same, with what `source` draws.
    #[must_use]
    pub const fn drawn_by(self, source: &'static dyn GlyphSource) -> Self {
        Self { glyphs: Glyphs(Some(source)), ..self }
    }

    pub(crate) const fn with(self, glyphs: Glyphs) -> Self {
        Self { glyphs, ..self }
    }

    /// Whether a letter may follow: those of words are before U+2000.
    #[inline]
    fn may_be_letter(&self) -> bool {
        matches!(self.rest.as_bytes(), [0xC2..=0xE1, ..])
    }

    /// What has not been taken.
    #[inline]
    pub(crate) const fn rest(&self) -> &'a str {
        self.rest
    }

    /// The size of all of it, if all can be printed.
    pub(crate) fn measure(mut self, narrow: usize, wide: usize) -> Result<Measure, Unprintable> {
        let (mut narrows, mut wides, mut breaks, mut drawn) = (0, 0, false, false);
        loop {
            if self.skips_hanzi() {
                wides += 1;
                continue;
            }
            match self.next() {
                None => break,
                Some(Err(unprintable)) => return Err(unprintable),
                Some(Ok(Token::Plain(plain))) => narrows += plain.0.len(),
                Some(Ok(Token::Letter(_))) => narrows += 1,
                Some(Ok(Token::Hanzi(_))) => wides += 1,
                Some(Ok(Token::Drawn(_))) => (wides, drawn) = (wides + 1, true),
                Some(Ok(Token::NewLine)) => breaks = true,
            }
        }
        let width = narrow.saturating_mul(narrows).saturating_add(wide.saturating_mul(wides));
        Ok(Measure { width, breaks, drawn })
    }

    /// Skips a hanzi that need not be looked up: its first bytes say that it is
    /// one of U+4E40 to U+9F7F.
    #[inline]
    fn skips_hanzi(&mut self) -> bool {
        let is_one = matches!(
            self.rest.as_bytes(),
            [0xE5..=0xE8, ..] | [0xE4, 0xB9..=0xBF, ..] | [0xE9, 0x80..=0xBD, ..]
        );
        let skips = is_one && self.charset.has_unified();
        if skips {
            self.rest = self.rest.get(3..).unwrap_or_default();
        }
        skips
    }

    /// The two bytes of the hanzi that the text begins with; `None` is left to
    /// [`next`](Iterator::next).
    #[inline]
    pub(crate) fn pair(&mut self) -> Option<[u8; 2]> {
        let [a @ 0xE3..=0xE9, b, c, ..] = *self.rest.as_bytes() else { return None };
        let [a, b, c] = [a & 0x0F, b & 0x3F, c & 0x3F].map(u32::from);
        let pair = self.charset.pair(char::from_u32(a << 12 | b << 6 | c)?)?;
        self.rest = self.rest.get(3..)?;
        Some(pair)
    }

    /// The width of all of it on one line; line ends take none.
    pub(crate) fn width(self, narrow: usize, wide: usize) -> Result<usize, Unprintable> {
        self.measure(narrow, wide).map(|size| size.width)
    }

    /// The first line as far as it is no wider than `limit`, and its width.
    pub(crate) fn fit(mut self, narrow: usize, wide: usize, limit: usize) -> (&'a str, usize) {
        let (text, mut sum) = (self.rest, 0_usize);
        loop {
            let at = self.length - self.rest.len();
            let head = text.get(..at).unwrap_or(text);
            match self.next() {
                Some(Ok(Token::Plain(plain))) => {
                    let n = plain.0.len().min(limit.saturating_sub(sum) / narrow.max(1));
                    sum += n * narrow;
                    if n < plain.0.len() {
                        return (text.get(..at + n).unwrap_or(text), sum);
                    }
                }
                Some(Ok(token)) => match sum + token.width(narrow, wide) {
                    end if end <= limit && token != Token::NewLine => sum = end,
                    _ => return (head, sum),
                },
                _ => return (head, sum),
            }
        }
    }

    /// The run that the text begins with.
    #[inline]
    fn plain(&mut self) -> Option<Plain<'a>> {
        if !is_plain(*self.rest.as_bytes().first()?) {
            return None;
        }
        let (plain, rest) = self.rest.split_at_checked(plain_len(self.rest.as_bytes()))?;
        self.rest = rest;
        Some(Plain(plain.as_bytes()))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Token<'a>, Unprintable>;

    // Within a loop: a result of this size costs as much as what it says.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(plain) = self.plain() {
                return Some(Ok(Token::Plain(plain)));
            }
            let mut chars = self.rest.chars();
            let character = chars.next()?;
            let at = self.length - self.rest.len();
            self.rest = chars.as_str();
            match character {
                '\n' => return Some(Ok(Token::NewLine)),
                '\0'..='\u{9F}' => {}
                _ => {
                    if let Some(token) = self.charset.token(character) {
                        return Some(Ok(token));
                    }
                    if self.glyphs.dots(character).is_some() {
                        return Some(Ok(Token::Drawn(Drawn(character))));
                    }
                    self.rest = "";
                    return Some(Err(Unprintable { character, at }));
                }
            }
        }
    }
}

/// How many of the first bytes are from 20h to 7Eh.
#[inline]
fn plain_len(bytes: &[u8]) -> usize {
    let mut n = 0;
    let mut rest = bytes;
    while let Some((word, others)) = rest.split_first_chunk() {
        match first_other(*word) {
            8 => n += 8,
            first => return n + first,
        }
        rest = others;
    }
    n + rest.iter().take_while(|byte| is_plain(**byte)).count()
}

#[inline]
const fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E)
}

/// Whether all bytes are from 20h to 7Eh.
#[inline]
fn all_plain(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else { return bytes.iter().all(|byte| is_plain(*byte)) };
    let (words, _) = bytes.as_chunks();
    words.iter().fold(others(*last), |found, word| found | others(*word)) == 0
}

/// The index of the first byte that is not from 20h to 7Eh; 8 if all are.
fn first_other(bytes: [u8; 8]) -> usize {
    usize::try_from(others(bytes).trailing_zeros() / 8).unwrap_or(0)
}

/// The high bit of the first byte that is not from 20h to 7Eh, and others above
/// it; 0 if all are.
///
/// Eight at a time: a carry or borrow only reaches bytes above one that is
/// found already.
#[inline]
const fn others(bytes: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    let word = u64::from_le_bytes(bytes);
    let below_20 = word.wrapping_sub(0x20 * ONES);
    let above_7e = word.wrapping_add(ONES) | word;
    (below_20 | above_7e) & HIGH
}

/// Whether all of a text can be printed.
///
/// # Errors
/// The first character that is not in `charset`.
pub fn check(text: &str, charset: Charset) -> Result<(), Unprintable> {
    columns(text, charset).map(|_| ())
}

/// How many columns a text takes on one line; line ends take none.
///
/// # Errors
/// The first character that is not in `charset`.
pub fn columns(text: &str, charset: Charset) -> Result<usize, Unprintable> {
    Tokens::new(text, charset).width(1, 2)
}

#[cfg(test)]
mod tests {
    use super::{all_plain, first_other, plain_len};

    #[test]
    fn first_other_is_the_first_of_any_byte_at_any_place() {
        for place in 0..8 {
            for byte in 0..=0xFF {
                for around in [0x20, 0x41, 0x7E] {
                    let mut word = [around; 8];
                    word[place] = byte;
                    let expected = if (0x20..0x7F).contains(&byte) { 8 } else { place };
                    assert_eq!(first_other(word), expected, "{word:02X?}");
                }
            }
        }
        // A borrow or a carry from the first must not hide it.
        assert_eq!(first_other([0x00, 0x20, 0x7F, 0xFF, 0x1F, 0x20, 0x20, 0x20]), 0);
        assert_eq!(first_other([0xFF, 0x7E, 0x7E, 0x20, 0x1F, 0x20, 0x20, 0x20]), 0);
    }

    #[test]
    fn plain_runs_of_any_length() {
        let text = [b'x'; 40];
        for n in 0..=40 {
            assert_eq!(plain_len(&text[..n]), n);
            assert!(all_plain(&text[..n]));
            for at in 0..n {
                let mut text = text;
                text[at] = b'\n';
                assert_eq!(plain_len(&text[..n]), at);
                assert!(!all_plain(&text[..n]), "{at} of {n}");
            }
        }
    }
}
