use core::fmt;

use super::read::{Malformed, Part, Reader, What};
use super::{
    Angle, AngleUnit, Capture, CaptureTime, Certification, Edition, Extensions, Image, Impression,
    Minutia, MinutiaKind, Position, Quality,
};

/// The minutiae of one image of one finger. `Debug` shows how many.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) edition: Edition,
    pub(super) position: Position,
    pub(super) number: u8,
    pub(super) impression: Impression,
    pub(super) image: Image,
    pub(super) capture: Option<Capture>,
    /// Five bytes each, the first of which alone is there in a first edition.
    pub(super) qualities: &'a [u8],
    pub(super) certifications: &'a [u8],
    pub(super) minutiae: Minutiae<'a>,
    pub(super) extensions: &'a [u8],
    pub(super) place: Place,
}

/// Where the parts of a view are in the record.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) head: usize,
    pub(super) minutiae: usize,
    pub(super) extensions: usize,
    pub(super) end: usize,
    /// Bytes of the view behind its extended data.
    pub(super) spare: usize,
}

impl<'a> View<'a> {
    /// Which finger.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Its number among the views of the finger, from 0.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// How it was captured.
    pub const fn impression(&self) -> Impression {
        self.impression
    }

    /// The image; in the editions of 2004 and 2005 one for the whole record.
    pub const fn image(&self) -> Image {
        self.image
    }

    /// How good it is; several if several algorithms were asked.
    pub fn qualities(&self) -> impl Iterator<Item = Quality> + use<'a> {
        self.qualities.chunks(5).filter_map(quality)
    }

    /// About the capture, in ISO/IEC 19794-2:2011.
    pub const fn capture(&self) -> Option<Capture> {
        self.capture
    }

    /// Certifications of the device, in ISO/IEC 19794-2:2011.
    pub fn certifications(&self) -> impl Iterator<Item = Certification> + use<'a> {
        self.certifications.as_chunks().0.iter().map(|[high, low, scheme]| Certification {
            authority: u16::from_be_bytes([*high, *low]),
            scheme: *scheme,
        })
    }

    /// The minutiae.
    pub const fn minutiae(&self) -> Minutiae<'a> {
        self.minutiae
    }

    /// The extended data.
    pub fn extensions(&self) -> Extensions<'a> {
        Extensions::new(self.extensions, self.edition)
    }

    /// The extended data as it is in the record, without its length.
    pub const fn extension_bytes(&self) -> &'a [u8] {
        self.extensions
    }

    pub(super) fn read(
        reader: &mut Reader<'a>,
        edition: Edition,
        image: Image,
        certified: bool,
    ) -> Result<Self, Malformed> {
        reader.part = Part::View;
        match edition {
            Edition::Iso2005 | Edition::Ansi2004 => Self::first(reader, edition, image),
            Edition::Ansi2009 | Edition::Ansi2009Am1 => Self::ansi_2009(reader, edition),
            Edition::Iso2011 => Self::iso_2011(reader, certified),
        }
    }

    fn first(reader: &mut Reader<'a>, edition: Edition, image: Image) -> Result<Self, Malformed> {
        let head = reader.at;
        let [position, view] = reader.array()?;
        let mut parsed = Self {
            image,
            number: view >> 4,
            impression: Impression::from(view & 15),
            qualities: reader.take(1)?,
            ..Self::of(edition, position, head)
        };
        parsed.body(reader, 6)?;
        Ok(parsed)
    }

    fn ansi_2009(reader: &mut Reader<'a>, edition: Edition) -> Result<Self, Malformed> {
        let head = reader.at;
        let [position, number, impression] = reader.array()?;
        let mut view = Self {
            number,
            impression: Impression::from(impression),
            qualities: reader.take(5)?,
            image: Image::read(reader)?,
            ..Self::of(edition, position, head)
        };
        view.body(reader, 6)?;
        Ok(view)
    }

    fn iso_2011(reader: &mut Reader<'a>, certified: bool) -> Result<Self, Malformed> {
        let head = reader.at;
        let length = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        let mut inside = reader.within(length.saturating_sub(4))?;
        let mut capture = capture(&mut inside)?;
        let qualities = usize::from(inside.u8()?);
        let qualities = inside.take(qualities * 5)?;
        let certifications = if certified { usize::from(inside.u8()?) } else { 0 };
        let certifications = inside.take(certifications * 3)?;
        let [position, number] = inside.array()?;
        let (x_resolution, y_resolution) = (inside.u16()?, inside.u16()?);
        let impression = Impression::from(inside.u8()?);
        let (width, height) = (inside.u16()?, inside.u16()?);
        let form = inside.u8()?;
        capture.ending = form & 15;
        let size = minutia_size(form >> 4, inside.at - 1)?;
        let mut view = Self {
            number,
            impression,
            image: Image { width, height, x_resolution, y_resolution },
            capture: Some(capture),
            qualities,
            certifications,
            ..Self::of(Edition::Iso2011, position, head)
        };
        view.body(&mut inside, size)?;
        view.place.spare = reader.at - inside.at;
        view.place.end = reader.at;
        Ok(view)
    }

    fn of(edition: Edition, position: u8, head: usize) -> Self {
        Self {
            edition,
            position: Position::from(position),
            number: 0,
            impression: Impression::LivePlain,
            image: Image::default(),
            capture: None,
            qualities: &[],
            certifications: &[],
            minutiae: Minutiae { bytes: &[], size: 6, unit: edition.angle_unit() },
            extensions: &[],
            place: Place { head, ..Place::default() },
        }
    }

    /// Minutiae of so many bytes, and the extended data.
    fn body(&mut self, reader: &mut Reader<'a>, size: usize) -> Result<(), Malformed> {
        let count = usize::from(reader.u8()?);
        (reader.part, self.place.minutiae) = (Part::Minutiae, reader.at);
        self.minutiae.bytes = reader.take(count * size)?;
        self.minutiae.size = size;
        reader.part = Part::Extensions;
        let length = usize::from(reader.u16()?);
        self.place.extensions = reader.at;
        self.extensions = reader.take(length)?;
        self.place.end = reader.at;
        Ok(())
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("minutiae", &self.minutiae.len()).finish_non_exhaustive()
    }
}

