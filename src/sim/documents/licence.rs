//! Driving licences, and the core numbers of licences.

use std::format;
use std::string::String;

use super::card::with_check;
use crate::sim::Draw;

/// What is printed on a driving licence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeLicence {
    /// The number.
    pub number: String,
    /// The archive number.
    pub archive: String,
    /// The classes.
    pub classes: String,
    /// From when it is valid, `YYYY-MM-DD`.
    pub from: String,
    /// Until when, or 长期.
    pub until: String,
    /// When the first one was issued.
    pub first_issued: String,
    /// The core number.
    pub core: String,
}

/// What is wrong with a nearly valid licence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LicenceWrong {
    /// The check character of the number.
    Number,
    /// That of the core number.
    Core,
    /// The length of the term.
    Term,
    /// The first one was issued after this one's term began.
    FirstIssued,
}

/// Classes that go together on a licence, as printed.
const CLASSES: [&str; 10] = ["A1A2", "A1A2D", "A2", "A3", "B1B2", "B2D", "C1", "C1E", "C2", "C5"];

/// A licence of an area that is given to nobody.
pub fn driving_licence(draw: &mut Draw) -> MadeLicence {
    let (year, month, day) = (2_000 + draw.below(26), 1 + draw.below(12), 1 + draw.below(28));
    let until = match draw.below(3) {
        0 => format!("{}-{month:02}-{day:02}", year + 6),
        1 => format!("{}-{month:02}-{day:02}", year + 10),
        _ => "长期".into(),
    };
    let born = format!("120000{}{:02}{:02}", 1_930 + draw.below(50), month, day);
    MadeLicence {
        number: with_check(&format!("{born}{:03}", draw.below(1_000))),
        archive: format!("1200{:08}", draw.below(100_000_000)),
        classes: draw.one_of(&CLASSES).copied().unwrap_or_default().into(),
        from: format!("{year}-{month:02}-{day:02}"),
        until,
        first_issued: format!("{}-{month:02}-{day:02}", year - draw.below(2)),
        core: core_number(draw),
    }
}

/// A licence that has this wrong, and nothing else.
pub fn wrong_licence(draw: &mut Draw) -> (MadeLicence, LicenceWrong) {
    let wrongs =
        [LicenceWrong::Number, LicenceWrong::Core, LicenceWrong::Term, LicenceWrong::FirstIssued];
    let wrong = draw.one_of(&wrongs).copied().unwrap_or(LicenceWrong::Core);
    let mut made = driving_licence(draw);
    let other = |last: Option<char>| if last == Some('7') { '8' } else { '7' };
    match wrong {
        LicenceWrong::Number => {
            let last = made.number.pop();
            made.number.push(other(last));
        }
        LicenceWrong::Core => {
            let check = made.core.chars().nth(2);
            made.core.replace_range(2..3, if check == Some('7') { "8" } else { "7" });
        }
        LicenceWrong::Term => made.until = "2097-01-01".into(),
        LicenceWrong::FirstIssued => made.first_issued = "2089-01-01".into(),
    }
    (made, wrong)
}

/// A core number: thirteen characters, of which the third is the check. Made by
/// trying: the sum over all thirteen but the check, taken one at a time.
pub fn core_number(draw: &mut Draw) -> String {
    let digits = draw.text("0123456789", 12);
    let (front, behind) = digits.split_at(2);
    let mut sum = 0;
    for (digit, weight) in digits.chars().zip([9, 8, 8, 7, 3, 2, 3, 5, 6, 7, 8, 9]) {
        // A four counts as an eight.
        let value = match digit {
            '4' => 8,
            digit => digit.to_digit(10).unwrap_or(0),
        };
        sum += value * weight;
    }
    let check = match sum % 11 {
        10 => String::from("X"),
        check => format!("{check}"),
    };
    format!("{front}{check}{behind}")
}
