use core::fmt;

use heapless::String;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A card number: 8 to 19 digits.
///
/// It is a secret. It compares in constant time, is zeroised on drop, and the
/// only form that can be printed is [`masked`](Self::masked).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pan(String<19>);

impl Pan {
    /// A card number from its digits; `None` for anything else (ISO/IEC
    /// 7812-1: at most 19; no issuer gives out fewer than 8).
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        let pan = Self(String::try_from(digits).ok()?);
        let valid = pan.0.len() >= 8 && digits.bytes().all(|digit| digit.is_ascii_digit());
        valid.then_some(pan)
    }

    /// A card number from compressed digits, the format of `5A`: padded at
    /// the end with `F`.
    #[must_use]
    pub fn from_compressed(bytes: &[u8]) -> Option<Self> {
        Self::is_compressed(bytes).then_some(())?;
        Self::from_nibbles(nibbles(bytes).take_while(|&nibble| nibble < 10))
    }

    /// Whether these are the compressed digits of a card number.
    pub(crate) fn is_compressed(bytes: &[u8]) -> bool {
        let count = nibbles(bytes).take_while(|&nibble| nibble < 10).count();
        (8..=19).contains(&count) && nibbles(bytes).skip(count).all(|nibble| nibble == 0xF)
    }

    pub(crate) fn from_nibbles(nibbles: impl Iterator<Item = u8>) -> Option<Self> {
        let mut pan = Self(String::new());
        for nibble in nibbles {
            pan.0.push(char::from(b'0' + nibble)).ok()?;
        }
        (pan.0.len() >= 8).then_some(pan)
    }

    /// The digits, for the host and for nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The form that may be printed.
    #[must_use]
    pub fn masked(&self) -> Masked<'_> {
        Masked(self)
    }

    /// Whether the check digit is right (ISO/IEC 7812-1, annex B).
    #[must_use]
    pub fn check_digit_valid(&self) -> bool {
        let digits = self.0.bytes().rev().map(|digit| u32::from(digit - b'0'));
        let sum = digits.enumerate().fold(0, |sum, (place, digit)| match place % 2 {
            0 => sum + digit,
            _ => sum + digit * 2 / 10 + digit * 2 % 10,
        });
        sum % 10 == 0
    }
}

impl ConstantTimeEq for Pan {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_bytes().ct_eq(other.0.as_bytes())
    }
}

impl PartialEq for Pan {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Pan {}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pan(redacted)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Pan {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Pan(redacted)");
    }
}

/// A card number as it may be printed: the first six digits and the last
/// four. Of one with fewer than 13 digits, where that would hide next to
/// nothing, the last four.
#[derive(Clone, Copy, Debug)]
pub struct Masked<'a>(&'a Pan);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        let digits = &self.0.0;
        let front = if digits.len() < 13 { 0 } else { 6 };
        for (place, digit) in digits.chars().enumerate() {
            let shown = place < front || place + 4 >= digits.len();
            f.write_char(if shown { digit } else { '*' })?;
        }
        Ok(())
    }
}

pub(crate) fn nibbles(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F])
}
