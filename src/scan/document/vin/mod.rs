//! Vehicle identification numbers (车辆识别代号): ISO 3779, GB 16735.
//!
//! Seventeen characters: the maker ([`wmi`](Vin::wmi)), what the maker says of
//! the vehicle ([`vds`](Vin::vds), its last the check digit), and year, plant
//! and serial number ([`vis`](Vin::vis)). The letters I, O and Q are none of
//! them; anything else is read, and what is odd about it is told.
//!
//! **The check digit is a fact, not a verdict.** It is prescribed in China (GB
//! 16735), the United States (49 CFR 565) and Canada; elsewhere its place is
//! the maker's to use. [`Vin::is_check_mandatory`] says which, by the region of
//! the maker. So `WP0ZZZ99ZTS392124` is a good number with a check that
//! disagrees. A vehicle made in Europe for America has a check that agrees.
//!
//! **A year code means two years**, thirty years apart: [`Vin::years`]. In
//! North America the seventh character tells which, for cars and light trucks:
//! [`Vin::year_hint`].
//!
//! ```
//! use embedded_pos::scan::document::Check;
//! use embedded_pos::scan::document::vin::Vin;
//!
//! let vin = Vin::parse(b"1M8GDM9AXKP042788")?;
//! assert_eq!((vin.wmi(), vin.country()), ("1M8", Some("US")));
//! assert_eq!((vin.check(), vin.is_check_mandatory()), (Check::Valid, true));
//! assert_eq!((vin.years(), vin.year_hint()), (Some([1989, 2019]), Some(1989)));
//! assert_eq!(vin.last_six(), "042788");
//!
//! let vin = Vin::parse(b"WP0ZZZ99ZTS392124")?;
//! assert_eq!((vin.check(), vin.is_check_mandatory()), (Check::Invalid, false));
//! # Ok::<(), embedded_pos::scan::document::vin::VinError>(())
//! ```
//!
//! What rests on what: weights, values and years are those of 49 CFR 565.15,
//! which the web forms of Chinese traffic police compute too. The ranges of
//! countries are those on which the published lists of ISO 3780 codes of
//! 2009 and after agree; where they differ, [`Vin::country`] is `None`. That
//! codes beginning with H are Chinese (since 2020) and 7F to 70 American is
//! practice, not in ISO 3780:2009.

mod country;

pub use country::Region;

use core::fmt;

use bitflags::bitflags;

use super::Check;
use crate::{Error, ErrorKind};

