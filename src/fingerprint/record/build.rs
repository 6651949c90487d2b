use core::fmt;

use super::{
    Capture, CaptureTime, Edition, Head, Image, Impression, Malformed, Minutia, Note, Position,
    Quality, Record,
};
use crate::{Error, ErrorKind};

/// Why a record could not be built.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BuildError {
    /// The buffer is too small.
    Full,
    /// A minutia or an extension without a view, or a minutia behind extended
    /// data.
    Order,
    /// More views, minutiae or bytes of extended data than their counts can say.
    TooMany,
    /// A coordinate of more than 14 bits, or a view number of more than 4 where
    /// it has no more.
    Range,
    /// The record is one to which a strict reader objects.
    Odd(Note),
    /// Another image than the first view's, where the record has one for all.
    Image,
    /// The record cannot be read back.
    Malformed(Malformed),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the buffer is too small"),
            Self::Order => f.write_str("no view for a minutia or extension"),
            Self::TooMany => f.write_str("more than the record can count"),
            Self::Range => f.write_str("a number with too many bits"),
            Self::Image => f.write_str("another image than the first view's"),
            Self::Odd(note) => note.fmt(f),
            Self::Malformed(malformed) => malformed.fmt(f),
        }
    }
}

impl core::error::Error for BuildError {}

impl Error for BuildError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

/// What a view to be built begins with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewView {
    /// Which finger.
    pub position: Position,
    /// Its number among the views of the finger, from 0.
    pub number: u8,
    /// How it was captured.
    pub impression: Impression,
    /// How good it is; the editions of 2004 and 2005 have the score alone.
    pub quality: Quality,
    /// The image. The editions of 2004 and 2005 have one for the record, the
    /// first view's; the others have to have the same.
    pub image: Image,
    /// About the capture; ISO 2011 alone has it.
    pub capture: Capture,
}

impl Capture {
    /// Nothing is known of it.
    pub const UNKNOWN: Self =
        Self { time: CaptureTime::UNKNOWN, technology: 0, vendor: 0, device: 0, ending: 0 };
}

/// Builds a record into a buffer, view by view.
///
/// What it builds is complete and leaves no [`Note`]. If anything fails, what is
/// in the buffer is no record, but may be of a person: clear it.
pub struct Builder<'b> {
    out: &'b mut [u8],
    at: usize,
    edition: Edition,
    views: u16,
    image: Option<Image>,
    view: Option<Open>,
}

/// Where the counts of the view that is being built are.
#[derive(Clone, Copy)]
struct Open {
    head: usize,
    count: usize,
    minutiae: u8,
    /// Of the length, once there is extended data.
    extensions: Option<usize>,
}

impl fmt::Debug for Builder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("edition", &self.edition)
            .field("views", &self.views)
            .finish_non_exhaustive()
    }
}

impl<'b> Builder<'b> {
    /// Begins a record. [`Head::views`] is counted here; ISO has no owner and no
    /// product, and certifications of ISO 2011 cannot be built.
    ///
    /// # Errors
    /// [`BuildError::Full`].
    pub fn new(edition: Edition, head: Head, out: &'b mut [u8]) -> Result<Self, BuildError> {
        let mut it = Self { out, at: 0, edition, views: 0, image: None, view: None };
        it.put(b"FMR\0")?;
        it.put(&edition.version())?;
        it.put(if edition == Edition::Ansi2004 { &[0; 2] } else { &[0; 4] })?;
        if edition == Edition::Iso2011 {
            it.put(&[0; 3])?;
            return Ok(it);
        }
        if !edition.is_iso() {
            it.put(&head.owner.to_be_bytes())?;
            it.put(&head.product.to_be_bytes())?;
        }
        if edition.is_first() {
            let device = u16::from(head.compliance) << 12 | head.device & 0x0FFF;
            it.put(&device.to_be_bytes())?;
            it.put_image(Image::default())?;
        } else {
            it.put(&[head.compliance])?;
            it.put(&head.device.to_be_bytes())?;
        }
        it.put(&[0; 2])?;
        Ok(it)
    }

