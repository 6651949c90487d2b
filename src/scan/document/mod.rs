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
//! | driver licence and ID card of the United States and Canada | [`aamva::Aamva`] |

pub mod aamva;
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

/// The value of some digits, at most four of them.
fn number(digits: &[u8]) -> Option<u16> {
    digits
        .iter()
        .try_fold(0_u16, |number, byte| number.checked_mul(10)?.checked_add(digit(*byte)?.into()))
}
