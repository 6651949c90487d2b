//! `inspect fmr` on the samples, on a small record, and on what is none.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "fmr", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("fmr").unwrap())
}

/// ISO/IEC 19794-2:2005; a view of one minutia, and a vendor's extension.
const SMALL: &str = "464D5200 20323000 0000002B 0000 00C0 00C0 00C5 00C5 01 00 02 00 50 01 40640E0E405A 0007 0144 0007 010203";

#[test]
fn a_small_record() {
    let expected = json!({
        "ok": true, "format": "iso-2005", "width": 192, "height": 192, "resolution": 197,
        "views": [{
            "position": 2, "impression": 0, "quality": 80,
            "minutiae": [{ "type": 1, "x": 100, "y": 3598, "angle": 64, "quality": 90 }],
            "extensions": [{ "type": 324, "data": "010203" }],
        }],
        "notes": ["a minutia outside the image, at byte 28"],
    });
    assert_eq!(answer(SMALL), expected);
    let wide = answer(&SMALL.replacen("00C5 00C5", "00C5 00C6", 1));
    assert_eq!(wide["resolution"], json!([197, 198]));
}

#[test]
fn the_samples() {
    for sample in include_str!("../vectors/fmr/records.txt").lines().skip(1) {
        let fields: Vec<&str> = sample.split(" | ").collect();
        let answer = answer(fields[2]);
        assert_eq!((&answer["ok"], &answer["format"]), (&json!(true), &json!(fields[1])));
        assert_eq!(answer["views"][0]["minutiae"].as_array().unwrap().len(), 27);
        let notes = answer["notes"].as_array().unwrap();
        assert_eq!(notes.is_empty(), ["nist-ansi-2004", "fpio-ansi-2009-am1"].contains(&fields[0]));
    }
}

#[test]
fn what_is_no_record() {
    let bad = |error: &str, offset: usize| json!({ "ok": false, "error": error, "offset": offset });
    assert_eq!(answer("55AA"), bad("no finger minutiae record", 0));
    assert_eq!(answer("464D52"), bad("the bytes end within the header", 3));
    assert_eq!(answer("464D520032303000"), bad("unknown edition 32303000", 4));
    let cut = &SMALL[..SMALL.len() - 2];
    assert_eq!(answer(cut), bad("a length of 43 bytes cannot be", 8));
}
