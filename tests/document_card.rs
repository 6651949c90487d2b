//! The four layouts of an ID card's text, against cards made of their fields.

use embedded_pos::scan::document::card::{
    BadField, CardKind, CardText, Expiry, Field, FieldError, IdCard, IdText, Nation, NewestAddress,
    SexCode, TextError,
};
use embedded_pos::scan::document::{Check, Sex};
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::card::{
    self, Card, foreigner_2017, foreigner_2023, permit, resident, utf16,
};

fn read(text: CardText<'_>) -> String {
    let mut buf = [0; 192];
    text.to_utf8(&mut buf).unwrap().into()
}

fn field(card: &IdCard<'_>, field: Field) -> String {
    card.text(field).map(read).unwrap_or("-".into())
}

#[test]
fn a_resident_card() {
    let made = resident("测试一").valid("20200229", "20400228");
    let text = IdText::from(made.text());
    let card = text.card();
    assert_eq!(card.kind(), CardKind::Resident);
    assert_eq!(read(card.name()), "测试一");
    assert_eq!((card.sex(), card.nation()), (Some(SexCode::Male), Some(Nation(1))));
    assert_eq!(card.birth().unwrap().to_string(), "1990-01-01");
    assert_eq!(field(&card, Field::Address), "某省某市某区试验路1号");
    assert_eq!(field(&card, Field::Issuer), "某市公安局试验分局");
    assert_eq!(card.valid_from().unwrap().to_string(), "2020-02-29");
    let Ok(Expiry::On(until)) = card.valid_until() else { panic!() };
    assert_eq!(until.to_string(), "2040-02-28");
    let id = card.resident_id().unwrap();
    assert_eq!((id.check(), id.sex(), id.is_area_known()), (Check::Valid, Sex::Male, false));
    assert_eq!(id.as_bytes(), made.number.as_bytes());
    for none in [Field::Pass, Field::EnglishName, Field::Nationality, Field::Related] {
        assert!(card.text(none).is_none() && card.raw(none).is_empty(), "{none:?}");
    }
}

#[test]
fn a_permit() {
    let text = IdText::from(permit("测试二").text());
    let card = text.card();
    assert_eq!(card.kind(), CardKind::Permit);
    assert_eq!(read(card.name()), "测试二");
    assert_eq!((field(&card, Field::Pass), field(&card, Field::IssueCount)), {
        ("H00000000".into(), "01".into())
    });
    assert_eq!(card.nation(), None);
    assert_eq!(card.resident_id().unwrap().area(), b"819999");
}

#[test]
fn a_card_of_2017() {
    let text = IdText::from(foreigner_2017("TEST, PERSON ONE").text());
    let card = text.card();
    assert_eq!(card.kind(), CardKind::Foreigner2017);
    assert_eq!(field(&card, Field::EnglishName), "TEST, PERSON ONE");
    assert_eq!(read(card.name()), "测试");
    assert_eq!(field(&card, Field::Number), "XXA000090010100");
    assert_eq!(field(&card, Field::Nationality), "XXA");
    assert_eq!((field(&card, Field::Version), field(&card, Field::Authority)), {
        ("01".into(), "0000".into())
    });
    assert_eq!(card.birth().unwrap().to_string(), "1990-01-01");
    // Fifteen characters, but with letters: no number of a resident.
    assert!(matches!(card.resident_id().unwrap_err().why, FieldError::Number(_)));
    assert_eq!(field(&card, Field::Address), "-");
}

#[test]
fn a_card_of_2023_and_a_name_in_two_fields() {
    let short = IdText::from(foreigner_2023("TEST, PERSON ONE").text());
    assert_eq!(field(&short.card(), Field::EnglishName), "TEST, PERSON ONE");
    let name = "TEST, ABCDEFGHIJKLMNOPQRSTUVWXYZ XY ABCDEFGHIJ";
    let long = IdText::from(foreigner_2023(name).text());
    let card = long.card();
    assert_eq!(card.kind(), CardKind::Foreigner2023);
    assert_eq!(field(&card, Field::EnglishName), name);
    assert_eq!(card.resident_id().unwrap().check(), Check::Valid);
    assert_eq!((field(&card, Field::IssueCount), field(&card, Field::Related)), {
        ("00".into(), "0".into())
    });
}

/// The bytes of a field, changed.
fn with(card: &Card, at: usize, bytes: &[u8]) -> IdText {
    let mut text = card.text();
    text[at..at + bytes.len()].copy_from_slice(bytes);
    IdText::from(text)
}

