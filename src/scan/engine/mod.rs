//! Models of scan engines, and what they have in common.

pub mod datalogic;
pub mod de2120;
pub mod dialect;
pub mod gm65;
pub mod honeywell;
pub mod line;
pub mod m3y;
pub mod newland;
pub mod reader;

mod settings;
pub mod ssi;
