//! Reading the licence of a drawn person: issuer, name, number, days and
//! address out of 30 elements.

use std::hint::black_box;

use embedded_pos::scan::document::aamva::{Aamva, Day};

use crate::digest;

/// Version 10, invented; the shape is that of the standard's Annex D.
pub static LICENCE: &[u8] = b"@\n\x1E\rANSI 636000100102DL00410284ZV03250012\
DLDAQT64230000\nDCSSPECIMEN\nDDEN\nDACPAT\nDDFN\nDADLEE ANN\nDDGN\nDCAD\nDCBK\nDCDPH\nDBD06062019\n\
DBB06061986\nDBA12102034\nDBC1\nDAU068 in\nDAYBRO\nDAG2300 WEST SAMPLE STREET\nDAIAYTOWN\nDAJVA\n\
DAK232690000  \nDCF2424244747474786000000\nDCGUSA\nDCK123456789\nDDAF\nDDB06062018\nDDD1\nDAW180\n\
DAZBRO\nDDK1\nDDL1\rZVZVA01\nZVB\r";

fn text(state: u64, text: &[u8]) -> u64 {
    text.iter().fold(state, |state, byte| digest(state, (*byte).into()))
}

fn date(state: u64, [year, month, day]: [u32; 3]) -> u64 {
    digest(state, (year * 10_000 + month * 100 + day).into())
}

/// Lines, without a look at header, offsets or anything else.
pub fn floor() -> u64 {
    let bytes = black_box(LICENCE);
    let get = |id: &[u8]| {
        bytes
            .split(|byte| *byte == b'\n' || *byte == b'\r')
            .find_map(|line| line.strip_prefix(id))
            .expect("the licence has it")
    };
    let number = |digits: &[u8]| digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
    let state = ["DAQ", "DCS", "DAC", "DAD", "DAG", "DAI", "DAJ"]
        .iter()
        .fold(0, |state, id| text(state, get(id.as_bytes())));
    ["DBB", "DBD", "DBA"].iter().fold(state, |state, id| {
        let day = get(id.as_bytes());
        date(state, [number(&day[4..]), number(&day[..2]), number(&day[2..4])])
    })
}

/// `embedded_pos::scan::document::aamva`, which finds no fault.
pub fn ours() -> u64 {
    let aamva = Aamva::strict(black_box(LICENCE)).expect("the licence is sound");
    let card = aamva.card();
    let (name, address) = (card.name(), card.address());
    let texts = [card.number(), name.family, name.first, name.middle, address.street, address.city];
    let state = texts
        .iter()
        .chain([&address.jurisdiction])
        .fold(0, |state, value| text(state, value.expect("the licence has it")));
    [card.birth(), card.issue(), card.expiry()].into_iter().fold(state, |state, day| {
        let day: Option<Day<'_>> = day;
        let day = day.and_then(|day| day.date).expect("the licence has it");
        date(state, [day.year().into(), day.month().into(), day.day().into()])
    })
}

/// Crate `aamva`, which copies every element into a map.
pub fn aamva() -> u64 {
    use chrono::Datelike;
    let licence = ::aamva::parse(black_box(LICENCE)).expect("the licence is sound");
    let texts = [
        &licence.document_number,
        &licence.family_name,
        &licence.first_name,
        &licence.middle_name,
        &licence.address_street_1,
        &licence.city,
        &licence.jurisdiction,
    ];
    let state = texts.into_iter().fold(0, |state, value| {
        text(state, value.as_deref().expect("the licence has it").as_bytes())
    });
    let days = [licence.date_of_birth, licence.issue_date, licence.expiry_date];
    days.into_iter().fold(state, |state, day| {
        let day = day.expect("the licence has it");
        date(state, [day.year().unsigned_abs(), day.month(), day.day()])
    })
}
