use core::fmt;
use core::ops::Deref;

use super::Fault;

/// A short text of at most `N` bytes of UTF-8 (`N` up to 255), without control
/// characters. A hanzi takes three bytes.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Text<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Text<N> {
    /// No text.
    pub const EMPTY: Self = Self { len: 0, bytes: [0; N] };

    /// Takes a text in.
    ///
    /// # Errors
    /// [`Fault::TooLong`], or [`Fault::Control`] if it has a control character.
    pub fn new(text: &str) -> Result<Self, Fault> {
        if text.chars().any(char::is_control) {
            return Err(Fault::Control);
        }
        let mut bytes = [0; N];
        let place = bytes.get_mut(..text.len()).ok_or(Fault::TooLong)?;
        place.copy_from_slice(text.as_bytes());
        Ok(Self { len: u8::try_from(text.len()).map_err(|_| Fault::TooLong)?, bytes })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let used = self.bytes.get(..self.len.into()).unwrap_or_default();
        core::str::from_utf8(used).unwrap_or_default()
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for Text<N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.as_str().format(f);
    }
}

/// What an officer wrote down: why the person did not sign, did not take the
/// paper, or what was said in defence. Never empty; at most 40 hanzi.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Note(Text<120>);

impl Note {
    /// Takes a note in.
    ///
    /// # Errors
    /// [`Fault::Empty`] for a blank note; else as [`Text::new`].
    pub fn new(text: &str) -> Result<Self, Fault> {
        if text.trim().is_empty() {
            return Err(Fault::Empty);
        }
        Text::new(text).map(Self)
    }

    /// The note.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}
