//! `inspect gm65` and `inspect code`.

use crate::inspect::{Args, Bad, answer, code, gm65};
use clap::Parser;
use serde_json::{Value, json};

fn args(more: &[&str]) -> Args {
    Args::parse_from(["inspect", "atr"].iter().chain(more))
}

fn frame(line: &str) -> Value {
    answer(gm65::line(line, &args(&[])))
}

#[test]
fn frames_are_what_their_vectors_say() {
    let vectors = include_str!("../vectors/gm65/frames.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        assert_eq!(frame(vector["input"].as_str().unwrap()), vector["want"], "{vector}");
    });
    assert_eq!(seen.count(), 14);
}

#[test]
fn what_is_no_frame_says_where() {
    for (line, offset) in [
        ("7E", 1),
        ("7E01", 1),
        ("55AA", 0),
        ("7E0007", 3),
        ("7E000701000A01EE", 8),
        ("7E000701000A01EE8A00", 9),
        ("020000013E", 5),
        ("0200000", 3),
        ("zz", 0),
    ] {
        let answer = frame(line);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{line}");
    }
}

fn kinds(line: &str, expect: &[&str]) -> Vec<Value> {
    let answer = answer(code::line(line, &args(expect)));
    assert_eq!(answer["ok"], true, "{answer}");
    let candidates = answer["candidates"].as_array().unwrap();
    assert!(candidates.iter().all(|candidate| candidate["reason"].is_string()));
    candidates.iter().map(|candidate| candidate["kind"].clone()).collect()
}

#[test]
fn codes_are_ordered_by_what_is_expected() {
    let number = "120101199001011212";
    assert_eq!(kinds(number, &[]), ["wechat", "resident-id"]);
    assert_eq!(kinds(number, &["--expect", "any"]), ["wechat", "resident-id"]);
    assert_eq!(kinds(number, &["--expect", "licence"]), ["resident-id", "wechat"]);
    assert_eq!(kinds("nothing known", &["--expect", "payment"]), ["unknown"]);
    let error = code::line(number, &args(&["--expect", "cash"])).unwrap_err();
    assert_eq!(error, Bad { error: error.error.clone(), offset: 0 });
    assert!(error.error.contains("`cash`"));
}
