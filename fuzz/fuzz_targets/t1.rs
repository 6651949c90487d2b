//! See the target's own file.
#![no_main]

#[path = "../../tests/fuzz/card_talk/mod.rs"]
mod card_talk;
#[path = "../../tests/fuzz/t1.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::run(data));
