//! `inspect mrz`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "mrz", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("mrz").unwrap())
}

#[test]
fn the_vectors_hold() {
    let vectors = include_str!("../vectors/mrz/mrz.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let (answer, want) = (answer(vector["input"].as_str().unwrap()), &vector["want"]);
        for field in ["ok", "format", "surname"] {
            assert_eq!(answer[field], want[field], "{vector}");
        }
        let checks = answer["checks"].as_object().unwrap();
        assert!(checks.len() == 5 && checks.values().all(|check| check != "invalid"), "{answer}");
    });
    assert_eq!(seen.count(), 60);
}

#[test]
fn all_fields_of_a_passport() {
    let passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|\
        L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let expected = json!({
        "ok": true, "format": "TD3", "document_type": "P", "issuer": "UTO",
        "surname": "ERIKSSON", "given_names": "ANNA MARIA", "number": "L898902C3",
        "nationality": "UTO", "birth": "1974-08-12", "sex": "female", "expiry": "2012-04-15",
        "optional": "ZE184226B", "optional_2": "",
        "checks": {
            "number": "valid", "birth": "valid", "expiry": "valid", "optional": "valid",
            "composite": "valid",
        },
        "advice": [], "repairs": [],
    });
    assert_eq!(answer(passport), expected);
    let lower = answer(&passport.replacen("7408", "74o8", 1));
    assert_eq!(lower["repairs"], json!([{ "confused": [2, 16] }]));
    assert_eq!(lower["birth"], "1974-08-12");
    let part = answer(&passport.replacen("740812", "7408<<", 1));
    assert_eq!((&part["birth"], &part["checks"]["birth"]), (&json!("7408<<"), &json!("invalid")));
}

#[test]
fn what_is_no_zone_says_where() {
    for (line, offset) in
        [("P<UTO", 5), ("P<UTO|L89*", 9), ("|| P<UTO!", 8), ("A|B|C|D", 0), ("I<UTO<<<", 8)]
    {
        let answer = answer(line);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{line}");
    }
}
