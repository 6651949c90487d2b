//! Numbers of persons of all kinds, through the public API.

use embedded_pos::civil::Date;
use embedded_pos::scan::document::{
    Check, ForeignerId, HomeReturnPermit, IdError, IdKind, ResidentId, Sex,
};
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::{IdWrong, foreigner_id, resident_id, wrong_id};
use proptest::prelude::*;

const KINDS: [IdKind; 6] = [
    IdKind::Resident,
    IdKind::Resident15,
    IdKind::HongKong,
    IdKind::Macau,
    IdKind::Taiwan,
    IdKind::Foreigner,
];

#[test]
fn kinds_by_their_first_digits() {
    for (text, kind, known) in [
        (&b"440524188001010014"[..], IdKind::Resident, true),
        (b"110105491231002", IdKind::Resident15, true),
        (b"810000199408230021", IdKind::HongKong, true),
        (b"830000199201300022", IdKind::Taiwan, true),
        (b"810101199408230021", IdKind::HongKong, false),
        (b"820000199408230021", IdKind::Macau, true),
        (b"911124199001011238", IdKind::Foreigner, true),
        (b"999999199001011238", IdKind::Foreigner, false),
        (b"009999199001011238", IdKind::Resident, false),
    ] {
        let id = ResidentId::parse(text).unwrap();
        assert_eq!((id.kind(), id.is_area_known()), (kind, known), "{text:?}");
    }
    // The specimen card in a reader's manual: Shanghai, Pakistan, a woman.
    let id = ResidentId::parse(b"931586198001010028").unwrap();
    assert_eq!((id.kind(), id.check(), id.sex()), (IdKind::Foreigner, Check::Valid, Sex::Female));
    assert_eq!(id.nationality(), Some(&b"586"[..]));
    let id = ResidentId::parse(b"911124199001011238").unwrap();
    assert_eq!((id.area(), id.nationality()), (&b"911124"[..], Some(&b"124"[..])));
    assert_eq!(ResidentId::parse(b"440524188001010014").unwrap().nationality(), None);
}

#[test]
fn older_cards_of_foreigners() {
    let id = ForeignerId::parse(b"uto310074081200").unwrap();
    assert_eq!(id.nationality(), b"uto");
    assert_eq!((id.area(), id.check()), (&b"3100"[..], Check::Invalid));
    let error = ForeignerId::parse(b"UTO310001022900").map(|id| id.birth().in_century(19));
    // 1901 had no leap day, nor had 2001.
    assert_eq!(error, Err(IdError::Date(7)));
    let id = ForeignerId::parse(b"UTO310000022900").unwrap();
    let today = Date::new(2026, 3, 2).unwrap();
    assert_eq!(id.birth().birth(today), Date::new(2000, 2, 29).ok());
    assert_eq!(id.birth().in_century(19), None);
    let error = |text: &[u8]| ForeignerId::parse(text).unwrap_err();
    assert_eq!(error(b"UTO3100010101"), IdError::Length(13));
    assert_eq!(error(b"U1O310001010100"), IdError::Character(1));
    assert_eq!(error(b"UTO31000101010O"), IdError::Character(14));
    assert_eq!(error(b"UTO310001130100"), IdError::Date(7));
    assert!(!format!("{id:?}").contains("0229"));
}

#[test]
fn home_return_permits() {
    let old = HomeReturnPermit::parse(b"h0000000012").unwrap();
    assert!(old.is_hong_kong());
    assert_eq!((old.person(), old.renewals()), (&b"00000000"[..], Some(12)));
    let new = HomeReturnPermit::parse(b"M00000001").unwrap();
    assert!(!new.is_hong_kong());
    assert_eq!((new.person(), new.renewals()), (&b"00000001"[..], None));
    let error = |text: &[u8]| HomeReturnPermit::parse(text).unwrap_err();
    assert_eq!(error(b"H0000000"), IdError::Length(8));
    assert_eq!(error(b"H000000000"), IdError::Length(10));
    assert_eq!(error(b"T00000000"), IdError::Character(0));
    assert_eq!(error(b"H0000000O"), IdError::Character(8));
    assert!(!format!("{old:?}").contains("0000"));
}

#[test]
fn ten_thousand_of_each_are_read_as_what_they_are_made_of() {
    let mut draw = Draw::new(11643);
    for kind in KINDS {
        for _ in 0..10_000 {
            let made = resident_id(&mut draw, kind);
            let id = ResidentId::parse(made.text.as_bytes()).unwrap();
            assert_eq!(id.as_bytes(), made.text.as_bytes());
            assert_eq!((id.kind(), id.birth().to_string()), (kind, made.birth.clone()));
            let sex = if made.male { Sex::Male } else { Sex::Female };
            assert_eq!(id.sex(), sex, "{made:?}");
            let check = if kind == IdKind::Resident15 { Check::Absent } else { Check::Valid };
            assert_eq!((id.check(), id.is_area_known()), (check, true), "{made:?}");
        }
    }
}

#[test]
fn ten_thousand_older_numbers_are_read_as_what_they_are_made_of() {
    let mut draw = Draw::new(2004);
    for _ in 0..10_000 {
        let made = foreigner_id(&mut draw);
        let id = ForeignerId::parse(made.text.as_bytes()).unwrap();
        assert_eq!(id.check(), Check::Valid, "{made:?}");
        assert_eq!(id.nationality(), made.nationality.as_bytes());
        assert_eq!(id.birth().as_bytes(), made.birth.as_bytes());
        let at = draw.below(15);
        let mut wrong = made.text.clone();
        wrong.replace_range(at..=at, if at < 3 { "0" } else { "A" });
        assert_eq!(ForeignerId::parse(wrong.as_bytes()), Err(IdError::Character(at)));
        let other = if made.text.ends_with('3') { "4" } else { "3" };
        wrong.replace_range(at..=at, &made.text[at..=at]);
        wrong.replace_range(14.., other);
        assert_eq!(ForeignerId::parse(wrong.as_bytes()).unwrap().check(), Check::Invalid);
    }
}

#[test]
fn ten_thousand_nearly_valid_of_each_are_told_what_is_wrong() {
    let mut draw = Draw::new(2260);
    for kind in KINDS {
        for _ in 0..10_000 {
            let (text, wrong) = wrong_id(&mut draw, kind);
            let found = ResidentId::parse(text.as_bytes());
            match wrong {
                IdWrong::Check => assert_eq!(found.unwrap().check(), Check::Invalid, "{text}"),
                IdWrong::Date => assert_eq!(found, Err(IdError::Date(6)), "{text}"),
                IdWrong::Character(at) => {
                    assert_eq!(found, Err(IdError::Character(at)), "{text}");
                }
                IdWrong::Length(len) => assert_eq!(found, Err(IdError::Length(len)), "{text}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..20)) {
        let _ = (ResidentId::parse(&text), ForeignerId::parse(&text));
        let _ = HomeReturnPermit::parse(&text);
    }

    #[test]
    fn letters_and_digits_too(text in "[A-Za-z]{0,3}[0-9]{8,18}") {
        let _ = (ResidentId::parse(text.as_bytes()), ForeignerId::parse(text.as_bytes()));
        let _ = HomeReturnPermit::parse(text.as_bytes());
    }
}
