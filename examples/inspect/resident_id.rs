//! `inspect resident-id`: numbers of persons.

use embedded_pos::scan::document::{ForeignerId, HomeReturnPermit, IdError, ResidentId, ShortDate};
use serde_json::{Value, json};

use super::{Args, Bad};

/// The day; or what is written, if it is none.
pub fn day(written: ShortDate, day: Option<embedded_pos::civil::Date>) -> Value {
    let written = || String::from_utf8_lossy(written.as_bytes()).into_owned();
    day.map_or_else(written, |day| day.to_string()).into()
}

/// Today in UTC: it decides the century of a year of two digits.
pub fn today() -> embedded_pos::civil::Date {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let now = embedded_pos::civil::CivilTime::from_unix(seconds);
    now.expect("the clock is before the year 10000").date()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn bad(error: IdError) -> Bad {
    let offset = match error {
        IdError::Length(len) => len,
        IdError::Character(at) | IdError::Date(at) => at,
        _ => 0,
    };
    Bad { error: error.to_string(), offset }
}

/// `kind`, `birth`, `sex`, `area`, `check` of one number.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let input = input.as_bytes();
    match input {
        [b'H' | b'h' | b'M' | b'm', b'0'..=b'9', ..] => permit(input),
        [letter, ..] if letter.is_ascii_alphabetic() => foreigner(input),
        _ => resident(input),
    }
    .map_err(bad)
}

fn resident(input: &[u8]) -> Result<Value, IdError> {
    let id = ResidentId::parse(input)?;
    Ok(json!({
        "kind": id.kind().name(),
        "birth": id.birth().to_string(),
        "sex": id.sex().name(),
        "area": text(id.area()),
        "area_known": id.is_area_known(),
        "nationality": id.nationality().map(text),
        "check": id.check().to_string(),
    }))
}

fn foreigner(input: &[u8]) -> Result<Value, IdError> {
    let id = ForeignerId::parse(input)?;
    Ok(json!({
        "kind": "foreigner-15",
        "birth": day(id.birth(), id.birth().birth(today())),
        "sex": null,
        "area": text(id.area()),
        "nationality": text(id.nationality()).to_uppercase(),
        "check": id.check().to_string(),
    }))
}

fn permit(input: &[u8]) -> Result<Value, IdError> {
    let permit = HomeReturnPermit::parse(input)?;
    Ok(json!({
        "kind": if permit.is_hong_kong() { "home-return-hong-kong" } else { "home-return-macau" },
        "birth": null,
        "sex": null,
        "area": null,
        "renewals": permit.renewals(),
        "check": "absent",
    }))
}
