//! AAMVA payloads of every version, sound and spoilt.

use embedded_pos::scan::document::aamva::{Aamva, FaultKind};
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::aamva::{Defect, Licence};

type Read = Vec<(String, String, String)>;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn made(licence: &Licence) -> Read {
    let parts = licence.subfiles.iter();
    let elements = parts.flat_map(|part| {
        part.elements.iter().map(|(id, value)| (part.kind.clone(), id.clone(), value.clone()))
    });
    elements.collect()
}

fn read(aamva: &Aamva<'_>) -> Read {
    let elements = aamva.elements();
    let named = elements.map(|of| (text(&of.subfile), of.id().to_string(), text(of.value)));
    named.collect()
}

/// Versions 01 to 11, and two that come after.
fn version(draw: &mut Draw) -> u8 {
    let versions: Vec<u8> = (1..=12).chain([47]).collect();
    *draw.one_of(&versions).unwrap()
}

#[test]
fn ten_thousand_sound_ones_are_what_they_were_made_of() {
    let mut draw = Draw::new(1);
    for _ in 0..10_000 {
        let version = version(&mut draw);
        let licence = Licence::draw(&mut draw, version);
        let payload = licence.payload();
        let aamva =
            Aamva::strict(&payload).unwrap_or_else(|fault| panic!("{fault}: {}", text(&payload)));
        assert_eq!(read(&aamva), made(&licence), "{}", text(&payload));
        assert_eq!((aamva.version().0, text(aamva.iin())), (version, licence.iin.clone()));
        let jurisdiction = (version != 1).then_some(licence.jurisdiction_version);
        assert_eq!(aamva.jurisdiction_version(), jurisdiction);
        let kinds: Vec<_> = aamva.subfiles().map(|part| text(&part.kind)).collect();
        assert_eq!(
            kinds,
            licence.subfiles.iter().map(|part| part.kind.clone()).collect::<Vec<_>>()
        );
        assert!(aamva.elements().all(|element| !element.doubtful));
        assert_eq!(aamva.version().advice().is_some(), version > 11);
    }
}

#[test]
fn ten_thousand_spoilt_ones_are_too_and_say_what_was_wrong() {
    let mut draw = Draw::new(2);
    for turn in 0..10_000 {
        let version = version(&mut draw);
        let licence = Licence::draw(&mut draw, version);
        let defect = Defect::ALL[turn % Defect::ALL.len()];
        let spoilt = licence.spoilt(defect);
        let shown = || format!("{defect:?} {:?}", text(&spoilt.bytes));
        let aamva =
            Aamva::parse(&spoilt.bytes).unwrap_or_else(|fault| panic!("{fault}: {}", shown()));
        assert_eq!(read(&aamva), made(&licence), "{}", shown());
        let refused = Aamva::strict(&spoilt.bytes).expect_err(&shown());
        assert_eq!((refused.kind, refused.at), (spoilt.kind, spoilt.at), "{}", shown());
        let split = matches!(defect, Defect::Spaces | Defect::Bare);
        assert!(split || aamva.elements().all(|element| !element.doubtful), "{}", shown());
        assert!(split || aamva.faults().all(|fault| fault.kind != FaultKind::Ambiguous));
    }
}
