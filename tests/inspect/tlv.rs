//! `inspect tlv` against trees that independent parsers agree on.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "tlv", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("tlv").unwrap())
}

fn tree(line: &str) -> Value {
    let answer = answer(line);
    assert_eq!(answer["ok"], true, "{answer}");
    answer["tree"].clone()
}

fn bad(line: &str) -> (u64, String) {
    let answer = answer(line);
    assert_eq!(answer["ok"], false, "{answer}");
    (answer["offset"].as_u64().unwrap(), answer["error"].as_str().unwrap().into())
}

#[test]
fn the_vectors_hold() {
    let vectors = include_str!("../vectors/tlv/tlv.jsonl");
    let mut seen = 0;
    for vector in vectors.lines() {
        let vector: Value = serde_json::from_str(vector).unwrap();
        assert_eq!(vector["want"]["ok"], true);
        assert_eq!(tree(vector["input"].as_str().unwrap()), vector["want"]["tree"], "{vector}");
        seen += 1;
    }
    assert_eq!(seen, 60);
}

#[test]
fn a_vector_cut_anywhere_is_never_the_whole_tree() {
    for vector in include_str!("../vectors/tlv/tlv.jsonl").lines() {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let input = vector["input"].as_str().unwrap();
        for end in (0..input.len()).step_by(2) {
            let part = answer(&input[..end]);
            assert_ne!(part["tree"], vector["want"]["tree"], "{input} cut at {end}");
        }
    }
}

#[test]
fn padding_and_empty_objects() {
    assert_eq!(tree("0000"), json!([]));
    assert_eq!(tree("6F00"), json!([{ "tag": "6F", "children": [] }]));
    let padded = json!([
        { "tag": "70", "children": [{ "tag": "5A", "value": "12" }] },
        { "tag": "FF74", "children": [{ "tag": "50", "value": "" }] },
    ]);
    assert_eq!(tree("00700500005A0112FF740250000000"), padded);
}

#[test]
fn errors_have_the_offset_in_the_line() {
    assert_eq!(bad("9F"), (1, "the bytes end within a tag".into()));
    assert_eq!(bad("5A"), (1, "the bytes end within the length of 5A".into()));
    assert_eq!(bad("5A80"), (1, "the length of 5A has a form EMV does not use".into()));
    assert_eq!(bad("9FFFFFFF7F00"), (0, "a tag of more than four bytes".into()));
    assert_eq!(bad("005A0311"), (2, "5A claims 3 bytes where 1 are left".into()));
    // Nested: longer than its parent, though not longer than the input.
    assert_eq!(bad("70038A02305A01119000"), (3, "8A claims 2 bytes where 1 are left".into()));
}

#[test]
fn depth_is_bounded_and_no_stack_overflows() {
    let nested = |depth: usize| {
        let inside = |content: String| format!("6182{:04X}{content}", content.len() / 2);
        (0..depth).fold(String::new(), |content, _| inside(content))
    };
    let mut level = &tree(&nested(31))[0];
    for _ in 1..31 {
        level = &level["children"][0];
    }
    assert_eq!(level, &json!({ "tag": "61", "children": [] }));
    assert_eq!(bad(&nested(32)), (31 * 4, "objects are nested too deeply".into()));
    assert_eq!(bad(&nested(16_000)), (31 * 4, "objects are nested too deeply".into()));
}
