use super::tlv::{Format, Malformed, Tag, What, take_tag};

/// A data object list: what the card wants to be told, as tags and lengths
/// without values (EMV Book 3, 5.4).
///
/// ```
/// use embedded_pos::emv::{Dol, Tag};
///
/// let pdol = Dol::new(&[0x9F, 0x1A, 0x02, 0x9F, 0x02, 0x04]);
/// let mut out = [0; 16];
/// let n = pdol.fill(&mut out, |tag| match tag {
///     Tag::COUNTRY => Some(&[0x01, 0x56]),
///     Tag::AMOUNT => Some(&[0x00, 0x00, 0x00, 0x01, 0x23, 0x45]),
///     _ => None,
/// })?;
/// // The amount is numeric: what does not fit is cut off at the left.
/// assert_eq!(out[..n], [0x01, 0x56, 0x00, 0x01, 0x23, 0x45]);
/// # Ok::<(), embedded_pos::emv::DolFault>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dol<'a>(&'a [u8]);

/// One line of a [`Dol`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Entry {
    /// What the card wants to know.
    pub tag: Tag,
    /// In how many bytes.
    pub length: u8,
}

/// Why a list cannot be answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DolFault {
    /// The list is no list.
    Malformed(Malformed),
    /// There is no room for this element.
    Full(Tag),
}

impl core::fmt::Display for DolFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Full(tag) => write!(f, "no room for {tag}"),
        }
    }
}

impl core::error::Error for DolFault {}

impl crate::Error for DolFault {
    fn kind(&self) -> crate::ErrorKind {
        crate::ErrorKind::Protocol
    }
}

impl<'a> Dol<'a> {
    /// The list with this content: the value of `9F38`, `8C` or `8D`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Its lines, in order. After an error it ends.
    #[must_use]
    pub const fn entries(self) -> Entries<'a> {
        Entries { rest: self.0, len: self.0.len() }
    }

    /// Writes what the card wants to be told to the front of `out`; returns
    /// its length. What `lookup` does not know, and what is constructed, is
    /// zero; the rest is cut or padded by its format.
    ///
    /// # Errors
    /// The list is malformed, or its data do not fit `out`.
    pub fn fill<'v>(
        self,
        out: &mut [u8],
        lookup: impl Fn(Tag) -> Option<&'v [u8]>,
    ) -> Result<usize, DolFault> {
        let mut written = 0;
        for entry in self.entries() {
            let Entry { tag, length } = entry.map_err(DolFault::Malformed)?;
            let end = written + usize::from(length);
            let place = out.get_mut(written..end).ok_or(DolFault::Full(tag))?;
            let known = lookup(tag).filter(|_| !tag.is_constructed());
            put(tag.format(), known.unwrap_or_default(), known.is_some(), place);
            written = end;
        }
        Ok(written)
    }
}

/// The lines of a [`Dol`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
    len: usize,
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (entry, rest) = match take_entry(self.rest) {
            Ok((entry, rest)) => (Ok(entry), rest),
            Err((left, what)) => (Err(Malformed { offset: self.len - left, what }), &[][..]),
        };
        self.rest = rest;
        Some(entry)
    }
}

impl core::iter::FusedIterator for Entries<'_> {}

fn take_entry(at: &[u8]) -> Result<(Entry, &[u8]), (usize, What)> {
    let (tag, rest) = take_tag(at)?;
    let (&length, rest) = rest.split_first().ok_or((0, What::LengthCut(tag)))?;
    Ok((Entry { tag, length }, rest))
}

/// Puts a value into a place of another length (EMV Book 3, 5.4, step 2).
fn put(format: Format, value: &[u8], known: bool, place: &mut [u8]) {
    let kept = value.len().min(place.len());
    place.fill(if known && format == Format::Cn { 0xFF } else { 0x00 });
    let (from, to) = match format {
        Format::N => (value.len() - kept, place.len() - kept),
        Format::Cn | Format::Other => (0, 0),
    };
    if let (Some(slots), Some(bytes)) = (place.get_mut(to..to + kept), value.get(from..from + kept))
    {
        slots.copy_from_slice(bytes);
    }
}
