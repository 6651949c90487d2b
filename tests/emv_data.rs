//! Data elements: lists, file locators, card numbers, track 2, the store.

use embedded_pos::emv::tlv::{Full, Malformed, What};
use embedded_pos::emv::{
    Afl, AflFault, Amount, Dol, DolFault, Entry, Expiry, Pan, Record, Store, Tag, Track2,
};
use proptest::prelude::*;

fn filled<'v>(list: &[u8], lookup: impl Fn(Tag) -> Option<&'v [u8]>) -> Vec<u8> {
    let mut out = [0xEE; 64];
    let length = Dol::new(list).fill(&mut out, lookup).unwrap();
    assert!(out[length..].iter().all(|&byte| byte == 0xEE));
    out[..length].to_vec()
}

#[test]
fn a_list_is_read_line_by_line() {
    let entries: Vec<_> = Dol::new(b"\x9F\x02\x06\x95\x05\xDF\x81\x16\x03").entries().collect();
    let entry = |tag, length| Ok(Entry { tag: Tag(tag), length });
    assert_eq!(entries, [entry(0x9F02, 6), entry(0x95, 5), entry(0xDF8116, 3)]);
    let error = |list, offset, what| {
        let last = Dol::new(list).entries().last().unwrap();
        assert_eq!(last, Err(Malformed { offset, what }));
    };
    error(b"\x95\x05\x9F", 3, What::TagCut);
    error(b"\x95\x05\x9F\x02", 4, What::LengthCut(Tag::AMOUNT));
}

/// EMV Book 3, 5.4, step 2, each case of it.
#[test]
fn elements_are_cut_and_padded_by_their_format() {
    let amount: &[u8] = &[0x00, 0x00, 0x00, 0x12, 0x34, 0x56];
    let pan: &[u8] = &[0x62, 0x00, 0x00, 0x05];
    let name: &[u8] = b"TIANJIN";
    let lookup = |tag| match tag {
        Tag::AMOUNT => Some(amount),
        Tag::PAN => Some(pan),
        Tag::MERCHANT_NAME => Some(name),
        Tag(0x70) => Some(name),
        _ => None,
    };
    // Numeric: cut and padded at the left.
    assert_eq!(filled(b"\x9F\x02\x06", lookup), amount);
    assert_eq!(filled(b"\x9F\x02\x02", lookup), [0x34, 0x56]);
    assert_eq!(filled(b"\x9F\x02\x08", lookup), [&[0, 0], amount].concat());
    // Compressed numeric: cut at the right, padded there with F.
    assert_eq!(filled(b"\x5A\x02", lookup), [0x62, 0x00]);
    assert_eq!(filled(b"\x5A\x06", lookup), [0x62, 0x00, 0x00, 0x05, 0xFF, 0xFF]);
    // Other: cut at the right, padded there with zeros.
    assert_eq!(filled(b"\x9F\x4E\x04", lookup), b"TIAN");
    assert_eq!(filled(b"\x9F\x4E\x09", lookup), b"TIANJIN\0\0");
    // The numeric ones of annex A1 that other tables leave out.
    for tag in [0x5F57_u16, 0x9F3B, 0x9F43] {
        let list = [&tag.to_be_bytes()[..], &[0x02]].concat();
        assert_eq!(filled(&list, |_| Some(&[0x10])), [0x00, 0x10], "{tag:04X}");
    }
    // Unknown, and constructed: zeros.
    assert_eq!(filled(b"\x9F\x7A\x01\x70\x03\x9F\x20\x02", lookup), [0; 6]);
    assert_eq!(filled(b"", lookup), []);
}

#[test]
fn a_list_that_asks_for_too_much_is_refused() {
    let mut out = [0; 5];
    let fault = Dol::new(b"\x9F\x1A\x02\x9F\x02\x06").fill(&mut out, |_| None);
    assert_eq!(fault, Err(DolFault::Full(Tag::AMOUNT)));
}

