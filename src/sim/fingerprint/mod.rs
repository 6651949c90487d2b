//! Simulated fingerprint modules.

mod codec;
mod module;
mod obey;
mod sfm;

pub use module::{Claim, Misbehaviour, R503Module, Skin};
pub use sfm::{SfmMisbehaviour, SfmModule, Touch};
