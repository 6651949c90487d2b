//! What a scanned code can be.

use embedded_pos::scan::code::{Expect, classify};

/// There is always a reading, and the expected ones come first.
pub fn run(data: &[u8]) {
    for expect in [Expect::Any, Expect::Licence, Expect::Payment] {
        let found = classify(data, expect);
        let all: Vec<_> = found.iter().collect();
        let expected = found.expected().count();
        assert!(!all.is_empty());
        assert!(all.iter().take(expected).all(|candidate| candidate.kind.fits(expect)));
        assert!(all.iter().skip(expected).all(|candidate| !candidate.kind.fits(expect)));
    }
}
