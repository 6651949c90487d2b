//! Documents: what is printed and coded on cards and papers.
//!
//! Facts, not verdicts: a number is taken apart, and its check digit is
//! reported right or wrong. What to do with a wrong one is the caller's
//! decision. Numbers of persons do not show in `Debug`.
//!
//! | what | type |
//! | --- | --- |
//! | resident ID number, of citizens, of residents of Hong Kong, Macau and Taiwan, of foreigners | [`ResidentId`] |
//! | foreigner's card of before 2023 | [`ForeignerId`] |
//! | home-return permit | [`HomeReturnPermit`] |
//! | core number of a licence | [`LicenceCore`] |
//! | vehicle identification number | [`vin::Vin`] |
//! | machine readable zone of passports, cards, visas and driving licences | [`mrz::Mrz`], [`mrz::Zone`] |

mod licence_core;
pub mod mrz;
mod permit;
mod resident_id;
mod short_date;
pub mod vin;

pub use licence_core::LicenceCore;
pub use permit::{ForeignerId, HomeReturnPermit};
pub use resident_id::{IdError, IdKind, ResidentId, Sex};
pub use short_date::{DateForm, ShortDate};

/// What a check character says about the number it belongs to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Check {
    /// It agrees.
    Valid,
    /// It does not.
    Invalid,
    /// There is none.
    Absent,
}

/// The value of a digit.
pub(super) const fn digit(byte: u8) -> Option<u8> {
    if byte.is_ascii_digit() { Some(byte - b'0') } else { None }
}

/// ICAO 9303-3, 4.9: weights 7 3 1, digits as they are, A to Z as 10 to 35,
/// fillers as 0, modulo 10.
fn seven_three_one<'a>(characters: impl Iterator<Item = &'a u8>) -> u8 {
    let value = |character: u8| match character {
        b'0'..=b'9' => character - b'0',
        b'A'..=b'Z' => character - b'A' + 10,
        b'a'..=b'z' => character - b'a' + 10,
        _ => 0,
    };
    let weighted = characters.zip([7, 3, 1].iter().cycle());
    let sum: u32 = weighted.map(|(character, weight)| u32::from(value(*character)) * weight).sum();
    u8::try_from(sum % 10).unwrap_or_default()
}

/// The value of some digits, at most four of them.
fn number(digits: &[u8]) -> Option<u16> {
    digits
        .iter()
        .try_fold(0_u16, |number, byte| number.checked_mul(10)?.checked_add(digit(*byte)?.into()))
}
