//! `inspect f5` on the vectors, and on what is no frame.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, f5};

fn args() -> Args {
    Args::parse_from(["inspect", "f5"])
}

fn frame(line: &str) -> Value {
    f5::line(line, &args()).unwrap()
}

fn offset(line: &str) -> usize {
    f5::line(line, &args()).unwrap_err().offset
}

#[test]
fn the_vectors() {
    let lines = include_str!("../vectors/f5/frames.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let value = frame(line.split_once('|').unwrap().1);
        assert_eq!(value["check"], "valid", "{line}");
    }
}

#[test]
fn a_permission_where_others_have_a_status() {
    let expected = json!({
        "command": "0C", "bytes": "000501", "check": "valid",
        "name": "search 1:N", "reply": "template 5, permission 1",
    });
    assert_eq!(frame("F50C000501 0008F5"), expected);
    assert_eq!(frame("F50C000001 000DF5")["reply"], "failed");
    assert_eq!(frame("F50C000005 0009F5")["reply"], "no such template");
    assert_eq!(frame("F50B000001 000AF5")["reply"], "failed");
    assert_eq!(frame("F509010400 000CF5")["reply"], "count 260");
    assert_eq!(frame("F50C000005 0000F5")["check"], "invalid");
}

#[test]
fn a_long_frame_is_the_whole_line() {
    let expected = json!({ "data": "0001000501", "check": "valid", "length": 5 });
    assert_eq!(frame("F5 0001 000501 05 F5"), expected);
    let features = format!("F5 000501 {} 04 F5", "F5".repeat(192) + "00");
    assert_eq!(
        (&frame(&features)["length"], &frame(&features)["check"]),
        (&json!(196), &json!("valid"))
    );
    assert_eq!(frame("F5 00 01 02 F5")["check"], "invalid");
    assert_eq!(frame("F53100C400 00F5F5")["reply"], "196 bytes follow");
}

#[test]
fn what_is_no_frame() {
    assert_eq!(offset("EF01"), 0);
    assert_eq!(offset("F50C00"), 3);
    assert_eq!(offset("F50C0000000000AA"), 7);
    assert_eq!(offset("F50C000000000CF5F5"), 8);
}
