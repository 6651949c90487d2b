use core::fmt;

use heapless::String;

use super::finding::{MANDATORY, bit, characters, is_form};
use super::object::HEADER;
use super::{CRC, Currency, Initiation, UnionPay, id, is_template};
use crate::{Error, ErrorKind};

/// Why a code cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BuildError {
    /// The object it is about; 02 stands for any account where one is missing.
    pub id: u8,
    /// What is wrong with it.
    pub what: BuildWhat,
}

/// What is wrong with an object that is to be written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BuildWhat {
    /// The identifier is above 99, or of what the builder writes itself: 00,
    /// 01, 63.
    Id,
    /// It is there already.
    Repeated,
    /// It has more than 99 characters.
    TooLong(usize),
    /// It has not the form that the standard gives it.
    Form,
    /// The buffer has no room for it.
    Full,
    /// It must be there.
    Missing,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02} ", self.id)?;
        match self.what {
            BuildWhat::Id => f.write_str("is not for the caller to write"),
            BuildWhat::Repeated => f.write_str("is there already"),
            BuildWhat::TooLong(count) => write!(f, "has {count} characters, more than 99"),
            BuildWhat::Form => f.write_str("has not its form"),
            BuildWhat::Full => f.write_str("has no room"),
            BuildWhat::Missing => f.write_str("is missing"),
        }
    }
}

impl core::error::Error for BuildError {}

impl Error for BuildError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

/// Writes a merchant-presented code to the front of a buffer. An object that is
/// refused leaves no trace.
///
/// The standard allows 512 characters in all (4.1).
#[derive(Debug)]
pub struct Builder<'b> {
    buf: &'b mut [u8],
    len: usize,
    /// The identifiers that are there, as bits.
    seen: u128,
}

impl<'b> Builder<'b> {
    /// Begins a code.
    ///
    /// # Errors
    /// No room, or an initiation that is [`Initiation::Other`] with more than
    /// two digits.
    pub fn new(buf: &'b mut [u8], initiation: Initiation) -> Result<Self, BuildError> {
        let mut builder = Self { buf, len: 0, seen: 0 };
        builder.put(id::FORMAT, "01")?;
        let number = match initiation {
            Initiation::Static => 11,
            Initiation::Dynamic => 12,
            Initiation::Other(number) => number,
        };
        builder.put(id::INITIATION, &digits(number.into(), 2))?;
        Ok(builder)
    }

    /// Writes an object.
    ///
    /// # Errors
    /// It cannot stand there.
    pub fn object(&mut self, id: u8, value: &str) -> Result<&mut Self, BuildError> {
        for_callers(id)?;
        self.put(id, value)
    }

    /// Writes a template of these objects.
    ///
    /// # Errors
    /// It cannot stand there, or one of them cannot stand in it; the error
    /// names the one.
    pub fn template(&mut self, id: u8, objects: &[(u8, &str)]) -> Result<&mut Self, BuildError> {
        for_callers(id)?;
        if !is_template(id) {
            return Err(BuildError { id, what: BuildWhat::Form });
        }
        let mut seen = 0;
        for &(inner, value) in objects {
            let error = |what| Err(BuildError { id: inner, what });
            match characters(value.as_bytes()) {
                _ if inner > 99 => return error(BuildWhat::Id),
                _ if seen & bit(inner) != 0 => return error(BuildWhat::Repeated),
                0 => return error(BuildWhat::Form),
                count @ 100.. => return error(BuildWhat::TooLong(count)),
                _ => seen |= bit(inner),
            }
        }
        let size = |of: fn(&[u8]) -> usize| {
            objects.iter().map(|(_, value)| HEADER + of(value.as_bytes())).sum::<usize>()
        };
        self.may_put(id, size(characters), size(<[u8]>::len))?;
        self.header(id, size(characters));
        for (inner, value) in objects {
            self.header(*inner, characters(value.as_bytes()));
            self.raw(value.as_bytes());
        }
        Ok(self)
    }

    /// Writes an account with UnionPay (15).
    ///
    /// # Errors
    /// A part has not its length.
    pub fn unionpay(&mut self, account: &UnionPay<'_>) -> Result<&mut Self, BuildError> {
        let UnionPay { acquirer, forwarder, merchant } = account;
        if [acquirer.len(), forwarder.len(), merchant.len()] != [8, 8, 15] {
            return Err(BuildError { id: 15, what: BuildWhat::Form });
        }
        let value: String<31> = [*acquirer, forwarder, merchant].into_iter().collect();
        self.put(15, &value)
    }

