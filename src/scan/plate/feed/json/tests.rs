use std::format;
use std::string::String;
use std::vec::Vec;

use super::*;

const NAME: u8 = 0;
const SIZE: u8 = 1;
const PLACE: u8 = 2;
const SCHEMA: Schema = Schema {
    root: Then::Scope(0),
    rows: &[
        (0, "name", Then::Field(NAME)),
        (0, "place", Then::Field(PLACE)),
        (0, "box", Then::Scope(0)),
        (0, "list", Then::Record(1)),
        (1, "name", Then::Field(NAME)),
        (1, "size", Then::Field(SIZE)),
        (1, "list", Then::Record(1)),
        (1, "notes", Then::Scope(1)),
    ],
    gbk: false,
};
static PLAIN: Schema = SCHEMA;
static GBK: Schema = Schema { gbk: true, ..SCHEMA };

fn whole<'a>(
    schema: &'static Schema,
    room: &'a mut [u8],
    text: &[u8],
) -> Result<Json<&'a mut [u8]>, (Wrong, usize)> {
    let mut json = Json::new(schema, room);
    for (at, byte) in text.iter().enumerate() {
        if json.push(*byte).map_err(|wrong| (wrong, at))? {
            assert_eq!(at + 1, text.len());
            return Ok(json);
        }
    }
    Err((Wrong::Syntax, text.len()))
}

/// Of each record its name, its size and the text's place; `!` if repeated.
fn records(text: &str) -> Vec<String> {
    let mut room = [0; 400];
    let mut json = whole(&PLAIN, &mut room, text.as_bytes()).unwrap();
    let mut records = Vec::new();
    while let Some(record) = json.record() {
        let text = |field| record.text(field).map(|text| String::from_utf8(text.to_vec()).unwrap());
        let repeated = if record.is_repeated() { "!" } else { "" };
        records.push(format!(
            "{}{repeated} {:?} {}",
            text(NAME).unwrap_or_default(),
            record.int(SIZE),
            text(PLACE).unwrap_or_default()
        ));
    }
    records
}

