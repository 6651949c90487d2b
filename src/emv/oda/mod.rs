//! Offline data authentication (EMV Book 2, 5 and 6).

mod capk;

pub use capk::{Authorities, Capk, Revoked};
