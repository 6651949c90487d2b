use core::fmt;

use zeroize::Zeroize;

use super::tlv::{Full, Tag};

/// The data elements of one transaction, in memory of the caller's.
///
/// Elements stand one behind the other, each behind its tag and its length in
/// six bytes: it is searched with every element of every list. Nothing is
/// allocated; what does not fit is an error. Card numbers are among the
/// elements, so the memory that was used is zeroised when the store is dropped.
pub struct Store<'a> {
    arena: &'a mut [u8],
    len: usize,
}

/// An element and where it begins.
#[derive(Clone, Copy)]
struct Element<'s> {
    tag: Tag,
    value: &'s [u8],
    start: usize,
}

impl Element<'_> {
    const HEADER: usize = 6;

    const fn end(&self) -> usize {
        self.start + Self::HEADER + self.value.len()
    }
}

/// A point in time of a store: what came before, and what after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize);

impl<'a> Store<'a> {
    /// Room that the data of any card fit that keeps to EMV: its records are
    /// mostly certificates, 248 bytes each.
    pub const ROOM: usize = 4096;

    /// An empty store in this memory.
    #[must_use]
    pub const fn new(arena: &'a mut [u8]) -> Self {
        Self { arena, len: 0 }
    }

    /// The value of an element.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&[u8]> {
        self.find(tag, Mark(0)).map(|found| found.value)
    }

    /// The elements, in the order in which they came.
    pub fn tags(&self) -> impl Iterator<Item = Tag> + '_ {
        self.elements(0).map(|element| element.tag)
    }

    /// How many bytes are used.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is stored.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Gives an element a value, in place of the one it had.
    ///
    /// # Errors
    /// There is no room for it; the value it had is kept.
    pub fn set(&mut self, tag: Tag, value: &[u8]) -> Result<(), Full> {
        let Some((start, end)) = self.place(tag) else {
            return self.add(tag, value);
        };
        let old = self.arena.get_mut(start + Element::HEADER..end).unwrap_or_default();
        if old.len() == value.len() {
            old.copy_from_slice(value);
            return Ok(());
        }
        self.add(tag, value)?;
        self.cut(start, end);
        Ok(())
    }

    /// Forgets an element, wherever it came from.
    pub fn remove(&mut self, tag: Tag) {
        while let Some((start, end)) = self.place(tag) {
            self.cut(start, end);
        }
    }

    /// Adds an element behind those that are there. [`get`](Self::get) finds
    /// the first of its kind, so it cannot change one.
    pub(crate) fn add(&mut self, tag: Tag, value: &[u8]) -> Result<(), Full> {
        self.append(tag, value).ok_or(Full { tag })
    }

    fn append(&mut self, tag: Tag, value: &[u8]) -> Option<()> {
        let length = u16::try_from(value.len()).ok()?.to_be_bytes();
        let free = self.arena.get_mut(self.len..)?;
        let (place, behind) = free.split_at_mut_checked(4)?;
        let (length_place, behind) = behind.split_at_mut_checked(2)?;
        behind.get_mut(..value.len())?.copy_from_slice(value);
        place.copy_from_slice(&tag.0.to_be_bytes());
        length_place.copy_from_slice(&length);
        self.len += Element::HEADER + value.len();
        Some(())
    }

    /// The point in time now.
    pub(crate) const fn mark(&self) -> Mark {
        Mark(self.len)
    }

    /// Whether an element was added since then.
    pub(crate) fn added_since(&self, mark: Mark, tag: Tag) -> bool {
        self.find(tag, mark).is_some()
    }

    /// Forgets what was added since then.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.cut(mark.0.min(self.len), self.len);
    }

    fn find(&self, tag: Tag, since: Mark) -> Option<Element<'_>> {
        self.elements(since.0).find(|element| element.tag == tag)
    }

    fn place(&self, tag: Tag) -> Option<(usize, usize)> {
        self.find(tag, Mark(0)).map(|found| (found.start, found.end()))
    }

    fn elements(&self, mut start: usize) -> impl Iterator<Item = Element<'_>> {
        let mut rest = self.arena.get(start..self.len).unwrap_or_default();
        core::iter::from_fn(move || {
            let (&[a, b, c, d, high, low], behind) = rest.split_first_chunk()?;
            let length = usize::from(u16::from_be_bytes([high, low]));
            let (value, tail) = behind.split_at_checked(length)?;
            let element = Element { tag: Tag(u32::from_be_bytes([a, b, c, d])), value, start };
            rest = tail;
            start = element.end();
            Some(element)
        })
    }

    fn cut(&mut self, start: usize, end: usize) {
        let tail = self.arena.get_mut(start..self.len).unwrap_or_default();
        let gone = end.saturating_sub(start).min(tail.len());
        tail.copy_within(gone.., 0);
        tail.iter_mut().rev().take(gone).for_each(Zeroize::zeroize);
        self.len -= gone;
    }
}

impl Drop for Store<'_> {
    fn drop(&mut self) {
        // What lies behind was zeroised when it was cut off.
        self.cut(0, self.len);
    }
}

/// Shows which elements are there, and not their values.
impl fmt::Debug for Store<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")?;
        f.debug_set().entries(self.tags()).finish()
    }
}