#[test]
fn records_know_what_stands_around_them() {
    let text = r#"{"name":"n","list":[{"name":"a","size":1},{"size":-2}],"place":"p"}"#;
    assert_eq!(records(text), ["a Some(1) p", "n Some(-2) p"]);
    assert_eq!(records(r#"{"list":{"name":"a"}}"#), ["a None "]);
    assert_eq!(records(r#"{"list":[[{"name":"a"}],[]]}"#), ["a None "]);
    assert_eq!(records(r#"{"list":[]}"#), [""; 0]);
    // Of a record within a record, one is made.
    assert_eq!(records(r#"{"list":[{"list":[{"name":"a"}],"size":3}]}"#), ["a Some(3) "]);
}

#[test]
fn the_first_of_two_counts() {
    assert_eq!(
        records(r#"{"list":[{"name":"a","name":"b"},{"name":"c"}]}"#),
        ["a! None ", "c None "]
    );
    assert_eq!(records(r#"{"place":"p","list":[{}],"place":"q"}"#), ["! None p"]);
    // Elements of a list are no repetition, but what an element says twice is.
    assert_eq!(records(r#"{"list":[{"notes":[{"name":"a"},{"name":"b"}]}]}"#), ["a None "]);
    assert_eq!(records(r#"{"list":[{"notes":[{"name":"a","name":"b"}]}]}"#), ["a! None "]);
}

#[test]
fn what_nobody_asked_for_takes_no_room() {
    let mut text = String::from(r#"{"x":{"list":[{"name":"a"}],"y":[1,2.5e3,true,null,"z"]},"#);
    text += &format!(r#""picture":"{}","place":"p","list":[{{}}]}}"#, "A".repeat(100_000));
    let mut room = [0; 12];
    let mut json = whole(&PLAIN, &mut room, text.as_bytes()).unwrap();
    assert_eq!(&*json.record().unwrap().text(PLACE).unwrap(), b"p");
    assert!(json.record().is_none());
}

#[test]
fn long_strings_are_cut_and_escapes_stay_whole() {
    for lead in 0..14 {
        let text = format!(
            r#"{{"place":"{}\u6D25\\\"\n\u6D25yyyyyyyyyyyy","name":"n","list":{{}}}}"#,
            "x".repeat(128 - lead)
        );
        let mut room = [0; 300];
        let mut json = whole(&PLAIN, &mut room, text.as_bytes()).unwrap();
        let record = json.record().unwrap();
        let place = record.text(PLACE).unwrap();
        assert!(place.starts_with(b"xxx") && place.len() <= 128);
        assert!(core::str::from_utf8(&place).is_ok());
        assert_eq!(&*record.text(NAME).unwrap(), b"n");
    }
}

#[test]
fn too_much_is_told_at_the_end() {
    let text = br#"{"name":"0123456789","place":"0123456789"}"#;
    for (room, wrong) in [(27, true), (28, false)] {
        let mut room = std::vec![0; room];
        let json = whole(&PLAIN, &mut room, text);
        assert_eq!(json.err(), wrong.then_some((Wrong::Long, text.len() - 1)));
    }
}

#[test]
fn depth_has_a_bound() {
    let text = |deep: usize| ["[".repeat(deep), "]".repeat(deep)].concat();
    assert!(whole(&PLAIN, &mut [0; 8], text(24).as_bytes()).is_ok());
    let error = whole(&PLAIN, &mut [0; 8], text(25).as_bytes()).err();
    assert_eq!(error, Some((Wrong::Deep, 24)));
}

#[test]
fn every_byte_comes_through_a_string() {
    for lead in 0x80..=0xFF_u8 {
        for trail in [b'A', b'\\', b'|', 0x7E, 0x80, 0xA1, 0xFE] {
            let text = [br#"{"name":""#, &[lead, trail, b'1'][..], br#""}"#].concat();
            let mut room = [0; 64];
            // A backslash behind 0xFF or 0x80 is a trail byte too; GBK has no
            // such character.
            let json = whole(&GBK, &mut room, &text).unwrap();
            assert_eq!(&*json.outer().text(NAME).unwrap(), [lead, trail, b'1']);
            let plain = whole(&PLAIN, &mut [0; 64], &text).err();
            assert_eq!(plain.is_some(), trail == b'\\', "{lead:x} {trail:x}");
        }
    }
}

#[test]
fn a_backslash_behind_utf8_is_an_escape() {
    let text = "{\"name\":\"津\\\"A津\\n\"}".as_bytes();
    let mut room = [0; 64];
    let json = whole(&PLAIN, &mut room, text).unwrap();
    assert_eq!(&*json.outer().text(NAME).unwrap(), "津\"A津\n".as_bytes());
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    for (text, at) in [
        ("x", 0),
        ("1", 0),
        ("\"a\"", 0),
        ("]", 0),
        ("{,", 1),
        ("{\"a\",", 4),
        ("{\"a\":}", 5),
        ("{\"a\":1,}", 7),
        ("[1 2]", 3),
        ("[1,]", 3),
        ("[}", 1),
        ("{\"a\":\"\\q", 7),
        ("{\"a\":\"\\u12x", 10),
        ("{\"a\":1", 6),
        ("", 0),
    ] {
        let error = whole(&PLAIN, &mut [0; 64], text.as_bytes()).err();
        assert_eq!(error, Some((Wrong::Syntax, at)), "{text}");
    }
}

#[test]
fn the_next_text_knows_nothing_of_the_last() {
    let mut json = Json::new(&PLAIN, [0; 64]);
    for text in [r#"{"name":"a","list":[{"size":1"#, r#"{"list":[{}]}"#] {
        json.clear();
        for byte in text.bytes() {
            let _ = json.push(byte).unwrap();
        }
    }
    let record = json.record().unwrap();
    assert!(record.text(NAME).is_none() && record.int(SIZE).is_none());
}
