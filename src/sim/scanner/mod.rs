//! Simulated scan engines.

mod gm65;
mod ssi;

pub use gm65::{Gm65Module, Harm, Symbology};
pub use ssi::{SsiEngine, SsiHarm, SsiLayout, SsiLong, SsiValue};
