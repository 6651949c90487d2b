//! Simulated fingerprint modules.

mod codec;
mod gt511;
mod module;
mod obey;

pub use gt511::{Gt511Misbehaviour, Gt511Module};
pub use module::{Claim, Misbehaviour, R503Module, Skin};
