//! What cards say when they are activated: ATS and ATQB.

use embedded_pos::card::contactless::{Atqb, Ats};

/// What is read is within what came.
pub fn run(data: &[u8]) {
    if let Ok(ats) = Ats::parse(data) {
        assert_eq!(usize::from(data[0]), data.len());
        assert!(data.ends_with(ats.historical) && ats.fsci <= 15 && ats.fwi <= 15);
    }
    if let Ok(atqb) = Atqb::parse(data) {
        assert_eq!(data[..5], [&[0x50], &atqb.pupi[..]].concat());
        assert_eq!(data[9..], *atqb.protocol);
    }
}
