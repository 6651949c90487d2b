//! Reading a machine readable zone out of text that is not as it is printed.

pub use crate::mrz::{read_mrz as mrz, read_ours as ours};
