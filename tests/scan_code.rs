//! What scanned codes can be, and resident ID numbers.

use embedded_pos::scan::code::{Expect, Kind, PaymentCode, classify};
use embedded_pos::scan::document::{Check, IdError, ResidentId, Sex};
use proptest::prelude::*;
use serde_json::Value;

fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn kinds(payload: &[u8], expect: Expect) -> Vec<&'static str> {
    classify(payload, None, expect).iter().map(|candidate| candidate.kind.name()).collect()
}

#[test]
fn codes_are_what_their_vectors_say() {
    for vector in lines(include_str!("vectors/scan/code.jsonl")) {
        let input = vector["input"].as_str().unwrap();
        let expect = match vector["expect"].as_str().unwrap() {
            "payment" => Expect::Payment,
            "licence" => Expect::Licence,
            _ => Expect::Any,
        };
        let want: Vec<&str> =
            vector["want"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
        assert_eq!(kinds(input.as_bytes(), expect), want, "{input} as {expect:?}");
        assert!(
            classify(input.as_bytes(), None, expect).iter().all(|found| !found.reason.is_empty())
        );
    }
}

#[test]
fn resident_id_numbers_are_what_their_vectors_say() {
    let mut seen = (0, 0);
    for vector in lines(include_str!("vectors/scan/resident-id.jsonl")) {
        let input = vector["input"].as_str().unwrap();
        let want = &vector["want"];
        let may_fail = want["ok"] == false || want["or_else"]["ok"] == false;
        match ResidentId::parse(input.as_bytes()) {
            Err(error) => {
                assert!(may_fail, "{input}: {error}");
                seen.1 += 1;
            }
            Ok(id) => {
                assert_eq!(want["ok"], true, "{input}");
                let check = if id.check() == Check::Valid { "valid" } else { "invalid" };
                assert_eq!(want["check"], check, "{input}");
                if let Some(birth) = want["birth"].as_str() {
                    assert_eq!(id.birth().to_string(), birth);
                }
                let sex = if id.sex() == Sex::Male { "male" } else { "female" };
                assert!(want["sex"].is_null() || want["sex"] == sex, "{input}");
                seen.0 += 1;
            }
        }
    }
    assert!(seen.0 > 45 && seen.1 > 5, "{seen:?}");
}

#[test]
fn an_id_is_taken_apart_and_its_area_is_not_judged() {
    let id = ResidentId::parse(b"11010519491231002x").unwrap();
    assert_eq!(id.as_bytes(), b"11010519491231002X");
    assert_eq!((id.area(), id.is_area_known()), (&b"110105"[..], true));
    assert_eq!(id.check(), Check::Valid);
    let id = ResidentId::parse(b"999999199001011238").unwrap();
    assert_eq!((id.check(), id.is_area_known()), (Check::Valid, false));
    let old = ResidentId::parse(b"110105491231002").unwrap();
    assert_eq!(old.check(), Check::Absent);
    assert_eq!(old.birth().to_string(), "1949-12-31");
    assert_eq!(old.sex(), Sex::Female);
    assert!(!format!("{old:?}{id:?}").contains("1105"));
}

#[test]
fn errors_of_an_id_say_where() {
    assert_eq!(ResidentId::parse(b""), Err(IdError::Length(0)));
    assert_eq!(ResidentId::parse(b"1101051949123100"), Err(IdError::Length(16)));
    assert_eq!(ResidentId::parse(b"1101051949X231002X"), Err(IdError::Character(10)));
    assert_eq!(ResidentId::parse(b"11010519491231002Y"), Err(IdError::Character(17)));
    assert_eq!(ResidentId::parse(b"11010119990230001X"), Err(IdError::Date(6)));
    assert_eq!(ResidentId::parse(b"110101190002290010"), Err(IdError::Date(6)), "no leap year");
    assert!(ResidentId::parse(b"110101200002290010").is_ok());
}

/// MOD 11-2 finds every wrong digit and every exchange of two neighbours.
#[test]
fn every_wrong_digit_and_every_exchange_is_found() {
    let right = *b"440524188001010014";
    assert_eq!(ResidentId::parse(&right).unwrap().check(), Check::Valid);
    let is_valid = |text: &[u8]| ResidentId::parse(text).is_ok_and(|id| id.check() == Check::Valid);
    for at in 0..18 {
        for other in (b'0'..=b'9').filter(|other| *other != right[at]) {
            let mut wrong = right;
            wrong[at] = other;
            assert!(!is_valid(&wrong), "{other} at {at}");
        }
        let mut wrong = right;
        wrong.swap(at, (at + 1) % 18);
        assert!(wrong == right || at == 17 || !is_valid(&wrong), "exchange at {at}");
    }
}

#[test]
fn every_flipped_bit_of_a_code_with_a_check_is_found() {
    let mut vectors = lines(include_str!("vectors/scan/code.jsonl"));
    let code = vectors.find(|vector| vector["want"][0] == "emv-mpm").unwrap();
    let code = code["input"].as_str().unwrap().as_bytes().to_vec();
    assert_eq!(kinds(&code, Expect::Any), ["emv-mpm"]);
    for at in 0..code.len() {
        for bit in 0..8 {
            let mut wrong = code.clone();
            wrong[at] ^= 1 << bit;
            // A hex digit may change its case.
            if !wrong.eq_ignore_ascii_case(&code) || at < code.len() - 4 {
                assert_eq!(kinds(&wrong, Expect::Any), ["unknown"], "{at}.{bit}");
            }
        }
        assert_eq!(kinds(&code[..at], Expect::Any), ["unknown"], "{at}");
    }
}

#[test]
fn truncated_consumer_codes_are_not_taken() {
    let mut vectors = lines(include_str!("vectors/scan/code.jsonl"));
    let code = vectors.find(|vector| vector["want"][0] == "emv-cpm").unwrap();
    let code = code["input"].as_str().unwrap().as_bytes();
    for len in 0..code.len() {
        assert_eq!(classify(&code[..len], None, Expect::Any).get(Kind::EmvCpm), None, "{len}");
    }
}

#[test]
fn expectation_orders_and_hides_nothing() {
    let tianjin = b"120101199001011212";
    for expect in [Expect::Any, Expect::Payment, Expect::Licence] {
        let found = classify(tianjin, None, expect);
        assert!(found.is_ambiguous());
        assert!(found.get(Kind::ResidentId).unwrap().checked);
        assert!(!found.get(Kind::Wechat).unwrap().checked);
    }
    let expected: Vec<Kind> =
        classify(tianjin, None, Expect::Payment).expected().map(|found| found.kind).collect();
    assert_eq!(expected, [Kind::Wechat]);
}

#[test]
fn what_is_printed_for_payers_cannot_be_charged() {
    for code in ["wxp://f2f0", "https://qr.95516.com/0001", "https://qr.alipay.com/fkx"] {
        let found = classify(code.as_bytes(), None, Expect::Payment);
        let first = found.iter().next().unwrap();
        assert_eq!(first.kind, Kind::Url);
        assert!(!first.kind.is_chargeable());
        assert!(first.reason.contains("cannot be charged"));
        assert_eq!(found.expected().count(), 0);
    }
}

#[test]
fn a_payment_code_is_secret() {
    let code = PaymentCode::new(b"134567890123456789").unwrap();
    assert_eq!(format!("{code:?}"), "PaymentCode(18 bytes)");
    assert_eq!(code.reveal(), b"134567890123456789");
    assert_eq!(code, PaymentCode::new(b"134567890123456789").unwrap());
    assert_ne!(code, PaymentCode::new(b"134567890123456788").unwrap());
    assert_ne!(PaymentCode::new(b"1").unwrap(), PaymentCode::new(b"1\0").unwrap());
    assert!(PaymentCode::new(b"").is_none());
    assert!(PaymentCode::new(&[b'1'; 512]).is_some());
    assert!(PaymentCode::new(&[b'1'; 513]).is_none());
}

proptest! {
    #[test]
    fn any_bytes_have_a_reading(payload in prop::collection::vec(any::<u8>(), 0..600)) {
        for expect in [Expect::Any, Expect::Payment, Expect::Licence] {
            prop_assert!(classify(&payload, None, expect).iter().next().is_some());
        }
        let _ = ResidentId::parse(&payload);
    }

    #[test]
    fn digits_and_base64_too(digits in "[0-9Xx]{0,30}", base64 in "hQVDUFYwMW[0-9A-Za-z+/]{0,200}={0,2}") {
        for text in [digits, base64] {
            let found = classify(text.as_bytes(), None, Expect::Any);
            prop_assert!(found.iter().count() >= 1);
        }
    }
}
