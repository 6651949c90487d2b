//! The alphabet of number plates, in UTF-8 and in GBK.

use core::fmt::{self, Write as _};

use super::class::Colour;
use super::error::PlateError;
use super::form::LONGEST;

/// A character of a plate: an ASCII capital or digit as it is, a Chinese
/// character as [`HAN`] plus its place in [`HANZI`].
pub(super) type Symbol = u8;

/// The first symbol that is a Chinese character.
pub(super) const HAN: Symbol = 0x80;

/// How many of [`HANZI`] are province characters; they come first, in the
/// order of GB/T 2260.
pub(super) const PROVINCES: u8 = 31;

/// The Chinese characters of plates, and their GBK codes: 31 provinces, 15
/// marks, and the names of colours that cameras put in front. A whole GBK
/// table would take 40 KB.
#[rustfmt::skip]
pub(super) const HANZI: [(char, u16); 50] = [
    ('京', 0xBEA9), ('津', 0xBDF2), ('冀', 0xBCBD), ('晋', 0xBDFA), ('蒙', 0xC3C9), ('辽', 0xC1C9),
    ('吉', 0xBCAA), ('黑', 0xBADA), ('沪', 0xBBA6), ('苏', 0xCBD5), ('浙', 0xD5E3), ('皖', 0xCDEE),
    ('闽', 0xC3F6), ('赣', 0xB8D3), ('鲁', 0xC2B3), ('豫', 0xD4A5), ('鄂', 0xB6F5), ('湘', 0xCFE6),
    ('粤', 0xD4C1), ('桂', 0xB9F0), ('琼', 0xC7ED), ('渝', 0xD3E5), ('川', 0xB4A8), ('贵', 0xB9F3),
    ('云', 0xD4C6), ('藏', 0xB2D8), ('陕', 0xC9C2), ('甘', 0xB8CA), ('青', 0xC7E0), ('宁', 0xC4FE),
    ('新', 0xD0C2), ('警', 0xBEAF), ('学', 0xD1A7), ('挂', 0xB9D2), ('港', 0xB8DB), ('澳', 0xB0C4),
    ('使', 0xCAB9), ('领', 0xC1EC), ('应', 0xD3A6), ('急', 0xBCB1), ('试', 0xCAD4), ('超', 0xB3AC),
    ('民', 0xC3F1), ('航', 0xBABD), ('临', 0xC1D9), ('无', 0xCEDE), ('蓝', 0xC0B6), ('黄', 0xBBC6),
    ('绿', 0xC2CC), ('白', 0xB0D7),
];

/// The symbol of a Chinese character of the alphabet; for tables only.
pub(super) const fn han(wanted: char) -> Symbol {
    let mut symbol = HAN;
    let mut rest: &[(char, u16)] = &HANZI;
    while let [(character, _), tail @ ..] = rest {
        if *character as u32 == wanted as u32 {
            return symbol;
        }
        symbol += 1;
        rest = tail;
    }
    // Reached in a table only if the table is wrong; the test of forms finds
    // it.
    0
}

/// The character of a symbol.
pub(super) fn character(symbol: Symbol) -> char {
    match symbol.checked_sub(HAN) {
        None => char::from(symbol),
        Some(place) => HANZI.get(usize::from(place)).map_or('?', |(character, _)| *character),
    }
}

/// What a character of the input is.
enum Glyph {
    Symbol(Symbol),
    /// A dot, a dash, a blank: what is written between the parts.
    Separator,
    /// No plate has it.
    Unknown,
}

fn from_ascii(byte: u8) -> Glyph {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' => Glyph::Symbol(byte),
        b'a'..=b'z' => Glyph::Symbol(byte.to_ascii_uppercase()),
        b' ' | b'\t' | b'\r' | b'\n' | b'.' | b'-' => Glyph::Separator,
        _ => Glyph::Unknown,
    }
}

fn at_place(place: Option<usize>) -> Glyph {
    match place.and_then(|place| u8::try_from(place).ok()) {
        Some(place) => Glyph::Symbol(HAN.wrapping_add(place)),
        None => Glyph::Unknown,
    }
}

