use core::fmt;

use crate::{Error, ErrorKind};

/// What a length counts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Lengths {
    /// Characters or bytes: all of it is ASCII, so they are the same.
    Either,
    /// Characters, as the standard has it.
    Characters,
    /// Bytes, as some generators have it; or the text is not UTF-8.
    Bytes,
}

/// Bytes that are no objects of a merchant-presented code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MpmError {
    /// Where: bytes from the start of the payload.
    pub offset: usize,
    /// What is wrong there.
    pub what: MpmWhat,
}

/// What is wrong with bytes that are no objects of a merchant-presented code.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MpmWhat {
    /// There is nothing.
    Empty,
    /// The identifier is not two digits.
    Id,
    /// The length of this object is not two digits.
    Length(u8),
    /// The object is longer than what it stands in.
    Overrun {
        /// The object.
        id: u8,
        /// What its length says.
        length: u8,
        /// How many bytes are left for it.
        left: usize,
    },
}

impl fmt::Display for MpmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: ", self.offset)?;
        match self.what {
            MpmWhat::Empty => f.write_str("nothing"),
            MpmWhat::Id => f.write_str("no identifier of two digits"),
            MpmWhat::Length(id) => write!(f, "no length of two digits behind {id:02}"),
            MpmWhat::Overrun { id, length, left } => {
                write!(f, "{id:02} claims a length of {length} where {left} bytes are left")
            }
        }
    }
}

impl core::error::Error for MpmError {}

impl Error for MpmError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

/// A data object, borrowed from the payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Object<'a> {
    /// Its identifier, 0 to 99.
    pub id: u8,
    /// Its content.
    pub value: &'a [u8],
    /// Where its identifier begins: bytes from the start of the payload.
    pub offset: usize,
    lengths: Lengths,
}

impl<'a> Object<'a> {
    /// The content as text; `None` if it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        core::str::from_utf8(self.value).ok()
    }

    /// The objects in it, for those that are templates.
    #[must_use]
    pub const fn objects(&self) -> Objects<'a> {
        Objects { rest: self.value, offset: self.offset + HEADER, lengths: self.lengths }
    }
}

/// Two digits of identifier and two of length.
pub(super) const HEADER: usize = 4;

/// The objects of one level, in order. After an error it ends.
#[derive(Clone, Debug)]
pub struct Objects<'a> {
    rest: &'a [u8],
    offset: usize,
    lengths: Lengths,
}

impl<'a> Objects<'a> {
    pub(super) const fn new(payload: &'a [u8], lengths: Lengths) -> Self {
        Self { rest: payload, offset: 0, lengths }
    }

    /// The first of them with this identifier; an object behind an error is not
    /// found.
    #[must_use]
    pub fn get(mut self, id: u8) -> Option<Object<'a>> {
        self.find_map(|object| object.ok().filter(|object| object.id == id))
    }

    fn object(&self) -> Result<(Object<'a>, &'a [u8]), MpmError> {
        let error = |at, what| MpmError { offset: self.offset + at, what };
        let (id, after) = two_digits(self.rest).ok_or(error(0, MpmWhat::Id))?;
        let (length, after) = two_digits(after).ok_or(error(2, MpmWhat::Length(id)))?;
        let end = self.bytes_of(after, length.into());
        let overrun = MpmWhat::Overrun { id, length, left: after.len() };
        let (value, rest) =
            end.and_then(|end| after.split_at_checked(end)).ok_or(error(0, overrun))?;
        Ok((Object { id, value, offset: self.offset, lengths: self.lengths }, rest))
    }

    /// How many bytes so many characters are, or bytes.
    fn bytes_of(&self, text: &[u8], length: usize) -> Option<usize> {
        if self.lengths != Lengths::Characters {
            return Some(length);
        }
        // A character begins at each byte that does not go on with one.
        let mut begins = text.iter().enumerate().filter(|(_, byte)| *byte & 0xC0 != 0x80);
        match length {
            0 => Some(0),
            _ => {
                begins.nth(length - 1)?;
                Some(begins.next().map_or(text.len(), |(at, _)| at))
            }
        }
    }
}

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, MpmError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match self.object() {
            Ok((object, rest)) => {
                self.offset += self.rest.len() - rest.len();
                self.rest = rest;
                Some(Ok(object))
            }
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}

impl core::iter::FusedIterator for Objects<'_> {}

fn two_digits(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Some(((a - b'0') * 10 + (b - b'0'), rest)),
        _ => None,
    }
}
