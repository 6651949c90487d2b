//! What a scanned code can be.

use embedded_pos::scan::code::{Carrier, Encodings, Expect, classify};

/// There is always a reading, and the expected ones come first; a symbology
/// moves readings, and drops none.
pub fn run(data: &[u8]) {
    assert!(!Encodings::of(data).is_empty());
    for expect in [Expect::Any, Expect::Licence, Expect::Payment] {
        let found = classify(data, None, expect);
        let all: Vec<_> = found.iter().collect();
        let expected = found.expected().count();
        assert!(!all.is_empty());
        assert!(all.iter().take(expected).all(|candidate| candidate.kind.fits(expect)));
        assert!(all.iter().skip(expected).all(|candidate| !candidate.kind.fits(expect)));
        for symbology in [*b"C0", *b"E0", *b"I0", *b"L0", *b"Q1", *b"??"] {
            let seen = classify(data, Some(symbology), expect);
            let ruled_out = seen.ruled_out().map(|found| found.kind);
            let mut kinds: Vec<_> = seen.iter().map(|found| found.kind).chain(ruled_out).collect();
            kinds.retain(|kind| all.iter().any(|found| found.kind == *kind));
            assert_eq!(kinds.len(), all.len());
            assert!(seen.iter().all(|found| found.carrier != Carrier::Against));
        }
    }
}
