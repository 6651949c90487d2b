//! Scan engines, one folder per model.

pub mod gm65;