    /// Begins a view.
    ///
    /// # Errors
    /// Any but [`BuildError::Order`].
    pub fn view(&mut self, view: &NewView) -> Result<(), BuildError> {
        self.close()?;
        let most = if self.edition == Edition::Iso2011 { u16::MAX } else { 255 };
        self.views = self.views.checked_add(1).filter(|n| *n <= most).ok_or(BuildError::TooMany)?;
        let head = self.at;
        match self.edition {
            Edition::Iso2005 | Edition::Ansi2004 => self.first(view)?,
            Edition::Ansi2009 | Edition::Ansi2009Am1 => self.ansi_2009(view)?,
            Edition::Iso2011 => self.iso_2011(view)?,
        }
        let count = self.at;
        self.put(&[0])?;
        self.view = Some(Open { head, count, minutiae: 0, extensions: None });
        Ok(())
    }

    /// Adds a minutia to the view. Its angle is converted if it has another unit
    /// than the edition; a quality that is missing becomes *not reported*.
    ///
    /// # Errors
    /// Any.
    pub fn minutia(&mut self, minutia: &Minutia) -> Result<(), BuildError> {
        let mut view = self.view.ok_or(BuildError::Order)?;
        if view.extensions.is_some() {
            return Err(BuildError::Order);
        }
        view.minutiae = view.minutiae.checked_add(1).ok_or(BuildError::TooMany)?;
        let (x, y) = (coordinate(minutia.x)?, coordinate(minutia.y)?);
        let angle = minutia.angle.to(self.edition.angle_unit()).raw;
        let unknown = if self.edition.is_first() { 0 } else { 254 };
        let quality = minutia.quality.unwrap_or(unknown);
        let kind = u16::from(minutia.kind.code()) << 14;
        self.put(&(kind | x).to_be_bytes())?;
        self.put(&y.to_be_bytes())?;
        self.put(&[angle, quality])?;
        self.patch(view.count, &[view.minutiae])?;
        self.view = Some(view);
        Ok(())
    }

    /// Adds extended data to the view, behind its last minutia. Its length counts
    /// type and length, as the standards say.
    ///
    /// # Errors
    /// Any but [`BuildError::Range`].
    pub fn extension(&mut self, kind: u16, data: &[u8]) -> Result<(), BuildError> {
        let start = self.extended()?;
        let length = u16::try_from(data.len() + 4).map_err(|_| BuildError::TooMany)?;
        self.put(&kind.to_be_bytes())?;
        self.put(&length.to_be_bytes())?;
        self.put(data)?;
        let block = u16::try_from(self.at - start - 2).map_err(|_| BuildError::TooMany)?;
        self.patch(start, &block.to_be_bytes())
    }

    /// Ends the record; how many bytes it has, from the beginning of the buffer.
    ///
    /// # Errors
    /// [`BuildError::Odd`] names what a strict reader would object to.
    pub fn finish(mut self) -> Result<usize, BuildError> {
        self.close()?;
        let too_many = |_| BuildError::TooMany;
        if self.edition == Edition::Ansi2004 {
            let length = u16::try_from(self.at).map_err(too_many)?;
            self.patch(8, &length.to_be_bytes())?;
        } else {
            let length = u32::try_from(self.at).map_err(too_many)?;
            self.patch(8, &length.to_be_bytes())?;
        }
        match (self.edition, u8::try_from(self.views)) {
            (Edition::Iso2011, _) => self.patch(12, &self.views.to_be_bytes())?,
            (Edition::Iso2005, Ok(views)) => self.patch(22, &[views])?,
            (Edition::Ansi2004, Ok(views)) => self.patch(24, &[views])?,
            (Edition::Ansi2009 | Edition::Ansi2009Am1, Ok(views)) => self.patch(19, &[views])?,
            (_, Err(_)) => return Err(BuildError::TooMany),
        }
        self.read_back()
    }

    fn read_back(&self) -> Result<usize, BuildError> {
        let bytes = self.out.get(..self.at).ok_or(BuildError::Full)?;
        let record = Record::new(bytes).map_err(BuildError::Malformed)?;
        record.first_note().map_or(Ok(self.at), |note| Err(BuildError::Odd(note)))
    }

    fn first(&mut self, view: &NewView) -> Result<(), BuildError> {
        let (number, impression) = (view.number, view.impression.code());
        if number > 15 || impression > 15 {
            return Err(BuildError::Range);
        }
        match self.image {
            None => self.set_image(view.image)?,
            Some(image) if image == view.image => {}
            Some(_) => return Err(BuildError::Image),
        }
        self.put(&[view.position.code(), number << 4 | impression, view.quality.score])
    }

    fn set_image(&mut self, image: Image) -> Result<(), BuildError> {
        self.image = Some(image);
        let end = core::mem::replace(&mut self.at, if self.edition.is_iso() { 14 } else { 16 });
        self.put_image(image)?;
        self.at = end;
        Ok(())
    }

