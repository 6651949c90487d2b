use core::fmt;

/// The dots of a character: 24 rows from the top, the leftmost dot in the
/// highest bit of the first byte, 1 is black.
pub type Dots = [[u8; 3]; 24];

/// Draws the characters that a printer does not have: rare ones in names.
///
/// ```
/// use embedded_pos::printer::text::{Dots, GlyphSource};
///
/// struct Names;
///
/// impl GlyphSource for Names {
///     fn dots(&self, character: char) -> Option<Dots> {
///         match character {
///             '㐀' => Some([[0x0F, 0xFF, 0xF0]; 24]),
///             _ => None,
///         }
///     }
/// }
/// ```
pub trait GlyphSource: Sync {
    /// The dots of a character, if it has them; always the same.
    fn dots(&self, character: char) -> Option<Dots>;
}

/// One of them, or none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Glyphs(pub(crate) Option<&'static dyn GlyphSource>);

impl Glyphs {
    pub(crate) fn dots(self, character: char) -> Option<Dots> {
        self.0?.dots(character)
    }
}

impl fmt::Debug for Glyphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Glyphs" } else { "NoGlyphs" })
    }
}

/// A character that a [`GlyphSource`] draws; two columns wide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Drawn(pub(super) char);

impl Drawn {
    /// The character.
    #[must_use]
    pub const fn character(self) -> char {
        self.0
    }
}
