//! `inspect resident-id`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "resident-id", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("resident-id").unwrap())
}

#[test]
fn the_vectors_hold() {
    let vectors = include_str!("../vectors/scan/resident-id.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let (answer, want) = (answer(vector["input"].as_str().unwrap()), &vector["want"]);
        let fits = |want: &Value| {
            let mut fields =
                want.as_object().unwrap().iter().filter(|(name, _)| *name != "or_else");
            fields.all(|(name, value)| answer[name] == *value)
        };
        assert!(fits(want) || want["or_else"].is_object() && fits(&want["or_else"]), "{vector}");
    });
    assert_eq!(seen.count(), 62);
}

#[test]
fn all_kinds() {
    let expected = json!({
        "ok": true, "kind": "resident", "birth": "1949-12-31", "sex": "female", "area": "110105",
        "area_known": true, "nationality": null, "check": "valid",
    });
    assert_eq!(answer("11010519491231002x"), expected);
    for (number, kind, check) in [
        ("110105491231002", "resident-15", "absent"),
        ("810000199408230021", "hong-kong", "valid"),
        ("830000199201300022", "taiwan", "valid"),
        ("911124187408120017", "foreigner", "invalid"),
        ("UTO110074081205", "foreigner-15", "valid"),
        ("H0000000001", "home-return-hong-kong", "absent"),
        ("M00000000", "home-return-macau", "absent"),
    ] {
        let answer = answer(number);
        assert_eq!((&answer["kind"], &answer["check"]), (&json!(kind), &json!(check)), "{number}");
    }
    assert_eq!(answer("911124187408120017")["nationality"], "124");
    assert_eq!(answer("UTO110074081200")["birth"], "1974-08-12");
    for (number, offset) in [
        ("1101051949123100", 16),
        ("11010519491231002Y", 17),
        ("11010119990230001X", 6),
        ("UTO110074130100", 7),
        ("UT0110074081200", 2),
        ("H000000000x", 10),
    ] {
        let answer = answer(number);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{number}");
    }
}
