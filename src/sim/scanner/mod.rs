//! Simulated scan engines.

pub mod datalogic;
pub mod de2120;
mod engine;
mod gm65;
pub mod line;
pub mod m3y;
pub mod menu;
pub mod newland;
mod ssi;

pub use datalogic::DatalogicModule;
pub use de2120::De2120Module;
pub use engine::{Dialect, Engine, Heard};
pub use gm65::{Gm65Module, Harm, Symbology};
pub use line::LineModule;
pub use m3y::M3yModule;
pub use menu::MenuModule;
pub use newland::NewlandModule;
pub use ssi::{SsiEngine, SsiHarm, SsiLayout, SsiLong, SsiValue};
