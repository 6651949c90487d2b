//! `inspect sdt` and `inspect licence-core`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder, hex};
use embedded_pos::sim::documents::card::{foreigner_2023, resident};

fn answer(kind: &str, line: &str) -> Value {
    let args = Args::parse_from(["inspect", kind, "--json"]);
    answer_line(line.as_bytes(), &args, decoder(kind).unwrap())
}

#[test]
fn frames_of_the_documents() {
    let vectors = include_str!("../vectors/sdt/frames.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let answer = answer("sdt", vector["input"].as_str().unwrap());
        for (name, want) in vector["want"].as_object().unwrap() {
            assert_eq!(answer[name], *want, "{vector}: {answer}");
        }
    });
    assert_eq!(seen.count(), 20);
    assert_eq!(answer("sdt", "AAAAAA96690003200123")["check"], "invalid");
    for (frame, offset) in [
        ("AAAA", 0),
        ("AAAAAA966900", 6),
        ("AAAAAA9669000320", 8),
        ("AAAAAA9669000320012200", 10),
        ("02000280008004", 7),
        ("0200", 2),
    ] {
        let answer = answer("sdt", frame);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{frame}");
    }
}

#[test]
fn a_card_in_a_reply() {
    for made in [resident("测试一"), foreigner_2023("TEST, PERSON")] {
        let mut frame = vec![5, 8, 0, 0, 0x90, 1, 0, 4, 0];
        frame.extend(made.text());
        frame.extend(&made.photo);
        frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
        let answer = answer("sdt", &format!("AAAAAA9669{}", hex(&frame)));
        assert_eq!(answer["check"], "valid");
        let card = &answer["card"];
        assert_eq!((&card["name"], &card["birth"]), (&json!(made.name), &json!("1990-01-01")));
        assert_eq!(
            (&card["number"], &card["number_check"]),
            (&json!(made.number), &json!("valid"))
        );
        assert_eq!(card["valid_until"], "2040-01-01");
    }
}

#[test]
fn core_numbers() {
    for number in ["1293456789012", "1140000000001", "3221111222233", "1494444444444"] {
        assert_eq!(answer("licence-core", number), json!({ "ok": true, "check": "valid" }));
    }
    assert_eq!(answer("licence-core", "12X3456789012")["check"], "invalid");
    for (number, offset) in
        [("", 0), ("129345678901", 12), ("1293456X89012", 7), ("12934567890123", 14)]
    {
        let answer = answer("licence-core", number);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{number}");
    }
}
