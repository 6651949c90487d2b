//! EMVCo consumer-presented codes.

use embedded_pos::scan::code::cpm::Cpm;
use embedded_pos::scan::code::{Expect, Kind, classify};

/// What the classifier calls one is one; nothing of a code is left behind.
pub fn run(data: &[u8]) {
    let mut buf = vec![0; Cpm::room(data.len())];
    let is_one = classify(data, None, Expect::Payment).get(Kind::EmvCpm).is_some();
    match Cpm::decode(data, &mut buf) {
        Ok(code) => {
            assert!(code.version().is_some());
            for of in code.applications().chain(code.common()) {
                let _ = (of.aid(), of.label(), of.pan(), of.cryptogram());
            }
            let _ = code.walk().count();
        }
        // What the classifier does not look into may be torn inside.
        Err(error) => assert!(!is_one || format!("{error:?}").starts_with("Objects")),
    }
    assert!(buf.iter().all(|byte| *byte == 0));
}
