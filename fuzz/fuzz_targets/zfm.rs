//! EF 01 frames.
#![no_main]

use embedded_pos::fingerprint::zfm::frame::Frame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok((frame, rest)) = Frame::split(data) else { return };
    let mut again = [0; 2048];
    let n = frame.encode(&mut again).unwrap();
    assert_eq!(again[..n], data[..data.len() - rest.len()]);
});
