use core::fmt;

use super::extension::Counting;
use super::{Edition, Minutia, MinutiaKind, Record, View};

/// Something in a record that its standard does not allow, or that can be read
/// in two ways. The record was read all the same; what it means, the caller
/// decides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Note {
    /// What was found.
    pub finding: Finding,
    /// At which byte of the record.
    pub offset: usize,
}

/// What was found. It says nothing of the finger.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Finding {
    /// The bytes can be read as this edition just as well.
    Also(Edition),
    /// The version is `020`, where the standards have ` 20`.
    Version,
    /// The record says that it has so many bytes; its views end there.
    Length {
        /// What it says.
        declared: usize,
        /// Where they end.
        used: usize,
    },
    /// So many bytes are behind the record.
    Trailing(usize),
    /// Bits or bytes that are to be 0 are not.
    Reserved,
    /// Nobody owns the product: 0.
    NoOwner,
    /// So many views: none, or more than 176 in ISO, 11 fingers of 16 views.
    Views(u16),
    /// An image without pixels.
    NoImage,
    /// The images of the views have different shapes.
    ImageDiffers,
    /// Fewer pixels to the centimetre than 99 (250 dpi), the least in ISO.
    Resolution(u16),
    /// A finger that the edition does not know.
    Position(u8),
    /// The finger's views are not counted from 0.
    Number {
        /// The number found.
        found: u8,
        /// The number due.
        due: u8,
    },
    /// A quality that is none, of a view or a minutia.
    Quality(u8),
    /// A minutia of the type 3.
    Kind,
    /// A minutia outside the image.
    Outside,
    /// An angle of more than a turn.
    Angle,
    /// The view says that it is so many bytes longer.
    Spare(usize),
    /// The lengths of extended data do not count type and length.
    DataOnly,
    /// The lengths of extended data can be read both ways.
    EitherWay,
    /// The lengths of extended data do not add up: none is read.
    Lengths,
    /// A type of extended data that is reserved.
    ExtensionKind(u16),
    /// Extended data of a known type that is shorter or longer than it says.
    Misfit(u16),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Also(edition) => write!(f, "it can be read as {edition} too"),
            Self::Version => f.write_str("the version is 020, not with a space"),
            Self::Length { declared, used } => {
                write!(f, "a length of {declared} bytes, where the views end at {used}")
            }
            Self::Trailing(bytes) => write!(f, "{bytes} bytes behind the record"),
            Self::Reserved => f.write_str("reserved bits are set"),
            Self::NoOwner => f.write_str("no product owner"),
            Self::Views(views) => write!(f, "{views} views"),
            Self::NoImage => f.write_str("an image without pixels"),
            Self::ImageDiffers => f.write_str("another image shape than the first view's"),
            Self::Resolution(it) => write!(f, "{it} pixels to the centimetre"),
            Self::Position(code) => write!(f, "finger position {code}"),
            Self::Number { found, due } => write!(f, "view {found} where {due} is due"),
            Self::Quality(quality) => write!(f, "quality {quality}"),
            Self::Kind => f.write_str("a minutia of type 3"),
            Self::Outside => f.write_str("a minutia outside the image"),
            Self::Angle => f.write_str("an angle of more than a turn"),
            Self::Spare(bytes) => write!(f, "{bytes} bytes behind the view's data"),
            Self::DataOnly => f.write_str("extension lengths do not count their header"),
            Self::EitherWay => f.write_str("extension lengths can be read both ways"),
            Self::Lengths => f.write_str("extension lengths do not add up"),
            Self::ExtensionKind(kind) => write!(f, "reserved extension type {kind:04X}h"),
            Self::Misfit(kind) => write!(f, "extension {kind:04X}h does not fit its length"),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {}", self.finding, self.offset)
    }
}

impl Record<'_> {
    /// Tells everything that is odd about the record.
    pub fn check(&self, tell: &mut dyn FnMut(Note)) {
        let mut check = Check { edition: self.edition, tell };
        check.length(self);
        check.head(self);
        // Views of a finger so far; a position is a byte.
        let mut counted = [0; 256];
        let first = self.image();
        for view in self.views() {
            let due = counted.get_mut(usize::from(view.position.code()));
            check.view(&view, due.map_or(0, |due| core::mem::replace(due, due.saturating_add(1))));
            check.image(&view);
            check.if_so(first != Some(view.image), Finding::ImageDiffers, view.place.head);
            check.minutiae(&view);
            check.extensions(&view);
        }
    }

    /// What is odd first, in the order of [`check`](Self::check); `None` for a
    /// record to which the strictest reader cannot object.
    pub fn first_note(&self) -> Option<Note> {
        let mut first = None;
        self.check(&mut |note| first = first.or(Some(note)));
        first
    }
}

struct Check<'t> {
    edition: Edition,
    tell: &'t mut dyn FnMut(Note),
}

