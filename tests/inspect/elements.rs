//! `inspect dol`, `afl`, `tvr`, `tsi`, `aip` and `de55`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder, printed};

fn answer(kind: &str, line: &str) -> Value {
    let args = Args::parse_from(["inspect", kind, "--json"]);
    answer_line(line.as_bytes(), &args, decoder(kind).unwrap())
}

fn bad(kind: &str, line: &str) -> (String, u64) {
    let answer = answer(kind, line);
    assert_eq!(answer["ok"], false, "{answer}");
    (answer["error"].as_str().unwrap().into(), answer["offset"].as_u64().unwrap())
}

#[test]
fn lists() {
    let expected = json!({
        "ok": true,
        "entries": [
            { "tag": "9F02", "name": "Amount, Authorised (Numeric)", "length": 6 },
            { "tag": "95", "name": "Terminal Verification Results", "length": 5 },
            { "tag": "DF69", "name": null, "length": 1 },
        ],
        "length": 12,
    });
    assert_eq!(answer("dol", "9F0206 9505 DF6901"), expected);
    assert_eq!(bad("dol", "9F02069F"), ("the bytes end within a tag".into(), 4));
    assert_eq!(bad("dol", "95"), ("the bytes end within the length of 95".into(), 1));
}

#[test]
fn locators() {
    let seen = answer("afl", "08010200 18020301");
    assert_eq!(seen["entries"][1], json!({ "sfi": 3, "first": 2, "last": 3, "authenticated": 1 }));
    let records = json!([
        { "sfi": 1, "record": 1, "authenticated": false },
        { "sfi": 1, "record": 2, "authenticated": false },
        { "sfi": 3, "record": 2, "authenticated": true },
        { "sfi": 3, "record": 3, "authenticated": false },
    ]);
    assert_eq!(seen["records"], records);
    assert_eq!(bad("afl", "0801020018000101").1, 4);
    assert_eq!(bad("afl", "080102").1, 0);
}

#[test]
fn bits_by_name_and_clause() {
    let seen = answer("tvr", "80 00 04 C0 01");
    assert_eq!(seen["bytes"], "800004C001");
    let names: Vec<&str> =
        seen["set"].as_array().unwrap().iter().map(|bit| bit["name"].as_str().unwrap()).collect();
    let expected = [
        "Offline data authentication was not performed",
        "Online PIN entered",
        "Transaction exceeds floor limit",
        "Lower consecutive offline limit exceeded",
        "reserved",
    ];
    assert_eq!(names, expected);
    assert_eq!(seen["set"][2]["because"][0]["clause"], "Book 3, 10.6.1");
    assert_eq!((&seen["set"][3]["byte"], &seen["set"][3]["bit"]), (&json!(4), &json!(7)));
    // Either of two rules sets that one.
    assert_eq!(seen["set"][3]["because"].as_array().unwrap().len(), 2);
    assert_eq!(answer("tvr", "0000000000")["set"], json!([]));
    let seen = answer("tsi", "E800");
    let clauses: Vec<&Value> =
        seen["set"].as_array().unwrap().iter().map(|bit| &bit["because"][0]["clause"]).collect();
    assert_eq!(clauses, ["Book 3, 10.3", "Book 3, 10.5", "Book 3, 10.8", "Book 3, 10.6"]);
    let seen = answer("aip", "3900");
    let expected = json!([
        { "byte": 1, "bit": 6, "name": "DDA supported" },
        { "byte": 1, "bit": 5, "name": "Cardholder verification is supported" },
        { "byte": 1, "bit": 4, "name": "Terminal risk management is to be performed" },
        { "byte": 1, "bit": 1, "name": "CDA supported" },
    ]);
    assert_eq!(seen["set"], expected);
    assert_eq!(bad("tvr", "00000000"), ("5 bytes are expected, there are 4".into(), 4));
    assert_eq!(bad("aip", "390000"), ("2 bytes are expected, there are 3".into(), 2));
}

/// Each bit that the library names has a name here, and no other.
#[test]
fn names_are_those_of_the_bits_there_are() {
    use embedded_pos::emv::{Aip, Tsi, Tvr};

    let named = |kind: &str, line: String| answer(kind, &line)["set"][0]["name"] != "reserved";
    for place in 0..40 {
        let known = Tvr::from_bits_retain(1 << place).iter_names().count() == 1;
        assert_eq!(named("tvr", format!("{:010X}", 1_u64 << place)), known, "{place}");
    }
    for place in 0..16 {
        let line = || format!("{:04X}", 1_u16 << place);
        let known = Tsi::from_bits_retain(1 << place).iter_names().count() == 1;
        assert_eq!(named("tsi", line()), known, "{place}");
        let known = Aip::from_bits_retain(1 << place).iter_names().count() == 1;
        assert_eq!(named("aip", line()), known, "{place}");
    }
}

#[test]
fn field_55_is_named_and_taken_apart() {
    let seen = answer(
        "de55",
        "9F2608AABBCCDDEEFF0011 9F270180 9505 8000048000 9B02E800 82023900 9F3403420302 9F10080703A0000F040000 \
         5A086200000000000005 5710 6200000000000005D25122010000000F 5F200541 42434445 DF3101FF",
    );
    let elements = seen["elements"].as_array().unwrap();
    let of = |tag: &str| elements.iter().find(|element| element["tag"] == tag).unwrap();
    assert_eq!(of("9F26")["name"], "Application Cryptogram");
    assert_eq!(of("9F10")["value"], "0703A0000F040000");
    let arqc = json!({ "cryptogram": "ARQC", "advice": false, "reason": "no information given" });
    assert_eq!(of("9F27")["decoded"], arqc);
    assert_eq!(of("95")["decoded"]["set"].as_array().unwrap().len(), 3);
    assert_eq!(of("9B")["decoded"]["bytes"], "E800");
    assert_eq!(of("82")["decoded"]["set"][0]["name"], "DDA supported");
    let results = json!({
        "method": "enciphered PIN verified online",
        "next_if_unsuccessful": true,
        "condition": "if the terminal supports the CVM",
        "result": "successful",
    });
    assert_eq!(of("9F34")["decoded"], results);
    assert_eq!(of("5A")["value"], "620000******0005");
    assert_eq!(of("57")["value"], "620000******0005");
    assert_eq!(of("5F20")["value"], "not shown");
    assert_eq!((&of("DF31")["name"], &of("DF31")["value"]), (&Value::Null, &json!("FF")));
    let args = Args::parse_from(["inspect", "de55"]);
    let text = printed(&seen, args.json) + &seen.to_string();
    assert!(!text.contains("62000000") && !text.contains("ABCDE") && !text.contains("4142434445"));
}

#[test]
fn scripts_in_field_55() {
    let seen =
        answer("de55", "8A023030 720D9F180400000001860484 1E0000 9F5B0A 2000000001 1300000002");
    let script = &seen["elements"][1];
    assert_eq!(
        (&script["name"], &script["length"]),
        (&json!("Issuer Script Template 2"), &json!(13))
    );
    assert_eq!(script["elements"][0]["value"], "00000001");
    assert_eq!(script["elements"][1]["value"], "841E0000");
    let results = json!([
        { "identifier": "00000001", "outcome": "successful", "command": null },
        { "identifier": "00000002", "outcome": "failed", "command": 3 },
    ]);
    assert_eq!(seen["elements"][2]["decoded"], results);
    let cut = bad("de55", "8A023030 7204 86 04 841E");
    assert_eq!(cut, ("86 claims 4 bytes where 2 are left".into(), 7));
    assert_eq!(bad("de55", "9F26"), ("the bytes end within the length of 9F26".into(), 2));
}
