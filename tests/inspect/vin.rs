//! `inspect vin`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "vin", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("vin").unwrap())
}

#[test]
fn the_vectors_hold() {
    let vectors = include_str!("../vectors/vin/vin.jsonl").lines();
    let seen = vectors.map(|vector| {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let answer = answer(vector["input"].as_str().unwrap());
        for (field, want) in vector["want"].as_object().unwrap() {
            assert_eq!(answer[field], *want, "{vector}");
        }
    });
    assert_eq!(seen.count(), 50);
}

#[test]
fn all_fields_of_a_number() {
    let expected = json!({
        "ok": true, "check": "valid", "years": [1989, 2019], "year_hint": 1989, "wmi": "1M8",
        "vds": "GDM9AX", "vis": "KP042788", "small_maker": null, "region": "north-america",
        "country": "US", "strict": true, "last_six": "042788", "advice": [],
    });
    assert_eq!(answer("1m8gdm9axkp042788"), expected);
    let european = answer("WP0ZZZ99ZTS392124");
    assert_eq!((&european["check"], &european["strict"]), (&json!("invalid"), &json!(false)));
    let bad = answer("1M8GDM9AXKP04278O");
    assert_eq!((&bad["ok"], &bad["offset"]), (&json!(false), &json!(16)));
}
