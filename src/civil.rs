//! Days and times as people count them: what a calendar and a wall clock show.
//!
//! They are written down and printed, and nothing waits by them; for that there
//! is [`Instant`](crate::port::Instant). No value is off the calendar:
//!
//! ```
//! use embedded_pos::civil::{CivilTime, Date};
//!
//! const ISSUED: CivilTime = {
//!     let Ok(date) = Date::new(2026, 3, 2) else { panic!() };
//!     let Ok(time) = CivilTime::new(date, 8, 5, 0) else { panic!() };
//!     time
//! };
//! assert_eq!(ISSUED.to_string(), "2026-03-02 08:05:00");
//! assert!(Date::new(2026, 2, 29).is_err());
//! ```

use core::fmt;

use crate::{Error, ErrorKind};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day of the years 1583 to 9999, those that ISO 8601 has for all.
    ///
    /// # Errors
    /// [`NoSuchTime`] for a day that the calendar does not have.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, NoSuchTime> {
        if year < 1583 || year > 9999 || day < 1 || day > days_in(year, month) {
            return Err(NoSuchTime);
        }
        Ok(Self { year, month, day })
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

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Whole days since `earlier`; 0 if it is not earlier.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> u32 {
        self.days().saturating_sub(earlier.days())
    }

    /// Days since 1 March of the year 0, counting years from March so that
    /// the leap day is the last.
    const fn days(self) -> u32 {
        let (year, month) = if self.month > 2 {
            (self.year as u32, self.month as u32 - 3)
        } else {
            (self.year as u32 - 1, self.month as u32 + 9)
        };
        let leap_days = year / 4 - year / 100 + year / 400;
        // 153 days in each five months from March.
        year * 365 + leap_days + (153 * month + 2) / 5 + self.day as u32
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

/// As ISO 8601 has it: `2026-03-02`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A time on the wall clock, to the second; in which zone, its user says.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CivilTime {
    date: Date,
    hour: u8,
    minute: u8,
    second: u8,
}

impl CivilTime {
    /// The time so many seconds after 1970-01-01 00:00:00, without leap seconds:
    /// what a real-time clock or a server says in UTC. For the time of a place,
    /// add its offset first: 28 800 seconds for China.
    ///
    /// # Errors
    /// [`NoSuchTime`] after the year 9999.
    pub fn from_unix(seconds: u64) -> Result<Self, NoSuchTime> {
        /// From 1 March of the year 0, where the years of [`Date::days`] begin.
        const DAYS_TO_1970: u64 = 719_468;
        const DAYS_OF_400_YEARS: u64 = 146_097;
        let days = seconds / 86_400 + DAYS_TO_1970;
        let (cycle, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
        // The year of a day in the cycle, had its leap days been taken out.
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = u16::try_from(400 * cycle + year + next).map_err(|_| NoSuchTime)?;
        // All of these are below 60.
        let small = |value: u64| u8::try_from(value).unwrap_or(u8::MAX);
        let date = Date::new(year, small(month), small(day))?;
        let second = seconds % 86_400;
        Self::new(date, small(second / 3_600), small(second / 60 % 60), small(second % 60))
    }

    /// A time of a day.
    ///
    /// # Errors
    /// [`NoSuchTime`] where a part is above its range; there is no leap second.
    pub const fn new(date: Date, hour: u8, minute: u8, second: u8) -> Result<Self, NoSuchTime> {
        if hour > 23 || minute > 59 || second > 59 {
            return Err(NoSuchTime);
        }
        Ok(Self { date, hour, minute, second })
    }

    /// The day.
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 59.
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }
}

/// For people: `2026-03-02 08:05:00`.
impl fmt::Display for CivilTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02}:{:02}:{:02}", self.date, self.hour, self.minute, self.second)
    }
}

/// There is no such day or time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoSuchTime;

impl fmt::Display for NoSuchTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such day or time")
    }
}

impl core::error::Error for NoSuchTime {}

impl Error for NoSuchTime {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn date(year: u16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn seconds_since_1970() {
        let shown = |seconds| CivilTime::from_unix(seconds).map(|time| time.to_string());
        assert_eq!(shown(0).unwrap(), "1970-01-01 00:00:00");
        assert_eq!(shown(951_868_799).unwrap(), "2000-02-29 23:59:59");
        assert_eq!(shown(951_868_800).unwrap(), "2000-03-01 00:00:00");
        assert_eq!(shown(4_107_542_400).unwrap(), "2100-03-01 00:00:00");
        assert_eq!(shown(253_402_300_799).unwrap(), "9999-12-31 23:59:59");
        assert!(shown(253_402_300_800).is_err() && shown(u64::MAX).is_err());
        let first = Date::new(1970, 1, 1).unwrap();
        for days in 0..60_000 {
            let date = CivilTime::from_unix(u64::from(days) * 86_400).unwrap().date();
            assert_eq!(date.days_since(first), days);
        }
    }

    #[test]
    fn days_between() {
        assert_eq!(date(1970, 1, 2).days_since(date(1970, 1, 1)), 1);
        assert_eq!(date(2024, 3, 1).days_since(date(2024, 2, 28)), 2);
        assert_eq!(date(2100, 3, 1).days_since(date(2100, 2, 28)), 1);
        assert_eq!(date(2027, 1, 1).days_since(date(2026, 1, 1)), 365);
        assert_eq!(date(2026, 1, 1).days_since(date(2027, 1, 1)), 0);
        // 2000-01-01 is day 10 957 of the Unix era.
        assert_eq!(date(2000, 1, 1).days_since(date(1970, 1, 1)), 10_957);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let (mut last, mut count) = (date(1583, 1, 1), 0_u32);
        for year in 1583..=2110 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Ok(next) = Date::new(year, month, day) else { continue };
                    assert_eq!(next.days_since(last), u32::from(count > 0));
                    (last, count) = (next, count + 1);
                }
            }
        }
    }

    #[test]
    fn impossible_times() {
        assert!(Date::new(2026, 2, 29).is_err());
        assert!(Date::new(2026, 13, 1).is_err());
        assert!(Date::new(1582, 12, 31).is_err());
        assert!(CivilTime::new(date(2026, 1, 1), 24, 0, 0).is_err());
    }
}
