//! `inspect apdu`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "apdu", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("apdu").unwrap())
}

#[test]
fn commands_and_responses() {
    let vectors = include_str!("../vectors/apdu/apdu.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let answer = answer(vector["input"].as_str().unwrap());
        assert_eq!(answer["ok"], true, "{vector}: {answer}");
        for (name, want) in vector["want"].as_object().unwrap() {
            assert_eq!(answer[name], *want, "{name} in {vector}: {answer}");
        }
    });
    assert_eq!(seen.count(), 17);
}

#[test]
fn what_is_no_apdu_is_told() {
    for line in ["> 00B2", "00B2010C0201", "<90", "00B2010C000001", "zz"] {
        assert_eq!(answer(line)["ok"], json!(line == "00B2010C000001"), "{line}");
    }
}