fn from_char(c: char) -> Glyph {
    match c {
        '\0'..='\x7F' => u8::try_from(c).map_or(Glyph::Unknown, from_ascii),
        '·' | '•' | '‧' | '・' | '‐'..='―' | '\u{3000}' => Glyph::Separator,
        // The full-width forms stand in the order of ASCII.
        '！'..='～' => match u8::try_from(u32::from(c) - 0xFEE0) {
            Ok(byte) => from_ascii(byte),
            Err(_) => Glyph::Unknown,
        },
        _ => at_place(HANZI.iter().position(|(character, _)| *character == c)),
    }
}

fn from_gbk(lead: u8, trail: u8) -> Glyph {
    match (lead, trail) {
        // Middle dot, dashes, the full-width blank.
        (0xA1, 0xA1 | 0xA4 | 0xAA) | (0xA8, 0x43 | 0x44) | (0xA9, 0x5C) => Glyph::Separator,
        // Row 3 of GB 2312: full-width ASCII.
        (0xA3, 0xA1..=0xFE) => from_ascii(trail & 0x7F),
        _ => {
            let code = u16::from_be_bytes([lead, trail]);
            at_place(HANZI.iter().position(|(_, gbk)| *gbk == code))
        }
    }
}

/// The characters of a text, each with the byte where it begins and its length.
fn glyphs(text: &str) -> impl Iterator<Item = (Glyph, usize, usize)> + Clone {
    text.char_indices().map(|(offset, c)| (from_char(c), offset, c.len_utf8()))
}

/// As [`glyphs`], of GBK.
fn gbk_glyphs(bytes: &[u8]) -> impl Iterator<Item = (Glyph, usize, usize)> + Clone {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        let (&lead, tail) = rest.split_first()?;
        let offset = bytes.len() - rest.len();
        let (glyph, len) = match tail.first() {
            _ if lead.is_ascii() => (from_ascii(lead), 1),
            Some(&trail) => (from_gbk(lead, trail), 2),
            None => (Glyph::Unknown, 1),
        };
        rest = rest.get(len..).unwrap_or_default();
        Some((glyph, offset, len))
    })
}

/// How many bytes are whole characters of GBK, if the last is cut in half.
pub(super) fn whole_gbk(bytes: &[u8]) -> usize {
    let half = gbk_glyphs(bytes).last().filter(|(_, offset, len)| {
        *len == 1 && bytes.get(*offset).is_some_and(|byte| !byte.is_ascii())
    });
    half.map_or(bytes.len(), |(_, offset, _)| offset)
}

/// What stands for a character that no plate has.
pub(super) const UNREADABLE: Symbol = b'?';

/// The symbols of a text that need not be a plate, separators left out.
pub(super) fn symbols(text: &str) -> impl Iterator<Item = Symbol> + Clone {
    glyphs(text).filter_map(|(glyph, ..)| lenient(glyph))
}

/// As [`symbols`], of GBK.
pub(super) fn gbk_symbols(bytes: &[u8]) -> impl Iterator<Item = Symbol> + Clone {
    gbk_glyphs(bytes).filter_map(|(glyph, ..)| lenient(glyph))
}

const fn lenient(glyph: Glyph) -> Option<Symbol> {
    match glyph {
        Glyph::Symbol(symbol) => Some(symbol),
        Glyph::Separator => None,
        Glyph::Unknown => Some(UNREADABLE),
    }
}

/// Writes GBK bytes as text. Characters that no plate has become `?`.
pub(super) fn write_gbk(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = bytes.iter();
    while let Some(&lead) = rest.next() {
        let c = match (lead.is_ascii(), rest.as_slice().first()) {
            (true, _) => char::from(lead),
            (false, Some(&trail)) => {
                rest.next();
                match from_gbk(lead, trail) {
                    Glyph::Symbol(symbol) => character(symbol),
                    Glyph::Separator => '·',
                    Glyph::Unknown => '?',
                }
            }
            (false, None) => '?',
        };
        write_harmless(c, f)?;
    }
    Ok(())
}

/// Writes UTF-8 bytes as text; `?` for what is none.
pub(super) fn write_utf8(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().try_for_each(|c| write_harmless(c, f))?;
        f.write_str(if chunk.invalid().is_empty() { "" } else { "?" })?;
    }
    Ok(())
}

