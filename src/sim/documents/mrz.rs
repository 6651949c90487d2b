use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use crate::scan::document::mrz::Format;
use crate::sim::Draw;

/// A machine readable zone, and what it is made of. What a format does not have
/// is empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MadeZone {
    /// Its lines.
    pub lines: Vec<String>,
    /// Its format.
    pub format: Format,
    /// The surname, its parts divided by spaces.
    pub surname: String,
    /// The given names, divided by spaces.
    pub given_names: String,
    /// Whether the names fill their field to the end.
    pub truncated: bool,
    /// The number, all of it.
    pub number: String,
    /// The issuer, three characters.
    pub issuer: String,
    /// The nationality, three characters.
    pub nationality: String,
    /// The day of birth as it is written; parts may be unknown.
    pub birth: String,
    /// `M`, `F` or `<`.
    pub sex: String,
    /// The day of expiry as it is written.
    pub expiry: String,
    /// The optional data.
    pub optional: String,
    /// The second optional data.
    pub optional_2: String,
}

/// What is wrong with a nearly valid zone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ZoneWrong {
    /// The check digit of the number, and so that of all, if there is one.
    Number,
    /// A character at this line and column, from 1.
    Character(usize, usize),
    /// This line, from 1, has so many characters.
    Length(usize, usize),
    /// O stands for 0, or I for 1, in the day of expiry: line and column from 1.
    Confused(usize, usize),
}

const STATES: [&str; 6] = ["UTO", "XXA", "XXB", "XXC", "D<<", "UNO"];
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A zone of that format whose check digits agree. Nobody is called so: names
/// are letters by lot.
pub fn zone(draw: &mut Draw, format: Format) -> MadeZone {
    let names = match format {
        Format::Td1 => 30,
        Format::Td2 | Format::MrvB => 31,
        Format::Td3 | Format::MrvA => 39,
        Format::D1 => 8,
    };
    let names = names_in(draw, names, format);
    let (surname, given) = names.split_once("<<").unwrap_or((&names, ""));
    let spaced = |name: &str| name.replace('<', " ").trim().to_string();
    let room = match format {
        Format::Td1 => 15,
        Format::Td2 => 7,
        Format::Td3 => 14,
        Format::MrvA => 16,
        Format::MrvB => 8,
        Format::D1 => 0,
    };
    // A remainder, its check digit and a filler have to fit.
    let is_long = matches!(format, Format::Td1 | Format::Td2) && draw.below(4) == 0;
    let len = if is_long { 10 + draw.below(room - 2) } else { 1 + draw.below(9) };
    let number = draw.text(ALL, len);
    let free = if is_long { 0 } else { room };
    let optional_len = draw.below(free + 1);
    let optional_2_len = if format == Format::Td1 { draw.below(12) } else { 0 };
    let is_licence = format == Format::D1;
    let if_card = |text: String| if is_licence { String::new() } else { text };
    let mut made = MadeZone {
        lines: Vec::new(),
        format,
        surname: spaced(surname),
        given_names: spaced(given),
        truncated: !names.ends_with('<'),
        number,
        issuer: state(draw),
        nationality: if_card(state(draw)),
        birth: if_card(birth(draw)),
        sex: if_card(draw.text("MF<", 1)),
        expiry: day(draw),
        optional: draw.text(ALL, optional_len),
        optional_2: draw.text(ALL, optional_2_len),
    };
    made.lines = lines(&made, &names);
    made
}

/// A zone that has one fault, and the fault.
pub fn wrong_zone(draw: &mut Draw, format: Format) -> (MadeZone, ZoneWrong) {
    let mut made = zone(draw, format);
    let line = draw.below(format.lines());
    // Not the first: without its D, a licence is told by its shape.
    let column = 1 + draw.below(format.width() - 1);
    let wrong = match draw.below(4) {
        0 => {
            let (line, column) = if format.lines() == 2 { (1, 0) } else { (0, 5) };
            // The next of ALL has a value 1 more or 35 less: every weight tells.
            let next = |at: usize| ALL.chars().cycle().nth(at + 1).unwrap_or_default();
            made.put(line, column, |was| ALL.find(was).map(next).unwrap_or_default());
            ZoneWrong::Number
        }
        1 => {
            let other = draw.one_of(&['*', '?', '\u{7f}']).copied().unwrap_or_default();
            made.put(line, column, |_| other);
            ZoneWrong::Character(line + 1, column + 1)
        }
        2 => {
            made.lines.iter_mut().skip(line).take(1).for_each(|line| line.truncate(column));
            ZoneWrong::Length(line + 1, column)
        }
        _ => confused(draw, &mut made),
    };
    (made, wrong)
}