fn minutia_size(size: u8, offset: usize) -> Result<usize, Malformed> {
    match size {
        5 | 6 => Ok(usize::from(size)),
        _ => Err(Malformed { what: What::MinutiaSize(size), offset }),
    }
}

fn quality(bytes: &[u8]) -> Option<Quality> {
    match *bytes {
        [score] => Some(Quality { score, vendor: 0, algorithm: 0 }),
        [score, a, b, c, d] => Some(Quality {
            score,
            vendor: u16::from_be_bytes([a, b]),
            algorithm: u16::from_be_bytes([c, d]),
        }),
        _ => None,
    }
}

fn capture(reader: &mut Reader<'_>) -> Result<Capture, Malformed> {
    let year = reader.u16()?;
    let [month, day, hour, minute, second] = reader.array()?;
    let millisecond = reader.u16()?;
    Ok(Capture {
        time: CaptureTime { year, month, day, hour, minute, second, millisecond },
        technology: reader.u8()?,
        vendor: reader.u16()?,
        device: reader.u16()?,
        ending: 0,
    })
}

impl Image {
    /// Width, height, and the two resolutions.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            width: reader.u16()?,
            height: reader.u16()?,
            x_resolution: reader.u16()?,
            y_resolution: reader.u16()?,
        })
    }
}

/// Minutiae, one after the other. `Debug` shows how many.
#[derive(Clone, Copy)]
pub struct Minutiae<'a> {
    bytes: &'a [u8],
    /// Bytes of one: 3, 5 or 6.
    size: usize,
    unit: AngleUnit,
}

impl<'a> Minutiae<'a> {
    /// Minutiae as they are on cards, without header, in the format of normal
    /// size: five bytes each, in 0.01 mm and [`AngleUnit::Turn256`]. Bytes that
    /// are no whole minutia are left over.
    #[must_use]
    pub const fn card_normal(bytes: &'a [u8]) -> Self {
        Self { bytes, size: 5, unit: AngleUnit::Turn256 }
    }

    /// Minutiae as they are on cards, without header, in the format of compact
    /// size: three bytes each, in 0.1 mm and [`AngleUnit::Turn64`]. Bytes that
    /// are no whole minutia are left over.
    #[must_use]
    pub const fn card_compact(bytes: &'a [u8]) -> Self {
        Self { bytes, size: 3, unit: AngleUnit::Turn64 }
    }

    /// The bytes that are left.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes of each.
    pub(super) const fn size(&self) -> usize {
        self.size
    }
}

impl Iterator for Minutiae<'_> {
    type Item = Minutia;

    fn next(&mut self) -> Option<Minutia> {
        let (minutia, rest) = self.bytes.split_at_checked(self.size)?;
        let minutia = minutia_of(minutia, self.unit)?;
        self.bytes = rest;
        Some(minutia)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.bytes.len() / self.size;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Minutiae<'_> {}

impl fmt::Debug for Minutiae<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minutiae").field("len", &self.len()).finish_non_exhaustive()
    }
}

fn minutia_of(bytes: &[u8], unit: AngleUnit) -> Option<Minutia> {
    match *bytes {
        [x, y, kind_angle] => Some(Minutia {
            kind: MinutiaKind::of(kind_angle >> 6),
            x: u16::from(x),
            y: u16::from(y),
            angle: Angle { raw: kind_angle & 0x3F, unit },
            quality: None,
        }),
        [a, b, c, d, raw, ref rest @ ..] => Some(Minutia {
            kind: MinutiaKind::of(a >> 6),
            x: u16::from_be_bytes([a & 0x3F, b]),
            y: u16::from_be_bytes([c & 0x3F, d]),
            angle: Angle { raw, unit },
            quality: rest.first().copied(),
        }),
        _ => None,
    }
}
