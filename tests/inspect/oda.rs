//! `inspect oda` against cards whose data were signed, and authenticated,
//! without this project.

use clap::Parser;
use serde_json::Value;

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "oda", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("oda").unwrap())
}

/// Every field that is wanted is there; how many lines there were.
fn hold(vectors: &str) -> usize {
    let mut count = 0;
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let answer = answer(&vector["input"].to_string());
        for (name, wanted) in vector["want"].as_object().unwrap() {
            assert_eq!(&answer[name], wanted, "{name} of {}: {answer}", vector["why"]);
        }
        assert_eq!(answer["result"] == "failed", answer["reason"].is_string(), "{answer}");
        count += 1;
    }
    count
}

#[test]
fn cards_of_a_test_authority() {
    assert_eq!(hold(include_str!("../vectors/emv/oda.jsonl")), 90);
}

/// Test cards of others, whose sessions they published.
#[test]
fn public_cards() {
    assert_eq!(hold(include_str!("../vectors/emv/oda-public.jsonl")), 4);
}

#[test]
fn cards_with_sm2() {
    assert_eq!(hold(include_str!("../vectors/sm2/cards.jsonl")), 105);
}

#[test]
fn the_reason_is_what_was_done_to_the_card() {
    let said = [
        ("capk_missing", "8F: there is no such authority key"),
        ("iss_trailer", "90: the trailer is not BC"),
        ("iss_header", "90: the header is not 6A"),
        ("iss_format", "90: the format is another"),
        ("iss_hash", "90: the hash is another"),
        ("iss_pk_algo", "90: the algorithm of the key is unknown"),
        ("iss_exp_missing", "9F32 is missing"),
        ("iss_rem_missing", "92 is missing"),
        ("iss_rem_tampered", "90: the hash is another"),
        ("iss_cert_len", "90: the length is not the modulus's"),
        ("icc_trailer", "9F46: the trailer is not BC"),
        ("icc_format", "9F46: the format is another"),
        ("icc_hash", "9F46: the hash is another"),
        ("icc_hash_algo", "9F46: the hash algorithm is unknown"),
        ("icc_pk_algo", "9F46: the algorithm of the key is unknown"),
        ("icc_expired", "9F46: it has expired"),
        ("icc_exp_missing", "9F47 is missing"),
        ("icc_rem_missing", "9F48 is missing"),
        ("icc_rem_tampered", "9F46: the hash is another"),
        ("static_tampered", "9F46: the hash is another"),
        ("aip_tampered", "9F46: the hash is another"),
        ("rec_not_70", "70: a record without template 70 takes part"),
        ("ssad_header", "93: the header is not 6A"),
        ("ssad_trailer", "93: the trailer is not BC"),
        ("ssad_hash_algo", "93: the hash algorithm is unknown"),
        ("sdad_header", "9F4B: the header is not 6A"),
        ("sdad_trailer", "9F4B: the trailer is not BC"),
        ("sdad_hash", "9F4B: the hash is another"),
        ("sdad_hash_algo", "9F4B: the hash algorithm is unknown"),
        ("sdad_len", "9F4B: the length is not the modulus's"),
        ("wrong_un", "9F4B: the hash is another"),
        ("tdhc_resp", "9F4B: the hash of the transaction data is another"),
    ];
    let mut seen = 0;
    for line in include_str!("../vectors/emv/oda.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let answer = answer(&vector["input"].to_string());
        if let Some((_, reason)) = said.iter().find(|(why, _)| vector["why"] == *why) {
            assert_eq!(answer["reason"], *reason, "{}", vector["why"]);
            seen += 1;
        }
    }
    assert_eq!(seen, 56);
}

#[test]
fn what_is_no_card_is_said() {
    for line in ["", "{", "[]", "{\"aip\":1}", "{\"aip\":\"39\"}"] {
        assert_eq!(answer(line)["ok"], false, "{line}");
    }
}