#[test]
fn records_come_in_the_order_of_the_locator() {
    let afl = Afl::new(&[0x10, 1, 2, 1, 0x08, 3, 3, 0]).unwrap();
    let records: Vec<_> = afl.records().collect();
    let record = |sfi, number, authenticated| Record { sfi, number, authenticated };
    assert_eq!(records, [record(2, 1, true), record(2, 2, false), record(1, 3, false)]);
    let all = Afl::new(&[0xF0, 1, 255, 255]).unwrap();
    assert_eq!(all.records().filter(|record| record.authenticated).count(), 255);
    assert_eq!(Afl::new(&[]), Err(AflFault { offset: 0 }));
}

#[test]
fn a_card_number_shows_six_and_four_digits() {
    let pan = Pan::from_compressed(&[0x62, 0, 0, 0, 0, 0, 0, 0x05]).unwrap();
    assert_eq!(pan.expose(), "6200000000000005");
    assert_eq!(pan.masked().to_string(), "620000******0005");
    assert!(pan.check_digit_valid());
    assert!(!Pan::from_digits("6200000000000006").unwrap().check_digit_valid());
    // 19 digits, padded; 12 digits, of which six would hide next to nothing.
    let long = Pan::from_compressed(&[0x62, 0, 0, 0, 0, 0, 0, 0, 0, 0x3F]).unwrap();
    assert_eq!(long.masked().to_string(), "620000*********0003");
    assert_eq!(Pan::from_digits("620000000003").unwrap().masked().to_string(), "********0003");
    let shown = format!("{pan:?} {:?}", pan.masked());
    assert!(!shown.contains("62"), "{shown}");
    assert_eq!(pan, Pan::from_digits("6200000000000005").unwrap());
    assert_ne!(pan, long);
}

#[test]
fn what_is_no_card_number_is_refused() {
    for digits in ["", "1234567", "62000000000000000000", "6200 0000 0000 0005", "62OO000000"] {
        assert!(Pan::from_digits(digits).is_none(), "{digits}");
    }
    for bytes in
        [&b""[..], b"\x62\x00\x00\xF5", b"\x62\x00\x00\x00\x0A", b"\x12\x34\x5F", &[0x11; 10]]
    {
        assert!(Pan::from_compressed(bytes).is_none(), "{bytes:02X?}");
    }
}

#[test]
fn track_2_is_taken_apart() {
    let bytes = b"\x62\x00\x00\x00\x00\x00\x00\x05\xD3\x11\x22\x20\x00\x00\x00\x0F";
    let track = Track2::new(bytes).unwrap();
    assert_eq!(track.pan().unwrap().expose(), "6200000000000005");
    assert_eq!(track.expiry(), Some(Expiry { year: 31, month: 12 }));
    assert_eq!(track.service_code(), Some(220));
    assert_eq!(track.expose(), bytes);
    assert_eq!(format!("{track:?}"), "Track2(redacted)");
    assert_eq!(track, Track2::new(bytes).unwrap());
    assert_ne!(track, Track2::new(&bytes[..15]).unwrap());
    // Nothing behind the separator.
    let bare = Track2::new(b"\x62\x00\x00\x00\x00\xDF").unwrap();
    assert_eq!((bare.expiry(), bare.service_code()), (None, None));
    // No separator; a second one; no digits; month 13; too long.
    assert!(Track2::new(b"\x62\x00\x00\x00\x00").is_none());
    assert!(Track2::new(b"\x62\x00\x00\x00\x00\xD3\xD1").is_none());
    assert!(Track2::new(b"\xD3\x11").is_none());
    assert_eq!(Track2::new(b"\x62\x00\x00\x00\xD3\x11\x3F").unwrap().expiry(), None);
    assert!(Track2::new(&[0x11; 20]).is_none());
}

