use core::fmt;

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

/// The time zone of a camera.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Zone {
    /// The camera does not tell.
    Unknown,
    /// Minutes east of UTC: 480 in China.
    East(i16),
}

impl Zone {
    /// The zone whose clocks are so many seconds ahead of UTC, give or take a
    /// minute; `None` if there is none.
    pub(super) fn ahead(seconds: i64) -> Option<Self> {
        const QUARTER: i64 = 15 * 60;
        if seconds.unsigned_abs() > 15 * 60 * 60 {
            return None;
        }
        let quarters = (seconds + QUARTER / 2).div_euclid(QUARTER);
        let apart = (seconds - quarters * QUARTER).abs();
        let minutes = i16::try_from(quarters * 15).ok()?;
        (apart <= 60 && minutes.abs() <= 14 * 60).then_some(Self::East(minutes))
    }
}

impl ReadTime {
    /// Reads a time as in ISO 8601, basic or extended: `2016-03-25 13:03:54`,
    /// `20160325T130354.921+0800`. A fraction of a second, with a point before
    /// it or without, is read to the microsecond; without a zone it is [`Zone::Unknown`]. `None` for all else.
    ///
    /// ```
    /// use embedded_pos::scan::plate::{ReadTime, Zone};
    ///
    /// let time = ReadTime::parse("2016-03-25T13:03:54.5+08:00").unwrap();
    /// assert_eq!((time.seconds, time.micros), (1_458_882_234, 500_000));
    /// assert_eq!(time.zone, Zone::East(480));
    /// assert_eq!(ReadTime::parse("2016-03-25 25:00:00"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Digits(text.trim_ascii().as_bytes());
        let (year, month, day) =
            (rest.number(4, 9999)?, rest.then(b"-", 12)?, rest.then(b"-", 31)?);
        let (hour, minute, second) =
            (rest.then(b"T ", 23)?, rest.then(b":", 59)?, rest.then(b":", 60)?);
        let micros = if rest.skip(b".,") || rest.is_digit() { rest.micros()? } else { 0 };
        let zone = rest.zone()?;
        let date = (i64::from(year), i64::from(month), i64::from(day));
        let days = days(date.0, date.1, date.2);
        // Else the month has no such day, or there is no such month.
        if civil(days) != date {
            return None;
        }
        let east = match zone {
            Zone::East(minutes) => i64::from(minutes),
            Zone::Unknown => 0,
        };
        let minutes = (days * 24 + i64::from(hour)) * 60 + i64::from(minute) - east;
        Some(Self { seconds: minutes * 60 + i64::from(second), micros, zone })
    }

    /// So many milliseconds after 1970-01-01 00:00:00 in UTC.
    pub(super) fn from_millis(millis: i64) -> Self {
        let micros = u32::try_from(millis.rem_euclid(1000)).unwrap_or_default() * 1000;
        Self { seconds: millis.div_euclid(1000), micros, zone: Zone::East(0) }
    }
}

/// Days since 1970-01-01 of a date in the Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    // The year taken to begin in March, so that a leap day ends it.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 719_469
}

/// What is still to be read of a time.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// A number of so many digits.
    fn number(&mut self, digits: usize, most: u16) -> Option<u16> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let number = number.iter().try_fold(0_u16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0'))
        })?;
        self.0 = rest;
        (number <= most).then_some(number)
    }

    /// Two digits, with or without a mark before them.
    fn then(&mut self, marks: &[u8], most: u16) -> Option<u16> {
        self.skip(marks);
        self.number(2, most)
    }

    fn skip(&mut self, marks: &[u8]) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if marks.contains(first) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Some vendors write the milliseconds right behind the seconds.
    fn is_digit(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_digit)
    }

    fn micros(&mut self) -> Option<u32> {
        let len = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        let digits = digits.iter().map(|digit| u32::from(digit - b'0'));
        (len > 0).then(|| {
            let padded = digits.chain(core::iter::repeat(0)).take(6);
            padded.fold(0, |micros, digit| micros * 10 + digit)
        })
    }

    fn zone(&mut self) -> Option<Zone> {
        let (sign, rest) = match self.0.split_first() {
            None => return Some(Zone::Unknown),
            Some((b'Z', [])) => return Some(Zone::East(0)),
            Some((b'+', rest)) => (1, rest),
            Some((b'-', rest)) => (-1, rest),
            Some(_) => return None,
        };
        self.0 = rest;
        // Some cameras write `-500`.
        let hours = self.number(if rest.len() == 3 { 1 } else { 2 }, 15)?;
        let minutes = self.then(b":", 59)?;
        let minutes = i16::try_from(hours * 60 + minutes).ok()?;
        self.0.is_empty().then_some(Zone::East(sign * minutes))
    }
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

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn zones() {
        assert_eq!(Zone::ahead(8 * 3600 + 2), Some(Zone::East(480)));
        assert_eq!(Zone::ahead(-3), Some(Zone::East(0)));
        assert_eq!(Zone::ahead(-5 * 3600), Some(Zone::East(-300)));
        for none in [400, 15 * 3600, i64::MAX / 2, i64::MIN, i64::MAX] {
            assert_eq!(Zone::ahead(none), None);
        }
    }

    #[test]
    fn days_are_counted() {
        let seconds = |text| ReadTime::parse(text).map(|time| time.seconds);
        assert_eq!(seconds("1970-01-01 00:00:00"), Some(0));
        assert_eq!(seconds("2000-03-01 00:00:00"), Some(951_868_800));
        assert_eq!(seconds("2024-02-29T23:59:59Z"), Some(1_709_251_199));
        assert_eq!(seconds("20240229235959"), Some(1_709_251_199));
        assert_eq!(seconds("2024-02-29T15:59:59-08:00"), Some(1_709_251_199));
    }

    #[test]
    fn forms_of_the_vendors() {
        let time = |text| ReadTime::parse(text).unwrap();
        assert_eq!(
            time("20160325T130354.9213257+0800").to_string(),
            "2016-03-25T13:03:54.921325+08:00"
        );
        assert_eq!(time("2016-03-25T05:03:54,5Z").micros, 500_000);
        assert_eq!(time("2016-03-25 05:03:54").zone, Zone::Unknown);
        assert_eq!(time("20160325 050354123").micros, 123_000);
        assert_eq!(time("20160325T130354-500").zone, Zone::East(-300));
        for text in [
            "",
            "2016-03-25",
            "2016-13-25 13:03:54",
            "2016-03-25 13:03:xx",
            "2016-03-25 13:03:54.",
            "2016-03-25 13:03:54+8",
            "2016-03-25 13:03:54 x",
            "2016-03-25T13:03:54Z0",
        ] {
            assert_eq!(ReadTime::parse(text), None, "{text}");
        }
    }
}
