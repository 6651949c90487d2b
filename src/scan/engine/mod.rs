//! Models of scan engines, and what they have in common.

pub mod gm65;
pub mod reader;
