use core::fmt;

use zeroize::Zeroize;

use super::{Check, digit, number};
use crate::civil::Date;
use crate::{Error, ErrorKind};

/// GB 11643-1999, annex A: 2^(18 - position) mod 11.
const WEIGHTS: [u16; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each sum mod 11 (ISO 7064, MOD 11-2).
const CHECKS: [u8; 11] = *b"10X98765432";

/// GB/T 2260: the first two digits of the area codes of provinces.
const PROVINCES: [u8; 32] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71,
];

/// The sex a resident ID number tells.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Sex {
    /// The sequence number is odd.
    Male,
    /// It is even.
    Female,
}

impl Sex {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// Whose number it is, told by its first digits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum IdKind {
    /// A citizen's (GB 11643-1999), or one whose first digits are unknown.
    Resident,
    /// A citizen's of before 1999, 15 digits.
    Resident15,
    /// On the residence permit of a resident of Hong Kong: area 81.
    HongKong,
    /// Of Macau: area 82.
    Macau,
    /// Of Taiwan: area 83.
    Taiwan,
    /// On the permanent residence card of a foreigner, since December 2023:
    /// begins with 9 (GA 2102-2023).
    Foreigner,
}

impl IdKind {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Resident15 => "resident-15",
            Self::HongKong => "hong-kong",
            Self::Macau => "macau",
            Self::Taiwan => "taiwan",
            Self::Foreigner => "foreigner",
        }
    }
}

/// Why bytes are no number of a person.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum IdError {
    /// No such number has so many characters.
    Length(usize),
    /// At this index stands a character that does not belong there.
    Character(usize),
    /// The day of birth, which begins at this index, is not in the calendar
    /// or not of the 19th to 21st century.
    Date(usize),
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(len) => write!(f, "no number of a person has {len} characters"),
            Self::Character(at) => write!(f, "the character at {at} does not belong there"),
            Self::Date(at) => write!(f, "no day of birth at {at}"),
        }
    }
}

impl core::error::Error for IdError {}

impl Error for IdError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

/// A resident ID number (公民身份号码, GB 11643-1999), which is also the number
/// of the driving licence: area 6, day of birth 8, sequence 3, check 1; or the
/// 15 digits of before 1999, with a year of two digits and no check.
///
/// The numbers of residents of Hong Kong, Macau and Taiwan have the area codes
/// 810000, 820000 and 830000 (State Council, 2018). Those of foreigners have in
/// the place of the area a 9, the province that took the application, and the
/// [nationality](Self::nationality) (GA 2102-2023).
///
/// A day of birth that does not exist makes it none. The check character is
/// [reported](Self::check), a lower-case `x` is good. The area is not judged:
/// codes change, and the standard's own example has a code that is in no
/// recent table.
///
/// `Debug` shows no digit; the digits are overwritten when it is dropped.
///
/// ```
/// use embedded_pos::scan::document::{Check, IdKind, ResidentId, Sex};
///
/// // The example of GB 11643.
/// let id = ResidentId::parse(b"11010519491231002X")?;
/// assert_eq!(id.kind(), IdKind::Resident);
/// assert_eq!(id.check(), Check::Valid);
/// assert_eq!(id.birth().to_string(), "1949-12-31");
/// assert_eq!(id.sex(), Sex::Female);
/// # Ok::<(), embedded_pos::scan::document::IdError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ResidentId {
    digits: [u8; 18],
    len: usize,
    birth: Date,
    sex: Sex,
    check: Check,
}

