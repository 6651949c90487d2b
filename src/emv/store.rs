use core::fmt;

use zeroize::Zeroize;

use super::tlv::{Full, Objects, Tag, Writer};

/// The data elements of one transaction, in memory of the caller's.
///
/// Elements stand one behind the other as BER-TLV. Nothing is allocated; what
/// does not fit is an error. Card numbers are among them, so the memory is
/// zeroised when the store is dropped.
pub struct Store<'a> {
    arena: &'a mut [u8],
    len: usize,
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
        Objects::new(self.used()).filter_map(|object| object.ok().map(|object| object.tag))
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
        if let Some(old) = self.value_mut(start, end, value.len()) {
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
        let free = self.arena.get_mut(self.len..).unwrap_or_default();
        let mut writer = Writer::new(free);
        writer.put(tag, value)?;
        self.len += writer.len();
        Ok(())
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

    fn find(&self, tag: Tag, since: Mark) -> Option<super::tlv::Object<'_>> {
        Objects::new(self.used().get(since.0..)?).find(tag).ok().flatten()
    }

    fn place(&self, tag: Tag) -> Option<(usize, usize)> {
        let found = self.find(tag, Mark(0))?;
        Some((found.offset, found.value_offset() + found.value.len()))
    }

    /// The value of the element at this place, if it has this length.
    fn value_mut(&mut self, start: usize, end: usize, length: usize) -> Option<&mut [u8]> {
        let object = Objects::new(self.arena.get(start..end)?).next()?.ok()?;
        (object.value.len() == length).then_some(())?;
        self.arena.get_mut(end - length..end)
    }

    fn cut(&mut self, start: usize, end: usize) {
        let used = self.arena.get_mut(..self.len).unwrap_or_default();
        used.copy_within(end.., start);
        self.len -= end - start;
        used.iter_mut().skip(self.len).for_each(Zeroize::zeroize);
    }

    fn used(&self) -> &[u8] {
        self.arena.get(..self.len).unwrap_or_default()
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
