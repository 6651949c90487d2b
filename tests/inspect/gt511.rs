//! `inspect gt511` on printed packets, and on what is none.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, gt511};

fn args() -> Args {
    Args::parse_from(["inspect", "gt511"])
}

fn packet(line: &str) -> Value {
    gt511::line(line, &args()).unwrap()
}

fn offset(line: &str) -> usize {
    gt511::line(line, &args()).unwrap_err().offset
}

#[test]
fn the_vectors() {
    let lines = include_str!("../vectors/gt511/frames.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split('|').map(str::trim).collect();
        let value = packet(fields[2]);
        assert_eq!((&value["kind"], &value["sum"]), (&json!(fields[1]), &json!("valid")), "{line}");
    }
}

#[test]
fn a_command_a_response_and_a_wrong_sum() {
    let expected = json!({
        "kind": "command", "device": "0001", "code": "0022", "parameter": 23,
        "sum": "valid", "meaning": "EnrollStart",
    });
    assert_eq!(packet("55AA0100 17000000 2200 3901"), expected);
    assert_eq!(packet("55AA0100 04100000 3100 4501")["meaning"], "no template in the slot");
    assert_eq!(packet("55AA0100 07000000 3100 0000")["sum"], "invalid");
    assert_eq!(packet("55AA0100 07000000 3000 3701")["meaning"], "done: 7");
}

#[test]
fn a_data_packet_is_the_whole_line() {
    let template = format!("5AA50100 {} F202", "01".repeat(498));
    let value = packet(&template);
    assert_eq!((&value["kind"], &value["sum"]), (&json!("data"), &json!("valid")));
    assert_eq!(value["meaning"], "498 bytes of data");
    assert_eq!(packet("5AA50100 01 0000")["sum"], "invalid");
    assert_eq!(packet("55AA0100 00C20100 0400 C701")["meaning"], "ChangeBaudrate");
}

#[test]
fn what_is_no_packet() {
    assert_eq!(offset("EF01"), 0);
    assert_eq!(offset("55AB"), 0);
    assert_eq!(offset("55AA0100"), 4);
    assert_eq!(offset("5AA50100"), 4);
    assert_eq!(offset("55AA010000000000010001 01 55"), 12);
}