/// Puts a letter for a digit of the day of expiry.
fn confused(draw: &mut Draw, made: &mut MadeZone) -> ZoneWrong {
    let (line, start) = match made.format {
        Format::Td1 => (1, 8),
        Format::D1 => (0, 15),
        _ => (1, 21),
    };
    // There is one: months begin with 0 or 1.
    let found: Vec<usize> = made.expiry.match_indices(['0', '1']).map(|(at, _)| at).collect();
    let at = start + draw.one_of(&found).copied().unwrap_or_default();
    made.put(line, at, |digit| if digit == '0' { 'O' } else { 'I' });
    ZoneWrong::Confused(line + 1, at + 1)
}

impl MadeZone {
    /// Another character in the place of the one that is there.
    fn put(&mut self, line: usize, column: usize, other: impl Fn(char) -> char) {
        for line in self.lines.iter_mut().skip(line).take(1) {
            let places = line.chars().enumerate();
            *line = places.map(|(at, c)| if at == column { other(c) } else { c }).collect();
        }
    }
}

/// Names in a field of that width, cut off if they do not fit.
fn names_in(draw: &mut Draw, width: usize, format: Format) -> String {
    let mut names = word(draw);
    if draw.below(4) == 0 {
        names = format!("{names}<{}", word(draw));
    }
    let given = if format == Format::D1 { 0 } else { draw.below(6) };
    for at in 0..given {
        names += if at == 0 { "<<" } else { "<" };
        names += &word(draw);
    }
    if names.len() > width {
        names.truncate(width);
        // The last character of names that are cut off is a letter.
        if names.ends_with('<') {
            names.pop();
            names += "A";
        }
    }
    format!("{names:<<width$}")
}

fn word(draw: &mut Draw) -> String {
    let len = 2 + draw.below(9);
    draw.text(LETTERS, len)
}

fn state(draw: &mut Draw) -> String {
    draw.one_of(&STATES).copied().unwrap_or_default().into()
}

fn day(draw: &mut Draw) -> String {
    format!("{:02}{:02}{:02}", draw.below(100), 1 + draw.below(12), 1 + draw.below(28))
}

fn birth(draw: &mut Draw) -> String {
    let day = day(draw);
    match draw.below(10) {
        0 => format!("{}<<", &day[..4]),
        1 => format!("{}<<<<", &day[..2]),
        2 => "<<<<<<".into(),
        _ => day,
    }
}

fn lines(made: &MadeZone, names: &str) -> Vec<String> {
    let MadeZone { format, issuer, nationality, sex, .. } = made;
    let head: String = made.number.chars().take(9).collect();
    let head = format!("{head:<<9}");
    let (number, optional) = match made.number.get(9..) {
        Some(rest) if !rest.is_empty() => (head + "<", format!("{rest}{}<", digit(&made.number))),
        _ => (format!("{head}{}", digit(&head)), made.optional.clone()),
    };
    let birth = format!("{}{}", made.birth, digit(&made.birth));
    let expiry = format!("{}{}", made.expiry, digit(&made.expiry));
    let second = format!("{number}{nationality}{birth}{sex}{expiry}");
    let composite = format!("{number}{birth}{expiry}");
    match format {
        Format::Td1 => {
            let (optional, optional_2) = (format!("{optional:<<15}"), &made.optional_2);
            let optional_2 = format!("{optional_2:<<11}");
            let all = digit(&format!("{number}{optional}{birth}{expiry}{optional_2}"));
            Vec::from([
                format!("I<{issuer}{number}{optional}"),
                format!("{birth}{sex}{expiry}{nationality}{optional_2}{all}"),
                names.into(),
            ])
        }
        Format::Td2 => {
            let optional = format!("{optional:<<7}");
            let all = digit(&format!("{composite}{optional}"));
            Vec::from([format!("I<{issuer}{names}"), format!("{second}{optional}{all}")])
        }
        Format::Td3 => {
            let optional = format!("{optional:<<14}");
            let optional = format!("{optional}{}", digit(&optional));
            let all = digit(&format!("{composite}{optional}"));
            Vec::from([format!("P<{issuer}{names}"), format!("{second}{optional}{all}")])
        }
        Format::MrvA => {
            Vec::from([format!("V<{issuer}{names}"), format!("{second}{optional:<<16}")])
        }
        Format::MrvB => {
            Vec::from([format!("V<{issuer}{names}"), format!("{second}{optional:<<8}")])
        }
        Format::D1 => {
            let number = format!("D1{issuer}{}", &number[..9]);
            let all = format!("{number}{}{}{names}", digit(&number), made.expiry);
            Vec::from([format!("{all}{}", digit(&all))])
        }
    }
}

/// ICAO 9303-3, 4.9.
pub(super) fn digit(text: &str) -> usize {
    let values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let value = |c| values.find(c).unwrap_or(0);
    text.chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(c, weight)| value(c) * weight)
        .sum::<usize>()
        % 10
}
