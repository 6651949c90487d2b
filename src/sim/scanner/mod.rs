//! Simulated scan engines.

mod gm65;

pub use gm65::{Gm65Module, Harm, Symbology};
