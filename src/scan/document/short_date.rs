use core::fmt;

use super::digit;
use crate::civil::Date;

/// A day in six characters, year first, with two digits for the year
/// (`740812`); `<<` stands for a part that is not known (ICAO 9303-3, 4.8).
///
/// The century is not written. [`in_century`](Self::in_century) gives every
/// reading; [`birth`](Self::birth) and [`expiry`](Self::expiry) decide by a day
/// that the caller knows. What is no day at all is kept as it is.
///
/// ```
/// use embedded_pos::civil::Date;
/// use embedded_pos::scan::document::ShortDate;
///
/// let today = Date::new(2026, 3, 2)?;
/// let birth = ShortDate::new(*b"300812");
/// assert_eq!(birth.birth(today), Some(Date::new(1930, 8, 12)?));
/// assert_eq!(birth.expiry(today), Some(Date::new(2030, 8, 12)?));
///
/// let part = ShortDate::new(*b"7408<<");
/// assert_eq!((part.month(), part.day()), (Some(8), None));
/// # Ok::<(), embedded_pos::civil::NoSuchTime>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct ShortDate([u8; 6]);

/// What six characters of a date say.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DateForm {
    /// A day that is in the calendar, in one century at least.
    Day,
    /// A part of it is `<<`.
    InPart,
    /// All of it is `<`.
    Unknown,
    /// Neither: digits that no calendar has, or other characters.
    NoDate,
}

impl ShortDate {
    /// The characters as they are written. Nothing is refused.
    #[must_use]
    pub const fn new(written: [u8; 6]) -> Self {
        Self(written)
    }

    /// The characters as they are written.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 6] {
        &self.0
    }

    /// What they say.
    #[must_use]
    pub fn form(self) -> DateForm {
        let [year, month, day] = self.parts();
        let known = |[a, b]: [u8; 2]| a.is_ascii_digit() && b.is_ascii_digit();
        let parts = [year, month, day];
        match parts.iter().filter(|part| **part == *b"<<").count() {
            3 => DateForm::Unknown,
            0 if [19, 20].into_iter().any(|century| self.in_century(century).is_some()) => {
                DateForm::Day
            }
            1 | 2 if parts.iter().all(|part| known(*part) || *part == *b"<<") => DateForm::InPart,
            _ => DateForm::NoDate,
        }
    }

    /// The last two digits of the year, if they are written.
    #[must_use]
    pub fn year(self) -> Option<u8> {
        let [year, ..] = self.parts();
        two(year)
    }

    /// The month as it is written, 0 to 99.
    #[must_use]
    pub fn month(self) -> Option<u8> {
        let [_, month, _] = self.parts();
        two(month)
    }

    /// The day of the month as it is written, 0 to 99.
    #[must_use]
    pub fn day(self) -> Option<u8> {
        let [.., day] = self.parts();
        two(day)
    }

    /// The day in a century: 19 for the years 1900 to 1999. `None` if a part is
    /// missing or the calendar has no such day.
    #[must_use]
    pub fn in_century(self, century: u16) -> Option<Date> {
        let year = century.checked_mul(100)?.checked_add(self.year()?.into())?;
        Date::new(year, self.month()?, self.day()?).ok()
    }

    /// As a day of birth: the last that is not after today.
    #[must_use]
    pub fn birth(self, today: Date) -> Option<Date> {
        let century = today.year() / 100;
        let readings = [century, century - 1].into_iter();
        readings.filter_map(|century| self.in_century(century)).find(|day| *day <= today)
    }

    /// As a day of expiry: the one that is nearest to today.
    #[must_use]
    pub fn expiry(self, today: Date) -> Option<Date> {
        let century = today.year() / 100;
        let readings = [century - 1, century, century + 1].into_iter();
        readings
            .filter_map(|century| self.in_century(century))
            .min_by_key(|day| day.days_since(today).max(today.days_since(*day)))
    }

    const fn parts(self) -> [[u8; 2]; 3] {
        let [a, b, c, d, e, f] = self.0;
        [[a, b], [c, d], [e, f]]
    }
}

fn two([tens, ones]: [u8; 2]) -> Option<u8> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// Does not show the day, which is one of a person's as often as not.
impl fmt::Debug for ShortDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ShortDate").field(&self.form()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u16, month: u8, day: u8) -> Option<Date> {
        Date::new(year, month, day).ok()
    }

    #[test]
    fn forms() {
        for (written, form) in [
            (b"740812", DateForm::Day),
            (b"000229", DateForm::Day),
            (b"010229", DateForm::NoDate),
            (b"741312", DateForm::NoDate),
            (b"74081O", DateForm::NoDate),
            (b"7408<2", DateForm::NoDate),
            (b"7408<<", DateForm::InPart),
            (b"74<<<<", DateForm::InPart),
            (b"<<0812", DateForm::InPart),
            (b"<<<<<<", DateForm::Unknown),
        ] {
            assert_eq!(ShortDate::new(*written).form(), form, "{written:?}");
        }
    }

    #[test]
    fn the_day_of_birth_is_never_to_come() {
        let today = date(2026, 3, 2).unwrap();
        let birth = |written| ShortDate::new(written).birth(today);
        assert_eq!(birth(*b"260302"), date(2026, 3, 2));
        assert_eq!(birth(*b"260303"), date(1926, 3, 3));
        // 1900 had no leap day.
        assert_eq!(birth(*b"000229"), date(2000, 2, 29));
        assert_eq!(ShortDate::new(*b"000229").in_century(19), None);
        assert_eq!(birth(*b"7408<<"), None);
    }

    #[test]
    fn the_day_of_expiry_is_near() {
        let today = date(2026, 3, 2).unwrap();
        let expiry = |written| ShortDate::new(written).expiry(today);
        assert_eq!(expiry(*b"760101"), date(2076, 1, 1));
        assert_eq!(expiry(*b"770101"), date(1977, 1, 1));
        assert_eq!(expiry(*b"991231"), date(1999, 12, 31));
        let late = date(2099, 3, 2).unwrap();
        assert_eq!(ShortDate::new(*b"040101").expiry(late), date(2104, 1, 1));
    }
}