    fn ansi_2009(&mut self, view: &NewView) -> Result<(), BuildError> {
        self.put(&[view.position.code(), view.number, view.impression.code()])?;
        self.put_quality(view.quality)?;
        self.put_image(view.image)
    }

    fn iso_2011(&mut self, view: &NewView) -> Result<(), BuildError> {
        let Capture { time, technology, vendor, device, ending } = view.capture;
        self.put(&[0; 4])?;
        self.put(&time.year.to_be_bytes())?;
        self.put(&[time.month, time.day, time.hour, time.minute, time.second])?;
        self.put(&time.millisecond.to_be_bytes())?;
        self.put(&[technology])?;
        self.put(&vendor.to_be_bytes())?;
        self.put(&device.to_be_bytes())?;
        self.put(&[1])?;
        self.put_quality(view.quality)?;
        self.put(&[view.position.code(), view.number])?;
        self.put(&view.image.x_resolution.to_be_bytes())?;
        self.put(&view.image.y_resolution.to_be_bytes())?;
        self.put(&[view.impression.code()])?;
        self.put(&view.image.width.to_be_bytes())?;
        self.put(&view.image.height.to_be_bytes())?;
        self.put(&[6 << 4 | ending & 15])
    }

    /// Where the length of the view's extended data is; from now on there are no
    /// more minutiae.
    fn extended(&mut self) -> Result<usize, BuildError> {
        let mut view = self.view.ok_or(BuildError::Order)?;
        if let Some(start) = view.extensions {
            return Ok(start);
        }
        let start = self.at;
        self.put(&[0; 2])?;
        view.extensions = Some(start);
        self.view = Some(view);
        Ok(start)
    }

    /// Ends the view that is being built, if one is.
    fn close(&mut self) -> Result<(), BuildError> {
        let Some(view) = self.view else { return Ok(()) };
        self.extended()?;
        self.view = None;
        if self.edition != Edition::Iso2011 {
            return Ok(());
        }
        let length = u32::try_from(self.at - view.head).map_err(|_| BuildError::TooMany)?;
        self.patch(view.head, &length.to_be_bytes())
    }

    fn put_image(&mut self, image: Image) -> Result<(), BuildError> {
        for number in [image.width, image.height, image.x_resolution, image.y_resolution] {
            self.put(&number.to_be_bytes())?;
        }
        Ok(())
    }

    fn put_quality(&mut self, quality: Quality) -> Result<(), BuildError> {
        self.put(&[quality.score])?;
        self.put(&quality.vendor.to_be_bytes())?;
        self.put(&quality.algorithm.to_be_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), BuildError> {
        self.patch(self.at, bytes)?;
        self.at += bytes.len();
        Ok(())
    }

    fn patch(&mut self, at: usize, bytes: &[u8]) -> Result<(), BuildError> {
        let room = self.out.get_mut(at..).and_then(|rest| rest.get_mut(..bytes.len()));
        room.ok_or(BuildError::Full)?.copy_from_slice(bytes);
        Ok(())
    }
}

fn coordinate(of: u16) -> Result<u16, BuildError> {
    if of <= 0x3FFF { Ok(of) } else { Err(BuildError::Range) }
}

impl Minutia {
    /// As it is on a card in the format of compact size: in 0.1 mm.
    ///
    /// # Errors
    /// [`BuildError::Range`] for more than 25.5 mm.
    pub fn to_card_compact(&self) -> Result<[u8; 3], BuildError> {
        let byte = |of: u16| u8::try_from(of).map_err(|_| BuildError::Range);
        let angle = self.angle.to(super::AngleUnit::Turn64).raw & 0x3F;
        Ok([byte(self.x)?, byte(self.y)?, self.kind.code() << 6 | angle])
    }

    /// As it is on a card in the format of normal size: in 0.01 mm.
    ///
    /// # Errors
    /// [`BuildError::Range`] for more than 14 bits.
    pub fn to_card_normal(&self) -> Result<[u8; 5], BuildError> {
        let kind = u16::from(self.kind.code()) << 14;
        let [a, b] = (kind | coordinate(self.x)?).to_be_bytes();
        let [c, d] = coordinate(self.y)?.to_be_bytes();
        Ok([a, b, c, d, self.angle.to(super::AngleUnit::Turn256).raw])
    }
}
