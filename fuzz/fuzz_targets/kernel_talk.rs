//! See the target's own file.
#![no_main]

#[path = "../../tests/fuzz/kernel_talk.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|data: &[u8]| target::run(data));
