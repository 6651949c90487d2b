//! A conversation with an R503.
#![no_main]

use embedded_pos::fingerprint::zfm::{Config, Password, Zfm};
use embedded_pos::sim::fingerprint::R503Module;
use fuzz::{sum, talk};
use libfuzzer_sys::fuzz_target;

/// An acknowledgement with the input as its content.
fn seal(_sent: &[u8], input: &[u8]) -> Vec<u8> {
    let length = u16::try_from(input.len() + 2).unwrap().to_be_bytes();
    let body = [&[0x07], &length[..], input].concat();
    [&[0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF], &body[..], &sum(&body).to_be_bytes()].concat()
}

fuzz_target!(|data: &[u8]| {
    let mut module = R503Module::new();
    module.store(2, "anna");
    module.place("anna");
    talk!(data, module, seal, |slot| slot.to_be_bytes(), |wire| Zfm::new(
        wire,
        Config::r503(Password::FACTORY)
    ));
});
