use std::format;
use std::string::String;

use crate::scan::document::IdKind;
use crate::sim::Draw;

/// A resident ID number, and what it is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeId {
    /// The number.
    pub text: String,
    /// Whose it is.
    pub kind: IdKind,
    /// The day of birth, as `1949-12-31`.
    pub birth: String,
    /// Whether the sequence number is a man's.
    pub male: bool,
}

/// What is wrong with a nearly valid number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IdWrong {
    /// Its check character.
    Check,
    /// Its day of birth is not in the calendar.
    Date,
    /// The character at this index.
    Character(usize),
    /// It has so many characters.
    Length(usize),
}

/// Provinces; as whole areas (`120000`) they are given to nobody.
const PROVINCES: [&str; 10] = ["11", "12", "13", "21", "31", "44", "50", "54", "61", "65"];
/// Digits of ISO 3166-1.
const COUNTRIES: [&str; 6] = ["036", "124", "276", "392", "826", "840"];

/// A number of that kind. No living person has it: citizens' have the area of a
/// whole province, the others days of birth of the 19th century or to come.
pub fn resident_id(draw: &mut Draw, kind: IdKind) -> MadeId {
    let province = draw.one_of(&PROVINCES).copied().unwrap_or_default();
    let year = match kind {
        IdKind::Resident => 1900 + draw.below(130),
        IdKind::Resident15 => 1900 + draw.below(100),
        _ if draw.below(2) == 0 => 1800 + draw.below(80),
        _ => 2060 + draw.below(40),
    };
    let (month, day) = (1 + draw.below(12), 1 + draw.below(28));
    let sequence = draw.below(1000);
    let area = match kind {
        IdKind::HongKong => "810000".into(),
        IdKind::Macau => "820000".into(),
        IdKind::Taiwan => "830000".into(),
        IdKind::Foreigner => {
            format!("9{province}{}", draw.one_of(&COUNTRIES).copied().unwrap_or_default())
        }
        IdKind::Resident | IdKind::Resident15 => format!("{province}0000"),
    };
    let body = match kind {
        IdKind::Resident15 => format!("{area}{:02}{month:02}{day:02}{sequence:03}", year % 100),
        _ => format!("{area}{year}{month:02}{day:02}{sequence:03}"),
    };
    let check = if kind == IdKind::Resident15 { String::new() } else { check(&body) };
    let birth = format!("{year}-{month:02}-{day:02}");
    MadeId { text: body + &check, kind, birth, male: sequence % 2 == 1 }
}

/// A number that has one fault, and the fault.
pub fn wrong_id(draw: &mut Draw, kind: IdKind) -> (String, IdWrong) {
    let mut text = resident_id(draw, kind).text;
    let wrong = match draw.below(4) {
        0 if kind != IdKind::Resident15 => {
            let last = text.pop();
            let others: std::vec::Vec<char> =
                "0123456789X".chars().filter(|other| Some(*other) != last).collect();
            text.extend(draw.one_of(&others));
            IdWrong::Check
        }
        1 => {
            let month = text.len() - if kind == IdKind::Resident15 { 7 } else { 8 };
            let day = draw.one_of(&["0230", "1301", "0100", "0631"]).copied().unwrap_or_default();
            text.replace_range(month..month + 4, day);
            IdWrong::Date
        }
        2 => {
            let at = draw.below(text.len() - 1);
            text.replace_range(at..=at, &draw.text("XO ", 1));
            IdWrong::Character(at)
        }
        _ => {
            text.truncate(draw.below(15));
            IdWrong::Length(text.len())
        }
    };
    (text, wrong)
}

/// The number of an older foreigner's card, and what it is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeForeignerId {
    /// The number.
    pub text: String,
    /// Three letters.
    pub nationality: String,
    /// The day of birth, as `491231`.
    pub birth: String,
}

/// The number of an older foreigner's card, of a country that is none.
pub fn foreigner_id(draw: &mut Draw) -> MadeForeignerId {
    let nationality: String =
        draw.one_of(&["UTO", "XXA", "XXB"]).copied().unwrap_or_default().into();
    let province = draw.one_of(&PROVINCES).copied().unwrap_or_default();
    let day = (draw.below(100), 1 + draw.below(12), 1 + draw.below(28));
    let birth = format!("{:02}{:02}{:02}", day.0, day.1, day.2);
    let body = format!("{nationality}{province}00{birth}{}", draw.below(10));
    let text = format!("{body}{}", super::mrz::digit(&body));
    MadeForeignerId { text, nationality, birth }
}

/// ISO 7064, the pure system MOD 11-2, by the recursive method (7.1).
fn check(body: &str) -> String {
    let product = body.chars().fold(0, |p, c| (p + c.to_digit(10).unwrap_or(0)) * 2 % 11);
    match (12 - product) % 11 {
        10 => "X".into(),
        digit => format!("{digit}"),
    }
}
