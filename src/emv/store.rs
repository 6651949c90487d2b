use core::fmt;

use zeroize::Zeroize;

use super::tlv::{Full, Tag};

/// The data elements of one transaction, in memory of the caller's.
///
/// Elements stand one behind the other, each behind a header of eight bytes:
/// its tag, its length, and where the one before it in its chain stands. The
/// chains are short: every element of every list is looked up. Nothing is
/// allocated; what does not fit is an error, as is what would stand behind the
/// first 64 KiB. Card numbers are among the elements, so the memory that was
/// used is zeroised when the store is dropped.
pub struct Store<'a> {
    arena: &'a mut [u8],
    len: usize,
    /// The last element of each chain.
    chains: [u16; CHAINS],
}

const CHAINS: usize = 32;
/// No element of a chain.
const NONE: u16 = u16::MAX;

/// An element and where it begins.
#[derive(Clone, Copy)]
struct Element<'s> {
    tag: Tag,
    value: &'s [u8],
    start: usize,
    /// Where the one before it in its chain begins.
    before: u16,
}

impl Element<'_> {
    const HEADER: usize = 8;

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
        Self { arena, len: 0, chains: [NONE; CHAINS] }
    }

    /// The value of an element.
    #[must_use]
    #[inline(never)]
    pub fn get(&self, tag: Tag) -> Option<&[u8]> {
        self.first(tag).map(|found| found.value)
    }

    /// The values of all elements with this tag, in the order in which they
    /// came.
    pub(crate) fn each(&self, tag: Tag) -> impl Iterator<Item = &[u8]> {
        self.elements().filter(move |element| element.tag == tag).map(|element| element.value)
    }

    /// The elements, in the order in which they came.
    pub fn tags(&self) -> impl Iterator<Item = Tag> + '_ {
        self.elements().map(|element| element.tag)
    }

    fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        let mut start = 0;
        core::iter::from_fn(move || {
            let element = self.element(start)?;
            start = element.end();
            Some(element)
        })
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
        let Some((start, end)) = self.first(tag).map(|old| (old.start, old.end())) else {
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

    /// Forgets an element, wherever it came from and how often.
    pub fn remove(&mut self, tag: Tag) {
        let Some(first) = self.first(tag).map(|old| old.start) else { return };
        let (mut from, mut to) = (first, first);
        while let Some((found, end)) = self.element(from).map(|other| (other.tag, other.end())) {
            if found != tag {
                self.arena.copy_within(from..end, to);
                to += end - from;
            }
            from = end;
        }
        self.shorten(to);
    }

    /// Adds an element behind those that are there. [`get`](Self::get) finds
    /// the first of its kind, so it cannot change one.
    pub(crate) fn add(&mut self, tag: Tag, value: &[u8]) -> Result<(), Full> {
        self.append(tag, value).ok_or(Full { tag })
    }

    fn append(&mut self, tag: Tag, value: &[u8]) -> Option<()> {
        let start = u16::try_from(self.len).ok().filter(|&start| start != NONE)?;
        let [e, f] = u16::try_from(value.len()).ok()?.to_be_bytes();
        let [a, b, c, d] = tag.0.to_be_bytes();
        let (header, behind) = self.arena.get_mut(self.len..)?.split_first_chunk_mut()?;
        behind.get_mut(..value.len())?.copy_from_slice(value);
        *header = [a, b, c, d, e, f, 0, 0];
        self.len += Element::HEADER + value.len();
        self.link(tag, start)
    }

    /// Makes the element that begins here the last of its chain.
    fn link(&mut self, tag: Tag, start: u16) -> Option<()> {
        let last = self.chains.get_mut(chain(tag))?;
        let before = core::mem::replace(last, start).to_be_bytes();
        let header = self.arena.get_mut(start.into()..)?.first_chunk_mut()?;
        let [_, _, _, _, _, _, place @ ..]: &mut [u8; Element::HEADER] = header;
        *place = before;
        Some(())
    }

    /// The point in time now.
    pub(crate) const fn mark(&self) -> Mark {
        Mark(self.len)
    }

    /// Whether an element was added since then.
    pub(crate) fn added_since(&self, mark: Mark, tag: Tag) -> bool {
        self.last_first(tag).next().is_some_and(|last| last.start >= mark.0)
    }

    /// Forgets what was added since then.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.cut(mark.0.min(self.len), self.len);
    }

    fn first(&self, tag: Tag) -> Option<Element<'_>> {
        self.last_first(tag).last()
    }

    /// The elements with this tag, from the last to the first.
    fn last_first(&self, tag: Tag) -> impl Iterator<Item = Element<'_>> {
        let mut next = self.chains.get(chain(tag)).copied().unwrap_or(NONE);
        let chained = core::iter::from_fn(move || {
            let element = (next != NONE).then(|| self.element(next.into()))??;
            next = element.before;
            Some(element)
        });
        chained.filter(move |element| element.tag == tag)
    }

    /// The element that begins here.
    fn element(&self, start: usize) -> Option<Element<'_>> {
        let used = self.arena.get(start..self.len)?;
        let (&[a, b, c, d, e, f, g, h], behind) = used.split_first_chunk()?;
        let value = behind.get(..u16::from_be_bytes([e, f]).into())?;
        let tag = Tag(u32::from_be_bytes([a, b, c, d]));
        Some(Element { tag, value, start, before: u16::from_be_bytes([g, h]) })
    }

    fn cut(&mut self, start: usize, end: usize) {
        let tail = self.arena.get_mut(start..self.len).unwrap_or_default();
        let gone = end.saturating_sub(start).min(tail.len());
        tail.copy_within(gone.., 0);
        self.shorten(self.len - gone);
    }

    /// Forgets what stands from here on.
    fn shorten(&mut self, len: usize) {
        self.arena.get_mut(len..self.len).unwrap_or_default().zeroize();
        self.len = len;
        self.chain_up();
    }

    /// Makes the chains anew.
    fn chain_up(&mut self) {
        self.chains = [NONE; CHAINS];
        let mut at = 0;
        while let (Some(element), Ok(start)) = (self.element(at), u16::try_from(at)) {
            let (tag, end) = (element.tag, element.end());
            self.link(tag, start);
            at = end;
        }
    }
}

/// The chain of a tag.
const fn chain(tag: Tag) -> usize {
    let [.., high, low] = tag.0.to_be_bytes();
    (high.rotate_left(3) ^ low) as usize % CHAINS
}

impl Drop for Store<'_> {
    fn drop(&mut self) {
        // What lies behind was zeroised when it was cut off.
        self.arena.get_mut(..self.len).unwrap_or_default().zeroize();
    }
}

/// Shows which elements are there, and not their values.
impl fmt::Debug for Store<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")?;
        f.debug_set().entries(self.tags()).finish()
    }
}
