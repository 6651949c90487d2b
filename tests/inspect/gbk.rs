//! `inspect gbk`: the bytes of a text, and what has none.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str, expect: &[&str]) -> Value {
    let args = Args::parse_from([&["inspect", "gbk", "--json"], expect].concat());
    answer_line(line.as_bytes(), &args, decoder("gbk").unwrap())
}

#[test]
fn bytes_and_what_has_none() {
    let wanted = json!({ "ok": true, "bytes": "BDF2413132B7A3", "unmapped": [] });
    assert_eq!(answer("津A12罚\n", &[]), wanted);
    let rare = json!({ "ok": true, "bytes": "CDF561", "unmapped": ["㐀", "𠮷", "€"] });
    assert_eq!(answer("王㐀𠮷€a", &[]), rare);
}

#[test]
fn other_sets_and_what_is_none() {
    let four = answer("王㐀€", &["--expect", "gb18030"]);
    assert_eq!((&four["bytes"], &four["unmapped"]), (&json!("CDF58139EE39A2E3"), &json!([])));
    let small = answer("王喆", &["--expect", "gb2312"]);
    assert_eq!((&small["bytes"], &small["unmapped"]), (&json!("CDF5"), &json!(["喆"])));
    assert_eq!(answer("王", &["--expect", "utf-8"])["ok"], false);
}

#[test]
fn controls_are_never_among_the_bytes() {
    assert_eq!(answer("a\u{1B}@\tb", &[])["bytes"], "614062");
}
