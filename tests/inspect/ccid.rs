//! `inspect ccid`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "ccid", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("ccid").unwrap())
}

#[test]
fn frames_of_the_documents() {
    let vectors = include_str!("../vectors/ccid/frames.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let answer = answer(vector["input"].as_str().unwrap());
        assert_eq!(answer["ok"], true, "{vector}: {answer}");
        for (name, want) in vector["want"].as_object().unwrap() {
            let value = match name.as_str() {
                "apdu_name" => &answer["apdu"]["name"],
                name => &answer[name],
            };
            assert_eq!(value, want, "{name} in {vector}: {answer}");
        }
    });
    assert_eq!(seen.count(), 17);
}

#[test]
fn what_is_no_frame_is_told_where() {
    for (line, offset) in
        [("0306", 2), ("03066500", 3), ("6500", 2), ("65010000000009000000", 1), ("0306zz", 2)]
    {
        let answer = answer(line);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{line}");
    }
}
