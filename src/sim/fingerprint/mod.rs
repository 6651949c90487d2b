//! Simulated fingerprint modules.

mod bmlite;
mod codec;
mod controls;
mod f5;
mod gt511;
mod misbehaviour;
mod module;
mod obey;
mod running;
pub mod script;
mod sfm;
mod theirs;
mod transfer;

pub use bmlite::{BmLiteMisbehaviour, BmLiteModule, BmLiteReady, BmLiteSpi};
pub use f5::{F5Misbehaviour, F5Module};
pub use gt511::{Gt511Misbehaviour, Gt511Module};
pub use misbehaviour::Misbehaviour;
pub use module::{Claim, R503Module, Skin};
pub use sfm::{SfmMisbehaviour, SfmModule, Touch};
