use core::fmt;

use crate::civil::Date;
use crate::scan::document::card::Expiry;
use crate::scan::document::number;

/// A day as licences print it: `2026-03-02`, `2026年3月2日`, `20260302`,
/// `2026/03/02` or `2026.03.02`, also without the zeros; `None` for anything else.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_bare = bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit);
    if let ([year @ .., a, b, c, d], true) = (bytes, is_bare) {
        let pair = |a, b| small(&[a, b]).and_then(|value| u8::try_from(value).ok());
        return Date::new(small(year)?, pair(*a, *b)?, pair(*c, *d)?).ok();
    }
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let mut part = |most: usize| small(parts.next().filter(|part| part.len() <= most)?.as_bytes());
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let byte = |value: u16| u8::try_from(value).ok();
    if parts.next().is_some() { None } else { Date::new(year, byte(month)?, byte(day)?).ok() }
}

/// The value of one to four digits.
fn small(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() { None } else { number(digits) }
}

/// From when until when a driving licence is valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Term {
    /// The first day.
    pub from: Date,
    /// The last.
    pub until: Expiry,
}

/// How long a term is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TermLength {
    /// Six years: the first licence.
    SixYears,
    /// Ten years.
    TenYears,
    /// Without end (长期).
    LongTerm,
    /// Another one. A licence exchanged early, or for one of another area, can
    /// have it.
    Other,
}

impl Term {
    /// How long it is.
    #[must_use]
    pub fn length(self) -> TermLength {
        let Expiry::On(until) = self.until else { return TermLength::LongTerm };
        match until.year().checked_sub(self.from.year()) {
            Some(6) if self.is_anniversary(until) => TermLength::SixYears,
            Some(10) if self.is_anniversary(until) => TermLength::TenYears,
            _ => TermLength::Other,
        }
    }

    /// Whether a day is the first one's again; after a 29 February, the days
    /// beside it are too.
    fn is_anniversary(self, day: Date) -> bool {
        let (from, day) = ((self.from.month(), self.from.day()), (day.month(), day.day()));
        from == day || from == (2, 29) && matches!(day, (2, 28) | (3, 1))
    }

    /// Whether that day is in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        let ended = matches!(self.until, Expiry::On(until) if day > until);
        day >= self.from && !ended
    }
}

/// The month until the end of which an inspection holds: 检验有效期至2026年05月.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// A month of the years 1583 to 9999; `None` for another.
    #[must_use]
    pub fn new(year: u16, month: u8) -> Option<Self> {
        Date::new(year, month, 1).ok().map(|_| Self { year, month })
    }

    /// Reads it out of a line of the record: the first year and month that
    /// stand in it as `2026年05月`.
    #[must_use]
    pub fn find(line: &str) -> Option<Self> {
        line.match_indices('年').find_map(|(at, mark)| Self::around(line, at, mark.len()))
    }

    /// The month of which the year ends where its mark begins.
    fn around(line: &str, at: usize, mark: usize) -> Option<Self> {
        let year = line.get(at.checked_sub(4)?..at)?;
        let behind = line.get(at + mark..)?;
        let digits = behind.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let (month, rest) = behind.split_at_checked(digits)?;
        let month = u8::try_from(small(month.as_bytes())?).ok()?;
        rest.starts_with('月').then(|| Self::new(small(year.as_bytes())?, month))?
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Whether it is over on that day.
    #[must_use]
    pub fn is_over(self, day: Date) -> bool {
        (day.year(), day.month()) > (self.year, self.month)
    }
}

/// As ISO 8601 has it: `2026-05`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}
