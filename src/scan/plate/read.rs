use core::fmt;

use bitflags::bitflags;

use super::advice::Advice;
use super::class::{Class, Colour};
use super::error::PlateError;
use super::grammar::Plate;
use super::matching::Spelling;
use super::symbol;

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
    /// The camera's number of this event: one reading that is sent twice has
    /// it twice.
    pub event: Option<u64>,
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
    /// The value of certainty on the camera's scale.
    pub of: u32,
}

/// A time by a camera's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadTime {
    /// Whole seconds since 1970-01-01 00:00:00 in UTC; in the camera's own,
    /// unknown zone if `zone` is [`Zone::Unknown`].
    pub seconds: i64,
    /// Microseconds of the second, 0 to 999 999.
    pub micros: u32,
    /// The zone the camera is set to.
    pub zone: Zone,
}

/// As in ISO 8601, in the camera's zone; without one if it is unknown.
///
/// ```
/// use embedded_pos::scan::plate::{ReadTime, Zone};
///
/// let time = ReadTime { seconds: 1_458_882_234, micros: 921_325, zone: Zone::East(480) };
/// assert_eq!(time.to_string(), "2016-03-25T13:03:54.921325+08:00");
/// ```
impl fmt::Display for ReadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 24 * 60 * 60;
        let minutes = match self.zone {
            Zone::East(minutes) => i64::from(minutes),
            Zone::Unknown => 0,
        };
        let local = self.seconds.saturating_add(minutes * 60);
        let (year, month, day) = civil(local.div_euclid(DAY));
        let of_day = local.rem_euclid(DAY);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        write!(f, ".{:06}", self.micros)?;
        match self.zone {
            Zone::Unknown => Ok(()),
            Zone::East(_) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar.
const fn civil(days: i64) -> (i64, i64, i64) {
    // Counted from 0000-03-01, so that a leap day ends its year.
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era_year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_era_year + of_era_year / 4 - of_era_year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + of_era_year;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// The time zone of a camera.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Zone {
    /// The camera does not tell.
    Unknown,
    /// Minutes east of UTC: 480 in China.
    East(i16),
}

/// How many bytes of pictures there are. The pictures themselves come by the
/// driver, or can be asked for under [`PlateRead::event`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Pictures {
    /// Of the whole scene; 0 for none.
    pub full: u32,
    /// Of the plate alone; 0 for none.
    pub plate: u32,
}

/// A vendor's numbers for what it saw, unchanged; the vendor's profile says
/// what they mean.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VendorCodes {
    /// The class of the plate.
    pub class: Option<i32>,
    /// The colour of the plate.
    pub colour: Option<i32>,
    /// What made the camera look.
    pub trigger: Option<i32>,
    /// Where the vehicle went.
    pub direction: Option<i32>,
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
        let len = u8::try_from(text.len().min(Self::SIZE)).unwrap_or_default();
        Self { bytes, len, cut: text.len() > Self::SIZE, charset }
    }

    /// The bytes, as sent.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// What it spells, for comparing; of two regions' plates the first.
    #[must_use]
    pub fn spelling(&self) -> Spelling {
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
        for chunk in self.as_bytes().utf8_chunks() {
            chunk.valid().chars().try_for_each(|c| symbol::write_harmless(c, f))?;
            f.write_str(if chunk.invalid().is_empty() { "" } else { "?" })?;
        }
        Ok(())
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
