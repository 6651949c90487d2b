//! Synthetic documents: valid and nearly valid ones, drawn from a seed.
//!
//! No living person can match: areas, names and issuers are such as are given
//! to nobody. They are made from the standards and not by the parsers' code, so
//! that a parser can be tested against them.

pub mod aamva;
pub mod card;
pub mod licence;
mod mrz;
mod payment;
mod resident_id;
mod vin;

pub use mrz::{MadeZone, ZoneWrong, wrong_zone, zone};
pub use payment::{
    CodeWrong, CpmWrong, MadeCpm, MadeMpm, MpmWrong, cpm, mpm, payment_code, wrong_cpm, wrong_mpm,
    wrong_payment_code,
};
pub use resident_id::{IdWrong, MadeForeignerId, MadeId, foreigner_id, resident_id, wrong_id};
pub use vin::{MadeVin, VinWrong, vin, wrong_vin};
