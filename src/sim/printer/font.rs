use encoding_rs::GB18030;

use super::bitmap::Bitmap;

static HANZI: &[u8] = include_bytes!("font/hanzi24.bin");
static ASCII: &[u8] = include_bytes!("font/ascii24.bin");

/// Height of a character of normal size.
pub(super) const HEIGHT: usize = 24;

/// A character of one column: 12 dots.
pub(super) fn narrow(byte: u8) -> (char, Bitmap) {
    let index = usize::from(byte.wrapping_sub(0x20));
    match ASCII.chunks_exact(2 * HEIGHT).nth(index) {
        Some(glyph) => (char::from(byte), bitmap(12, glyph)),
        None => (char::REPLACEMENT_CHARACTER, missing(12)),
    }
}

/// A character of two columns: 24 dots. One that the font does not have is
/// drawn as a box.
pub(super) fn wide(code: [u8; 2]) -> (char, Bitmap) {
    let glyph = cell(code).and_then(|index| HANZI.chunks_exact(3 * HEIGHT).nth(index));
    let drawn = glyph.map(|glyph| bitmap(24, glyph));
    let character = decode(&code);
    // GB 2312 has no character whose cell is empty but the space.
    let empty = glyph.is_some_and(|glyph| glyph.iter().all(|byte| *byte == 0));
    let bitmap = match drawn {
        Some(drawn) if !empty || character == '\u{3000}' => drawn,
        _ => missing(24),
    };
    (character, bitmap)
}

/// The index in the font: rows 1 to 9 and 16 to 87 of GB 2312.
fn cell([lead, trail]: [u8; 2]) -> Option<usize> {
    let column = usize::from(trail.checked_sub(0xA1)?);
    let row = match lead.checked_sub(0xA0)? {
        row @ 1..=9 => row - 1,
        row @ 16..=87 => row - 7,
        _ => return None,
    };
    (column < 94).then_some(usize::from(row) * 94 + column)
}

pub(super) fn decode(code: &[u8]) -> char {
    let mut buffer = [0; 16];
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let (_, _, written, _) = decoder.decode_to_utf8(code, &mut buffer, true);
    let text = buffer.get(..written).and_then(|text| std::str::from_utf8(text).ok());
    text.and_then(|text| text.chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn bitmap(width: usize, glyph: &[u8]) -> Bitmap {
    let mut bitmap = Bitmap::new(width);
    for row in glyph.chunks_exact(width.div_ceil(8)) {
        bitmap.push(row);
    }
    bitmap
}

/// A box.
pub(super) fn missing(width: usize) -> Bitmap {
    let mut bitmap = Bitmap::blank(width, HEIGHT);
    for y in 2..HEIGHT - 2 {
        for x in 1..width - 1 {
            if y == 2 || y == HEIGHT - 3 || x == 1 || x == width - 2 {
                bitmap.set(x, y);
            }
        }
    }
    bitmap
}
