//! F5 frames.
#![no_main]

use embedded_pos::fingerprint::f5::frame::Frame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok((frame, rest)) = Frame::split(data) else { return };
    assert_eq!(frame.encode(), data[..data.len() - rest.len()]);
});
