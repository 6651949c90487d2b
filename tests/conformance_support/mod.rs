//! What tests of the suites for vendors have in common.

use std::fmt::Debug;

/// A device that breaks no promise passes, and each promise that is broken is
/// named.
pub fn each_broken_promise_is_named<D: Copy + Debug>(
    broken: fn(D) -> Vec<&'static str>,
    none: D,
    cases: &[(D, &'static str)],
) {
    assert_eq!(broken(none), [""; 0]);
    for (defects, promise) in cases {
        let broken = broken(*defects);
        assert!(broken.contains(promise), "{defects:?}: {broken:?}");
    }
}
