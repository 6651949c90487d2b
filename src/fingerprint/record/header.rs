use core::fmt;

use super::read::{Malformed, Reader, What};
use super::{Edition, Image, View};

/// A finger minutiae record whose frame holds: all views and their parts are
/// there. `Debug` shows the edition and counts.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) edition: Edition,
    head: Head,
    /// Of the first editions, which have it here.
    image: Image,
    /// The bytes that it says it has.
    pub(super) declared: usize,
    /// Where the last view ends.
    pub(super) used: usize,
    /// Before the first view.
    start: Reader<'a>,
    /// The other edition that the bytes can be read as, just as well.
    pub(super) also: Option<Edition>,
}

/// What the header of a record says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Head {
    /// Whose product made it, a number of the IBIA's; ANSI.
    pub owner: u16,
    /// Which product of the owner's; ANSI.
    pub product: u16,
    /// What the capture device complies with: four bits in the editions of 2004
    /// and 2005, a byte in ANSI 2009, of which the uppermost stands for the
    /// FBI's Appendix F; in ISO 2011, 1 if the views have certifications.
    pub compliance: u8,
    /// The number of the capture device; ISO 2011 has one in each view.
    pub device: u16,
    /// Views.
    pub views: u16,
    /// The last byte, which no edition gives a meaning: 0.
    pub reserved: u8,
}

impl<'a> Record<'a> {
    /// Reads a record of any edition.
    ///
    /// Editions share their first eight bytes: what is taken is the one whose
    /// lengths hold. If both do equally well, [`check`](Self::check) says so and
    /// [`as_edition`](Self::as_edition) reads the other.
    ///
    /// # Errors
    /// The frame does not hold.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        match Edition::of(version(bytes)?) {
            [only] => Self::as_edition(bytes, *only),
            [iso, ansi] => better(Self::as_edition(bytes, *iso), Self::as_edition(bytes, *ansi)),
            _ => Err(Malformed { what: What::Version(version(bytes)?), offset: 4 }),
        }
    }

    /// Reads a record that is known to be of that edition.
    ///
    /// # Errors
    /// The frame does not hold.
    pub fn as_edition(bytes: &'a [u8], edition: Edition) -> Result<Self, Malformed> {
        let found = version(bytes)?;
        if !Edition::of(found).contains(&edition) {
            return Err(Malformed { what: What::Version(found), offset: 4 });
        }
        let mut reader = Reader::new(bytes);
        reader.take(8)?;
        let declared = length(&mut reader, edition, bytes.len())?;
        let (head, image) = header(&mut reader, edition)?;
        let (used, start, also) = (0, reader, None);
        let mut record = Self { bytes, edition, head, image, declared, used, start, also };
        for _ in 0..head.views {
            View::read(&mut reader, edition, image, record.is_certified())?;
        }
        record.used = reader.at;
        Ok(record)
    }

    /// Of which edition it is.
    pub const fn edition(&self) -> Edition {
        self.edition
    }

    /// What its header says.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The image; in the editions that have one to each view, the first's.
    pub fn image(&self) -> Option<Image> {
        self.views().next().map(|view| view.image())
    }

    /// The views.
    pub const fn views(&self) -> Views<'a> {
        Views {
            reader: self.start,
            edition: self.edition,
            image: self.image,
            left: self.head.views,
            certified: self.is_certified(),
        }
    }

    /// Whether views have certifications.
    const fn is_certified(&self) -> bool {
        matches!(self.edition, Edition::Iso2011) && self.head.compliance != 0
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("edition", &self.edition)
            .field("views", &self.head.views)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

fn version(bytes: &[u8]) -> Result<[u8; 4], Malformed> {
    if !b"FMR\0".starts_with(bytes.get(..4).unwrap_or(bytes)) {
        return Err(Malformed { what: What::Magic, offset: 0 });
    }
    let mut reader = Reader::new(bytes);
    reader.take(4)?;
    reader.array()
}

/// The one whose length holds better; of two that fail, what failed later.
fn better<'a>(
    first: Result<Record<'a>, Malformed>,
    second: Result<Record<'a>, Malformed>,
) -> Result<Record<'a>, Malformed> {
    let off = |record: &Record<'_>| record.declared.abs_diff(record.used);
    match (first, second) {
        (Ok(first), Ok(second)) if off(&first) == off(&second) => {
            Ok(Record { also: Some(second.edition), ..first })
        }
        (Ok(first), Ok(second)) => Ok(if off(&first) < off(&second) { first } else { second }),
        (Ok(record), Err(_)) | (Err(_), Ok(record)) => Ok(record),
        (Err(first), Err(second)) => Err(if second.offset > first.offset { second } else { first }),
    }
}

/// The length that the record says it has. In ANSI 378-2004 it has two bytes, or
/// four behind two zeros if it does not fit.
fn length(reader: &mut Reader<'_>, edition: Edition, there: usize) -> Result<usize, Malformed> {
    let offset = reader.at;
    let (least, length) = match edition {
        Edition::Iso2005 => (24, reader.u32()?),
        Edition::Iso2011 => (15, reader.u32()?),
        Edition::Ansi2009 | Edition::Ansi2009Am1 => (21, reader.u32()?),
        Edition::Ansi2004 => match reader.u16()? {
            0 => (0x1_0000, reader.u32()?),
            short => (26, u32::from(short)),
        },
    };
    match usize::try_from(length) {
        Ok(fits) if length >= least && fits <= there => Ok(fits),
        _ => Err(Malformed { what: What::Length(length), offset }),
    }
}

fn header(reader: &mut Reader<'_>, edition: Edition) -> Result<(Head, Image), Malformed> {
    let mut head = Head::default();
    if edition == Edition::Iso2011 {
        head.views = reader.u16()?;
        head.compliance = reader.u8()?;
        return Ok((head, Image::default()));
    }
    if !edition.is_iso() {
        (head.owner, head.product) = (reader.u16()?, reader.u16()?);
    }
    let mut image = Image::default();
    if edition.is_first() {
        let device = reader.u16()?;
        let [high, _] = device.to_be_bytes();
        (head.compliance, head.device) = (high >> 4, device & 0x0FFF);
        image = Image::read(reader)?;
    } else {
        (head.compliance, head.device) = (reader.u8()?, reader.u16()?);
    }
    head.views = u16::from(reader.u8()?);
    head.reserved = reader.u8()?;
    Ok((head, image))
}

/// Views, one after the other. `Debug` shows how many are left.
#[derive(Clone, Copy)]
pub struct Views<'a> {
    reader: Reader<'a>,
    edition: Edition,
    image: Image,
    left: u16,
    certified: bool,
}

impl<'a> Iterator for Views<'a> {
    type Item = View<'a>;

    fn next(&mut self) -> Option<View<'a>> {
        self.left = self.left.checked_sub(1)?;
        // Cannot fail: the record was read so once.
        View::read(&mut self.reader, self.edition, self.image, self.certified).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.left), Some(usize::from(self.left)))
    }
}

impl ExactSizeIterator for Views<'_> {}

impl fmt::Debug for Views<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views").field("len", &self.left).finish_non_exhaustive()
    }
}
