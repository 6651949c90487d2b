//! Simulated fingerprint modules.

mod bmlite;
mod codec;
mod hcp;
mod module;
mod obey;
mod sfm;

pub use bmlite::{BmLiteMisbehaviour, BmLiteModule};
pub use module::{Claim, Misbehaviour, R503Module, Skin};
pub use sfm::{SfmMisbehaviour, SfmModule, Touch};
