use core::fmt::{self, Write as _};

use crate::scan::plate::symbol::{
    HAN, Line, Symbol, character, gbk_symbols, leading_colour, symbols,
};
use crate::scan::plate::{Colour, Plate, PlateError};

/// What is written on a plate, or what somebody took for it: the characters,
/// without separators and without a colour in front.
///
/// Anything is spelled: small and full-width letters count as capitals, and what
/// no plate has becomes `?`, which is similar to everything. Of a longer text the
/// first 11 characters are kept, three more than the longest plate has. Two are
/// equal when they spell alike. 13 bytes.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Spelling {
    symbols: [Symbol; Self::MOST],
    len: u8,
    cut: bool,
}

impl Spelling {
    pub(in crate::scan::plate) const MOST: usize = 11;

    /// Spells a text.
    ///
    /// ```
    /// use embedded_pos::scan::plate::matching::Spelling;
    ///
    /// assert_eq!(Spelling::new("蓝津a·12O45").to_string(), "津A12O45");
    /// assert_eq!(Spelling::new("省A*2345").to_string(), "?A?2345");
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::behind_colour(symbols(text))
    }

    /// Spells GBK, GB 2312 or GB 18030 bytes.
    #[must_use]
    pub fn from_gbk(bytes: &[u8]) -> Self {
        Self::behind_colour(gbk_symbols(bytes))
    }

    fn behind_colour(symbols: impl Iterator<Item = Symbol> + Clone) -> Self {
        let mut front = symbols.clone();
        let mut next = || front.next().unwrap_or_default();
        let front = [next(), next()];
        let taken = match (leading_colour(&front), front) {
            // A province, unless it stands before another Chinese character.
            (Some((Colour::Black, _)), [_, second]) if second < HAN => 0,
            (Some((_, taken)), _) => taken,
            (None, _) => 0,
        };
        Self::of(symbols.skip(taken))
    }

    pub(in crate::scan::plate) fn of(symbols: impl Iterator<Item = Symbol>) -> Self {
        let mut spelling = Self::default();
        for symbol in symbols {
            let len = spelling.len();
            match spelling.symbols.get_mut(len) {
                Some(slot) => {
                    *slot = symbol;
                    spelling.len += 1;
                }
                None => spelling.cut = true,
            }
        }
        spelling
    }

    /// The plate that is spelled.
    ///
    /// # Errors
    /// It is none; the offset counts bytes of the spelling as it is shown.
    pub fn plate(&self) -> Result<Plate, PlateError> {
        Plate::read(&Line::from_symbols(self.symbols())?)
    }

    pub(in crate::scan::plate) fn symbols(&self) -> &[Symbol] {
        self.symbols.get(..self.len()).unwrap_or_default()
    }

    /// How many characters.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the text was longer.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// The characters; `?` for one that no plate has.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        self.symbols().iter().map(|symbol| character(*symbol))
    }
}

impl From<Plate> for Spelling {
    fn from(plate: Plate) -> Self {
        Self::of(plate.symbols().iter().copied())
    }
}

impl From<&str> for Spelling {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl AsRef<Self> for Spelling {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| f.write_char(c))
    }
}

impl fmt::Debug for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Spelling {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.chars().for_each(|c| defmt::write!(f, "{=char}", c));
    }
}
