//! A conversation with a BM-Lite.
#![no_main]

use embedded_pos::fingerprint::bmlite::{BmLite, Config};
use embedded_pos::sim::fingerprint::BmLiteModule;
use fuzz::{padded, talk};
use libfuzzer_sys::fuzz_target;

/// The link's acknowledgement, and the answer to what was sent with the input as
/// its arguments.
fn seal(sent: &[u8], input: &[u8]) -> Vec<u8> {
    let head: [u8; 12] = padded(sent);
    let number = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let data = [&head[10..], input].concat();
    let payload = [&number(data.len())[..], &[1, 0, 1, 0], &data].concat();
    let check = crc32(&payload).to_le_bytes();
    [&[0x7F, 0xFF, 0x01, 0x7F, 0, 0], &number(payload.len())[..], &payload, &check].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

fuzz_target!(|data: &[u8]| {
    let mut module = BmLiteModule::new();
    module.store(2, "anna");
    module.place("anna");
    talk!(data, module, seal, |slot| slot.to_le_bytes(), |wire| BmLite::new(wire, Config::new(50)));
});
