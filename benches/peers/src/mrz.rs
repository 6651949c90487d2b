//! Taking machine readable zones apart: every field, and every check digit.

use std::hint::black_box;

use embedded_pos::scan::document::mrz::{Format, Mrz, Zone};
use embedded_pos::scan::document::{Check, ShortDate};
use mrz::{MrzData, ParseOptions};

use crate::digest;

/// Specimens of ICAO 9303 parts 4 to 7, and one with a long number.
static ZONES: [&[&str]; 6] = [
    &[
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ],
    &["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"],
    &[
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ],
    &[
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    ],
    &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"],
    &[
        "I<UTOD23145890<7349<<<<<<<<<<<",
        "3407127M9507122UTO<<<<<<<<<<<2",
        "STEVENSON<<PETER<JOHN<<<<<<<<<",
    ],
];

/// The first as a camera reads it: 0 of the day of birth as O.
static READ: &str = "p<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
    L898902C36UTO74O8122F1204159ZE184226B<<<<<10";

fn add(state: u64, text: impl IntoIterator<Item = u8>) -> u64 {
    text.into_iter().fold(digest(state, 0), |state, byte| digest(state, byte.into()))
}

fn date(state: u64, year: u64, month: u64, day: u64) -> u64 {
    digest(state, year << 16 | month << 8 | day)
}

fn check(state: u64, valid: Option<bool>) -> u64 {
    digest(state, valid.map_or(2, u64::from))
}

fn see(state: u64, mrz: &Mrz<'_>) -> u64 {
    let mut state = add(state, mrz.document_type().bytes());
    state = add(state, mrz.issuer().trim_end_matches('<').bytes());
    for name in [mrz.surname(), mrz.given_names()] {
        let spaced = name.as_written().bytes();
        state = add(state, spaced.map(|byte| if byte == b'<' { b' ' } else { byte }));
    }
    let (head, tail) = mrz.number().pieces();
    state = add(state, head.bytes().chain(tail.bytes()));
    state = add(state, mrz.nationality().trim_end_matches('<').bytes());
    for (written, century) in [(mrz.birth(), 19), (mrz.expiry(), 20)] {
        let day = written.and_then(|written: ShortDate| written.in_century(century));
        let day = day.expect("the days are in the calendar");
        state = date(state, day.year().into(), day.month().into(), day.day().into());
    }
    state = digest(state, u64::from(mrz.sex().name() == "male"));
    state = add(state, mrz.optional().bytes());
    let all = mrz.checks();
    let valid = |found| match found {
        Check::Absent => None,
        found => Some(found == Check::Valid),
    };
    [all.number, all.birth, all.expiry, all.optional, all.composite]
        .into_iter()
        .fold(state, |state, found| check(state, valid(found)))
}

fn see_peers(state: u64, data: &MrzData) -> u64 {
    let mut state = add(state, data.document_type.bytes());
    state = add(state, data.issuing_country.bytes());
    state = add(state, data.surname.bytes());
    state = add(state, data.given_names.bytes());
    state = add(state, data.full_document_number().bytes());
    state = add(state, data.nationality.bytes());
    for written in [&data.date_of_birth, &data.date_of_expiry] {
        let day = written.calendar().expect("the days are in the calendar");
        state = date(state, day.year as u64, day.month.into(), day.day.into());
    }
    state = digest(state, u64::from(data.sex == mrz::Sex::Male));
    state = add(state, data.optional_data_1.iter().flat_map(|text| text.bytes()));
    let all = &data.checks;
    [all.document_number, all.date_of_birth, all.date_of_expiry, all.personal_number, all.composite]
        .into_iter()
        .fold(state, check)
}

/// `embedded_pos::scan::document::mrz::Mrz`.
pub fn ours() -> u64 {
    black_box(ZONES).iter().fold(0, |state, zone| {
        let mut lines = [&[][..]; 3];
        lines.iter_mut().zip(*zone).for_each(|(to, line)| *to = line.as_bytes());
        let mrz = Mrz::parse(&lines[..zone.len()]).expect("the zones are well-formed");
        see(state, &mrz)
    })
}

/// `mrz`, whose caller says the format.
pub fn mrz() -> u64 {
    let options = ParseOptions::default().with_pivot_yy(26);
    black_box(ZONES).iter().fold(0, |state, zone| {
        let data = match zone {
            [a, b] if a.starts_with('P') => mrz::parse_td3_with(a, b, &options),
            [a, b] if a.starts_with('V') && a.len() == 44 => mrz::parse_mrv_a_with(a, b, &options),
            [a, b] if a.starts_with('V') => mrz::parse_mrv_b_with(a, b, &options),
            [a, b] => mrz::parse_td2_with(a, b, &options),
            [a, b, c] => mrz::parse_td1_with(a, b, c, &options),
            _ => unreachable!("zones have two lines or three"),
        };
        see_peers(state, &data.expect("the zones are well-formed"))
    })
}

/// `embedded_pos::scan::document::mrz::Zone`: text, repaired.
pub fn read_ours() -> u64 {
    let zone = Zone::read(black_box(READ).as_bytes()).expect("the text is a zone");
    assert!(zone.mrz().format() == Format::Td3);
    see(0, &zone.mrz())
}

/// `mrz`, which looks for a zone anywhere in a text.
pub fn read_mrz() -> u64 {
    let options = ParseOptions::default().with_pivot_yy(26);
    let data = mrz::find_and_parse_with(black_box(READ), &options).expect("the text has a zone");
    see_peers(0, &data)
}
