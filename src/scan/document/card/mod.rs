//! What an ID card's chip says: 256 bytes of text, in one of four layouts.
//!
//! All of it is UTF-16, the low byte first, padded with spaces. At byte 248
//! stands what sort of card it is:
//!
//! | flag | card | [`CardKind`] |
//! | --- | --- | --- |
//! | space | resident ID card (居民身份证) | [`Resident`](CardKind::Resident) |
//! | `J` | residence permit for Hong Kong, Macau, Taiwan (港澳台居民居住证) | [`Permit`](CardKind::Permit) |
//! | `I` | permanent resident, card of 2017 (外国人永久居留身份证) | [`Foreigner2017`](CardKind::Foreigner2017) |
//! | `Y` | permanent resident, card of 2023 | [`Foreigner2023`](CardKind::Foreigner2023) |
//!
//! The resident layout is that of the readers' own documents (for example
//! 多合一读卡器通讯协议, 身份证各字段长度); the other three are those that a
//! published reader program has in its header, and all four sum to 256. What
//! the fields beside the printed ones hold is not said anywhere: they come as
//! text.
//!
//! Nothing is refused: a field that cannot be read is reported by that field,
//! and its bytes can be had.
//!
//! ```
//! use embedded_pos::scan::document::card::{CardKind, Expiry, IdText, Nation, SexCode};
//! use embedded_pos::sim::documents::card::{Card, resident};
//!
//! // As a reader hands it over. On a board it is filled by the reader's driver.
//! let text = IdText::from(resident("测试一").birth("19900101").valid("20200101", "长期").text());
//! let card = text.card();
//! assert_eq!(card.kind(), CardKind::Resident);
//!
//! let mut buf = [0; 48];
//! assert_eq!(card.name().to_utf8(&mut buf), Ok("测试一"));
//! assert_eq!(card.sex(), Some(SexCode::Male));
//! assert_eq!(card.nation().and_then(Nation::name), Some("汉"));
//! assert_eq!(card.birth().unwrap().to_string(), "1990-01-01");
//! assert_eq!(card.valid_until(), Ok(Expiry::LongTerm));
//! // Nothing of it in a log.
//! assert_eq!(format!("{text:?}"), "IdText(Resident)");
//! ```

mod field;
mod nation;
mod text;

pub use field::{CardKind, Field};
pub use nation::Nation;
pub use text::{CardText, TextError};

use core::fmt;

use zeroize::Zeroize;

use self::text::decimal;
use super::{IdError, ResidentId};
use crate::civil::Date;
use crate::{Error, ErrorKind};

/// The text of an ID card as its reader gives it. It is somebody's name,
/// address and number: `Debug` shows the kind of card only, and the bytes are
/// overwritten when it is dropped.
pub struct IdText {
    bytes: [u8; Self::LEN],
}

impl IdText {
    /// How many bytes it has.
    pub const LEN: usize = 256;

    /// An empty one, to be read into.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::LEN] }
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.bytes
    }

    /// The bytes, to be filled: for who writes a driver.
    pub const fn as_mut_bytes(&mut self) -> &mut [u8; Self::LEN] {
        &mut self.bytes
    }

    /// What they say.
    #[must_use]
    pub fn card(&self) -> IdCard<'_> {
        IdCard::new(&self.bytes)
    }

    /// Overwrites it.
    pub fn clear(&mut self) {
        self.bytes.zeroize();
    }
}

impl Default for IdText {
    fn default() -> Self {
        Self::new()
    }
}

impl From<[u8; IdText::LEN]> for IdText {
    fn from(bytes: [u8; Self::LEN]) -> Self {
        Self { bytes }
    }
}

impl Drop for IdText {
    fn drop(&mut self) {
        self.clear();
    }
}

impl fmt::Debug for IdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdText({:?})", self.card().kind())
    }
}

/// The newest address on a card, where one was added after it was made: 70
/// bytes of UTF-16. As secret as [`IdText`].
pub struct NewestAddress {
    bytes: [u8; Self::LEN],
}

impl NewestAddress {
    /// How many bytes it has.
    pub const LEN: usize = 70;

    /// An empty one, to be read into.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::LEN] }
    }

    /// The bytes, to be filled: for who writes a driver.
    pub const fn as_mut_bytes(&mut self) -> &mut [u8; Self::LEN] {
        &mut self.bytes
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> CardText<'_> {
        CardText::new(&self.bytes, &[])
    }

    /// Overwrites it.
    pub fn clear(&mut self) {
        self.bytes.zeroize();
    }
}

impl Default for NewestAddress {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for NewestAddress {
    fn drop(&mut self) {
        self.clear();
    }
}

impl fmt::Debug for NewestAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewestAddress").finish_non_exhaustive()
    }
}

/// How the holder's sex is coded on the card.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SexCode {
    /// `0`, 未知.
    Unknown,
    /// `1`, 男.
    Male,
    /// `2`, 女.
    Female,
    /// `9`, 未说明.
    Unspecified,
    /// Another unit of UTF-16.
    Other(u16),
}

/// Until when a card is valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Expiry {
    /// Until this day.
    On(Date),
    /// 长期: there is no such day.
    LongTerm,
}

/// A field cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BadField {
    /// Which; [`IdCard::raw`] has its bytes.
    pub field: Field,
    /// Why.
    pub why: FieldError,
}

