//! `inspect atr` against ATRs of real cards, and the parts of `inspect` that
//! all kinds share.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, Bad, answer_line, bytes, decoder, printed};

fn atr(line: &[u8]) -> Value {
    let args = Args::parse_from(["inspect", "atr", "--json"]);
    answer_line(line, &args, decoder("atr").unwrap())
}

#[test]
fn the_vectors_hold() {
    let vectors = include_str!("../vectors/atr/atr.jsonl");
    let mut seen = 0;
    for vector in vectors.lines() {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let got = atr(vector["input"].as_str().unwrap().as_bytes());
        for (name, want) in vector["want"].as_object().unwrap() {
            assert_eq!(got.get(name), Some(want), "{name} of {vector}");
        }
        seen += 1;
    }
    assert_eq!(seen, 120);
}

#[test]
fn fields_that_the_vectors_do_not_pin_down() {
    let got = atr(b"3B E0 00 00 81 31 20 45 55");
    assert_eq!(
        (&got["tb1"], &got["tc1"], &got["tck"]),
        (&json!("00"), &json!("00"), &json!("invalid"))
    );
    assert_eq!((&got["historical"], &got["ta1"]), (&json!(""), &Value::Null));
    let got = atr(b"3B10FF");
    assert_eq!(
        (&got["fi"], &got["di"], &got["tck"]),
        (&json!("RFU"), &json!("RFU"), &json!("absent"))
    );
    let keys: Vec<_> = got.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys[..3], ["ok", "convention", "protocols"]);
}

#[test]
fn bad_lines_are_answered_with_an_offset() {
    assert_eq!(atr(b"\r\n"), json!({"ok": false, "error": "empty line", "offset": 0}));
    assert_eq!(atr(b"3B0")["offset"], 1);
    assert_eq!(atr(b"3B 0G")["offset"], 1);
    assert_eq!(atr(b"3C00")["offset"], 0);
    assert_eq!(atr(b"3B\xFF")["error"], "not UTF-8");
    assert_eq!(atr(b"3B02AA")["offset"], 3);
    assert_eq!(atr(b"3B8001")["error"], "the check byte TCK is missing");
}

#[test]
fn hex_digits_may_be_spaced() {
    assert_eq!(bytes(" 0a B\tC"), Ok(vec![0x0A, 0xBC]));
    assert_eq!(bytes("0"), Err(Bad { error: "half a byte at the end".into(), offset: 0 }));
}

#[test]
fn people_get_a_tree() {
    let value = json!({"ok": true, "a": 1, "list": [{"tag": "6F", "children": [{"tag": "84"}]}], "none": null});
    let text = printed(&value, false);
    assert_eq!(text, "a: 1\nlist:\n  - tag: 6F\n    children:\n      - tag: 84\nnone: -\n\n");
    assert_eq!(printed(&json!({"ok": true, "a": [{}]}), false), "a:\n  -\n\n");
    let bad = json!({"ok": false, "error": "no", "offset": 3});
    assert_eq!(printed(&bad, false), "cannot be decoded: no (byte 3)\n\n");
}

#[test]
fn the_verdict_of_a_payment_terminal() {
    let got = atr(b"3B600000");
    assert_eq!((&got["emv"], &got["reason"]), (&json!("accepted"), &Value::Null));
    let got = atr(b"3B602500");
    let reason = json!("TB1 is 25 (EMV Book 1, 8.3.3.2)");
    assert_eq!((&got["emv"], &got["reason"]), (&json!("warm-reset"), &reason));
    let got = atr(b"3B E0 00 00 81 31 20 56 46");
    let reason = json!("TB3 is 56 (EMV Book 1, 8.3.3.10)");
    assert_eq!((&got["emv"], &got["reason"]), (&json!("rejected"), &reason));
}
