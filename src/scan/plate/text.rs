use core::fmt;

use super::symbol::{Symbol, character};

/// A short text out of a plate: the plate itself, or a part of it.
///
/// At most 16 bytes of UTF-8, for the longest plate (`京12345应急`) has 14.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct PlateText {
    bytes: [u8; Self::SIZE],
    len: u8,
}

impl PlateText {
    const SIZE: usize = 16;

    /// The text of some symbols.
    pub(super) fn of(symbols: impl Iterator<Item = Symbol>) -> Self {
        let mut text = Self::default();
        for symbol in symbols {
            let mut room = [0; 4];
            text.push(character(symbol).encode_utf8(&mut room).as_bytes());
        }
        text
    }

    fn push(&mut self, bytes: &[u8]) {
        let rest = self.bytes.get_mut(usize::from(self.len)..).unwrap_or_default();
        if let (Some(room), Ok(len)) = (rest.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            // Some bytes; a call to copy them would take longer.
            room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            self.len += len;
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl AsRef<str> for PlateText {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl core::ops::Deref for PlateText {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for PlateText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for PlateText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for PlateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for PlateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for PlateText {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.as_str().format(f);
    }
}
