//! Scan engines, one file per model.
