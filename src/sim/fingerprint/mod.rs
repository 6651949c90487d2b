//! Simulated fingerprint modules.

mod bmlite;
mod codec;
mod f5;
mod gt511;
mod module;
mod obey;
mod sfm;

pub use bmlite::{BmLiteMisbehaviour, BmLiteModule, BmLiteReady, BmLiteSpi};
pub use f5::{F5Misbehaviour, F5Module};
pub use gt511::{Gt511Misbehaviour, Gt511Module};
pub use module::{Claim, Misbehaviour, R503Module, Skin};
pub use sfm::{SfmMisbehaviour, SfmModule, Touch};
