//! `inspect transaction` against cards that were written, and played, without
//! this project.

use clap::Parser;
use serde_json::Value;

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "transaction", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("transaction").unwrap())
}

/// The TVR, without what a program found that verifies no cardholder.
fn masked(tvr: &Value) -> String {
    let tvr = tvr.as_str().unwrap();
    format!("{}--{}", &tvr[..4], &tvr[6..])
}

#[test]
fn forty_payments_find_what_another_hand_found() {
    let vectors = include_str!("../vectors/emv/transaction.jsonl");
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let answer = answer(&vector["input"].to_string());
        for (name, wanted) in vector["want"].as_object().unwrap() {
            match name.as_str() {
                "tvr_without_cardholder_verification" => {
                    assert_eq!(masked(&answer["tvr"]), *wanted, "{answer}");
                }
                _ => assert_eq!(&answer[name], wanted, "{name}: {answer}"),
            }
        }
        // What they were made for is what was asked, up to the cryptogram.
        let commands = answer["commands"].as_array().unwrap();
        for exchange in vector["input"]["exchanges"].as_array().unwrap() {
            assert!(commands.contains(&exchange[0]), "{}: {answer}", exchange[0]);
        }
    }
    assert_eq!(vectors.lines().count(), 40);
}