#[test]
fn bad_fields_are_named_and_the_others_are_read() {
    let made = resident("测试三");
    let bad = |field, why| BadField { field, why };
    let text = with(&made, 36, &utf16("19900230", 16));
    assert_eq!(text.card().birth(), Err(bad(Field::Birth, FieldError::NoSuchDay)));
    assert_eq!(read(text.card().name()), "测试三");
    let text = with(&made, 188, &utf16("2020010", 16));
    assert_eq!(text.card().valid_from(), Err(bad(Field::ValidFrom, FieldError::Form)));
    assert_eq!(text.card().raw(Field::ValidFrom), utf16("2020010", 16));
    let text = with(&made, 204, &utf16("长期X", 16));
    assert_eq!(text.card().valid_until(), Err(bad(Field::ValidUntil, FieldError::Form)));
    let text = with(&made, 30, &utf16("7", 2));
    assert_eq!(text.card().sex(), Some(SexCode::Other(0x37)));
    let text = with(&made, 32, &utf16("57", 4));
    assert_eq!(text.card().nation(), Some(Nation(57)));
    assert_eq!(text.card().nation().unwrap().name(), None);
    // The first half of a character, and nothing behind it.
    let text = with(&made, 2, &[0x00, 0xD8]);
    assert_eq!(text.card().name().to_utf8(&mut [0; 64]), Err(TextError::Surrogate(2)));
    assert_eq!(text.card().name().chars().filter(Result::is_ok).count(), 2);
    let text = with(&made, 248, &utf16("Q", 2));
    assert_eq!(text.card().kind(), CardKind::Other(0x51));
    assert_eq!(read(text.card().name()), "测试三", "read as the layout that all readers knew");
}

#[test]
fn a_character_outside_the_basic_plane_is_one() {
    let text = with(&resident("测"), 2, &utf16("𠮷", 4));
    assert_eq!(read(text.card().name()), "测𠮷");
    let small = &mut [0xA5; 6];
    assert_eq!(text.card().name().to_utf8(small), Err(TextError::Room(7)));
    assert_eq!(*small, [0xA5; 6], "nothing of it is there");
}

#[test]
fn all_nations_have_names() {
    let names: std::collections::BTreeSet<_> = (1..=56).map(|code| Nation(code).name()).collect();
    assert!(names.len() == 56 && !names.contains(&None));
    assert_eq!(Nation(15).name(), Some("土家"));
    assert_eq!(Nation(30).name(), Some("土"));
    assert_eq!(Nation(56).name(), Some("基诺"));
    assert_eq!(Nation(97).name(), Some("其他"));
    assert_eq!((Nation(0).name(), Nation(99).name()), (None, None));
}

#[test]
fn drawn_cards_are_read_as_what_they_were_made_of() {
    let mut draw = Draw::new(1);
    for _ in 0..2_000 {
        let made = card::any(&mut draw);
        let text = IdText::from(made.text());
        let card = text.card();
        assert_eq!(read(card.name()), made.name);
        assert_eq!(field(&card, Field::Number), made.number);
        if let Some(name) = card.text(Field::EnglishName) {
            assert_eq!(read(name), made.english_name);
        }
        assert_eq!(card.birth().unwrap().to_string().replace('-', ""), made.birth);
        let until = match card.valid_until().unwrap() {
            Expiry::On(date) => date.to_string().replace('-', ""),
            Expiry::LongTerm => "长期".into(),
        };
        assert_eq!(until, made.valid_until);
        if let Some(nation) = card.nation() {
            assert_eq!((card.kind(), format!("{:02}", nation.0)), {
                (CardKind::Resident, made.nation.clone())
            });
        }
        if card.kind() != CardKind::Foreigner2017 {
            let id = card.resident_id().unwrap();
            assert_eq!((id.check(), id.birth()), (Check::Valid, card.birth().unwrap()));
        }
    }
}

#[test]
fn nearly_valid_cards_are_told_with_the_field() {
    let mut draw = Draw::new(2);
    for _ in 0..500 {
        let (made, wrong) = card::nearly(&mut draw);
        let text = IdText::from(made.text());
        let card = text.card();
        let bad = [card.birth().err(), card.valid_from().err(), card.valid_until().err()];
        let named: Vec<String> =
            bad.iter().flatten().map(|bad| format!("{:?}", bad.field)).collect();
        assert_eq!(named, [wrong]);
        assert_eq!(read(card.name()), made.name);
    }
}

#[test]
fn nothing_of_a_person_shows() {
    let text = IdText::from(resident("测试四").text());
    let card = text.card();
    let shown = format!("{text:?} {card:?} {:?} {:?}", card.name(), NewestAddress::new());
    assert!(!shown.contains("测") && !shown.contains("1990") && !shown.contains("6D4B"), "{shown}");
}
