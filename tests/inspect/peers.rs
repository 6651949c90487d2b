//! `inspect escpos` on what other encoders make: what they get wrong is shown
//! as it is on paper. tests/vectors/escpos/ORIGIN says what they were asked for.

use std::path::Path;

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer, escpos};

fn events(name: &str) -> Vec<Value> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/escpos");
    let file = vectors.join(name).with_extension("bin");
    let args = Args::parse_from(["inspect", "escpos", "--json", file.to_str().unwrap()]);
    let answer = answer(escpos::file(&args));
    assert_eq!((&answer["ok"], &answer["incomplete"]), (&json!(true), &json!("")), "{answer}");
    answer["events"].as_array().unwrap().clone()
}

/// The texts, codes, cuts and drawers, a line each.
fn told(events: &[Value]) -> Vec<String> {
    let told = |event: &Value| {
        let of = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        Some(match event["type"].as_str()? {
            "text" => of("text"),
            "code" => format!("{}: {}", of("symbology"), of("data")),
            "cut" => format!("cut, partial {}", event["partial"]),
            "drawer" => "drawer".into(),
            "not-printed" => of("reason"),
            "unknown" => format!("unknown {}", of("bytes")),
            "image" => format!("image {}", event["width"]),
            _ => return None,
        })
    };
    events.iter().filter_map(told).collect()
}

/// Its PDF417 level has a byte too many, its Aztec level one too few, its
/// drawer pulse lacks both times.
#[test]
fn escpos_0_20() {
    let told = told(&events("escpos"));
    let shown = |text: &str| told.iter().any(|one| one == text);
    assert!(shown("Receipt") && shown("Fine          100.00"), "{told:?}");
    assert!(shown("ean13: 4006381333931"));
    assert!(shown("qr-model-1: https://example.com/1"), "the model is the first");
    assert!(told.iter().any(|one| one.starts_with('涓')), "中文 in UTF-8, read as GBK");
    for pdf417 in ["1D286B0300304300", "1D286B0300304400", "1D286B0300304531", "01"] {
        assert!(shown(&format!("unknown {pdf417}")), "{told:?}");
    }
    assert!(shown("unknown 1D286B04003545171D"), "the level took the next command's first byte");
    assert!(shown("(k") && shown("5P0AZTEC"), "which became text");
    assert!(shown("aztec: nothing is stored"));
    let drawer = told.iter().position(|one| one == "drawer").unwrap();
    assert_eq!(told[drawer + 1..], ["A", "unknown 01", "after"], "the pulse took GS V of the cut");
}

#[test]
fn a_partial_cut_that_is_none() {
    assert_eq!(told(&events("escpos-cut")), ["before", "cut, partial false", "after"]);
}

#[test]
fn python_escpos() {
    let events = events("python-escpos");
    let expected = [
        "Receipt",
        "Fine          100.00",
        "é 中文",
        "ean13: 4006381333931",
        "code128: TJ2026",
        "qr: https://example.com/1",
        "image 72",
        "injected",
        "drawer",
        "cut, partial true",
    ];
    assert_eq!(told(&events), expected);
    let fed = json!({ "type": "feed", "dots": 64 });
    assert!(events.contains(&fed), "ESC J in a text was executed: {events:?}");
}

#[test]
fn receiptline() {
    let told = told(&events("receiptline"));
    let expected = [
        "Receipt",
        "Fine100.00",
        "违反禁止标线50.00",
        "ean13: 4006381333931",
        "code128: TJ2026",
        "image 100",
        "cut, partial true",
    ];
    let mut rest = told.iter();
    assert!(expected.iter().all(|one| rest.any(|other| other == one)), "{told:?}");
    assert!(!told.iter().any(|one| one.starts_with("unknown")), "{told:?}");
}

#[test]
fn receipt_printer_encoder() {
    let told = told(&events("receipt-printer-encoder"));
    let lines: Vec<_> = told.iter().map(|one| one.trim()).filter(|one| !one.is_empty()).collect();
    let expected = [
        "Receipt",
        "Fine                100.00",
        "Points                   3",
        "────────────────────────────────",
        "ean13: 4006381333931",
        "code128: TJ2026",
        "qr: https://example.com/1",
        "pdf417: PDF417 data",
        "drawer",
        "cut, partial true",
    ];
    assert_eq!(lines, expected);
}
