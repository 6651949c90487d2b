//! `inspect printer-status` on what printers answer, and on what is no answer.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "printer-status"]);
    answer_line(line.as_bytes(), &args, decoder("printer-status").unwrap())
}

#[test]
fn answers_to_dle_eot() {
    let fields = json!({
        "online": true, "feeding": false, "recoverable": false, "drawer_pin": true,
        "byte": "16", "n": 1,
    });
    let expected = json!({ "ok": true, "replies": [{ "kind": "dle-eot", "fields": fields }] });
    assert_eq!(answer("1:16"), expected);
    // What users ask about: 114 is paper out.
    assert_eq!(answer("4:72")["replies"][0]["fields"]["paper_out"], true);
    assert_eq!(answer("4:1E")["replies"][0]["fields"]["paper_low"], true);
    for wrong in ["1:00", "1:FF", "1:11", "2:10", "1:1616", "9:12", "12", "1:", "x:12", "1:1"] {
        let answer = answer(wrong);
        assert_eq!(answer["ok"], false, "{wrong}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{wrong}");
    }
}

#[test]
fn automatic_status() {
    let online = answer("asb:10000000");
    assert_eq!(online["replies"][0]["kind"], "asb");
    assert_eq!(online["replies"][0]["fields"]["online"], true);
    let out = answer("asb:18 00 0C 00");
    assert_eq!(out["replies"][0]["fields"]["online"], false);
    assert_eq!(out["replies"][0]["fields"]["paper_out"], true);
    for (wrong, offset) in
        [("asb:00000000", 0), ("asb:10100000", 1), ("asb:100000FF", 3), ("asb:1000", 0)]
    {
        assert_eq!(
            (&answer(wrong)["ok"], &answer(wrong)["offset"]),
            (&json!(false), &json!(offset))
        );
    }
}

#[test]
fn a_stream_of_all_kinds() {
    let value = answer("stream:3B 11 12 180013 0C00 00 5F544D2D6D333000 37223030303100 372500");
    let kinds: Vec<_> =
        value["replies"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    let expected =
        ["power-on", "xon", "dle-eot", "xoff", "asb", "in-order", "block", "process", "block"];
    assert_eq!(kinds, expected, "{value}");
    assert_eq!(value["replies"][6]["fields"]["text"], "TM-m30");
    assert_eq!(value["replies"][7]["fields"]["id"], "0001");
    assert_eq!(answer("stream:10 00 12")["offset"], 2, "automatic status breaks off");
    assert_eq!(answer("stream:12 FF")["offset"], 1);
    assert_eq!(answer("stream:12 5F41")["error"], "a reply is not whole");
}
