use core::fmt;

use heapless::Vec;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Pan;
use super::pan::nibbles;

/// Track 2 Equivalent Data, `57`: card number, `D`, expiry, service code and
/// the issuer's own digits (ISO/IEC 7813), padded with `F`.
///
/// It is a secret: it compares in constant time, is zeroised on drop, and has
/// no printable form.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Track2(Vec<u8, 19>);

/// A month in which a card expires.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Expiry {
    /// The last two digits of the year.
    pub year: u8,
    /// 1 to 12.
    pub month: u8,
}

impl Track2 {
    /// Takes track 2 data; `None` unless it is a card number, a separator and
    /// nothing but digits behind it.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let track = Self(Vec::from_slice(bytes).ok()?);
        track.pan()?;
        let padding = |track: &Self| {
            let mut rest = track.after_separator().skip_while(|&nibble| nibble < 10);
            rest.all(|nibble| nibble == 0xF)
        };
        padding(&track).then_some(track)
    }

    /// The bytes as the card has them, for the host and for nobody else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The card number.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        let digits = || nibbles(&self.0).take_while(|&nibble| nibble < 10);
        let separator = nibbles(&self.0).nth(digits().count())?;
        (separator == 0xD).then_some(())?;
        Pan::from_nibbles(digits())
    }

    /// The month of expiry; `None` where the card leaves it out.
    #[must_use]
    pub fn expiry(&self) -> Option<Expiry> {
        let year = self.number(0, 2)?;
        let month = self.number(2, 2)?;
        let (year, month) = (u8::try_from(year).ok()?, u8::try_from(month).ok()?);
        (1..=12).contains(&month).then_some(Expiry { year, month })
    }

    /// The service code, three digits: `220` is a chip card for domestic use.
    #[must_use]
    pub fn service_code(&self) -> Option<u16> {
        self.number(4, 3)
    }

    fn number(&self, skip: usize, count: usize) -> Option<u16> {
        let digits = || self.after_separator().skip(skip).take(count);
        (digits().filter(|&nibble| nibble < 10).count() == count).then_some(())?;
        Some(digits().fold(0, |number, nibble| number * 10 + u16::from(nibble)))
    }

    fn after_separator(&self) -> impl Iterator<Item = u8> {
        nibbles(&self.0).skip_while(|&nibble| nibble < 10).skip(1)
    }
}

impl PartialEq for Track2 {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(&other.0).into()
    }
}

impl Eq for Track2 {}

impl fmt::Debug for Track2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Track2(redacted)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Track2 {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Track2(redacted)");
    }
}
