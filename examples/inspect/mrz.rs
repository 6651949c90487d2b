//! `inspect mrz`: machine readable zones, their lines joined by `|`.

use embedded_pos::scan::document::mrz::{MrzError, Repair, Zone};
use serde_json::{Value, json};

use super::resident_id::{day, today};
use super::{Args, Bad};

/// Takes one zone apart.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let zone = Zone::read(input.as_bytes())
        .map_err(|error| Bad { error: error.to_string(), offset: offset(input, error) })?;
    let (mrz, today) = (zone.mrz(), today());
    let trimmed = |code: &str| code.trim_end_matches('<').to_owned();
    let checks = mrz.checks();
    // Bars are how lines come here.
    let repairs = zone.repairs().filter(|repair| *repair != Repair::Bars).map(repair);
    Ok(json!({
        "format": mrz.format().name(),
        "document_type": mrz.document_type(),
        "issuer": trimmed(mrz.issuer()),
        "surname": mrz.surname().to_string(),
        "given_names": mrz.given_names().to_string(),
        "number": mrz.number().to_string(),
        "nationality": trimmed(mrz.nationality()),
        "birth": mrz.birth().map(|birth| day(birth, birth.birth(today))),
        "sex": mrz.sex().name(),
        "expiry": mrz.expiry().map(|expiry| day(expiry, expiry.expiry(today))),
        "optional": mrz.optional(),
        "optional_2": mrz.optional_2(),
        "checks": {
            "number": checks.number.to_string(),
            "birth": checks.birth.to_string(),
            "expiry": checks.expiry.to_string(),
            "optional": checks.optional.to_string(),
            "composite": checks.composite.to_string(),
        },
        "advice": mrz.advice().sentences().collect::<Vec<_>>(),
        "repairs": repairs.collect::<Vec<_>>(),
    }))
}

fn repair(repair: Repair) -> Value {
    match repair {
        Repair::LowerCase { line, column } => json!({ "lower_case": [line, column] }),
        Repair::Confused { line, column } => json!({ "confused": [line, column] }),
        Repair::Spaces => "spaces".into(),
        Repair::Bars => "bars".into(),
        Repair::Unbroken => "unbroken".into(),
        other => format!("{other:?}").into(),
    }
}

/// The byte of the input that an error is about.
fn offset(input: &str, error: MrzError) -> usize {
    let (line, column) = match error {
        MrzError::Length { line, len } => (line, len + 1),
        MrzError::Character { line, column } => (line, column),
        _ => return 0,
    };
    let mut start = 0;
    let lines = input.split(['|', '\r', '\n']).map(|line| {
        let at = start;
        start += line.len() + 1;
        (at, line)
    });
    let mut lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines.nth(line - 1).map_or(0, |(at, _)| at + column - 1)
}
