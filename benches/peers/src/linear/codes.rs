//! Codes.

use std::hint::black_box;

use embedded_pos::scan::code::cpm::Cpm;
use embedded_pos::scan::code::mpm::Mpm;
use embedded_pos::scan::code::{Encodings, Expect, classify};

/// A merchant-presented code, with all that is found: both readings of its
/// lengths are tried.
#[must_use]
pub fn mpm(times: usize) -> u64 {
    let text = format!("000201{}6304ABCD", "5914测试商户一二三四五六七八九十".repeat(8 * times));
    let code = Mpm::parse(black_box(&text).as_bytes()).expect("it is framed");
    (code.objects().count() + code.findings().count()) as u64
}

/// A consumer-presented code of many applications.
#[must_use]
pub fn cpm(times: usize) -> u64 {
    let text = format!("hQVDUFYwMWIA{}", "YRNPB6AAAABVVVVQCFByb2R1Y3Qx".repeat(8 * times));
    let mut buf = vec![0; Cpm::room(text.len())];
    let code = Cpm::decode(black_box(&text).as_bytes(), &mut buf).expect("it is framed");
    code.applications().filter_map(|of| of.aid()).count() as u64
}

/// Every reading of a code, and every character set.
#[must_use]
pub fn readings(times: usize) -> u64 {
    let text = "罚款".repeat(64 * times);
    let text = black_box(&text).as_bytes();
    (classify(text, None, Expect::Any).iter().count() + Encodings::of(text).iter().count()) as u64
}
