//! `inspect zfm` on printed and captured frames, and on what is none.

use serde_json::{Value, json};

use clap::Parser;

use crate::inspect::{Args, zfm};

fn args() -> Args {
    Args::parse_from(["inspect", "zfm"])
}

fn frame(line: &str) -> Value {
    zfm::line(line, &args()).unwrap()
}

fn offset(line: &str) -> usize {
    zfm::line(line, &args()).unwrap_err().offset
}

#[test]
fn a_command() {
    let expected = json!({
        "address": "FFFFFFFF", "pid": "command", "length": 3, "content": "01",
        "sum": "valid", "meaning": "GenImg",
    });
    assert_eq!(frame("EF01 FFFFFFFF 01 0003 01 0005"), expected);
    assert_eq!(frame("EF01 FFFFFFFF 01 0005 0E 03 01 0018")["meaning"], "WriteReg");
}

#[test]
fn an_acknowledgement_and_a_wrong_sum() {
    let captured = frame("EF01FFFFFFFF07000500 00FF010B");
    assert_eq!(captured["pid"], "acknowledge");
    assert_eq!((&captured["sum"], &captured["content"]), (&json!("valid"), &json!("0000FF")));
    assert_eq!(captured["meaning"], "ok");
    let wrong = frame("EF01FFFFFFFF0700030D0000");
    assert_eq!(
        (&wrong["sum"], &wrong["meaning"]),
        (&json!("invalid"), &json!("template upload failed"))
    );
}

#[test]
fn data() {
    let data = frame("EF01000000010200 06 01020304 0012");
    assert_eq!((&data["pid"], &data["address"]), (&json!("data"), &json!("00000001")));
    assert_eq!(data["length"], 6);
}

#[test]
fn what_is_no_frame() {
    assert_eq!(offset("55AA"), 0);
    assert_eq!(offset("EF01FFFFFFFF05"), 6);
    assert_eq!(offset("EF01FFFFFFFF07FFFF00"), 7);
    assert_eq!(offset("EF01FFFFFFFF0700030000"), 11);
    assert_eq!(offset("EF01FFFFFFFF010003010005AA"), 12);
}

#[test]
fn whose_meaning_is_shown() {
    let meaning = |dialect: &[&str], line: &str| {
        let args = Args::parse_from([&["inspect", "zfm"], dialect].concat());
        zfm::line(line, &args).unwrap()["meaning"].as_str().unwrap().to_owned()
    };
    let (shake, code) = ("EF01FFFFFFFF01000335 0039", "EF01FFFFFFFF07000322 002C");
    assert_eq!(meaning(&[], shake), "AuraLedConfig or HandShake");
    assert_eq!(meaning(&["--dialect", "synochip"], shake), "HandShake");
    assert_eq!(meaning(&["--dialect", "zfm20"], shake), "command 35h");
    assert_eq!(meaning(&[], code), "template empty or template not empty");
    assert_eq!(meaning(&["--dialect", "r503-v1.2"], code), "template empty");
    assert_eq!(meaning(&["--dialect", "synochip"], code), "template not empty");
}
