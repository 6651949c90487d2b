//! A conversation with a GT-511C3.
#![no_main]

use embedded_pos::fingerprint::gt511::{Config, Gt511};
use embedded_pos::sim::fingerprint::Gt511Module;
use fuzz::{padded, sum, talk};
use libfuzzer_sys::fuzz_target;

/// A response with the input's parameter; the last bit of its fifth byte makes
/// it one of refusal.
fn seal(_sent: &[u8], input: &[u8]) -> Vec<u8> {
    let [a, b, c, d, code] = padded(input);
    let packet = [0x55, 0xAA, 1, 0, a, b, c, d, 0x30 | code & 1, 0];
    [&packet[..], &sum(&packet).to_le_bytes()].concat()
}

fuzz_target!(|data: &[u8]| {
    let mut module = Gt511Module::new();
    module.store(2, "anna");
    module.place("anna");
    talk!(data, module, seal, |slot| slot.to_le_bytes(), |wire| Gt511::new(
        wire,
        Config::gt511c3()
    ));
});
