//! A conversation with an SFM.
#![no_main]

use embedded_pos::fingerprint::sfm::{Config, Sfm};
use embedded_pos::sim::fingerprint::SfmModule;
use fuzz::{padded, sum, talk};
use libfuzzer_sys::fuzz_target;

/// The response to what was sent, with the input's parameter, size and flag.
fn seal(sent: &[u8], input: &[u8]) -> Vec<u8> {
    let ([_, command], rest) = (padded(sent), padded::<9>(input));
    let packet = [&[0x40, command], &rest[..]].concat();
    let [_, check] = sum(&packet).to_be_bytes();
    [&packet[..], &[check, 0x0A]].concat()
}

fuzz_target!(|data: &[u8]| {
    let mut module = SfmModule::new();
    module.store(3, "anna");
    module.place("anna");
    talk!(data, module, seal, |slot| (slot + 1).to_le_bytes(), |wire| Sfm::new(
        wire,
        Config::new()
    ));
});
