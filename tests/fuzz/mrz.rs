//! Machine readable zones.

use embedded_pos::scan::document::mrz::{Mrz, MrzError, Repair, Zone};

/// What is read strictly is read from text too, with nothing confused; and what
/// was confused was under a check digit that did not agree.
pub fn run(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let zone = Zone::read(data);
    match Mrz::parse(&lines) {
        Ok(mrz) => {
            let zone = zone.unwrap();
            let repaired = zone.repairs().next().is_some();
            assert!(!repaired || !mrz.checks().agree());
            assert!(repaired || zone.mrz().checks() == mrz.checks());
            look(&mrz);
        }
        Err(MrzError::Length { line, .. } | MrzError::Character { line, .. }) => {
            assert!((1..=3).contains(&line));
        }
        Err(MrzError::Lines(count)) => assert!(count == 1 || count == lines.len()),
        Err(other) => panic!("{other:?}"),
    }
    let Ok(zone) = Zone::read(data) else { return };
    let (width, lines) = (zone.mrz().format().width(), zone.mrz().format().lines());
    for repair in zone.repairs() {
        if let Repair::LowerCase { line, column } | Repair::Confused { line, column } = repair {
            assert!((1..=lines).contains(&line) && (1..=width).contains(&column));
        }
    }
    look(&zone.mrz());
}

fn look(mrz: &Mrz<'_>) {
    let number = mrz.number();
    let (head, tail) = number.pieces();
    assert!(number == *format!("{head}{tail}"));
    let names = mrz.surname().parts().chain(mrz.given_names().parts());
    assert!(names.map(str::len).sum::<usize>() <= mrz.format().width());
    let _ = (mrz.checks(), mrz.advice(), mrz.optional(), mrz.optional_2(), mrz.sex());
    for date in [mrz.birth(), mrz.expiry()].into_iter().flatten() {
        let _ = (date.form(), date.in_century(19), date.in_century(20));
    }
}
