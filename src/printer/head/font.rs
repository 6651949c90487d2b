use crate::printer::text::{Charset, GlyphSource};

/// The height of a character, in dots.
pub const HEIGHT: u8 = 24;

/// A font of 24 dots by the codes of GB 18030, as font chips and font files
/// have it: text is cut into those codes on its way to any printer.
pub trait Font {
    /// The characters it has; it may lack some of them.
    fn charset(&self) -> Charset;

    /// A row, from 0 at the top, of a character from 20h to 7Eh: 12 dots, the
    /// leftmost in the highest bit. 0 below it.
    fn narrow(&self, byte: u8, row: u8) -> u16;

    /// A row of a hanzi or symbol by its lead and trail byte: 24 dots, the
    /// leftmost in the highest bit. `None` if there is no such character.
    fn wide(&self, code: [u8; 2], row: u8) -> Option<u32>;

    /// What draws the characters that no code of two bytes has.
    fn glyphs(&self) -> Option<&'static dyn GlyphSource> {
        None
    }
}

impl<T: Font + ?Sized> Font for &T {
    fn charset(&self) -> Charset {
        T::charset(self)
    }

    fn narrow(&self, byte: u8, row: u8) -> u16 {
        T::narrow(self, byte, row)
    }

    fn wide(&self, code: [u8; 2], row: u8) -> Option<u32> {
        T::wide(self, code, row)
    }

    fn glyphs(&self) -> Option<&'static dyn GlyphSource> {
        T::glyphs(self)
    }
}

/// A font of GB/T 2312 in two files, as `tools/font.py` writes them.
#[derive(Clone, Copy, Debug)]
pub struct Gb2312Font<'a> {
    /// 20h to 7Eh: 24 rows of two bytes each.
    pub ascii: &'a [u8],
    /// Rows 1 to 9 and 16 to 87 of GB/T 2312, 94 characters each: 24 rows of
    /// three bytes each.
    pub hanzi: &'a [u8],
}

impl Font for Gb2312Font<'_> {
    fn charset(&self) -> Charset {
        Charset::GB2312
    }

    fn narrow(&self, byte: u8, row: u8) -> u16 {
        let at = usize::from(byte.wrapping_sub(0x20)) * usize::from(HEIGHT) + usize::from(row);
        self.ascii.as_chunks().0.get(at).map_or(0, |dots| u16::from_be_bytes(*dots))
    }

    fn wide(&self, [lead, trail]: [u8; 2], row: u8) -> Option<u32> {
        let line = match lead.checked_sub(0xA0)? {
            line @ 1..=9 => line - 1,
            line @ 16..=87 => line - 7,
            _ => return None,
        };
        let column = usize::from(trail.checked_sub(0xA1).filter(|column| *column < 94)?);
        let at = (usize::from(line) * 94 + column) * usize::from(HEIGHT) + usize::from(row);
        let [a, b, c] = *self.hanzi.as_chunks().0.get(at)?;
        Some(u32::from_be_bytes([a, b, c, 0]))
    }
}
