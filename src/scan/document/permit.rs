//! Numbers of persons that begin with letters: older foreigners' cards and
//! home-return permits.

use core::fmt;

use super::{Check, DateForm, IdError, ShortDate, seven_three_one};

/// The number of a foreigner's permanent residence card of 2004 to 2023
/// (外国人永久居留身份证): country 3 letters, area 4 digits, day of birth 6,
/// sequence 1, check 1. It does not say a sex.
///
/// The standard is not public. Form and check digit, which is that of [machine
/// readable zones](super::mrz), are what makers of card readers publish: good for
/// a warning. Borrows the number and keeps no copy.
///
/// ```
/// use embedded_pos::scan::document::{Check, ForeignerId};
///
/// let id = ForeignerId::parse(b"UTO110074081205")?;
/// assert_eq!((id.nationality(), id.area()), (&b"UTO"[..], &b"1100"[..]));
/// assert_eq!(id.check(), Check::Valid);
/// assert_eq!(id.birth().in_century(19).unwrap().to_string(), "1974-08-12");
/// # Ok::<(), embedded_pos::scan::document::IdError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct ForeignerId<'a>(&'a [u8; 15]);

impl<'a> ForeignerId<'a> {
    /// Takes a number apart. Lower-case letters are good.
    ///
    /// # Errors
    /// What makes it no such number, and where.
    pub fn parse(text: &'a [u8]) -> Result<Self, IdError> {
        let text: &[u8; 15] = text.try_into().map_err(|_| IdError::Length(text.len()))?;
        formed(text, 3)?;
        let id = Self(text);
        if id.birth().form() == DateForm::Day { Ok(id) } else { Err(IdError::Date(7)) }
    }

    /// The three letters of the country (ISO 3166-1), as they were given.
    #[must_use]
    pub fn nationality(self) -> &'a [u8] {
        self.0.get(..3).unwrap_or_default()
    }

    /// The first four digits of the area (GB/T 2260) that took the application.
    #[must_use]
    pub fn area(self) -> &'a [u8] {
        self.0.get(3..7).unwrap_or_default()
    }

    /// The day of birth; the century is not in the number.
    #[must_use]
    pub const fn birth(self) -> ShortDate {
        let [_, _, _, _, _, _, _, a, b, c, d, e, f, _, _] = *self.0;
        ShortDate::new([a, b, c, d, e, f])
    }

    /// What the last digit says.
    #[must_use]
    pub fn check(self) -> Check {
        let [body @ .., digit] = self.0;
        let right = seven_three_one([&body[..]]) == *digit;
        if right { Check::Valid } else { Check::Invalid }
    }
}

impl fmt::Debug for ForeignerId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForeignerId(..)")
    }
}

/// The number of a home-return permit (港澳居民来往内地通行证): H for Hong Kong or
/// M for Macau, eight digits that a person keeps for life, and, on cards of
/// before 2013, two that count renewals (rule of the Ministry of Public
/// Security, 1999).
///
/// There is no check digit, no day of birth and no sex in it. Borrows the
/// number and keeps no copy.
///
/// ```
/// use embedded_pos::scan::document::HomeReturnPermit;
///
/// let permit = HomeReturnPermit::parse(b"H0000000001")?;
/// assert!(permit.is_hong_kong());
/// assert_eq!((permit.person(), permit.renewals()), (&b"00000000"[..], Some(1)));
/// # Ok::<(), embedded_pos::scan::document::IdError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct HomeReturnPermit<'a>(&'a [u8]);

impl<'a> HomeReturnPermit<'a> {
    /// Takes a number apart. A lower-case letter is good.
    ///
    /// # Errors
    /// What makes it no such number, and where.
    pub fn parse(text: &'a [u8]) -> Result<Self, IdError> {
        if !matches!(text.len(), 9 | 11) {
            return Err(IdError::Length(text.len()));
        }
        if !matches!(text.first(), Some(b'H' | b'h' | b'M' | b'm')) {
            return Err(IdError::Character(0));
        }
        formed(text, 1)?;
        Ok(Self(text))
    }

    /// Whether it was given to a resident of Hong Kong; else of Macau.
    #[must_use]
    pub fn is_hong_kong(self) -> bool {
        matches!(self.0.first(), Some(b'H' | b'h'))
    }

    /// The eight digits that stay the same for life.
    #[must_use]
    pub fn person(self) -> &'a [u8] {
        self.0.get(1..9).unwrap_or_default()
    }

    /// How often the permit was renewed, if the number says so.
    #[must_use]
    pub fn renewals(self) -> Option<u8> {
        let count = self.0.get(9..11).and_then(super::number)?;
        u8::try_from(count).ok()
    }
}

impl fmt::Debug for HomeReturnPermit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HomeReturnPermit(..)")
    }
}

/// So many letters, then digits.
fn formed(text: &[u8], letters: usize) -> Result<(), IdError> {
    let wrong = text.iter().enumerate().position(|(at, byte)| {
        let fits = if at < letters { u8::is_ascii_alphabetic } else { u8::is_ascii_digit };
        !fits(byte)
    });
    wrong.map_or(Ok(()), |at| Err(IdError::Character(at)))
}
