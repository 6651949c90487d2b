use core::fmt;

use super::Tag;
use crate::ErrorKind;

/// Bytes that are no BER-TLV.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Malformed {
    /// Where: bytes from the start of what was given to [`Objects::new`], also
    /// for what is nested.
    pub offset: usize,
    /// What is wrong there.
    pub what: What,
}

/// What is wrong with bytes that are no BER-TLV.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum What {
    /// The bytes end within a tag.
    TagCut,
    /// A tag of more than four bytes.
    TagTooLong,
    /// The bytes end within the length of this object.
    LengthCut(Tag),
    /// The length of this object begins with `80` (indefinite) or `85` to
    /// `FF`, or is more than the machine can address.
    LengthForm(Tag),
    /// The object is longer than what it stands in.
    Overrun {
        /// The object.
        tag: Tag,
        /// What its length says.
        length: usize,
        /// How many bytes are left for it.
        left: usize,
    },
    /// Constructed objects stand deeper than a [`Walk`](super::Walk) goes.
    TooDeep,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TagCut => f.write_str("the bytes end within a tag"),
            Self::TagTooLong => f.write_str("a tag of more than four bytes"),
            Self::LengthCut(tag) => write!(f, "the bytes end within the length of {tag}"),
            Self::LengthForm(tag) => write!(f, "the length of {tag} has a form EMV does not use"),
            Self::Overrun { tag, length, left } => {
                write!(f, "{tag} claims {length} bytes where {left} are left")
            }
            Self::TooDeep => f.write_str("objects are nested too deeply"),
        }
    }
}

impl core::error::Error for Malformed {}

impl crate::Error for Malformed {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

/// A data object, borrowed from the bytes it stands in.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Object<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Its content.
    pub value: &'a [u8],
    /// Where its tag begins.
    pub offset: usize,
    /// Where its content ends.
    end: usize,
}

impl<'a> Object<'a> {
    /// Where its content begins.
    #[must_use]
    pub const fn value_offset(&self) -> usize {
        self.end - self.value.len()
    }

    /// The objects in it; `None` when its tag is primitive.
    #[must_use]
    #[inline]
    pub const fn children(&self) -> Option<Objects<'a>> {
        match self.tag.is_constructed() {
            true => Some(Objects { rest: self.value, end: self.end }),
            false => None,
        }
    }
}

/// Shows no content: it may be a card number.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tag, value, offset, .. } = self;
        write!(f, "Object({tag} at {offset}, {} bytes)", value.len())
    }
}

/// The objects of one level, in order. After an error it ends.
#[derive(Clone)]
pub struct Objects<'a> {
    rest: &'a [u8],
    end: usize,
}

impl<'a> Objects<'a> {
    /// The objects in `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, end: bytes.len() }
    }

    /// The first object with this tag among those still to come on this level.
    ///
    /// # Errors
    /// What stands before it is malformed.
    pub fn find(self, tag: Tag) -> Result<Option<Object<'a>>, Malformed> {
        for object in self {
            match object {
                Ok(object) if object.tag != tag => {}
                found => return found.map(Some),
            }
        }
        Ok(None)
    }

    /// Where the next object or padding begins.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    /// The objects of `bytes` from one place to another.
    pub(super) fn between(bytes: &'a [u8], start: usize, end: usize) -> Self {
        Self { rest: bytes.get(start..end).unwrap_or_default(), end }
    }

    pub(super) const fn end(&self) -> usize {
        self.end
    }

    /// What [`next`](Iterator::next) does, for a caller that is all about speed.
    #[inline]
    pub(super) fn take_next(&mut self) -> Option<Result<Object<'a>, Malformed>> {
        let mut at = self.rest;
        while let Some((0x00, padded)) = at.split_first() {
            at = padded;
        }
        if at.is_empty() {
            self.rest = at;
            return None;
        }
        Some(self.object(at).map_err(|(left, what)| {
            self.rest = &[];
            Malformed { offset: self.end - left, what }
        }))
    }

    #[inline]
    fn object(&mut self, at: &'a [u8]) -> Result<Object<'a>, (usize, What)> {
        let (tag, after) = take_tag(at)?;
        let (&first, mut tail) = after.split_first().ok_or((0, What::LengthCut(tag)))?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            (length, tail) = long_length(tag, first, tail)?;
        }
        let overrun = What::Overrun { tag, length, left: tail.len() };
        let (value, rest) = tail.split_at_checked(length).ok_or((after.len(), overrun))?;
        self.rest = rest;
        Ok(Object { tag, value, offset: self.end - at.len(), end: self.end - rest.len() })
    }
}

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take_next()
    }
}

impl core::iter::FusedIterator for Objects<'_> {}

impl fmt::Debug for Objects<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({}..{})", self.offset(), self.end)
    }
}

/// Takes a tag off the front. An error has the number of bytes left where it
/// stands.
#[inline]
pub(crate) const fn take_tag(at: &[u8]) -> Result<(Tag, &[u8]), (usize, What)> {
    let Some((&first, mut rest)) = at.split_first() else { return Err((0, What::TagCut)) };
    let mut tag = first as u32;
    // ISO/IEC 8825-1, 8.1.2.4: five one bits say that the tag goes on, bit 8
    // of each further byte that one more follows.
    let mut more = first & 0x1F == 0x1F;
    while more {
        let Some((&next, tail)) = rest.split_first() else { return Err((0, What::TagCut)) };
        if tag > 0x00FF_FFFF {
            return Err((at.len(), What::TagTooLong));
        }
        tag = tag << 8 | next as u32;
        more = next >= 0x80;
        rest = tail;
    }
    Ok((Tag(tag), rest))
}

/// Reads a length of several bytes, of which `first` is the first.
#[cold]
fn long_length(tag: Tag, first: u8, tail: &[u8]) -> Result<(usize, &[u8]), (usize, What)> {
    let form = (tail.len() + 1, What::LengthForm(tag));
    let count = match first {
        0x81..=0x84 => usize::from(first & 0x0F),
        _ => return Err(form),
    };
    let (bytes, tail) = tail.split_at_checked(count).ok_or((0, What::LengthCut(tag)))?;
    let length = bytes.iter().fold(0_u32, |length, &byte| length << 8 | u32::from(byte));
    Ok((usize::try_from(length).map_err(|_| form)?, tail))
}

/// The object at the end of a path of tags, each in the first of its kind on
/// its level; `None` when it is not there.
///
/// # Errors
/// What stands before it, on the levels it was looked for, is malformed.
pub fn find<'a>(bytes: &'a [u8], path: &[Tag]) -> Result<Option<Object<'a>>, Malformed> {
    let mut level = Some(Objects::new(bytes));
    let mut found = None;
    for &tag in path {
        found = match level {
            Some(objects) => objects.find(tag)?,
            None => return Ok(None),
        };
        level = found.and_then(|object| object.children());
    }
    Ok(found)
}
