//! Card readers, one file per model.
