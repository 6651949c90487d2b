use super::tlv::{Format, Malformed, Tag, What, take_tag};

/// A data object list: what the card wants to be told, as tags and lengths
/// without values (EMV Book 3, 5.4). PDOL, CDOL1, CDOL2 and DDOL are answered
/// with [`fill`](Self::fill); over the answer to a TDOL the terminal makes a
/// hash, for which [`feed`](Self::feed) needs no memory.
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
    /// The list with this content: the value of `9F38`, `8C`, `8D`, `9F49` or
    /// `97`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Its lines, in order. After an error it ends.
    #[must_use]
    pub const fn entries(self) -> Entries<'a> {
        Entries { rest: self.0, len: self.0.len() }
    }

    /// Whether it is a list. Can be asked of a constant when the program is
    /// built.
    ///
    /// # Errors
    /// It is none: where, and why.
    pub const fn check(self) -> Result<(), Malformed> {
        let Self(mut rest) = self;
        while !rest.is_empty() {
            match take_entry(rest) {
                Ok((_, behind)) => rest = behind,
                Err((left, what)) => return Err(Malformed { offset: self.0.len() - left, what }),
            }
        }
        Ok(())
    }

    /// Whether it asks for this element.
    #[must_use]
    pub const fn asks_for(self, tag: Tag) -> bool {
        let Self(mut rest) = self;
        while let Ok((entry, behind)) = take_entry(rest) {
            if entry.tag.0 == tag.0 {
                return true;
            }
            rest = behind;
        }
        false
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
            let entry = entry.map_err(DolFault::Malformed)?;
            let end = written + usize::from(entry.length);
            let place = out.get_mut(written..end).ok_or(DolFault::Full(entry.tag))?;
            put(Cut::new(entry, lookup(entry.tag)), place);
            written = end;
        }
        Ok(written)
    }

    /// Gives the same piece by piece, for a hash: of a TDOL, for the TC Hash
    /// Value `98` (EMV Book 3, 9.2.2).
    ///
    /// ```
    /// use embedded_pos::emv::{Dol, Tag};
    ///
    /// let tdol = Dol::new(&[0x9F, 0x02, 0x06, 0x95, 0x05]);
    /// let mut hashed = Vec::new();
    /// let known = |tag| (tag == Tag::AMOUNT).then_some(&[0x12, 0x34][..]);
    /// tdol.feed(known, |piece| hashed.extend_from_slice(piece))?;
    /// assert_eq!(hashed, [0, 0, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0]);
    /// # Ok::<(), embedded_pos::tlv::Malformed>(())
    /// ```
    ///
    /// # Errors
    /// The list is malformed; what stands before the fault was given.
    pub fn feed<'v>(
        self,
        lookup: impl Fn(Tag) -> Option<&'v [u8]>,
        mut piece: impl FnMut(&[u8]),
    ) -> Result<(), Malformed> {
        for entry in self.entries() {
            let entry = entry?;
            let cut = Cut::new(entry, lookup(entry.tag));
            let padding = |count| cut.padding().get(..count).unwrap_or_default();
            piece(padding(cut.before));
            piece(cut.value);
            piece(padding(cut.behind));
        }
        Ok(())
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

const fn take_entry(at: &[u8]) -> Result<(Entry, &[u8]), (usize, What)> {
    match take_tag(at) {
        Ok((tag, rest)) => match rest.split_first() {
            Some((&length, rest)) => Ok((Entry { tag, length }, rest)),
            None => Err((0, What::LengthCut(tag))),
        },
        Err(fault) => Err(fault),
    }
}

/// A value in a place of another length (EMV Book 3, 5.4, step 2).
struct Cut<'v> {
    /// So much padding stands before it,
    before: usize,
    /// what of it has room,
    value: &'v [u8],
    /// so much behind it.
    behind: usize,
    /// Whether that is `F` and not zero.
    compressed: bool,
}

impl<'v> Cut<'v> {
    fn new(entry: Entry, value: Option<&'v [u8]>) -> Self {
        let value = value.filter(|_| !entry.tag.is_constructed());
        let (format, length) = (entry.tag.format(), usize::from(entry.length));
        let compressed = value.is_some() && format == Format::Cn;
        let value = value.unwrap_or_default();
        let kept = value.len().min(length);
        let (before, from) = match format {
            Format::N => (length - kept, value.len() - kept),
            Format::Cn | Format::Other => (0, 0),
        };
        let value = value.get(from..from + kept).unwrap_or_default();
        Self { before, value, behind: length - kept - before, compressed }
    }

    /// As much padding as any place can take.
    const fn padding(&self) -> &'static [u8; 255] {
        if self.compressed { &[0xFF; 255] } else { &[0x00; 255] }
    }
}

fn put(cut: Cut<'_>, place: &mut [u8]) {
    if cut.value.len() < place.len() {
        place.fill(if cut.compressed { 0xFF } else { 0x00 });
    }
    if let Some(slots) = place.get_mut(cut.before..cut.before + cut.value.len()) {
        slots.copy_from_slice(cut.value);
    }
}
