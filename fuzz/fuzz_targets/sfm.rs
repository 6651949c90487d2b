//! SFM packets.
#![no_main]

use embedded_pos::fingerprint::sfm::packet::Packet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok((packet, rest)) = Packet::split(data) else { return };
    assert_eq!(packet.to_bytes()[..], data[..data.len() - rest.len()]);
});