/// 49 CFR 565.15(c), table IV; the ninth is the check digit's own.
const WEIGHTS: [u16; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const CHECKS: [u8; 11] = *b"0123456789X";
/// The codes of thirty years from 1980 on (ISO 3779, table 1).
const YEARS: [u8; 30] = *b"ABCDEFGHJKLMNPRSTVWXY123456789";

/// A vehicle identification number, in upper case.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Vin([u8; 17]);

impl Vin {
    /// Takes a number; lower-case letters are good.
    ///
    /// # Errors
    /// What makes it none, and where.
    pub fn parse(text: &[u8]) -> Result<Self, VinError> {
        let mut vin: [u8; 17] = text.try_into().map_err(|_| VinError::Length(text.len()))?;
        vin.make_ascii_uppercase();
        if let Some(at) = vin.iter().position(|byte| value(*byte).is_none()) {
            return Err(match vin.get(at) {
                Some(b'I' | b'O' | b'Q') => VinError::Letter(at),
                _ => VinError::Character(at),
            });
        }
        Ok(Self(vin))
    }

    /// All seventeen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // All of them are letters and digits.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The world manufacturer identifier (ISO 3780): the first three.
    #[must_use]
    pub fn wmi(&self) -> &str {
        self.part(0, 3)
    }

    /// The vehicle descriptor section: the fourth to the ninth.
    #[must_use]
    pub fn vds(&self) -> &str {
        self.part(3, 9)
    }

    /// The vehicle indicator section: the last eight.
    #[must_use]
    pub fn vis(&self) -> &str {
        self.part(9, 17)
    }

    /// The last six, the serial number: what a query of traffic violations asks
    /// for beside the plate (车辆识别代号后6位).
    #[must_use]
    pub fn last_six(&self) -> &str {
        self.part(11, 17)
    }

    /// For a maker of few vehicles a year (the third character is 9): the
    /// twelfth to fourteenth, which name the maker together with the
    /// [`wmi`](Self::wmi).
    #[must_use]
    pub fn small_maker(&self) -> Option<&str> {
        self.wmi().ends_with('9').then(|| self.part(11, 14))
    }

    /// The part of the world that the maker is of.
    #[must_use]
    pub fn region(&self) -> Region {
        let [first, second, ..] = self.0;
        Region::of(first, second)
    }

    /// The country of the maker: two letters of ISO 3166-1. `None` where the
    /// code is given to nobody, or lists disagree.
    #[must_use]
    pub fn country(&self) -> Option<&'static str> {
        let [first, second, ..] = self.0;
        country::country(first, second)
    }

    /// What the check digit says, the ninth character. Where it is not
    /// [mandatory](Self::is_check_mandatory), a wrong one is no fault.
    #[must_use]
    pub fn check(&self) -> Check {
        let values = self.0.iter().map(|byte| value(*byte).unwrap_or(0));
        let sum: u16 = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        let right = CHECKS.get(usize::from(sum % 11)) == self.0.get(8);
        if right { Check::Valid } else { Check::Invalid }
    }

    /// Whether the maker's country prescribes the check digit: China, the
    /// United States and Canada do.
    #[must_use]
    pub fn is_check_mandatory(&self) -> bool {
        matches!(self.country(), Some("CN" | "US" | "CA"))
    }

    /// The two model years of the tenth character; `None` if it is the code of
    /// no year.
    #[must_use]
    pub fn years(&self) -> Option<[u16; 2]> {
        let code = self.0.get(9)?;
        let index = YEARS.iter().position(|year| year == code)?;
        let first = 1980 + u16::try_from(index).ok()?;
        Some([first, first + 30])
    }

    /// Which of the [`years`](Self::years) it is, if the maker is in North
    /// America and the vehicle a car or light truck: 49 CFR 565.15(b) has a
    /// digit for the seventh character up to 2009, a letter since. For heavy
    /// vehicles the hint says nothing.
    #[must_use]
    pub fn year_hint(&self) -> Option<u16> {
        let [early, late] = self.years().filter(|_| self.region() == Region::NorthAmerica)?;
        Some(if self.0.get(6)?.is_ascii_digit() { early } else { late })
    }

    /// What is odd about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        let mut advice = Advice::empty();
        let times = |wanted: u8| self.0.iter().filter(|byte| **byte == wanted).count();
        let last_four = self.0.iter().rev().take(4);
        advice.set(Advice::REPEATED, self.0.iter().take(2).any(|byte| times(*byte) > 15));
        advice.set(Advice::NUMERIC, self.0.iter().all(u8::is_ascii_digit));
        advice.set(Advice::YEAR, self.years().is_none());
        advice.set(Advice::SERIAL, !last_four.into_iter().all(u8::is_ascii_digit));
        advice
    }

    fn part(&self, start: usize, end: usize) -> &str {
        self.as_str().get(start..end).unwrap_or_default()
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vin").field(&self.as_str()).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Vin {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Vin({=str})", self.as_str());
    }
}

/// 49 CFR 565.15(c), table III. `None` for what is in no number.
const fn value(byte: u8) -> Option<u16> {
    Some(match byte {
        b'0' => 0,
        b'1' | b'A' | b'J' => 1,
        b'2' | b'B' | b'K' | b'S' => 2,
        b'3' | b'C' | b'L' | b'T' => 3,
        b'4' | b'D' | b'M' | b'U' => 4,
        b'5' | b'E' | b'N' | b'V' => 5,
        b'6' | b'F' | b'W' => 6,
        b'7' | b'G' | b'P' | b'X' => 7,
        b'8' | b'H' | b'Y' => 8,
        b'9' | b'R' | b'Z' => 9,
        _ => return None,
    })
}

bitflags! {
    /// What is odd about a number that was read all the same. A person should
    /// look twice.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Advice: u8 {
        /// One character stands there sixteen times or more.
        const REPEATED = 1 << 0;
        /// All of it are digits.
        const NUMERIC = 1 << 1;
        /// The tenth character is the code of no year.
        const YEAR = 1 << 2;
        /// The last four are not all digits, as ISO 3779 has them.
        const SERIAL = 1 << 3;
    }
}

impl Advice {
    /// Each point as a sentence, in the order of the flags.
    pub fn sentences(self) -> impl Iterator<Item = &'static str> {
        const SENTENCES: [(Advice, &str); 4] = [
            (Advice::REPEATED, "one character nearly everywhere"),
            (Advice::NUMERIC, "all digits"),
            (Advice::YEAR, "the tenth character is the code of no year"),
            (Advice::SERIAL, "the last four are not all digits"),
        ];
        SENTENCES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, text)| text)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Advice {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Advice({=u8:#b})", self.bits());
    }
}

/// Why bytes are no vehicle identification number.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum VinError {
    /// Not seventeen characters.
    Length(usize),
    /// At this index stands I, O or Q, which look like 1 and 0.
    Letter(usize),
    /// At this index stands neither a letter nor a digit.
    Character(usize),
}

impl fmt::Display for VinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(len) => write!(f, "{len} characters, not 17"),
            Self::Letter(at) => write!(f, "I, O or Q at {at}"),
            Self::Character(at) => write!(f, "neither a letter nor a digit at {at}"),
        }
    }
}

impl core::error::Error for VinError {}

impl Error for VinError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}
