//! `inspect cvm-list`: lists that emv-utils takes apart.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn list(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "cvm-list", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("cvm-list").unwrap())
}

#[test]
fn a_list_has_amounts_and_rules() {
    let got = list("000186A0000003E8 4403 1E03");
    let want = json!({
        "ok": true,
        "amount_x": 100_000,
        "amount_y": 1_000,
        "rules": [
            {
                "code": "44",
                "method": "enciphered-pin",
                "if_unsuccessful": "continue",
                "condition_code": "03",
                "condition": "supported",
                "meaning": "the terminal supports it: enciphered PIN to the card",
            },
            {
                "code": "1E",
                "method": "signature",
                "if_unsuccessful": "fail",
                "condition_code": "03",
                "condition": "supported",
                "meaning": "the terminal supports it: signature",
            },
        ],
    });
    assert_eq!(got, want);
    let got = list("00000000000000004201440341035E0342031F03");
    let methods: Vec<_> =
        got["rules"].as_array().unwrap().iter().map(|rule| &rule["method"]).collect();
    let want =
        ["online-pin", "enciphered-pin", "plaintext-pin", "signature", "online-pin", "no-cvm"];
    assert_eq!(methods, want);
    assert_eq!(got["rules"][0]["condition"], "unattended-cash");
    let rule = &list("0000000000000000 6A7F")["rules"][0];
    assert_eq!((&rule["method"], &rule["condition"]), (&json!("unknown"), &json!("unknown")));
    assert_eq!(rule["meaning"], "unknown condition 7F: unknown method 2A");
}

#[test]
fn what_is_no_list_is_told() {
    let none = json!({ "ok": false, "error": "the CVM list has no rule", "offset": 8 });
    assert_eq!(list("000186A0000003E8"), none);
    assert_eq!(list("000186A0000003E81E0342")["offset"], 10);
    assert_eq!(list("0001")["error"], "the CVM list ends within its amounts, after 2 bytes");
}