#[test]
fn a_store_keeps_replaces_and_forgets() {
    let mut memory = [0xAA; 64];
    let mut store = Store::new(&mut memory);
    assert!(store.is_empty());
    store.set(Tag::TVR, &[0; 5]).unwrap();
    store.set(Tag::PAN, &[0x62, 0x00]).unwrap();
    store.set(Tag::ATC, &[0, 1]).unwrap();
    store.set(Tag::TVR, &[1; 5]).unwrap();
    store.set(Tag::PAN, &[0x62, 0x00, 0x05]).unwrap();
    assert_eq!(store.get(Tag::TVR), Some(&[1; 5][..]));
    assert_eq!(store.get(Tag::PAN), Some(&[0x62, 0x00, 0x05][..]));
    assert_eq!(store.get(Tag::AMOUNT), None);
    assert_eq!(store.tags().collect::<Vec<_>>(), [Tag::TVR, Tag::ATC, Tag::PAN]);
    store.remove(Tag::PAN);
    store.remove(Tag::AMOUNT);
    assert_eq!(store.get(Tag::PAN), None);
    assert_eq!(store.len(), (8 + 5) + (8 + 2));
    assert_eq!(format!("{store:?}"), "Store{Tag(95), Tag(9F36)}");
    // Empty is there.
    store.set(Tag::LABEL, &[]).unwrap();
    assert_eq!(store.get(Tag::LABEL), Some(&[][..]));
    drop(store);
    assert!(memory[..41].iter().all(|&byte| byte == 0));
}

#[test]
fn a_full_store_says_so_and_keeps_what_it_has() {
    let mut memory = [0; 17];
    let mut store = Store::new(&mut memory);
    store.set(Tag::TVR, &[7; 5]).unwrap();
    assert_eq!(store.set(Tag::ATC, &[0, 1]), Err(Full { tag: Tag::ATC }));
    assert_eq!(store.set(Tag::TVR, &[8; 6]), Err(Full { tag: Tag::TVR }));
    assert_eq!(store.get(Tag::TVR), Some(&[7; 5][..]));
    store.set(Tag::TVR, &[9; 5]).unwrap();
    assert_eq!(store.get(Tag::TVR), Some(&[9; 5][..]));
}

proptest! {
    #[test]
    fn no_bytes_upset_a_parser(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut out = [0; 255];
        let asked: usize = Dol::new(&bytes)
            .entries()
            .flatten()
            .map(|entry| usize::from(entry.length))
            .sum();
        match Dol::new(&bytes).fill(&mut out, |_| Some(&bytes)) {
            Ok(length) => prop_assert_eq!(length, asked),
            Err(DolFault::Full(_)) => prop_assert!(asked > out.len()),
            Err(DolFault::Malformed(malformed)) => prop_assert!(malformed.offset <= bytes.len()),
        }
        if let Ok(afl) = Afl::new(&bytes) {
            prop_assert!(afl.records().take(1000).all(|record| record.number != 0));
        }
        if let Some(pan) = Pan::from_compressed(&bytes) {
            prop_assert!((8..=19).contains(&pan.expose().len()));
            prop_assert_eq!(pan.masked().to_string().len(), pan.expose().len());
        }
        if let Some(track) = Track2::new(&bytes) {
            prop_assert!(track.pan().is_some());
            let _ = (track.expiry(), track.service_code());
        }
    }

    #[test]
    fn a_store_behaves_like_a_map(
        writes in prop::collection::vec((0_usize..6, prop::collection::vec(any::<u8>(), 0..40), any::<bool>()), 0..60)
    ) {
        let tags = [Tag::TVR, Tag::PAN, Tag::AMOUNT, Tag(0xDF8116), Tag::CDOL1, Tag::LABEL];
        let mut memory = [0; 400];
        let mut store = Store::new(&mut memory);
        let mut map = std::collections::HashMap::new();
        for (which, value, forget) in writes {
            let tag = tags[which];
            if forget {
                store.remove(tag);
                map.remove(&tag);
            } else if store.set(tag, &value).is_ok() {
                map.insert(tag, value);
            }
            for tag in tags {
                prop_assert_eq!(store.get(tag), map.get(&tag).map(Vec::as_slice));
            }
            prop_assert_eq!(store.tags().count(), map.len());
        }
    }

    #[test]
    fn an_amount_is_its_digits(minor in 0_u64..=999_999_999_999) {
        let digits = format!("{minor:012}");
        let bcd = Amount::from_minor(minor).unwrap().to_bcd();
        let hex: String = bcd.iter().map(|byte| format!("{byte:02X}")).collect();
        prop_assert_eq!(hex, digits);
    }
}