/// Writes a character; `?` for one that controls what shows it.
fn write_harmless(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char(if c.is_control() { '?' } else { c })
}

/// How many symbols are kept: the longest plate, a colour before it, and one
/// more, by which a line that is too long is seen to be.
const ROOM: usize = LONGEST + 3;

/// An input line as symbols, with the byte where each was.
#[derive(Debug, Default)]
pub(super) struct Line {
    symbols: [Symbol; ROOM],
    offsets: [usize; ROOM],
    len: usize,
    end: usize,
}

impl Line {
    pub(super) fn from_utf8(text: &str) -> Result<Self, PlateError> {
        Self::of(glyphs(text))
    }

    pub(super) fn from_gbk(bytes: &[u8]) -> Result<Self, PlateError> {
        Self::of(gbk_glyphs(bytes))
    }

    pub(super) fn from_symbols(symbols: &[Symbol]) -> Result<Self, PlateError> {
        let mut end = 0;
        Self::of(symbols.iter().map(|symbol| {
            let (offset, len) = (end, character(*symbol).len_utf8());
            end += len;
            let unreadable = *symbol == UNREADABLE;
            (if unreadable { Glyph::Unknown } else { Glyph::Symbol(*symbol) }, offset, len)
        }))
    }

    fn of(glyphs: impl Iterator<Item = (Glyph, usize, usize)>) -> Result<Self, PlateError> {
        let mut line = Self::default();
        for (glyph, offset, len) in glyphs {
            line.push(glyph, offset, len)?;
            if line.len == ROOM {
                break;
            }
        }
        Ok(line)
    }

    fn push(&mut self, glyph: Glyph, offset: usize, len: usize) -> Result<(), PlateError> {
        let symbol = match glyph {
            Glyph::Separator => return Ok(()),
            Glyph::Unknown => return Err(PlateError::Unknown { offset }),
            Glyph::Symbol(symbol) => symbol,
        };
        let slots = (self.symbols.get_mut(self.len), self.offsets.get_mut(self.len));
        if let (Some(slot), Some(at)) = slots {
            *slot = symbol;
            *at = offset;
            self.len += 1;
        }
        self.end = offset + len;
        Ok(())
    }

    pub(super) fn symbols(&self) -> &[Symbol] {
        self.symbols.get(..self.len).unwrap_or_default()
    }

    /// The byte where a symbol was; behind the last one for those after it.
    pub(super) fn offset(&self, place: usize) -> usize {
        let known = self.offsets.get(..self.len).unwrap_or_default();
        known.get(place).copied().unwrap_or(self.end)
    }
}

/// The colour that a camera put in front, and how many symbols it takes.
pub(super) fn leading_colour(symbols: &[Symbol]) -> Option<(Colour, usize)> {
    const BLUE: Symbol = han('蓝');
    const YELLOW: Symbol = han('黄');
    const GREEN: Symbol = han('绿');
    const WHITE: Symbol = han('白');
    const BLACK: Symbol = han('黑');
    match symbols {
        [YELLOW, GREEN, ..] => Some((Colour::YellowGreen, 2)),
        [BLUE, ..] => Some((Colour::Blue, 1)),
        [YELLOW, ..] => Some((Colour::Yellow, 1)),
        [GREEN, ..] => Some((Colour::Green, 1)),
        [WHITE, ..] => Some((Colour::White, 1)),
        [BLACK, ..] => Some((Colour::Black, 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_agrees_with_gbk() {
        for (character, code) in HANZI {
            let text = std::string::String::from(character);
            // The encoder wants more room than it uses.
            let mut bytes = [0; 16];
            let mut encoder = encoding_rs::GBK.new_encoder();
            let (_, _, len) = encoder.encode_from_utf8_without_replacement(&text, &mut bytes, true);
            assert_eq!(bytes.get(..len).unwrap(), code.to_be_bytes(), "{character}");
        }
    }

    #[test]
    fn table_has_each_character_once() {
        for (place, (character, _)) in HANZI.iter().enumerate() {
            assert_eq!(usize::from(han(*character) - HAN), place);
            assert_eq!(super::character(han(*character)), *character);
        }
        assert_eq!(han('猫'), 0);
    }
}