impl ResidentId {
    /// Takes a number apart.
    ///
    /// # Errors
    /// What makes it no such number, and where.
    pub fn parse(text: &[u8]) -> Result<Self, IdError> {
        let (birth_at, century) = match text.len() {
            18 => (6, 0),
            15 => (6, 1900),
            len => return Err(IdError::Length(len)),
        };
        let body = text.get(..text.len().min(17)).unwrap_or_default();
        if let Some(at) = body.iter().position(|byte| digit(*byte).is_none()) {
            return Err(IdError::Character(at));
        }
        let birth = birth_of(body, century).ok_or(IdError::Date(birth_at))?;
        let check = check_of(text)?;
        let mut digits = [0; 18];
        digits.iter_mut().zip(text).for_each(|(to, from)| *to = from.to_ascii_uppercase());
        // The last digit before the check, where there is one.
        let odd = body.last().is_some_and(|byte| byte & 1 == 1);
        let sex = if odd { Sex::Male } else { Sex::Female };
        Ok(Self { digits, len: text.len(), birth, sex, check })
    }

    /// The number, with an upper-case X.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }

    /// Whose it is.
    #[must_use]
    pub const fn kind(&self) -> IdKind {
        match self.digits {
            _ if self.len == 15 => IdKind::Resident15,
            [b'8', b'1', ..] => IdKind::HongKong,
            [b'8', b'2', ..] => IdKind::Macau,
            [b'8', b'3', ..] => IdKind::Taiwan,
            [b'9', ..] => IdKind::Foreigner,
            _ => IdKind::Resident,
        }
    }

    /// The six digits of the area (GB/T 2260) where it was first given out, or
    /// what stands in their place.
    #[must_use]
    pub fn area(&self) -> &[u8] {
        self.digits.get(..6).unwrap_or_default()
    }

    /// Whether the first digits are those of a province, or exactly what stands
    /// in their place.
    #[must_use]
    pub fn is_area_known(&self) -> bool {
        let province = match self.kind() {
            IdKind::Resident | IdKind::Resident15 => self.digits.get(..2),
            IdKind::Foreigner => self.digits.get(1..3),
            _ => return self.digits.get(2..6) == Some(b"0000"),
        };
        province.is_some_and(is_province)
    }

    /// The country of a foreigner: three digits of ISO 3166-1.
    #[must_use]
    pub fn nationality(&self) -> Option<&[u8]> {
        self.digits.get(3..6).filter(|_| self.kind() == IdKind::Foreigner)
    }

    /// The day of birth. For 15 digits, of the years 1900 to 1999.
    #[must_use]
    pub const fn birth(&self) -> Date {
        self.birth
    }

    /// The sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// What the check character says.
    #[must_use]
    pub const fn check(&self) -> Check {
        self.check
    }
}

/// Whether an area (GB/T 2260) that begins so is in a province.
pub(super) fn is_province(area: &[u8]) -> bool {
    let province = area.get(..2).and_then(number);
    PROVINCES.iter().any(|known| Some(u16::from(*known)) == province)
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResidentId").field("check", &self.check).finish_non_exhaustive()
    }
}

impl Drop for ResidentId {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

/// With a `century`, the year has two digits.
fn birth_of(body: &[u8], century: u16) -> Option<Date> {
    let year_len = if century == 0 { 4 } else { 2 };
    let (year, rest) = body.get(6..)?.split_at_checked(year_len)?;
    let year = century + number(year)?;
    let month = u8::try_from(number(rest.get(..2)?)?).ok()?;
    let day = u8::try_from(number(rest.get(2..4)?)?).ok()?;
    if !(1800..2100).contains(&year) {
        return None;
    }
    Date::new(year, month, day).ok()
}

fn check_of(text: &[u8]) -> Result<Check, IdError> {
    let Some(([body @ .., check], [])) = text.split_first_chunk::<18>() else {
        return Ok(Check::Absent);
    };
    if !matches!(check, b'0'..=b'9' | b'X' | b'x') {
        return Err(IdError::Character(17));
    }
    let values = body.iter().map(|byte| u16::from(digit(*byte).unwrap_or(0)));
    let sum: u16 = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let right = CHECKS.get(usize::from(sum % 11)) == Some(&check.to_ascii_uppercase());
    Ok(if right { Check::Valid } else { Check::Invalid })
}
