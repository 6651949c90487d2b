//! EMV: TLV, data elements, and the contact payment flow.

mod afl;
mod amount;
mod bits;
mod command;
mod dol;
mod fault;
mod pan;
mod profile;
mod select;
mod store;
mod template;
pub mod tlv;
mod track2;
mod transaction;

pub use afl::{Afl, AflFault, Record};
pub use amount::{Amount, Currency, Moment};
pub use bits::{Aip, Cid, Cryptogram, Tsi, Tvr};
pub use command::{Command, StatusWord};
pub use dol::{Dol, DolFault, Entries, Entry};
pub use fault::Fault;
pub use pan::{Masked, Pan};
pub use profile::{Application, Payment, Terminal, aid};
pub use select::{Candidate, SelectStep, Selection};
pub use store::Store;
pub use tlv::Tag;
pub use track2::{Expiry, Track2};
pub use transaction::{
    Decline, FIELD_55, OnlineRequest, OnlineResponse, Outcome, ResponseFault, Step, Transaction,
    Verdict,
};
