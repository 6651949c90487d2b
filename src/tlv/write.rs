use core::fmt;

use super::Tag;
use crate::ErrorKind;

/// An object does not fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Full {
    /// The object.
    pub tag: Tag,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no room for {}", self.tag)
    }
}

impl core::error::Error for Full {}

impl crate::Error for Full {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

/// Writes data objects to the front of a buffer, each with the shortest
/// length there is. An object that does not fit leaves no trace.
///
/// ```
/// use embedded_pos::tlv::{Tag, Writer};
///
/// let mut buf = [0; 16];
/// let mut writer = Writer::new(&mut buf);
/// writer.constructed(Tag::RESPONSE_2, |inner| inner.put(Tag::AIP, &[0x18, 0x00]))?;
/// assert_eq!(writer.written(), [0x77, 0x04, 0x82, 0x02, 0x18, 0x00]);
/// # Ok::<(), embedded_pos::tlv::Full>(())
/// ```
pub struct Writer<'a> {
    buf: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    /// Writes to `buf`.
    #[must_use]
    pub const fn new(buf: &'a mut [u8]) -> Self {
        Self { buf, len: 0 }
    }

    /// How many bytes are written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What is written.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.buf.get(..self.len).unwrap_or_default()
    }

    /// Writes an object with this content.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn put(&mut self, tag: Tag, value: &[u8]) -> Result<(), Full> {
        self.whole(|writer| {
            writer.header(tag, value.len())?;
            writer.raw(value).ok_or(Full { tag })
        })
    }

    /// Writes a constructed object with what `content` writes.
    ///
    /// # Errors
    /// There is no room for it, or for something in it.
    pub fn constructed(
        &mut self,
        tag: Tag,
        content: impl FnOnce(&mut Writer<'_>) -> Result<(), Full>,
    ) -> Result<(), Full> {
        self.whole(|writer| {
            writer.header(tag, 0)?;
            let start = writer.len;
            content(writer)?;
            writer.lengthen(tag, start)
        })
    }

    /// Runs `write`; undoes what it wrote if it fails.
    fn whole(
        &mut self,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), Full>,
    ) -> Result<(), Full> {
        let mut writer = Writer { buf: &mut *self.buf, len: self.len };
        write(&mut writer)?;
        self.len = writer.len;
        Ok(())
    }

    fn header(&mut self, tag: Tag, length: usize) -> Result<(), Full> {
        let bytes = tag.0.to_be_bytes();
        let tag_bytes = bytes.get(4 - tag.width()..).unwrap_or_default();
        let (form, count) = encoded_length(length).ok_or(Full { tag })?;
        self.raw(tag_bytes).ok_or(Full { tag })?;
        self.raw(form.get(..count).unwrap_or_default()).ok_or(Full { tag })
    }

    /// Gives the object whose content begins at `start`, and whose length is
    /// one zero byte before it, its true length.
    fn lengthen(&mut self, tag: Tag, start: usize) -> Result<(), Full> {
        let content = self.len - start;
        let (form, count) = encoded_length(content).ok_or(Full { tag })?;
        let end = self.len + count - 1;
        let place = self.buf.get_mut(start - 1..end).ok_or(Full { tag })?;
        place.copy_within(1..=content, count);
        for (slot, byte) in place.iter_mut().zip(form.iter().take(count)) {
            *slot = *byte;
        }
        self.len = end;
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.len.checked_add(bytes.len())?;
        self.buf.get_mut(self.len..end)?.copy_from_slice(bytes);
        self.len = end;
        Some(())
    }
}

/// Shows no content: it may be a card number.
impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} of {} bytes)", self.len, self.buf.len())
    }
}

/// A length in its shortest form, and how many bytes that has.
fn encoded_length(length: usize) -> Option<([u8; 5], usize)> {
    let [a, b, c, d] = u32::try_from(length).ok()?.to_be_bytes();
    Some(match [a, b, c, d] {
        [0, 0, 0, 0..0x80] => ([d, 0, 0, 0, 0], 1),
        [0, 0, 0, _] => ([0x81, d, 0, 0, 0], 2),
        [0, 0, _, _] => ([0x82, c, d, 0, 0], 3),
        [0, _, _, _] => ([0x83, b, c, d, 0], 4),
        _ => ([0x84, a, b, c, d], 5),
    })
}
