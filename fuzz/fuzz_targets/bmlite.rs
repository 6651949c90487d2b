//! BM-Lite segments.
#![no_main]

use embedded_pos::fingerprint::bmlite::frame::Segment;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok((segment, rest)) = Segment::split(data) else { return };
    assert_eq!(segment.to_bytes()[..], data[..data.len() - rest.len()]);
});
