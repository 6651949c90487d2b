use super::page::{Letter, Page};
use super::{Hanzi, Token, gbk};

/// The bytes of a character, from the first; 0 is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Code(pub(super) [u8; 4]);

impl Code {
    pub(super) const NONE: Self = Self([0; 4]);

    pub(super) const fn two([lead, trail]: [u8; 2]) -> Self {
        Self([lead, trail, 0, 0])
    }

    fn utf8(c: char) -> Self {
        let mut bytes = [0; 4];
        c.encode_utf8(&mut bytes);
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        let unused = usize::try_from(u32::from_le_bytes(self.0).leading_zeros() / 8).unwrap_or(0);
        self.0.get(..4 - unused).unwrap_or(&self.0)
    }
}

/// How a printer is told that text comes in UTF-8.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Utf8 {
    /// `FS ( C` function 48: Epson's printers since about 2015.
    Epson,
    /// `ESC 9 1`: mobile printers with GBK fonts.
    Mobile,
}

/// The characters that a printer has beside those from 20h to 7Eh, and how
/// they are sent.
///
/// It carries its own look-up: a program links the tables of the sets, and the
/// code pages, that it names and no others.
///
/// | set | table |
/// | --- | ---: |
/// | [`ASCII`](Self::ASCII) | none |
/// | [`GB2312`](Self::GB2312) | 20 KB |
/// | [`GBK`](Self::GBK), [`GB18030`](Self::GB18030) | 48 KB, the same |
/// | [`GB18030_FOUR`](Self::GB18030_FOUR) | 0.4 KB more |
/// | each code page | 256 bytes |
///
/// ```
/// use embedded_pos::printer::text::{Charset, CodePage, Page, columns};
///
/// const OURS: Charset = Charset::GB2312.with_pages(&[Page::code(16, CodePage::WPC1252)]);
/// assert_eq!(columns("罚款 £20", OURS), Ok(8));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Charset {
    hanzi: Option<fn(char) -> Code>,
    /// All of U+4E00 to U+9FA5 are among them.
    unified: bool,
    pages: &'static [Page],
    utf8: Option<Utf8>,
}

impl PartialEq for Charset {
    fn eq(&self, other: &Self) -> bool {
        let same = match (self.hanzi, other.hanzi) {
            (Some(ours), Some(theirs)) => core::ptr::fn_addr_eq(ours, theirs),
            (ours, theirs) => ours.is_some() == theirs.is_some(),
        };
        same && self.pages == other.pages && self.utf8 == other.utf8
    }
}

impl Eq for Charset {}

impl Charset {
    /// Nothing more.
    pub const ASCII: Self = Self { hanzi: None, unified: false, pages: &[], utf8: None };
    /// GB/T 2312-1980: 6 763 hanzi and 682 symbols.
    pub const GB2312: Self = Self { hanzi: Some(gbk::gb2312), ..Self::ASCII };
    /// GBK: 21 791 characters of two bytes.
    pub const GBK: Self = Self { hanzi: Some(gbk::gbk), unified: true, ..Self::ASCII };
    /// And what GB 18030-2000 adds to the two-byte cells: `€`, `䶮` and 79
    /// more.
    pub const GB18030: Self = Self { hanzi: Some(gbk::gb18030), unified: true, ..Self::ASCII };
    /// And the hanzi that have four bytes, which few printers take: `㐀`, `𠮷`.
    pub const GB18030_FOUR: Self = Self { hanzi: Some(gbk::gb18030_four), ..Self::GB18030 };

    /// With code pages, for the characters that the set does not have; the
    /// first that has one is taken.
    #[must_use]
    pub const fn with_pages(self, pages: &'static [Page]) -> Self {
        Self { pages, ..self }
    }

    /// The same characters, sent in UTF-8. The numbers of the code pages do
    /// not matter then; they say what else the font has.
    #[must_use]
    pub const fn in_utf8(self, how: Utf8) -> Self {
        Self { utf8: Some(how), ..self }
    }

    /// How the printer is told that text comes in UTF-8, if it does.
    #[must_use]
    pub const fn utf8(&self) -> Option<Utf8> {
        self.utf8
    }

    /// Whether it has characters of two bytes.
    #[must_use]
    pub const fn has_hanzi(&self) -> bool {
        self.hanzi.is_some()
    }

    #[inline]
    pub(super) const fn has_unified(&self) -> bool {
        self.unified
    }

    /// The two bytes of a hanzi, if it has two.
    #[inline]
    pub(super) fn pair(&self, c: char) -> Option<[u8; 2]> {
        match (self.hanzi?(c).0, self.utf8) {
            ([lead @ 1..=0xFF, trail, 0, 0], None) => Some([lead, trail]),
            _ => None,
        }
    }

    /// The token of a character that is neither ASCII nor a control.
    #[inline]
    pub(super) fn token<'a>(&self, c: char) -> Option<Token<'a>> {
        let encoded = |code| if self.utf8.is_some() { Code::utf8(c) } else { code };
        if let Some(hanzi) = self.hanzi
            && let code = hanzi(c)
            && code != Code::NONE
        {
            return Some(Token::Hanzi(Hanzi { character: c, code: encoded(code) }));
        }
        self.letter(c, encoded)
    }

    #[cold]
    fn letter<'a>(&self, c: char, encoded: impl Fn(Code) -> Code) -> Option<Token<'a>> {
        let (code, select) = self.pages.iter().find_map(|page| page.find(c))?;
        Some(Token::Letter(Letter { code: encoded(code), select }))
    }
}
