//! GT-511 packets, and data packets as long as the first byte says.
#![no_main]

use embedded_pos::fingerprint::gt511::frame::{Data, Packet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((len, data)) = data.split_first() else { return };
    if let Ok((packet, rest)) = Packet::split(data) {
        assert_eq!(packet.encode(), data[..data.len() - rest.len()]);
    }
    if let Ok((packet, rest)) = Data::split(data, (*len).into()) {
        assert_eq!(packet.data.len(), usize::from(*len));
        assert!(data.ends_with(rest));
    }
});