/// Why a field cannot be read.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FieldError {
    /// Cards of this kind do not have it.
    NotThere,
    /// It is no date of eight digits.
    Form,
    /// The calendar has no such day.
    NoSuchDay,
    /// It is no resident ID number.
    Number(IdError),
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, why } = self;
        match why {
            FieldError::NotThere => write!(f, "this kind of card has no {field:?}"),
            FieldError::Form => write!(f, "{field:?} is no date"),
            FieldError::NoSuchDay => write!(f, "{field:?} is no day of the calendar"),
            FieldError::Number(error) => write!(f, "{field:?}: {error}"),
        }
    }
}

impl core::error::Error for BadField {}

impl Error for BadField {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

/// What the text of a card says. Nothing is copied.
#[derive(Clone, Copy)]
pub struct IdCard<'a> {
    text: &'a [u8; IdText::LEN],
    kind: CardKind,
}

impl fmt::Debug for IdCard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdCard").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl<'a> IdCard<'a> {
    /// The view of such a text.
    #[must_use]
    pub fn new(text: &'a [u8; IdText::LEN]) -> Self {
        Self { text, kind: CardKind::of(text) }
    }

    /// What sort of card it is.
    #[must_use]
    pub const fn kind(&self) -> CardKind {
        self.kind
    }

    /// The bytes of a field; empty if this kind of card does not have it.
    #[must_use]
    pub fn raw(&self, field: Field) -> &'a [u8] {
        let (at, len) = field.place(self.kind).unwrap_or_default();
        self.text.get(at..).and_then(|rest| rest.get(..len)).unwrap_or_default()
    }

    /// The text of a field without the spaces behind it; `None` if this kind
    /// of card does not have it.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<CardText<'a>> {
        field.place(self.kind)?;
        let rest = match field {
            Field::EnglishName => self.raw(Field::EnglishNameRest),
            _ => &[],
        };
        Some(CardText::new(self.raw(field), rest))
    }

    /// The name in Chinese; empty if a foreigner has none.
    #[must_use]
    pub fn name(&self) -> CardText<'a> {
        CardText::new(self.raw(Field::Name), &[])
    }

    /// The sex as coded on the card, which on resident cards is also in the
    /// number.
    #[must_use]
    pub fn sex(&self) -> Option<SexCode> {
        let (unit, _) = self.raw(Field::Sex).split_first_chunk()?;
        Some(match u16::from_le_bytes(*unit) {
            0x30 => SexCode::Unknown,
            0x31 => SexCode::Male,
            0x32 => SexCode::Female,
            0x39 => SexCode::Unspecified,
            other => SexCode::Other(other),
        })
    }

    /// The ethnic group, by its code; `None` if the card has none that is a
    /// number.
    #[must_use]
    pub fn nation(&self) -> Option<Nation> {
        let code = decimal(self.raw(Field::Nation))?;
        u8::try_from(code).ok().map(Nation)
    }

    /// The day of birth.
    ///
    /// # Errors
    /// The field is no date.
    pub fn birth(&self) -> Result<Date, BadField> {
        self.date(Field::Birth)
    }

    /// From when the card is valid.
    ///
    /// # Errors
    /// The field is no date.
    pub fn valid_from(&self) -> Result<Date, BadField> {
        self.date(Field::ValidFrom)
    }

    /// Until when.
    ///
    /// # Errors
    /// The field is neither a date nor 长期.
    pub fn valid_until(&self) -> Result<Expiry, BadField> {
        /// 长期, as it stands on the card.
        const LONG_TERM: [u8; 4] = [0x7F, 0x95, 0x1F, 0x67];
        match self.raw(Field::ValidUntil).strip_prefix(&LONG_TERM) {
            Some(rest) if CardText::new(rest, &[]).is_empty() => Ok(Expiry::LongTerm),
            _ => self.date(Field::ValidUntil).map(Expiry::On),
        }
    }

    /// The number as a resident ID number: all but the cards of 2017 have one
    /// of that form.
    ///
    /// # Errors
    /// What makes it none; the text is there by [`Field::Number`].
    pub fn resident_id(&self) -> Result<ResidentId, BadField> {
        let mut digits = [0; 18];
        let number = self.text(Field::Number).map(|number| number.to_utf8(&mut digits));
        let parsed = match number {
            Some(Ok(number)) => ResidentId::parse(number.as_bytes()),
            // Longer than a number, or no text at all.
            _ => Err(IdError::Length(self.raw(Field::Number).len() / 2)),
        };
        digits.zeroize();
        parsed.map_err(|error| BadField { field: Field::Number, why: FieldError::Number(error) })
    }

    fn date(&self, field: Field) -> Result<Date, BadField> {
        let bad = |why| BadField { field, why };
        let raw = self.raw(field);
        if field.place(self.kind).is_none() {
            return Err(bad(FieldError::NotThere));
        }
        let part = |at: usize, len: usize| raw.get(at * 2..(at + len) * 2).and_then(decimal);
        let (Some(year), Some(month), Some(day)) = (part(0, 4), part(4, 2), part(6, 2)) else {
            return Err(bad(FieldError::Form));
        };
        let small = |value: u16| u8::try_from(value).unwrap_or(0);
        Date::new(year, small(month), small(day)).map_err(|_| bad(FieldError::NoSuchDay))
    }
}
