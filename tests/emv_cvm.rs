//! Cardholder verification: lists, and the walk over them (EMV Book 3, 10.5;
//! Book 4, 6.3.4).

mod emv_cvm_support;

use embedded_pos::emv::cvm::{
    CvmCondition, CvmFault, CvmList, CvmMethod, CvmNext, CvmRule, Performed, Verification,
};
use embedded_pos::emv::{Aip, Capabilities, Findings, Rule, Store, Tag, Tsi, Tvr};
use embedded_pos::{Error, ErrorKind};
use emv_cvm_support::{Case, bytes};
use serde_json::Value;

#[test]
fn the_lists_of_others_are_read() {
    let mut seen = 0;
    for line in include_str!("vectors/cvm/lists.jsonl").lines() {
        let want: Value = serde_json::from_str(line).unwrap();
        let value = bytes(want["list"].as_str().unwrap());
        let list = match (CvmList::new(&value), want["fault"].as_str()) {
            (Ok(list), None) => list,
            (Err(fault), Some(want)) => {
                assert_eq!(format!("{fault:?}"), want);
                seen += 1;
                continue;
            }
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!((list.x(), list.y()), (number(&want["x"]), number(&want["y"])));
        let rules: Vec<_> = list.rules().collect();
        let want = want["rules"].as_array().unwrap();
        assert_eq!(rules.len(), want.len());
        for (rule, want) in rules.iter().zip(want) {
            let method = match want[0].as_str().unwrap() {
                "signature" => CvmMethod::Signature,
                "offline PIN enciphered" => CvmMethod::EncipheredPin,
                "offline PIN plaintext" => CvmMethod::PlaintextPin,
                "online PIN enciphered" => CvmMethod::OnlinePin,
                "no CVM" => CvmMethod::NoCvm,
                other => panic!("{other}"),
            };
            let condition = match want[2].as_str().unwrap() {
                "supported" => CvmCondition::Supported,
                "unattended cash" => CvmCondition::UnattendedCash,
                other => panic!("{other}"),
            };
            assert_eq!((rule.method(), rule.condition()), (method, condition));
            assert_eq!(Some(rule.continues()), want[1].as_bool());
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}

fn number(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

#[test]
fn what_is_no_list_is_told_with_its_place() {
    for length in 0..8 {
        let fault = CvmList::new(&[0; 9][..length]).unwrap_err();
        assert_eq!((fault, fault.offset()), (CvmFault::Amounts(length), length));
    }
    let fault = |length: usize| CvmList::new(&[0; 300][..length]).map(|list| list.rules().count());
    assert_eq!(fault(8), Err(CvmFault::NoRules));
    assert_eq!(fault(9), Err(CvmFault::HalfRule(9)));
    assert_eq!(fault(252), Ok(122));
    assert_eq!(fault(253), Err(CvmFault::HalfRule(253)));
    assert_eq!(fault(254), Err(CvmFault::Long(254)));
    assert_eq!(CvmFault::HalfRule(9).offset(), 8);
    assert_eq!(CvmFault::Long(254).offset(), 252);
    assert_eq!(CvmFault::NoRules.kind(), ErrorKind::Protocol);
    assert_eq!(
        CvmFault::HalfRule(11).to_string(),
        "the CVM list ends within a rule, after 11 bytes"
    );
}

#[test]
fn a_rule_keeps_its_bytes() {
    for code in 0..=u8::MAX {
        for condition in 0..=u8::MAX {
            let rule = CvmRule::new(code, condition);
            assert_eq!(rule.to_bytes(), [code, condition]);
            assert_eq!(rule.continues(), code & 0x40 != 0);
            // b8 is reserved, b7 is no part of the method.
            assert_eq!(rule.method(), CvmRule::new(code & 0x3F, 0).method());
            let known = matches!(code & 0x3F, 0..=5 | 0x1E | 0x1F);
            assert_eq!(matches!(rule.method(), CvmMethod::Other(_)), !known);
            assert_eq!(matches!(rule.condition(), CvmCondition::Other(_)), condition > 9);
        }
    }
}

/// The rows of table 2 of EMV Book 4, 6.3.4.5.
#[test]
fn the_results_are_those_of_the_book() {
    use Performed::TryLimitExceeded as Exceeded;
    use Performed::{Bypassed, Failed, OnlineEntered, PadAbsentOrBroken, Successful};
    const PINS: u8 = 0xD0;
    // Capabilities, rules, what comes of the PINs; results, TVR byte 3.
    type Row = (u8, &'static [[u8; 2]], &'static [Performed], [u8; 3], u8);
    let rows: &[Row] = &[
        // No condition satisfied: cash, and a code that is not known.
        (0xF8, &[[0x1F, 0x04], [0x1F, 0x0A]], &[], [0x3F, 0x00, 0x01], 0x80),
        // Satisfied, and not supported; a PIN pad is wanted then.
        (0x00, &[[0x5E, 0x00], [0x1F, 0x00]], &[], [0x3F, 0x00, 0x01], 0x80),
        (0x00, &[[0x42, 0x00]], &[], [0x3F, 0x00, 0x01], 0x90),
        (0x80, &[[0x03, 0x00]], &[], [0x3F, 0x00, 0x01], 0x90),
        // Not recognised.
        (0xF8, &[[0x20, 0x00], [0x1F, 0x00]], &[], [0x3F, 0x00, 0x01], 0xC0),
        (0xF8, &[[0x60, 0x00], [0x1F, 0x00]], &[], [0x1F, 0x00, 0x02], 0x40),
        // Fail CVM processing.
        (0xF8, &[[0x00, 0x00], [0x1F, 0x00]], &[], [0x00, 0x00, 0x01], 0x80),
        (0x00, &[[0x40, 0x03]], &[], [0x40, 0x03, 0x01], 0x80),
        (0xF8, &[[0x40, 0x00], [0x1F, 0x00]], &[], [0x1F, 0x00, 0x02], 0x00),
        // The last CVM performed fails.
        (PINS, &[[0x01, 0x03], [0x1F, 0x00]], &[Failed], [0x01, 0x03, 0x01], 0x80),
        (PINS, &[[0x41, 0x03], [0x00, 0x00]], &[Failed], [0x00, 0x00, 0x01], 0x80),
        // Signature, online PIN, no CVM.
        (0xF8, &[[0x5E, 0x03]], &[], [0x5E, 0x03, 0x00], 0x00),
        (0xF8, &[[0x42, 0x03]], &[OnlineEntered], [0x42, 0x03, 0x00], 0x04),
        (0xF8, &[[0x5F, 0x00]], &[], [0x5F, 0x00, 0x02], 0x00),
        // A PIN.
        (0xF8, &[[0x41, 0x03], [0x5E, 0x03]], &[Successful], [0x41, 0x03, 0x02], 0x00),
        (0xF8, &[[0x44, 0x03]], &[Successful], [0x44, 0x03, 0x02], 0x00),
        // It fails, goes to the next, and nothing else is performed.
        (PINS, &[[0x41, 0x03], [0x5E, 0x03]], &[Failed], [0x41, 0x03, 0x01], 0x80),
        (PINS, &[[0x41, 0x03], [0x5E, 0x00]], &[Failed], [0x41, 0x03, 0x01], 0x80),
        (PINS, &[[0x41, 0x03], [0x6A, 0x00]], &[Failed], [0x41, 0x03, 0x01], 0xC0),
        // A combination: one fails; one passes, and the other is not known.
        (0xF8, &[[0x03, 0x03]], &[Failed], [0x03, 0x03, 0x01], 0x80),
        (0xF8, &[[0x45, 0x03]], &[Successful], [0x45, 0x03, 0x00], 0x00),
        // No tries left: the card's PINs are passed over, not the issuer's.
        (0xF8, &[[0x01, 0x03]], &[Exceeded], [0x01, 0x03, 0x01], 0xA0),
        (0xF8, &[[0x41, 0x03], [0x44, 0x03], [0x5E, 0x03]], &[Exceeded], [0x5E, 0x03, 0x00], 0x20),
        (0xF8, &[[0x41, 0x03], [0x02, 0x03]], &[Exceeded, OnlineEntered], [0x02, 0x03, 0x00], 0x24),
        // Bypassed once, for all.
        (0xF8, &[[0x41, 0x03], [0x42, 0x03], [0x04, 0x03]], &[Bypassed], [0x04, 0x03, 0x01], 0x88),
        (0xF8, &[[0x42, 0x03], [0x5E, 0x03]], &[Bypassed], [0x5E, 0x03, 0x00], 0x08),
        // Bypassed after a wrong PIN of another rule.
        (0xF8, &[[0x41, 0x03], [0x02, 0x03]], &[Failed, Bypassed], [0x02, 0x03, 0x01], 0x88),
        // The pad is broken.
        (0xF8, &[[0x42, 0x03], [0x5F, 0x00]], &[PadAbsentOrBroken], [0x5F, 0x00, 0x02], 0x10),
        (0xF8, &[[0x42, 0x03], [0x41, 0x00]], &[PadAbsentOrBroken], [0x41, 0x00, 0x01], 0x90),
    ];
    for &(capabilities, rules, performed, results, third) in rows {
        let case = Case { capabilities, ..Case::PURCHASE };
        let got = case.run(rules, performed);
        assert_eq!(got.asked.len(), performed.len(), "{rules:02X?}");
        assert_eq!(got.results, results, "{rules:02X?} {performed:?}");
        assert_eq!(got.findings.tvr().to_bytes(), [0, 0, third, 0, 0], "{rules:02X?}");
        assert_eq!(got.findings.tsi(), Tsi::CARDHOLDER_VERIFICATION);
    }
}

#[test]
fn each_condition_counts_in_its_case() {
    const UNDER: u64 = 999;
    let case = Case { capabilities: 0x08, x: 1_000, y: 2_000, ..Case::PURCHASE };
    let counts = |case: Case, condition: u8| case.run(&[[0x1F, condition]], &[]).results[2] == 2;
    // Terminal, payment; which of the conditions 00 to 09 count.
    let table = [
        (case, vec![0, 2, 3, 8]),
        (Case { amount: UNDER, ..case }, vec![0, 2, 3, 6, 8]),
        (Case { amount: 1_001, ..case }, vec![0, 2, 3, 7, 8]),
        (Case { amount: 2_000, ..case }, vec![0, 2, 3, 7]),
        (Case { amount: 2_001, ..case }, vec![0, 2, 3, 7, 9]),
        (Case { amount: UNDER, application_currency: None, ..case }, vec![0, 2, 3]),
        (Case { amount: UNDER, application_currency: Some(*b"\x08\x40"), ..case }, vec![0, 2, 3]),
        (Case { kind: 0x01, ..case }, vec![0, 3, 4, 8]),
        (Case { kind: 0x17, ..case }, vec![0, 3, 4, 8]),
        (Case { terminal: 0x25, kind: 0x01, ..case }, vec![0, 1, 3, 8]),
        (Case { terminal: 0x14, kind: 0x01, ..case }, vec![0, 1, 3, 8]),
        (Case { terminal: 0x36, ..case }, vec![0, 2, 3, 8]),
        (Case { kind: 0x09, ..case }, vec![0, 3, 5, 8]),
        (Case { cashback: 1, ..case }, vec![0, 3, 5, 8]),
        (Case { kind: 0x20, ..case }, vec![0, 2, 3, 8]),
    ];
    for (case, want) in table {
        let got: Vec<u8> = (0..=u8::MAX).filter(|&condition| counts(case, condition)).collect();
        assert_eq!(got, want, "{case:?}");
    }
}

#[test]
fn without_a_list_nothing_is_performed() {
    let case = Case::PURCHASE;
    let mut memory = [0; 512];
    let mut store = Store::new(&mut memory);
    let mut findings;
    let begin = |store: &Store<'_>, findings: &mut Findings| {
        Verification::begin(store, &case.terminal(), &case.payment(), findings)
    };
    let done = |next| assert_eq!(next, CvmNext::Done([0x3F, 0x00, 0x00]));

    // The card does not support it, whatever its list says.
    store.set(Tag::CVM_LIST, &[0; 10]).unwrap();
    for aip in [&[0xEF, 0xFF][..], &[0x10], &[]] {
        store.set(Tag::AIP, aip).unwrap();
        findings = Findings::new();
        done(begin(&store, &mut findings).unwrap().1);
        assert!(findings.rules().eq([Rule::NoVerificationSupported]));
        assert_eq!((findings.tvr(), findings.tsi()), (Tvr::empty(), Tsi::empty()));
    }

    let supported = Aip::CARDHOLDER_VERIFICATION.bits().to_be_bytes();
    store.set(Tag::AIP, &supported).unwrap();
    store.remove(Tag::CVM_LIST);
    for (list, rule) in [(None, Rule::CvmListMissing), (Some(&[0; 8]), Rule::NoCvmRules)] {
        if let Some(list) = list {
            store.set(Tag::CVM_LIST, list).unwrap();
        }
        findings = Findings::new();
        let (mut walk, next) = begin(&store, &mut findings).unwrap();
        done(next);
        assert!(findings.rules().eq([rule]));
        assert_eq!((findings.tvr(), findings.tsi()), (Tvr::ICC_DATA_MISSING, Tsi::empty()));
        // It is over, and stays so.
        let performed = Performed::Successful;
        done(walk.went(&store, &case.terminal(), &case.payment(), performed, &mut findings));
        assert!(findings.rules().eq([rule]));
    }

    for (list, fault) in [
        (&[0; 7][..], CvmFault::Amounts(7)),
        (&[0; 11], CvmFault::HalfRule(11)),
        (&[0; 254], CvmFault::Long(254)),
    ] {
        store.set(Tag::CVM_LIST, list).unwrap();
        findings = Findings::new();
        assert_eq!(begin(&store, &mut findings).unwrap_err(), fault);
        assert_eq!(findings, Findings::new());
    }
}

#[test]
fn every_bit_has_its_rule() {
    let all = [Performed::Failed, Performed::TryLimitExceeded];
    let rules = |case: Case, rules: &[[u8; 2]], performed: &[Performed]| {
        case.run(rules, performed).findings.rules().collect::<Vec<_>>()
    };
    let full = Case { capabilities: 0xF8, ..Case::PURCHASE };
    let performed = Rule::VerificationPerformed;
    assert_eq!(rules(full, &[[0x1F, 4]], &[]), [performed, Rule::NoConditionSatisfied]);
    assert_eq!(rules(full, &[[0, 0]], &[]), [performed, Rule::VerificationForbidden]);
    assert_eq!(rules(full, &[[1, 0]], &all[..1]), [performed, Rule::VerificationFailed]);
    assert_eq!(
        rules(full, &[[0x41, 0], [0x44, 0], [0x2A, 0]], &all),
        [performed, Rule::UnrecognisedMethod, Rule::VerificationFailed, Rule::PinTryLimit]
    );
    assert_eq!(
        rules(full, &[[0x42, 0], [0x1F, 0]], &[Performed::Bypassed]),
        [performed, Rule::PinNotEntered]
    );
    assert_eq!(
        rules(full, &[[2, 0]], &[Performed::OnlineEntered]),
        [performed, Rule::OnlinePinEntered]
    );
    assert_eq!(
        rules(full, &[[0x42, 0], [0x1E, 0]], &[Performed::PadAbsentOrBroken]),
        [performed, Rule::PinPadAbsent]
    );
    // What was not asked for is no success.
    assert_eq!(
        rules(full, &[[1, 0]], &[Performed::OnlineEntered]),
        [performed, Rule::VerificationFailed]
    );
    assert_eq!(
        rules(full, &[[2, 0]], &[Performed::Successful]),
        [performed, Rule::VerificationFailed]
    );
    let signature = Capabilities::SIGNATURE.to_bytes()[1];
    let case = Case { capabilities: signature, ..Case::PURCHASE };
    assert_eq!(rules(case, &[[0x43, 0], [0x5E, 0]], &[]), [performed, Rule::PinPadAbsent]);
}
