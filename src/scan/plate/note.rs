use core::fmt;

use super::symbol;

/// A short text of a camera's, as sent, of which the first `N` bytes are kept.
///
/// Two are equal if the whole texts were: for what is cut off stand its length
/// and a digest of 32 bits (FNV-1a), enough to tell two events apart, not to
/// withstand somebody who looks for two alike. Of a text that did not come whole
/// it is what came.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Note<const N: usize> {
    bytes: [u8; N],
    kept: u8,
    /// More than is kept, if not all is.
    len: u16,
    digest: u32,
}

impl<const N: usize> Note<N> {
    /// Keeps a text.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        const { assert!(N < 256, "what is kept is counted in a byte") };
        let mut bytes = [0; N];
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        let digest = text.iter().fold(0x811C_9DC5_u32, |digest, byte| {
            (digest ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
        let kept = u8::try_from(text.len().min(N)).unwrap_or(u8::MAX);
        Self { bytes, kept, len, digest }
    }

    /// Keeps the beginning of a text of which more was not kept before.
    pub(super) fn beginning(text: &[u8]) -> Self {
        Self { len: u16::MAX, ..Self::new(text) }
    }

    /// No text.
    #[must_use]
    pub const fn empty() -> Self {
        Self { bytes: [0; N], kept: 0, len: 0, digest: 0x811C_9DC5 }
    }

    /// The bytes that are kept.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.kept)).unwrap_or(&self.bytes)
    }

    /// The text, if all of it is kept and it is UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if self.is_cut() { None } else { core::str::from_utf8(self.as_bytes()).ok() }
    }

    /// Whether the text was longer.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.len > u16::from(self.kept)
    }

    /// Whether there was none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<const N: usize> Default for Note<N> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<const N: usize> PartialEq<str> for Note<N> {
    fn eq(&self, other: &str) -> bool {
        *self == Self::new(other.as_bytes())
    }
}

impl<const N: usize> PartialEq<&str> for Note<N> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// As text that controls no terminal and no printer; `...` stands for what is
/// cut off.
impl<const N: usize> fmt::Display for Note<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        symbol::write_utf8(self.as_bytes(), f)?;
        f.write_str(if self.is_cut() { "..." } else { "" })
    }
}

impl<const N: usize> fmt::Debug for Note<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for Note<N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.as_bytes());
    }
}

/// A camera's name of an event: one reading that is sent twice has it twice.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EventId {
    /// A number.
    Number(u64),
    /// A text: a UUID has 36 characters, an object of GA/T 1400 has 48.
    Text(Note<48>),
}

impl EventId {
    /// An event that is named by text; `None` if that is empty.
    #[must_use]
    pub fn text(text: &[u8]) -> Option<Self> {
        (!text.is_empty()).then(|| Self::Text(Note::new(text)))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// A vendor's code, as sent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Code {
    /// A number.
    Number(i32),
    /// A word, such as `02TypePersonalized`.
    Text(Note<20>),
}

impl Code {
    /// A code that is a word; `None` if that is empty.
    #[must_use]
    pub fn text(text: &[u8]) -> Option<Self> {
        (!text.is_empty()).then(|| Self::Text(Note::new(text)))
    }

    /// The number, if it is one.
    #[must_use]
    pub const fn number(self) -> Option<i32> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(_) => None,
        }
    }
}

impl From<i32> for Code {
    fn from(number: i32) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}
