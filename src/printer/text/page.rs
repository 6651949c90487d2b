use super::charset::Code;

/// The upper half of a code page: the characters of the bytes from 80h, 0 for
/// none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CodePage(pub(super) &'static [u16; 128]);

impl CodePage {
    fn find(&self, c: char) -> Option<Code> {
        let point = u16::try_from(u32::from(c)).ok()?;
        let place = self.0.iter().position(|of| *of == point)?;
        Some(Code([u8::try_from(place).ok()? | 0x80, 0, 0, 0]))
    }
}

/// A national set: what stands in the place of twelve characters of ASCII.
/// The sets are those of Epson's ESC/POS command reference, `ESC R`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct National {
    number: u8,
    /// One for each of [`PLACES`].
    characters: &'static str,
}

/// The bytes that national sets give other characters.
const PLACES: &[u8; 12] = br"#$@[\]^`{|}~";

impl National {
    /// France.
    pub const FRANCE: Self = Self::new(1, "#$à°ç§^`éùè¨");
    /// Germany.
    pub const GERMANY: Self = Self::new(2, "#$§ÄÖÜ^`äöüß");
    /// United Kingdom.
    pub const UK: Self = Self::new(3, r"£$@[\]^`{|}~");
    /// Denmark, the first.
    pub const DENMARK: Self = Self::new(4, "#$@ÆØÅ^`æøå~");
    /// Sweden.
    pub const SWEDEN: Self = Self::new(5, "#¤ÉÄÖÅÜéäöåü");
    /// Italy.
    pub const ITALY: Self = Self::new(6, r"#$@°\é^ùàòèì");
    /// Spain, the first.
    pub const SPAIN: Self = Self::new(7, "₧$@¡Ñ¿^`¨ñ}~");
    /// Japan.
    pub const JAPAN: Self = Self::new(8, "#$@[¥]^`{|}~");
    /// Norway.
    pub const NORWAY: Self = Self::new(9, "#¤ÉÆØÅÜéæøåü");
    /// Denmark, the second.
    pub const DENMARK_2: Self = Self::new(10, "#$ÉÆØÅÜéæøåü");
    /// Spain, the second.
    pub const SPAIN_2: Self = Self::new(11, "#$á¡Ñ¿é`íñóú");
    /// Latin America.
    pub const LATIN_AMERICA: Self = Self::new(12, "#$á¡Ñ¿éüíñóú");
    /// Korea.
    pub const KOREA: Self = Self::new(13, "#$@[₩]^`{|}~");
    /// Slovenia and Croatia.
    pub const SLOVENIA: Self = Self::new(14, "#$ŽŠĐĆČžšđćč");
    /// China.
    pub const CHINA: Self = Self::new(15, r"#¥@[\]^`{|}~");

    const fn new(number: u8, characters: &'static str) -> Self {
        Self { number, characters }
    }

    fn find(&self, c: char) -> Option<Code> {
        let (place, _) = PLACES.iter().zip(self.characters.chars()).find(|(_, of)| *of == c)?;
        Some(Code([*place, 0, 0, 0]))
    }
}

/// Where a printer has more characters of one byte, and by which number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Page(Place);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Code(u8, CodePage),
    National(National),
}

impl Page {
    /// A code page, and the number that the printer has for it (`ESC t`): not
    /// all printers count alike; the self-test lists them.
    #[must_use]
    pub const fn code(number: u8, page: CodePage) -> Self {
        Self(Place::Code(number, page))
    }

    /// A national set (`ESC R`). It stands for one character at a time.
    #[must_use]
    pub const fn national(set: National) -> Self {
        Self(Place::National(set))
    }

    pub(super) fn find(&self, c: char) -> Option<(Code, Select)> {
        match &self.0 {
            Place::Code(number, page) => page.find(c).map(|code| (code, Select::Page(*number))),
            Place::National(set) => set.find(c).map(|code| (code, Select::National(set.number))),
        }
    }
}

/// What a printer must be told for a [`Letter`] to be printed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Select {
    /// The number of a code page.
    Page(u8),
    /// The number of a national set. It changes ASCII too, so it is to be left
    /// at once.
    National(u8),
}

/// A character of one column that is not ASCII: of a code page (80h to FFh), of
/// a national set (one of 12 places in 23h to 7Eh), or in UTF-8.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Letter {
    pub(super) code: Code,
    pub(super) select: Select,
}

impl Letter {
    /// The bytes: one, or up to four of UTF-8.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.code.bytes()
    }

    /// What selects it, but in UTF-8.
    #[must_use]
    pub const fn select(&self) -> Select {
        self.select
    }
}
