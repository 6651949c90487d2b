//! What the values of elements are.

use core::fmt;

use crate::civil::Date;
use crate::scan::document::number;

/// A name, in the parts that the version has. `Debug` does not show it.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Name<'a> {
    /// `DCS`; in version 01 `DAB`, or the first part of `DAA`.
    pub family: Option<&'a [u8]>,
    /// `DAC`, or the second part of `DAA`.
    pub first: Option<&'a [u8]>,
    /// `DAD`, or the third part of `DAA`.
    pub middle: Option<&'a [u8]>,
    /// `DCU`; in version 01 `DAE`, or the fourth part of `DAA`.
    pub suffix: Option<&'a [u8]>,
    /// `DCT` of versions 02 and 03: all given names.
    pub given: Option<&'a [u8]>,
    /// `DAA` of version 01 without a comma: in what order, no standard says.
    pub full: Option<&'a [u8]>,
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Name").finish_non_exhaustive()
    }
}

/// An address. `Debug` does not show it.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Address<'a> {
    /// `DAG`; in version 01 `DAL`, if that is all there is.
    pub street: Option<&'a [u8]>,
    /// `DAH` or `DAM`.
    pub street_2: Option<&'a [u8]>,
    /// `DAI` or `DAN`.
    pub city: Option<&'a [u8]>,
    /// `DAJ` or `DAO`.
    pub jurisdiction: Option<&'a [u8]>,
    /// `DAK` or `DAP`.
    pub postal_code: Option<&'a [u8]>,
}

impl fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").finish_non_exhaustive()
    }
}

/// How a day is written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DayForm {
    /// MMDDCCYY, of the United States.
    MonthFirst,
    /// CCYYMMDD, of Canada, and of version 01.
    YearFirst,
    /// MM-DD-CCYY, on some licences of version 01.
    Dashes,
}

/// A day as an element has it. `Debug` does not show it.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Day<'a> {
    /// As it stands.
    pub raw: &'a [u8],
    /// The day, if it is one of the calendar in one of the forms. None can be
    /// read in two forms: a month is no century from 18 to 21.
    pub date: Option<Date>,
    /// The form that it has.
    pub form: Option<DayForm>,
    /// Whether that is the form of the country and version.
    pub usual: bool,
}

impl fmt::Debug for Day<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Day").field("form", &self.form).finish_non_exhaustive()
    }
}

/// What `DBC` says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Sex {
    /// `1`; also `M`, in version 01.
    Male,
    /// `2`; also `F`, in version 01.
    Female,
    /// `9`; also `X`.
    NotSpecified,
}

/// How tall the holder is, as written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Height {
    /// In inches.
    Inches(u16),
    /// In centimetres.
    Centimetres(u16),
}

/// Whether a name was cut to fit.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Truncation {
    /// `T`.
    Truncated,
    /// `N`.
    Whole,
    /// `U`: the issuer does not know.
    Unknown,
}

impl<'a> Name<'a> {
    /// `FAMILY,FIRST,MIDDLE,SUFFIX`.
    pub(super) fn of(full: &'a [u8]) -> Self {
        if !full.contains(&b',') {
            return Self { full: Some(full), ..Self::default() };
        }
        let mut parts = full.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let mut next = || parts.next().filter(|part| !part.is_empty());
        Self { family: next(), first: next(), middle: next(), suffix: next(), ..Self::default() }
    }
}

/// A day, and the form that it is written in.
pub(super) fn day_of(raw: &[u8]) -> Option<(Date, DayForm)> {
    let date = |year: &[u8], month: &[u8], day: &[u8]| {
        let month = u8::try_from(number(month)?).ok()?;
        let day = u8::try_from(number(day)?).ok()?;
        let year = number(year).filter(|year| (1800..2200).contains(year))?;
        Date::new(year, month, day).ok()
    };
    match raw {
        [m1, m2, b'-', d1, d2, b'-', year @ ..] if year.len() == 4 => {
            Some((date(year, &[*m1, *m2], &[*d1, *d2])?, DayForm::Dashes))
        }
        [m1, m2, d1, d2, rest @ ..] if rest.len() == 4 => {
            let american = date(rest, &[*m1, *m2], &[*d1, *d2]);
            let (month, day) = rest.split_at_checked(2)?;
            let canadian = || date(&[*m1, *m2, *d1, *d2], month, day);
            american
                .map(|date| (date, DayForm::MonthFirst))
                .or_else(|| canadian().map(|date| (date, DayForm::YearFirst)))
        }
        _ => None,
    }
}

/// Feet and inches, as inches: `509`, `5-09`, `5'09"`, `5'9`.
pub(super) fn feet(text: &[u8]) -> Option<u16> {
    let (feet, rest) = text.split_first_chunk::<1>()?;
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let rest = rest.strip_suffix(b"\"").unwrap_or(rest);
    let inches = number(rest).filter(|inches| *inches < 12 && matches!(rest.len(), 1 | 2))?;
    Some(number(feet)? * 12 + inches)
}
