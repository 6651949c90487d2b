use core::fmt;

use crate::{Error, ErrorKind};

/// A text on a card, without the spaces behind it. It says something about a
/// person: `Debug` does not show it, and there is no `Display`.
#[derive(Clone, Copy)]
pub struct CardText<'a> {
    front: &'a [u8],
    rest: &'a [u8],
}

/// A text cannot be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TextError {
    /// At this byte of the field stands half a character: a surrogate of
    /// UTF-16 without the other.
    Surrogate(usize),
    /// The buffer is too small; so many bytes are needed.
    Room(usize),
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Surrogate(at) => write!(f, "half a character at byte {at}"),
            Self::Room(needed) => write!(f, "{needed} bytes are needed"),
        }
    }
}

impl core::error::Error for TextError {}

impl Error for TextError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl<'a> CardText<'a> {
    /// What stands in a field and in the one that goes on with it.
    pub(super) fn new(front: &'a [u8], rest: &'a [u8]) -> Self {
        let rest = trimmed(rest);
        // Spaces at the end of the first belong to the text if it goes on.
        let front = if rest.is_empty() { trimmed(front) } else { front };
        Self { front, rest }
    }

    /// Whether there are only spaces.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.front.is_empty()
    }

    /// The characters; in place of half a one, the byte of the field where it
    /// stands.
    pub fn chars(&self) -> impl Iterator<Item = Result<char, usize>> + use<'a> {
        let units = units(self.front).chain(units(self.rest));
        let mut at = 0;
        char::decode_utf16(units).map(move |decoded| {
            let begin = at;
            at += 2 * decoded.as_ref().map_or(1, |character| character.len_utf16());
            decoded.map_err(|_| begin)
        })
    }

    /// The text in UTF-8, at the front of `buf`. A unit of UTF-16 takes three
    /// bytes at most: 105 for an address.
    ///
    /// # Errors
    /// Half a character, or too small a buffer; nothing of the text is in it
    /// then.
    pub fn to_utf8<'b>(&self, buf: &'b mut [u8]) -> Result<&'b str, TextError> {
        let mut needed = 0;
        for character in self.chars() {
            needed += character.map_err(TextError::Surrogate)?.len_utf8();
        }
        let buf = buf.get_mut(..needed).ok_or(TextError::Room(needed))?;
        let mut room = &mut buf[..];
        for character in self.chars().flatten() {
            let Some((to, left)) = room.split_at_mut_checked(character.len_utf8()) else { break };
            character.encode_utf8(to);
            room = left;
        }
        // It is UTF-8: it was made of characters.
        Ok(core::str::from_utf8(buf).unwrap_or_default())
    }
}

impl fmt::Debug for CardText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardText({} units)", (self.front.len() + self.rest.len()) / 2)
    }
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit))
}

/// Without spaces behind it, nor what some readers have in their place.
fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [front @ .., b' ' | 0, 0] = bytes {
        bytes = front;
    }
    bytes
}

/// A number of decimal digits, at most four.
pub(super) fn decimal(bytes: &[u8]) -> Option<u16> {
    if bytes.is_empty() {
        return None;
    }
    units(bytes).try_fold(0_u16, |number, unit| {
        let digit = unit.checked_sub(0x30).filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit)
    })
}
