//! A conversation with an F5 module.
#![no_main]

use embedded_pos::fingerprint::f5::{Config, F5};
use embedded_pos::sim::fingerprint::F5Module;
use fuzz::{padded, talk};
use libfuzzer_sys::fuzz_target;

/// The answer to what was sent, with the input's three bytes.
fn seal(sent: &[u8], input: &[u8]) -> Vec<u8> {
    let ([_, command], [a, b, c]) = (padded(sent), padded(input));
    vec![0xF5, command, a, b, c, 0, command ^ a ^ b ^ c, 0xF5]
}

fuzz_target!(|data: &[u8]| {
    let mut module = F5Module::new();
    module.store(3, "anna", 1);
    module.place("anna");
    talk!(data, module, seal, |slot| (slot + 1).to_be_bytes(), |wire| F5::new(
        wire,
        Config::waveshare()
    ));
});
