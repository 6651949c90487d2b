//! `inspect ssi`.

use crate::inspect::{Args, answer, ssi};
use clap::Parser;
use serde_json::{Value, json};

fn packet(line: &str) -> Value {
    answer(ssi::line(line, &Args::parse_from(["inspect", "ssi"])))
}

#[test]
fn packets_are_what_their_vectors_say() {
    let vectors = include_str!("../vectors/ssi/packets.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        assert_eq!(packet(vector["input"].as_str().unwrap()), vector["want"], "{vector}");
    });
    assert_eq!(seen.count(), 28);
}

#[test]
fn what_is_no_packet_says_where() {
    for (line, offset) in [
        ("03D0", 0),
        ("04", 1),
        ("04D00400FF", 5),
        ("04D00400FF2800", 6),
        ("FFD00400FF28", 6),
        ("0", 0),
        ("zz", 0),
    ] {
        let answer = packet(line);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{line}");
    }
}