impl Check<'_> {
    fn if_so(&mut self, found: bool, finding: Finding, offset: usize) {
        if found {
            (self.tell)(Note { finding, offset });
        }
    }

    fn length(&mut self, record: &Record<'_>) {
        let Record { declared, used, bytes, .. } = *record;
        if let Some(also) = record.also {
            self.if_so(true, Finding::Also(also), 4);
        }
        self.if_so(bytes.get(4) == Some(&b'0') && bytes.get(5) == Some(&b'2'), Finding::Version, 4);
        self.if_so(declared != used, Finding::Length { declared, used }, 8);
        let end = declared.max(used);
        self.if_so(bytes.len() > end, Finding::Trailing(bytes.len() - end), end);
    }

    fn head(&mut self, record: &Record<'_>) {
        let head = record.head();
        let (owner, compliance, count, allowed) = match self.edition {
            Edition::Iso2005 => (None, 12, 22, 0b1000),
            Edition::Iso2011 => (None, 14, 12, 1),
            Edition::Ansi2004 => (Some(10), 14, 24, 0b1000),
            Edition::Ansi2009 | Edition::Ansi2009Am1 => (Some(12), 16, 19, 0x80),
        };
        // The longer form of the length moves what is behind it.
        let moved =
            if self.edition == Edition::Ansi2004 && record.declared > 0xFFFF { 4 } else { 0 };
        if let Some(owner) = owner {
            self.if_so(head.owner == 0, Finding::NoOwner, owner + moved);
        }
        self.if_so(head.compliance & !allowed != 0, Finding::Reserved, compliance + moved);
        let most = if self.edition.is_iso() { 176 } else { u16::MAX };
        let odd = head.views == 0 || head.views > most;
        self.if_so(odd, Finding::Views(head.views), count + moved);
        self.if_so(head.reserved != 0, Finding::Reserved, count + moved + 1);
    }

    fn view(&mut self, view: &View<'_>, due: u8) {
        let (offset, place) = (view.place.head, view.place);
        let code = view.position.code();
        let most = if self.edition == Edition::Iso2011 { 50 } else { 10 };
        self.if_so(code > most, Finding::Position(code), offset);
        let found = view.number;
        self.if_so(found != due, Finding::Number { found, due }, offset);
        for quality in view.qualities() {
            let odd = quality.score > 100 && !(self.has_no_quality(quality.score));
            self.if_so(odd, Finding::Quality(quality.score), offset);
        }
        self.if_so(place.spare > 0, Finding::Spare(place.spare), place.end - place.spare);
    }

    /// Not determined, which the later editions know.
    fn has_no_quality(&self, quality: u8) -> bool {
        quality >= 254 && !self.edition.is_first()
    }

    fn image(&mut self, view: &View<'_>) {
        let (image, offset) = (view.image, view.place.head);
        self.if_so(image.width == 0 || image.height == 0, Finding::NoImage, offset);
        let least = if self.edition.is_iso() { 99 } else { 1 };
        for resolution in [image.x_resolution, image.y_resolution] {
            self.if_so(resolution < least, Finding::Resolution(resolution), offset);
        }
    }

    fn minutiae(&mut self, view: &View<'_>) {
        let minutiae = view.minutiae();
        let starts = (view.place.minutiae..).step_by(minutiae.size());
        let raw = minutiae.as_bytes().chunks(minutiae.size());
        for ((minutia, raw), offset) in minutiae.zip(raw).zip(starts) {
            self.minutia(view, minutia, offset);
            let reserved = raw.get(2).is_some_and(|y| y >> 6 != 0);
            self.if_so(reserved, Finding::Reserved, offset + 2);
        }
    }

    fn minutia(&mut self, view: &View<'_>, minutia: Minutia, offset: usize) {
        let image = view.image;
        self.if_so(minutia.kind == MinutiaKind::Reserved, Finding::Kind, offset);
        let outside = minutia.x >= image.width || minutia.y >= image.height;
        self.if_so(outside, Finding::Outside, offset);
        let per_turn = minutia.angle.unit.per_turn();
        self.if_so(u16::from(minutia.angle.raw) >= per_turn, Finding::Angle, offset + 4);
        if let Some(quality) = minutia.quality {
            let odd = quality > 100 && !self.has_no_quality(quality);
            self.if_so(odd, Finding::Quality(quality), offset + 5);
        }
    }

    fn extensions(&mut self, view: &View<'_>) {
        let (extensions, offset) = (view.extensions(), view.place.extensions);
        let found = match extensions.counting() {
            Counting::WithHeader => None,
            Counting::DataOnly => Some(Finding::DataOnly),
            Counting::Either => Some(Finding::EitherWay),
            Counting::Neither => Some(Finding::Lengths),
        };
        if let Some(finding) = found {
            self.if_so(true, finding, offset);
        }
        let mut at = offset;
        for extension in extensions {
            let last = if self.edition.is_iso() { 3 } else { 2 };
            let [vendor, kind] = extension.kind.to_be_bytes();
            let reserved = kind == 0 || (vendor == 0 && kind > last);
            self.if_so(reserved, Finding::ExtensionKind(extension.kind), at);
            self.if_so(!extension.fits(), Finding::Misfit(extension.kind), at + 4);
            at += 4 + extension.data.len();
        }
    }
}
