//! Answers to reset, beyond what `inspect_atr` pins down.

use embedded_pos::card::t1::Edc;
use embedded_pos::card::{Atr, AtrError, Convention, SpecificMode, T1Parameters, Tck};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

fn vectors() -> Vec<Vec<u8>> {
    let lines = include_str!("vectors/atr/atr.jsonl").lines();
    let inputs = lines.map(|line| {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let hex = vector["input"].as_str().unwrap().to_owned();
        let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        (0..hex.len() / 2).map(byte).collect()
    });
    inputs.collect()
}

fn good() -> impl Iterator<Item = Atr> {
    vectors().into_iter().filter_map(|atr| Atr::new(&atr).ok())
}

#[test]
fn interface_bytes_by_group() {
    // Of a UnionPay card's kind: specific mode, T=1 with IFSC FE and CRC.
    let atr = [0x3F, 0xF1, 0x95, 0x00, 0xFF, 0x91, 0x81, 0x71, 0xFE, 0x47, 0x01, 0x55];
    let atr = Atr::new(&[&atr[..], &[0x00]].concat()).unwrap();
    assert_eq!(atr.convention(), Convention::Inverse);
    assert_eq!((atr.ta1(), atr.tb1(), atr.tc1()), (Some(0x95), Some(0x00), Some(0xFF)));
    assert_eq!((atr.fi(), atr.di()), (Some(512), Some(16)));
    let mode = SpecificMode { protocol: 1, implicit: false, fixed: true };
    assert_eq!(atr.specific_mode(), Some(mode));
    let t1 = T1Parameters { ifsc: 0xFE, bwi: 4, cwi: 7, edc: Edc::Crc };
    assert_eq!(atr.t1(), t1);
    assert_eq!(atr.historical(), [0x55]);
    let groups: Vec<_> = atr.groups().map(|group| (group.index, group.protocol)).collect();
    assert_eq!(groups, [(1, None), (2, Some(1)), (3, Some(1))]);
}

#[test]
fn what_is_not_said_about_t1_has_the_values_of_the_standard() {
    let atr = Atr::new(&[0x3B, 0x80, 0x01, 0x81]).unwrap();
    assert_eq!(atr.t1(), T1Parameters { ifsc: 32, bwi: 4, cwi: 13, edc: Edc::Lrc });
    assert_eq!((atr.fi(), atr.di(), atr.tck()), (Some(372), Some(1), Tck::Valid));
}

#[test]
fn only_the_first_bytes_for_t1_count_and_none_of_the_second_group() {
    // TD1: T=1 with TA2 and TD2. TD2: T=0 with TA3 and TD3. TD3: T=1 with TA4
    // and TD4. TD4: T=1 with TA5 and TB5.
    let atr = [0x3B, 0x80, 0x91, 0x01, 0x90, 0x0A, 0x91, 0x40, 0x31, 0x50, 0x25, 0x77];
    let t1 = Atr::new(&atr).unwrap().t1();
    assert_eq!(t1, T1Parameters { ifsc: 0x40, bwi: 2, cwi: 5, edc: Edc::Lrc });
}

#[test]
fn every_truncation_is_an_error_at_its_end() {
    for atr in good() {
        let all = atr.as_bytes();
        let body = all.len() - usize::from(matches!(atr.tck(), Tck::Valid | Tck::Invalid));
        for len in 0..body {
            assert_eq!(Atr::new(&all[..len]), Err(AtrError::Truncated { offset: len }));
        }
        if body < all.len() {
            let without = Atr::new(&all[..body]).unwrap().tck();
            let t0_only = atr.protocols().eq([0]) && atr.groups().all(|g| g.td.is_none());
            assert_eq!(without, if t0_only { Tck::Absent } else { Tck::Missing });
        }
    }
}

#[test]
fn every_flipped_bit_is_refused_or_noticed_by_the_check() {
    for atr in good().filter(|atr| atr.tck() == Tck::Valid) {
        for bit in 0..atr.as_bytes().len() * 8 {
            let mut wrong = atr.as_bytes().to_vec();
            wrong[bit / 8] ^= 1 << (bit % 8);
            match Atr::new(&wrong) {
                // 3B and 3F differ in one bit, which TCK does not cover.
                Ok(got) if bit / 8 > 0 => assert_ne!(got.tck(), Tck::Valid),
                Ok(got) => assert_ne!(got.convention(), atr.convention()),
                Err(error) => assert!(error.offset() <= wrong.len()),
            }
        }
    }
}

#[test]
fn what_is_left_over_is_an_error() {
    let left_over = |atr: &[u8]| Atr::new(atr).map_err(|error| error.offset());
    assert_eq!(left_over(&[0x3B, 0x00, 0x00, 0x00]), Err(3));
    assert_eq!(left_over(&[0x3B, 0x80, 0x01, 0x81, 0x90, 0x00]), Err(4));
    // Sound, but longer than an ATR may be.
    let mut long = vec![0x3B, 0xFF];
    long.extend([0x11, 0x00, 0x00, 0xF1].repeat(3));
    long.extend([0x11, 0x00, 0x00, 0x01]);
    long.extend([0; 16]);
    assert_eq!(long.len(), 34);
    assert_eq!(left_over(&long), Err(33));
}

#[test]
fn errors_say_what_and_where() {
    let error = Atr::new(&[0x00]).unwrap_err();
    assert_eq!(error.to_string(), "TS is 00, not 3B or 3F");
    assert_eq!(error.kind(), ErrorKind::Protocol);
    let text = Atr::new(&[0x3B, 0x02]).unwrap_err().to_string();
    assert_eq!(text, "the ATR ends early, at byte 2");
    let atr = Atr::new(&[0x3B, 0x02, 0x14, 0x50]).unwrap();
    assert_eq!(format!("{atr:?}"), "Atr(3B021450)");
    assert_eq!(format!("{}, {}", atr.convention(), atr.tck()), "direct, absent");
    let atr = Atr::new(&[0x3F, 0x80, 0x01]).unwrap();
    assert_eq!(format!("{}, {}", atr.convention(), atr.tck()), "inverse, missing");
}

proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Some(first) = bytes.first_mut() {
            *first = if *first < 0x80 { 0x3B } else { 0x3F };
        }
        if let Ok(atr) = Atr::new(&bytes) {
            prop_assert_eq!(atr.as_bytes(), &bytes[..]);
            prop_assert!(atr.offers(atr.first_protocol()));
            prop_assert!(!atr.offers(15));
            prop_assert_eq!(atr.historical().len(), usize::from(bytes[1] & 0x0F));
            let _ = (atr.t1(), atr.fi(), atr.di(), atr.tck(), atr.specific_mode());
        }
    }
}
