//! `inspect newland` and `inspect honeywell`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(kind: &str, line: &str) -> Value {
    let args = Args::parse_from(["inspect", kind, "--json"]);
    answer_line(line.as_bytes(), &args, decoder(kind).unwrap())
}

#[test]
fn frames_are_what_their_vectors_say() {
    for (kind, vectors, count) in [
        ("newland", include_str!("../vectors/newland/frames.jsonl"), 6),
        ("honeywell", include_str!("../vectors/honeywell/frames.jsonl"), 8),
    ] {
        let seen = vectors.lines().map(|vector| {
            let vector: Value = serde_json::from_str(vector).unwrap();
            let said = answer(kind, vector["input"].as_str().unwrap());
            assert_eq!(said, vector["want"], "{kind}: {vector}");
        });
        assert_eq!(seen.count(), count);
    }
}

#[test]
fn a_packed_code_has_its_check() {
    let right = "0200000 23B2141420F".replace(' ', "");
    let sum = [0x00, 0x02, 0x3B, 0x21, 0x41, 0x42].iter().fold(0xFF_u8, |sum, byte| sum ^ byte);
    let right = format!("{}{sum:02X}", &right[..right.len() - 2]);
    let expected = json!({
        "ok": true, "direction": "code", "symbology": 33, "data": "4142", "check": "valid",
    });
    assert_eq!(answer("newland", &right), expected);
    let wrong = format!("{}{:02X}", &right[..right.len() - 2], sum ^ 0x40);
    assert_eq!(answer("newland", &wrong)["check"], "invalid");
}

#[test]
fn what_is_no_frame_says_where() {
    for (kind, line, offset) in [
        ("newland", "55", 0),
        ("newland", "7E", 1),
        ("newland", "7E0130313030", 3),
        ("newland", "7E013030303021", 6),
        ("newland", "7E01303030304041", 8),
        ("newland", "7E013030303040413B03", 7),
        ("newland", "7E01303030304053434E4D4F44303B0300", 16),
        ("newland", "02013030303040 53434E4D4F44303B03", 14),
        ("newland", "0200000137", 4),
        ("newland", "020000023B21", 6),
        ("honeywell", "1600", 1),
        ("honeywell", "164D0D414243", 6),
        ("honeywell", "16FE00", 3),
        ("honeywell", "16FE1C0000000A4D5347474554303031346445301D0D", 6),
    ] {
        let said = answer(kind, line);
        assert_eq!(
            (&said["ok"], &said["offset"]),
            (&json!(false), &json!(offset)),
            "{line}: {said}"
        );
    }
}
