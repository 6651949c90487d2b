use std::format;
use std::string::String;

use crate::sim::Draw;

/// A vehicle identification number, and what it is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeVin {
    /// The number.
    pub text: String,
    /// The country of the maker, two letters.
    pub country: &'static str,
    /// The two years that its code means.
    pub years: [u16; 2],
    /// Whether the maker is one of few vehicles.
    pub small: bool,
}

/// What is wrong with a nearly valid number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum VinWrong {
    /// Its check digit.
    Check,
    /// The letter I, O or Q at this index.
    Letter(usize),
    /// The character at this index.
    Character(usize),
    /// It has so many characters.
    Length(usize),
}

const MAKERS: [(&str, &str); 10] = [
    ("L0", "CN"),
    ("LA", "CN"),
    ("1A", "US"),
    ("5Z", "US"),
    ("7G", "US"),
    ("2A", "CA"),
    ("JA", "JP"),
    ("KM", "KR"),
    ("W0", "DE"),
    ("VF", "FR"),
];
const CHARACTERS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
/// From 1980 on.
const YEARS: &str = "ABCDEFGHJKLMNPRSTVWXY123456789";

/// A number with a check digit that agrees.
pub fn vin(draw: &mut Draw) -> MadeVin {
    let (begin, country) = draw.one_of(&MAKERS).copied().unwrap_or_default();
    let small = draw.below(4) == 0;
    let maker = if small { "9".into() } else { draw.text(&CHARACTERS[..32], 1) };
    let index = draw.below(YEARS.len());
    let year = &YEARS[index..=index];
    let described = draw.text(CHARACTERS, 5);
    let plant = draw.text(CHARACTERS, 3);
    let serial = draw.below(10_000);
    let text = format!("{begin}{maker}{described}0{year}{plant}{serial:04}");
    let first = 1980 + u16::try_from(index).unwrap_or_default();
    MadeVin { text: checked(&text), country, years: [first, first + 30], small }
}

/// A number that has one fault, and the fault.
pub fn wrong_vin(draw: &mut Draw) -> (String, VinWrong) {
    let mut text = vin(draw).text;
    let at = draw.below(text.len());
    let wrong = match draw.below(4) {
        0 => {
            let right = &text[8..9];
            let others: std::vec::Vec<char> =
                "0123456789XZ".chars().filter(|other| !right.contains(*other)).collect();
            let other = draw.text(&String::from_iter(others), 1);
            text.replace_range(8..9, &other);
            VinWrong::Check
        }
        1 => {
            text.replace_range(at..=at, &draw.text("IOq", 1));
            VinWrong::Letter(at)
        }
        2 => {
            text.replace_range(at..=at, &draw.text("- \0", 1));
            VinWrong::Character(at)
        }
        _ => {
            text.truncate(at);
            VinWrong::Length(at)
        }
    };
    (text, wrong)
}

/// With its check digit in the ninth place, by the table of 49 CFR 565.15.
fn checked(text: &str) -> String {
    const VALUES: [&str; 10] =
        ["0", "1AJ", "2BKS", "3CLT", "4DMU", "5ENV", "6FW", "7GPX", "8HY", "9RZ"];
    const WEIGHTS: [usize; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |c: char| VALUES.iter().position(|group| group.contains(c)).unwrap_or(0);
    let sum: usize = text.chars().zip(WEIGHTS).map(|(c, weight)| value(c) * weight).sum();
    let digit = match sum % 11 {
        10 => "X".into(),
        digit => format!("{digit}"),
    };
    format!("{}{digit}{}", &text[..8], &text[9..])
}