    /// Writes who the merchant is: the kind of business (ISO 18245), the
    /// country, the name and the city.
    ///
    /// # Errors
    /// One of them cannot stand there.
    pub fn merchant(
        &mut self,
        category: &str,
        country: &str,
        name: &str,
        city: &str,
    ) -> Result<&mut Self, BuildError> {
        self.put(id::CATEGORY, category)?;
        self.put(id::COUNTRY, country)?;
        self.put(id::NAME, name)?;
        self.put(id::CITY, city)
    }

    /// Writes the currency, and the amount in its minor unit; without one, the
    /// payer says how much.
    ///
    /// # Errors
    /// There is no room, the currency has more than three digits, or the
    /// amount is zero or has more than thirteen characters.
    pub fn price(
        &mut self,
        currency: Currency,
        minor: Option<u64>,
    ) -> Result<&mut Self, BuildError> {
        self.put(id::CURRENCY, &digits(currency.0.into(), 3))?;
        let Some(minor) = minor else { return Ok(self) };
        let exponent = usize::from(currency.exponent());
        let unit = 10_u64.pow(currency.exponent().into());
        // Twenty digits, a point and four digits at most.
        let mut text: String<25> = String::new();
        let _ = text.push_str(&digits(minor / unit, 1));
        if exponent > 0 {
            let _ = text.push('.').and_then(|()| text.push_str(&digits(minor % unit, exponent)));
        }
        self.put(id::AMOUNT, &text)
    }

    /// Writes the CRC and gives the payload.
    ///
    /// # Errors
    /// There is no room, or an object is missing.
    pub fn finish(mut self) -> Result<&'b str, BuildError> {
        let account = id::ACCOUNTS.fold(0, |bits, id| bits | bit(id));
        if self.seen & account == 0 {
            return Err(BuildError { id: 2, what: BuildWhat::Missing });
        }
        let missing = |id: &u8| self.seen & bit(*id) == 0 && *id != id::CRC;
        if let Some(id) = MANDATORY.into_iter().find(missing) {
            return Err(BuildError { id, what: BuildWhat::Missing });
        }
        self.may_put(id::CRC, 4, 4)?;
        self.header(id::CRC, 4);
        let crc = CRC.checksum(self.buf.get(..self.len).unwrap_or_default());
        for shift in [12, 8, 4, 0] {
            let digit = char::from_digit(u32::from(crc >> shift & 0xF), 16).unwrap_or_default();
            self.raw(digit.to_ascii_uppercase().encode_utf8(&mut [0; 4]).as_bytes());
        }
        // Only text was written.
        Ok(core::str::from_utf8(self.buf.get(..self.len).unwrap_or_default()).unwrap_or_default())
    }

    fn put(&mut self, id: u8, value: &str) -> Result<&mut Self, BuildError> {
        let count = characters(value.as_bytes());
        if count <= 99 && !is_form(id, value.as_bytes()) {
            return Err(BuildError { id, what: BuildWhat::Form });
        }
        self.may_put(id, count, value.len())?;
        self.header(id, count);
        self.raw(value.as_bytes());
        Ok(self)
    }

    /// Whether there may be an object of so many characters and bytes; it is
    /// marked as there.
    fn may_put(&mut self, id: u8, count: usize, bytes: usize) -> Result<(), BuildError> {
        let left = self.buf.len() - self.len;
        let what = match count {
            _ if id > 99 => BuildWhat::Id,
            _ if self.seen & bit(id) != 0 => BuildWhat::Repeated,
            100.. => BuildWhat::TooLong(count),
            0 => BuildWhat::Form,
            _ if left < bytes + HEADER => BuildWhat::Full,
            _ => {
                self.seen |= bit(id);
                return Ok(());
            }
        };
        Err(BuildError { id, what })
    }

    fn header(&mut self, id: u8, count: usize) {
        let count = u64::try_from(count).unwrap_or_default();
        self.raw(digits(id.into(), 2).as_bytes());
        self.raw(digits(count, 2).as_bytes());
    }

    /// There is room: it was asked for.
    fn raw(&mut self, bytes: &[u8]) {
        let to = self.buf.get_mut(self.len..self.len + bytes.len());
        if let Some(to) = to {
            to.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }
}

/// Whether the builder leaves this object to its caller.
const fn for_callers(id: u8) -> Result<(), BuildError> {
    match id {
        id::FORMAT | id::INITIATION | id::CRC | 100.. => {
            Err(BuildError { id, what: BuildWhat::Id })
        }
        _ => Ok(()),
    }
}

/// A number with at least so many digits. Formatting would take 2 KB more of
/// flash.
fn digits(number: u64, least: usize) -> String<20> {
    let mut reversed: String<20> = String::new();
    let mut rest = number;
    while rest > 0 || reversed.len() < least {
        let [digit, ..] = (rest % 10).to_le_bytes();
        // A number has twenty digits at most.
        let _ = reversed.push(char::from(b'0' + digit));
        rest /= 10;
    }
    reversed.chars().rev().collect()
}
