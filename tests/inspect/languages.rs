//! `inspect star` and `inspect cpcl`: what a file of printer bytes puts on paper.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer, languages};

fn inspected(kind: &str, bytes: &[u8]) -> Value {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("file.{kind}"));
    fs::write(&file, bytes).unwrap();
    let args = Args::parse_from(["inspect", kind, "--json", file.to_str().unwrap()]);
    answer(if kind == "star" { languages::star(&args) } else { languages::cpcl(&args) })
}

#[test]
fn star() {
    let bytes =
        b"\x1B@\x1B\x1Da\x01\x1Bi\x01\x01\x1BE\xB7\xA3A\n\x1Bb6212%7A-1\x1E\x1Bd3\x1BX\x1B\x1DyD1";
    let answer = inspected("star", bytes);
    assert_eq!((&answer["ok"], &answer["incomplete"]), (&json!(true), &json!("1B1D794431")));
    let events = answer["events"].as_array().unwrap();
    assert_eq!(events[0]["text"], "罚A");
    assert_eq!((&events[0]["width"], &events[0]["align"]), (&json!(2), &json!("center")));
    let is = |kind: &str| events.iter().any(|event| event["type"] == kind);
    assert!(is("code") && is("cut"), "{answer}");
    assert_eq!(events.last().unwrap(), &json!({ "type": "unknown", "bytes": "1B58" }));
}

#[test]
fn cpcl() {
    let bytes = b"! 0 200 200 60 1\r\nT 24 0 0 0 \xB7\xA3 A\r\nB QR 0 30 M 2 U 2\r\nMA,1234\r\n\
                  ENDQR\r\nODD 1\r\nPRINT\r\n! 0 200";
    let answer = inspected("cpcl", bytes);
    assert_eq!((&answer["ok"], &answer["incomplete"]), (&json!(true), &json!("21203020323030")));
    let events = answer["events"].as_array().unwrap();
    assert_eq!(events[0]["text"], "罚 A");
    assert_eq!((&events[1]["data"], &events[1]["level"]), (&json!("1234"), &json!("M")));
    assert_eq!(events[2], json!({ "type": "unknown", "bytes": "4F44442031" }));
    assert_eq!(events[3], json!({ "type": "feed", "dots": 60 }));
}
