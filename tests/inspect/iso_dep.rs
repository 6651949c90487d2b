//! `inspect iso-dep` against frames whose CRC is that of ISO/IEC 14443-3,
//! Annex B, or made by another code.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn iso_dep(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "iso-dep", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("iso-dep").unwrap())
}

/// These fields, of those there are.
fn holds(line: &str, want: &Value) {
    let got = iso_dep(line);
    for (name, want) in want.as_object().unwrap() {
        assert_eq!(got.get(name), Some(want), "{name} of {line}: {got}");
    }
}

#[test]
fn blocks() {
    holds("02 00A4", &json!({"frame": "I", "number": 0, "chaining": false, "inf": "00A4"}));
    holds("1B 05 9000", &json!({"frame": "I", "number": 1, "chaining": true, "cid": 5}));
    holds("A3", &json!({"frame": "R(ACK)", "number": 1, "cid": null, "crc": "none"}));
    holds("B2", &json!({"frame": "R(NAK)", "number": 0}));
    holds("F2C5", &json!({"frame": "S(WTX)", "wtxm": 5, "power": 3}));
    holds("C2", &json!({"frame": "S(DESELECT)"}));
    assert_eq!(iso_dep("E2")["error"], "PCB E2 is none, or not with this length");
    assert_eq!(iso_dep("0A")["error"], "the block is cut short");
}

#[test]
fn what_is_said_before() {
    holds("26", &json!({"frame": "REQA"}));
    // The CRCs of HLTA and RATS, as many captures have them.
    holds("500057CD", &json!({"frame": "HLTA", "crc": "A"}));
    holds("E050BCA5", &json!({"frame": "RATS", "fsdi": 5, "cid": 0, "crc": "A"}));
    holds("9320", &json!({"frame": "ANTICOLLISION", "level": 1, "uid": ""}));
    holds("9570 01020304 04", &json!({"frame": "SELECT", "level": 2, "uid": "0102030404"}));
    holds("05000071FF", &json!({"frame": "REQB", "slots": 1, "crc": "B"}));
    holds("0500083973", &json!({"frame": "WUPB", "slots": 1, "crc": "B"}));
    holds("D01105", &json!({"frame": "PPS request", "dsi": 1, "dri": 1}));
    holds(
        "0878338102504F53",
        &json!({
            "frame": "ATS", "fsci": 8, "fwi": 8, "sfgi": 1, "cid": true, "historical": "504F53",
            "rates": {"to_card": [106, 212, 424], "from_card": [106, 212, 424], "same_only": false},
        }),
    );
    holds("5012345678AABBCCDD008181", &json!({"frame": "ATQB", "pupi": "12345678", "fsci": 8}));
    holds("1D1234567800080100", &json!({"frame": "ATTRIB", "fsdi": 8, "cid": 0}));
}
