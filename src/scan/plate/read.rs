use core::fmt;

use bitflags::bitflags;

use super::advice::Advice;
use super::class::{Class, Colour};
use super::error::PlateError;
use super::grammar::Plate;
use super::matching::Spelling;
use super::note::{Code, EventId, Note};
use super::symbol;
use super::time::ReadTime;

/// One reading of one vehicle by a plate camera.
///
/// What the camera said is kept as it said it; what it means stands beside it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PlateRead {
    /// The text, as sent.
    pub text: RawText,
    /// What the text is.
    pub reading: Reading,
    /// How sure the camera is.
    pub confidence: Option<Confidence>,
    /// The colour of the plate, as the camera saw it.
    pub colour: Option<Colour>,
    /// The class, as the camera saw it; `None` if its code names none of ours.
    pub class: Option<Class>,
    /// When it was read, by the camera's clock.
    pub time: Option<ReadTime>,
    /// How sure the camera is of each character, in order.
    pub characters: Characters,
    /// The camera's name of this event: one reading that is sent twice has it
    /// twice.
    pub event: Option<EventId>,
    /// The pictures taken of it.
    pub pictures: Pictures,
    /// The vendor's codes, as sent.
    pub codes: VendorCodes,
    /// What else the camera said.
    pub flags: ReadFlags,
}

/// What the text of a [`PlateRead`] is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reading {
    /// A plate.
    Plate(Plate),
    /// The camera says that the vehicle shows none.
    NoPlate,
    /// No plate that this crate knows.
    Unreadable(PlateError),
}

/// A value on the camera's own scale.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Confidence {
    /// The value, as sent.
    pub value: u32,
    /// The value of certainty on the camera's scale; 0 if the vendor does not
    /// say.
    pub of: u32,
}

/// How sure a camera is of each character of a plate, 0 to 100; none for a
/// camera that does not tell.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Characters {
    values: [u8; Self::MOST],
    len: u8,
}

impl Characters {
    /// Twice the characters of the longest plate.
    const MOST: usize = 16;

    /// These values, of the first 16 characters.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = u8>) -> Self {
        let mut characters = Self::default();
        for (to, value) in characters.values.iter_mut().zip(values) {
            *to = value.min(100);
            characters.len += 1;
        }
        characters
    }

    /// The values of a list such as `99,98` or `津-80,A-90`; none if one of the
    /// first 16 is no value.
    pub(super) fn read(text: &[u8]) -> Self {
        let mut characters = Self::default();
        let values = text.split(|byte| *byte == b',').map(|item| {
            let value = item.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
            core::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()
        });
        for (to, value) in characters.values.iter_mut().zip(values) {
            let Some(value) = value.filter(|value| *value <= 100) else { return Self::default() };
            *to = value;
            characters.len += 1;
        }
        characters
    }

    /// The values, of the first 16 characters.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.values.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Another text that the camera thinks possible for a reading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Candidate {
    /// The text, as sent.
    pub text: RawText,
    /// How sure the camera is of it.
    pub confidence: Option<Confidence>,
}

impl Candidate {
    /// A text, in UTF-8 or GBK.
    #[must_use]
    pub fn new(text: &[u8], confidence: Option<Confidence>) -> Self {
        Self { text: RawText::new(text, decode(text).1), confidence }
    }

    /// What it spells, for comparing.
    #[must_use]
    pub fn spelling(&self) -> Spelling {
        self.text.spelling()
    }
}

/// The pictures of a reading. They come by the driver or the feed, or can be
/// asked for by their names or under [`PlateRead::event`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Pictures {
    /// The size of that of the whole scene, in bytes; 0 if not told.
    pub full: u32,
    /// The size of that of the plate alone, in bytes; 0 if not told.
    pub plate: u32,
    /// The file name or URL of that of the whole scene; empty if not told.
    pub full_name: Note<80>,
    /// The file name or URL of that of the plate alone; empty if not told.
    pub plate_name: Note<40>,
}

/// A vendor's codes for what it saw, unchanged; the vendor's profile says
/// what they mean.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VendorCodes {
    /// The class of the plate.
    pub class: Option<Code>,
    /// The colour of the plate.
    pub colour: Option<Code>,
    /// What made the camera look.
    pub trigger: Option<Code>,
    /// Where the vehicle went.
    pub direction: Option<Code>,
}

bitflags! {
    /// What else a camera said of a reading.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct ReadFlags: u8 {
        /// It was stored while nobody listened, and is sent now.
        const OFFLINE = 1 << 0;
        /// The camera takes the plate for a picture of one.
        const FAKE = 1 << 1;
        /// The text is encrypted.
        const ENCRYPTED = 1 << 2;
        /// A value came twice; the first one counts.
        const REPEATED_KEY = 1 << 3;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ReadFlags {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "ReadFlags({=u8:#b})", self.bits());
    }
}

