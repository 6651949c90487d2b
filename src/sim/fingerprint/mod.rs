//! A simulated fingerprint module.

mod codec;
mod module;
mod obey;

pub use module::{Claim, Misbehaviour, R503Module, Skin};
