//! `inspect plate`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "plate", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("plate").unwrap())
}

#[test]
fn the_vectors_hold() {
    let vectors = include_str!("../vectors/plate/forms.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let answer = answer(vector["input"].as_str().unwrap());
        assert_eq!(answer["ok"], vector["want"]["ok"], "{vector}");
    });
    assert_eq!(seen.count(), 80);
}

#[test]
fn all_fields_of_a_plate() {
    let expected = json!({
        "ok": true, "province": "津", "issuer": "A", "serial": "D12345", "suffix": null,
        "class": "new-energy-small", "energy": "electric", "canonical": "津AD12345",
        "hpzl": ["52"], "hphm": "AD12345", "advice": [],
    });
    assert_eq!(answer("津AD12345"), expected);
    let police = answer("津A1234警");
    assert_eq!((&police["class"], &police["hphm"]), (&json!("police"), &json!("A1234")));
    let bad = answer("津A12I45");
    assert_eq!((&bad["ok"], &bad["offset"]), (&json!(false), &json!(6)));
}
