//! `inspect emv-qr` and `inspect emv-cpm`, and what `inspect code` says of a
//! symbology.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(kind: &str, line: &str, more: &[&str]) -> Value {
    let args = Args::parse_from([&["inspect", kind, "--json"], more].concat());
    answer_line(line.as_bytes(), &args, decoder(kind).unwrap())
}

#[test]
fn a_merchant_code_is_a_tree() {
    let line = "0002010102121313JCB12345678900416MASTER12345678905204531153033925407999.1235802JP5906DONGRI6005TOKYO62240104hoge0504fuga0704piyo6304C343";
    let expected = json!({
        "ok": true,
        "objects": {
            "00": "01", "01": "12", "13": "JCB1234567890", "04": "MASTER1234567890",
            "52": "5311", "53": "392", "54": "999.123", "58": "JP", "59": "DONGRI",
            "60": "TOKYO", "62": { "01": "hoge", "05": "fuga", "07": "piyo" }, "63": "C343",
        },
        "crc": "valid", "lengths": "either", "amount": null, "findings": [],
    });
    assert_eq!(answer("emv-qr", line, &[]), expected);
    let again = answer("emv-qr", "0002015802CN5802JP6304ABCD", &[]);
    assert_eq!((&again["objects"]["58"], &again["crc"]), (&json!(["CN", "JP"]), &json!("invalid")));
    assert!(again["findings"].as_array().unwrap().contains(&json!("58 stands again at byte 12")));
    let bad = answer("emv-qr", "0002015810CN", &[]);
    assert_eq!((&bad["ok"], &bad["offset"]), (&json!(false), &json!(6)));
    assert_eq!(answer("emv-qr", "5804测试商户", &[])["lengths"], "characters");
}

#[test]
fn a_consumer_code_shows_no_number() {
    let line = "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw==";
    let seen = answer("emv-cpm", line, &[]);
    assert_eq!(seen["version"], "01");
    assert_eq!(seen["applications"][1]["aid"], "A0000000666666");
    assert_eq!(seen["applications"][0]["label"], "Product1");
    let chip = &seen["common"]["chip"];
    assert_eq!((&chip["atc"], &chip["cryptogram"]), (&json!("0001"), &json!("584FD385FA234BCC")));
    assert_eq!(seen["common"]["pan"], "8 bytes");
    assert_eq!(seen["objects"][1], json!({ "tag": "61", "depth": 0, "length": 19 }));
    assert!(!seen.to_string().contains("12345678"));
    for (line, offset) in [("hQVDUFYw-Q==", 8), ("hQVDUFYwMWF/", 8), ("hQVDUFcwMQ==", 0)] {
        let bad = answer("emv-cpm", line, &[]);
        assert_eq!((&bad["ok"], &bad["offset"]), (&json!(false), &json!(offset)), "{line}");
    }
}

#[test]
fn a_symbology_rules_out() {
    let line = "1240792010866";
    let seen = answer("code", line, &["--symbology", "]E0"]);
    let reading = json!({
        "kind": "ean13", "reason": "13 digits, check digit agrees", "checked": true,
        "symbology": "usual", "comes_in": "EAN-13",
    });
    assert_eq!(seen["candidates"], json!([reading]));
    assert_eq!(seen["ruled_out"][0]["kind"], "licence-core");
    assert_eq!(seen["encodings"], json!(["ascii"]));
    assert_eq!(answer("code", line, &[])["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(answer("code", line, &["--symbology", "X0"])["ruled_out"], json!([]));
    assert_eq!(answer("code", line, &["--symbology", "Q"])["ok"], false);
}