impl PlateRead {
    /// A reading of which only the text is known, in UTF-8 or GBK.
    ///
    /// Vehicles of two regions are sent by some cameras as `粤Z1234港|AB1234`;
    /// the plate is what stands before the bar.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        let first = text.split(|byte| *byte == b'|').next().unwrap_or_default();
        let (plate, charset) = decode(first);
        Self {
            text: RawText::new(text, charset),
            reading: plate.map_or_else(Reading::Unreadable, Reading::Plate),
            confidence: None,
            colour: None,
            class: None,
            time: None,
            characters: Characters::default(),
            event: None,
            pictures: Pictures::default(),
            codes: VendorCodes::default(),
            flags: ReadFlags::empty(),
        }
    }

    /// The plate, if it is one.
    #[must_use]
    pub const fn plate(&self) -> Option<Plate> {
        match self.reading {
            Reading::Plate(plate) => Some(plate),
            _ => None,
        }
    }

    /// What the text spells, for comparing: of two regions' plates the first,
    /// nothing where the camera says that there is none. A plate is spelled whole,
    /// though of the text it stands in some may be cut off.
    #[must_use]
    pub fn spelling(&self) -> Spelling {
        match self.reading {
            Reading::NoPlate => Spelling::default(),
            Reading::Plate(plate) => plate.into(),
            Reading::Unreadable(_) => self.text.spelling(),
        }
    }

    /// How sure the camera is of each character of the spelling, 0 to 100: by
    /// its value for that character, else by the one for the whole, else quite.
    pub(super) fn sure(&self, spelling: &Spelling) -> impl Iterator<Item = u8> {
        let characters = self.characters.as_slice();
        // A colour in front, or a separator, may be counted or not.
        let own = characters.len() == spelling.len();
        let percent = |Confidence { value, of }| {
            let percent = u64::from(value) * 100 / u64::from(of).max(1);
            u8::try_from(percent).unwrap_or(100).min(100)
        };
        let whole = self.confidence.filter(|confidence| confidence.of > 0).map_or(100, percent);
        (0..spelling.len()).map(move |place| {
            characters.get(place).copied().filter(|_| own).unwrap_or(whole).min(100)
        })
    }

    /// Whether the text and what the camera saw go together: the plate's class
    /// comes in that colour, and in the one in front of the text, and is the
    /// class the camera saw. True for what is not known.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        let Some(plate) = self.plate() else { return true };
        !plate.advice().contains(Advice::COLOUR)
            && self.colour.is_none_or(|colour| plate.fits(colour))
            && self.class.is_none_or(|class| plate.class() == class)
    }
}

/// Reads a plate in whichever charset makes one. Of the plates' characters
/// some are good UTF-8 in GBK too (鲁 is C2 B3), so only the grammar can tell.
fn decode(bytes: &[u8]) -> (Result<Plate, PlateError>, Charset) {
    let utf8 = core::str::from_utf8(bytes).map(Plate::parse);
    if let Ok(Ok(plate)) = utf8 {
        return (Ok(plate), Charset::Utf8);
    }
    match (Plate::parse_gbk(bytes), utf8) {
        (Ok(plate), _) => (Ok(plate), Charset::Gbk),
        (Err(_), Ok(parsed)) => (parsed, Charset::Utf8),
        (Err(error), Err(_)) => (Err(error), Charset::Gbk),
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Charset {
    Utf8,
    Gbk,
}

/// A text as a camera sent it, in the camera's charset: at most 32 bytes, which
/// is twice the vendors' own limit.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct RawText {
    bytes: [u8; Self::SIZE],
    len: u8,
    cut: bool,
    charset: Charset,
}

impl RawText {
    const SIZE: usize = 32;

    fn new(text: &[u8], charset: Charset) -> Self {
        let mut bytes = [0; Self::SIZE];
        for (to, from) in bytes.iter_mut().zip(text) {
            *to = *from;
        }
        let kept = text.get(..Self::SIZE).unwrap_or(text);
        let cut = text.len() > Self::SIZE;
        // Not the half of a character.
        let len = match (charset, core::str::from_utf8(kept)) {
            (Charset::Utf8, Err(error)) if error.error_len().is_none() => error.valid_up_to(),
            (Charset::Gbk, _) if cut => symbol::whole_gbk(kept),
            _ => kept.len(),
        };
        let len = u8::try_from(len).unwrap_or_default();
        Self { bytes, len, cut, charset }
    }

    /// The bytes, as sent.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn spelling(&self) -> Spelling {
        let first = self.as_bytes().split(|byte| *byte == b'|').next().unwrap_or_default();
        match (self.charset, core::str::from_utf8(first)) {
            (Charset::Utf8, Ok(text)) => Spelling::new(text),
            _ => Spelling::from_gbk(first),
        }
    }

    /// Whether it was longer.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }
}

/// As text that controls no terminal and no printer: control characters are
/// shown as `?`, and so is what cannot be read, in GBK all but the characters
/// of plates.
impl fmt::Display for RawText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.charset == Charset::Gbk {
            return symbol::write_gbk(self.as_bytes(), f);
        }
        symbol::write_utf8(self.as_bytes(), f)
    }
}

impl fmt::Debug for RawText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for RawText {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[u8]:a}", self.as_bytes());
    }
}
