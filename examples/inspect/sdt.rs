//! `inspect sdt`: frames of readers of ID cards, as hex: `AA AA AA 96 69` or,
//! of readers of several cards, `02` to `03`.

use embedded_pos::scan::document::card::{CardKind, Expiry, Field, IdCard};
use embedded_pos::scan::document::sdt::{Framing, Status};
use serde_json::{Value, json};

use super::{Args, Bad};

fn bad(error: &str, offset: usize) -> Bad {
    Bad { error: error.into(), offset }
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// `framing`, `direction`, `name`, `status`, `data`, `check`, and `card` where
/// there is one.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    match bytes.as_slice() {
        [0xAA, 0xAA, 0xAA, 0x96, 0x69, rest @ ..] => module(rest, bytes.len()),
        [0x02, rest @ ..] => oem(rest, bytes.len()),
        _ => Err(bad("begins with neither AA AA AA 96 69 nor 02", 0)),
    }
}

/// The part that a length in front covers, and what is behind it.
fn split(rest: &[u8], less: usize, end: usize) -> Result<(&[u8], &[u8]), Bad> {
    let short = || bad("the frame ends too early", end);
    let (len, behind) = rest.split_first_chunk().ok_or_else(short)?;
    let len = usize::from(u16::from_be_bytes(*len)).checked_sub(less).ok_or_else(short)?;
    behind.split_at_checked(len).ok_or_else(short)
}

fn module(rest: &[u8], end: usize) -> Result<Value, Bad> {
    let (content, behind) = split(rest, 1, end)?;
    let ([sum], []) = behind.split_at_checked(1).ok_or_else(|| bad("no check", end))? else {
        return Err(bad("bytes behind the frame", end - (behind.len() - 1)));
    };
    let good = xor(&rest[..2 + content.len()]) == *sum;
    match content {
        // A reply has three bytes of status at least.
        [command, parameter] => {
            Ok(answer("sdt", "command", name(*command, *parameter), Value::Null, &[], good))
        }
        [a, b, c, data @ ..] => {
            let status = Status::new(Framing::Sdt, [*a, *b, *c]);
            Ok(answer("sdt", "reply", Value::Null, status.to_string().into(), data, good))
        }
        _ => Err(bad("neither a command nor a status", 7)),
    }
}

fn oem(rest: &[u8], end: usize) -> Result<Value, Bad> {
    let (content, behind) = split(rest, 0, end)?;
    let ([sum, 0x03], []) = behind.split_at_checked(2).ok_or_else(|| bad("no check", end))? else {
        return Err(bad("no 03 behind the check, or more than that", end));
    };
    let good = xor(content) == *sum;
    match content {
        [command @ (0x31 | 0x32 | 0xCA), parameter, data @ ..] => {
            Ok(answer("oem", "command", name(*command, *parameter), Value::Null, data, good))
        }
        [a, b, data @ ..] => {
            let status = Status::new(Framing::Oem, [*a, *b, 0]);
            Ok(answer("oem", "reply", Value::Null, status.to_string().into(), data, good))
        }
        _ => Err(bad("neither a command nor a status", 3)),
    }
}

fn name(command: u8, parameter: u8) -> Value {
    match (command, parameter) {
        (0x10, 0xFF) | (0x31, 0x12) => "reset".into(),
        (0x11, 0xFF) => "status".into(),
        (0x12, 0xFF) => "sam-id".into(),
        (0x20, 0x01) => "find".into(),
        (0x20, 0x02) => "select".into(),
        (0x30, 0x01) | (0xCA, 0x01) => "read".into(),
        (0x30, 0x03) => "address".into(),
        (0x30, 0x10) => "read-all".into(),
        (0x31, 0x11) => "version".into(),
        (0x60, number @ 0..=4) => {
            let speeds = [115_200, 57_600, 38_400, 19_200, 9_600];
            format!("speed {}", speeds[usize::from(number)]).into()
        }
        _ => format!("{command:02X} {parameter:02X}").into(),
    }
}

fn answer(
    framing: &str,
    direction: &str,
    name: Value,
    status: Value,
    data: &[u8],
    good: bool,
) -> Value {
    json!({
        "framing": framing,
        "direction": direction,
        "name": name,
        "status": status,
        "data": super::hex(data),
        "check": if good { "valid" } else { "invalid" },
        "card": card(data),
    })
}

/// The text of a card, behind the lengths of its parts.
fn card(data: &[u8]) -> Value {
    let head = match data.len() {
        1_284 => 4,
        1_286 | 1_798 | 2_310 => 6,
        _ => return Value::Null,
    };
    let Some(text) = data[head..].first_chunk() else { return Value::Null };
    let card = IdCard::new(text);
    let field = |field| {
        card.text(field).map(|text| {
            text.chars().map(|character| character.unwrap_or('\u{FFFD}')).collect::<String>()
        })
    };
    json!({
        "kind": match card.kind() {
            CardKind::Resident => "resident".into(),
            CardKind::Permit => "permit".into(),
            CardKind::Foreigner2017 => "foreigner-2017".into(),
            CardKind::Foreigner2023 => "foreigner-2023".into(),
            CardKind::Other(flag) => format!("{flag:04X}"),
        },
        "name": field(Field::Name),
        "english_name": field(Field::EnglishName),
        "sex": field(Field::Sex),
        "nation": card.nation().and_then(|nation| nation.name()),
        "birth": card.birth().map(|date| date.to_string()).ok(),
        "address": field(Field::Address),
        "number": field(Field::Number),
        "number_check": card.resident_id().map(|id| id.check().to_string()).ok(),
        "issuer": field(Field::Issuer),
        "valid_from": card.valid_from().map(|date| date.to_string()).ok(),
        "valid_until": card.valid_until().map(|until| match until {
            Expiry::On(date) => date.to_string(),
            Expiry::LongTerm => "long-term".into(),
        }).ok(),
        "pass": field(Field::Pass),
        "issue_count": field(Field::IssueCount),
        "nationality": field(Field::Nationality),
    })
}
