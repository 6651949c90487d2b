use core::fmt;

use crate::civil::{CivilTime, Date};

/// An amount in the minor unit of its currency: fen for the yuan.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Amount(u64);

impl Amount {
    /// The largest amount EMV has room for: twelve digits.
    pub const MAX: Self = Self(999_999_999_999);
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount in the minor unit; `None` above [`MAX`](Self::MAX).
    #[must_use]
    pub const fn from_minor(minor: u64) -> Option<Self> {
        if minor <= Self::MAX.0 { Some(Self(minor)) } else { None }
    }

    /// The amount in the minor unit.
    #[must_use]
    pub const fn minor(self) -> u64 {
        self.0
    }

    /// As twelve binary-coded digits, the format of `9F02`.
    #[must_use]
    pub fn to_bcd(self) -> [u8; 6] {
        bcd(self.0)
    }

    /// As a 32-bit number, the format of `81`; `None` where it has no room.
    pub(crate) fn to_binary(self) -> Option<[u8; 4]> {
        u32::try_from(self.0).ok().map(u32::to_be_bytes)
    }
}

/// Shows the minor unit: `12345` is 123.45 yuan.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A currency: its number (ISO 4217) and how many decimal places it has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Currency {
    /// The number, 0 to 999.
    pub code: u16,
    /// The decimal places between the minor unit and the major one.
    pub exponent: u8,
}

impl Currency {
    /// The yuan renminbi.
    pub const CNY: Self = Self { code: 156, exponent: 2 };
}

/// The day as YYMMDD, the format of `9A`.
pub(crate) fn date_bcd(date: Date) -> [u8; 3] {
    digits([(date.year() % 100).into(), date.month().into(), date.day().into()])
}

/// The time of day as HHMMSS, the format of `9F21`.
pub(crate) fn time_bcd(time: CivilTime) -> [u8; 3] {
    digits([time.hour().into(), time.minute().into(), time.second().into()])
}

fn digits(pairs: [u64; 3]) -> [u8; 3] {
    pairs.map(|pair| bcd::<1>(pair)[0])
}

/// The last `2 * N` decimal digits of a number of at most twelve, binary coded.
pub(crate) fn bcd<const N: usize>(number: u64) -> [u8; N] {
    let mut bytes = [0; N];
    code(number, &mut bytes);
    bytes
}

fn code(number: u64, bytes: &mut [u8]) {
    let (high, low) = split(number.min(Amount::MAX.0));
    let mut rest = low;
    for (count, byte) in bytes.iter_mut().rev().enumerate() {
        if count == 4 {
            rest = high;
        }
        let pair = rest % 100;
        *byte = u8::try_from(pair / 10 * 16 + pair % 10).unwrap_or_default();
        rest /= 100;
    }
}

/// The digits before the last eight, and those. By subtraction: a division of
/// 64 bits is most of a kilobyte on a small machine.
fn split(mut number: u64) -> (u32, u32) {
    let mut high = 0;
    for worth in [1000, 100, 10, 1] {
        let power = u64::from(worth) * 100_000_000;
        while number >= power {
            number -= power;
            high += worth;
        }
    }
    (high, u32::try_from(number).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_as_emv_wants_them() {
        assert_eq!(bcd::<6>(6667), [0, 0, 0, 0, 0x66, 0x67]);
        assert_eq!(bcd::<2>(156), [0x01, 0x56]);
        assert_eq!(bcd::<6>(123_456_789_012), [0x12, 0x34, 0x56, 0x78, 0x90, 0x12]);
        assert_eq!(bcd::<2>(99_100_000_123), [0x01, 0x23]);
        assert_eq!(bcd::<6>(99_999_999), [0, 0, 0x99, 0x99, 0x99, 0x99]);
        assert_eq!(bcd::<6>(100_000_000), [0, 0x01, 0, 0, 0, 0]);
        let date = Date::new(2025, 3, 1).unwrap();
        let time = CivilTime::new(date, 10, 15, 30).unwrap();
        assert_eq!((date_bcd(date), time_bcd(time)), ([0x25, 0x03, 0x01], [0x10, 0x15, 0x30]));
    }

    #[test]
    fn an_amount_keeps_to_twelve_digits() {
        assert_eq!(Amount::from_minor(1_000_000_000_000), None);
        assert_eq!(Amount::MAX.to_bcd(), [0x99; 6]);
        assert_eq!(Amount::MAX.to_binary(), None);
    }
}
