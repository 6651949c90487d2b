//! The text of ID cards.

use embedded_pos::scan::document::card::{Field, IdText, TextError};

const FIELDS: [Field; 17] = [
    Field::Name,
    Field::EnglishName,
    Field::EnglishNameRest,
    Field::Sex,
    Field::Nation,
    Field::Birth,
    Field::Address,
    Field::Number,
    Field::Issuer,
    Field::ValidFrom,
    Field::ValidUntil,
    Field::Pass,
    Field::IssueCount,
    Field::Nationality,
    Field::Version,
    Field::Authority,
    Field::Related,
];

/// A field is text or says where it is none; what is read is what its bytes
/// say, and nothing of them shows.
pub fn run(data: &[u8]) {
    let mut bytes = [0; IdText::LEN];
    bytes.iter_mut().zip(data).for_each(|(to, from)| *to = *from);
    let text = IdText::from(bytes);
    let card = text.card();
    for field in FIELDS {
        let Some(read) = card.text(field) else {
            assert!(card.raw(field).is_empty());
            continue;
        };
        let (mut buf, raw) = ([0; 256], card.raw(field));
        match read.to_utf8(&mut buf) {
            Ok(utf8) => {
                let units: Vec<u8> = utf8.encode_utf16().flat_map(u16::to_le_bytes).collect();
                assert!(field == Field::EnglishName || raw.starts_with(&units));
            }
            Err(TextError::Surrogate(at)) => assert!(at < 120 && at % 2 == 0),
            Err(other) => panic!("{other:?}"),
        }
    }
    let _ = (card.sex(), card.nation(), card.valid_until(), card.resident_id());
    let digits = |raw: &[u8]| String::from_utf8(raw.iter().copied().step_by(2).collect()).unwrap();
    for (date, field) in [(card.birth(), Field::Birth), (card.valid_from(), Field::ValidFrom)] {
        if let Ok(date) = date {
            assert_eq!(date.to_string().replace('-', ""), digits(card.raw(field)));
        }
    }
    assert!(format!("{card:?}{text:?}").len() < 100);
}
