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
//! | what the chip of an ID card says | [`card::IdCard`] |
//! | driving licence, vehicle licence | [`licence::DrivingLicence`], [`licence::VehicleLicence`] |
//! | core number of a licence | [`LicenceCore`] |
//! | vehicle identification number | [`vin::Vin`] |
//! | machine readable zone of passports, cards, visas and driving licences | [`mrz::Mrz`], [`mrz::Zone`] |
//! | driver licence and ID card of the United States and Canada | [`aamva::Aamva`] |
//!
//! ID cards are read by an [`IdReader`]:
//!
//! | driver | readers | line |
//! | --- | --- | --- |
//! | [`sdt`] | the ministry's module (SAM_A, SAM_V), bare or in a reader of several cards | UART, 115 200 baud 8N1 |

pub mod aamva;
pub mod card;
pub mod licence;
mod licence_core;
pub mod mrz;
mod permit;
mod reader;
mod resident_id;
pub mod sdt;
mod short_date;
pub mod vin;

use core::fmt;

pub use licence_core::LicenceCore;
pub use permit::{ForeignerId, HomeReturnPermit};
#[cfg(feature = "async")]
pub use reader::{AsyncIdReader, AsyncReadsAddress, AsyncReadsBiometrics};
pub use reader::{IdReader, Part, Piece, ReadsAddress, ReadsBiometrics};
use resident_id::is_province;
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

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Absent => "absent",
        })
    }
}

/// The value of a digit.
pub(super) const fn digit(byte: u8) -> Option<u8> {
    if byte.is_ascii_digit() { Some(byte - b'0') } else { None }
}

/// The check digit of ICAO 9303-3, 4.9: weights 7 3 1, digits as they are, A to
/// Z as 10 to 35, fillers as 0, modulo 10.
fn seven_three_one<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u8 {
    let (mut sum, mut weights) = (0, [7, 3, 1]);
    for part in parts {
        for character in part {
            let [weight, next, last] = weights;
            weights = [next, last, weight];
            sum += weight * value(*character);
        }
    }
    u8::try_from(sum % 10).map_or(b'0', |digit| b'0' + digit)
}

/// The value of a character for such a digit.
fn value(character: u8) -> u32 {
    match character {
        b'0'..=b'9' => u32::from(character - b'0'),
        b'A'..=b'Z' => u32::from(character - b'A' + 10),
        b'a'..=b'z' => u32::from(character - b'a' + 10),
        _ => 0,
    }
}

/// The value of some digits, at most four of them.
fn number(digits: &[u8]) -> Option<u16> {
    digits
        .iter()
        .try_fold(0_u16, |number, byte| number.checked_mul(10)?.checked_add(digit(*byte)?.into()))
}
