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
fn data_packets_are_told_apart_by_their_length() {
    let data = |bytes: usize| {
        let sum = (0x100 + u16::try_from(bytes % 256 * 7 % 65_536).unwrap_or(0)).to_le_bytes();
        packet(&format!("5AA50100{}{:02X}{:02X}", "07".repeat(bytes), sum[0], sum[1]))
    };
    assert_eq!(data(5)["meaning"], "5 bytes of data");
    assert_eq!((&data(5)["sum"], &data(6)["data"]), (&json!("valid"), &json!("070707070707")));
    assert_eq!(data(498)["meaning"], "template");
    assert_eq!(data(19_200)["meaning"], "raw image, 160 x 120 pixels");
    assert_eq!(data(52_116)["meaning"], "image, 258 x 202 pixels");
    let info = "5AA5010010041420003000005349 4D2D47543531314333 2D30303031 0000";
    assert_eq!(
        packet(info)["meaning"],
        "firmware 20140410, serial number 53494D2D475435313143332D30303031",
    );
}

#[test]
fn what_is_no_packet() {
    assert_eq!(offset("EF01"), 0);
    assert_eq!(offset("55AB"), 0);
    assert_eq!(offset("55AA0100"), 4);
    assert_eq!(offset("5AA50100"), 4);
    assert_eq!(offset("55AA010000000000010001 01 55"), 12);
}
