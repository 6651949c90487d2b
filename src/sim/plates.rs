//! Synthetic number plates, drawn from a seed: valid ones of every class, nearly
//! valid ones, and what a camera makes of them.
//!
//! They are made from the standards' forms as texts, and not by the parser's
//! tables, so that the parser can be tested against them. Numbers are given out
//! without gaps, so somebody may have one that is drawn: keep them in tests.
//!
//! ```
//! use embedded_pos::scan::plate::{Class, Plate};
//! use embedded_pos::sim::{Draw, plates};
//!
//! let mut draw = Draw::new(7);
//! let drawn = plates::valid(&mut draw, Class::Trailer);
//! assert_eq!(Plate::parse(&drawn.text)?.serial(), drawn.serial.as_str());
//! let near = plates::nearly_valid(&mut draw);
//! println!("{} is wrong: {:?}", near.text, near.wrong);
//! # Ok::<(), embedded_pos::scan::plate::PlateError>(())
//! ```

use std::string::{String, ToString};
use std::vec::Vec;

use super::Draw;
use crate::scan::plate::Class;

const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

/// The forms of each class. What a lower-case letter or a star stands for,
/// [`valid`] says; the bars are round the serial.
const FORMS: [(Class, &[&str]); 16] = [
    (Class::Ordinary, &["pi|sssss|", "c*|dddaaa|", "c*|aaaddd|", "c*|dddddd|"]),
    (Class::NewEnergySmall, &["pi|esdddd|"]),
    (Class::NewEnergyLarge, &["pi|dddddf|"]),
    (Class::Trailer, &["pi|ssss|挂"]),
    (Class::Coach, &["pi|ssss|学"]),
    (Class::Police, &["pi|ssss|警"]),
    (Class::HongKong, &["粤Z|ssss|港"]),
    (Class::Macau, &["粤Z|ssss|澳"]),
    (Class::Test, &["pi|ssss|试"]),
    (Class::OverLimit, &["pi|ssss|超"]),
    (Class::Consulate, &["pi|ssss|领", "p|qddss|领"]),
    (Class::Embassy, &["使|qddsss|", "|qddsss|使"]),
    (Class::Emergency, &["px|dddd|应急", "京|ddddd|应急"]),
    (Class::ArmedPolice, &["WJp|ssssb|", "WJ|sssssb|", "WJ|ssssb|"]),
    (Class::Army, &["mi|sssss|"]),
    (Class::Aviation, &["民航|sssss|"]),
];

/// Every class, in no order that matters.
pub fn classes() -> impl Iterator<Item = Class> {
    FORMS.iter().map(|(class, _)| *class)
}

/// A plate that was drawn, and what it was made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Drawn {
    /// The plate.
    pub text: String,
    /// Its class.
    pub class: Class,
    /// Its province, if it names one.
    pub province: Option<char>,
    /// Who issued it; empty if it does not say.
    pub issuer: String,
    /// Its serial.
    pub serial: String,
    /// The mark behind the serial; empty for none.
    pub suffix: String,
    /// It has a form of the trial of 2002.
    pub trial: bool,
}

/// Draws a valid plate of a class: one on which the parser has nothing to
/// advise, but that it is of 2002 if it is.
pub fn valid(draw: &mut Draw, class: Class) -> Drawn {
    let forms = FORMS.iter().find(|(of, _)| *of == class).map_or(&[][..], |(_, forms)| *forms);
    let form = draw.one_of(forms).copied().unwrap_or_default();
    let trial = form.starts_with('c');
    let home = draw.one_of(&["京", "津", "浙", "粤"]).copied().unwrap_or_default();
    let mut letters = 2;
    let mut parts = form.split('|').map(|part| {
        part.chars().map(|slot| character(draw, slot, home, &mut letters)).collect::<String>()
    });
    let mut next = || parts.next().unwrap_or_default();
    let (head, serial, suffix) = (next(), next(), next());
    let province = head.chars().find(|c| PROVINCES.contains(*c));
    let issuer = head.chars().filter(char::is_ascii_uppercase).collect::<String>();
    let issuer = if class == Class::ArmedPolice { String::new() } else { issuer };
    let text = [&*head, &*serial, &*suffix].concat();
    Drawn { text, class, province, issuer, serial, suffix, trial }
}

/// The character of a slot; of those that may be letters, so many are left.
fn character(draw: &mut Draw, slot: char, home: &str, letters: &mut usize) -> char {
    let of = match slot {
        'p' => PROVINCES,
        'c' => home,
        // Where in these provinces the trial was; A and B are in all of them.
        '*' if home == "粤" => "B",
        '*' => "A",
        // Letters that every province has given out.
        'i' => "ABCDE",
        'm' => "ABCDEFGHJKLMNPQRSTUVXYZ",
        'a' => LETTERS,
        'd' => DIGITS,
        'e' => "ABCDEFGHJK",
        'f' => "DF",
        'q' => "123",
        'x' => "XS",
        'b' => "0123456789XBTSHJD",
        's' if *letters > 0 && draw.below(4) == 0 => {
            *letters -= 1;
            LETTERS
        }
        's' => DIGITS,
        other => return other,
    };
    draw.text(of, 1).chars().next().unwrap_or('?')
}

/// What is wrong with a nearly valid plate.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Wrong {
    /// The letter I or O in the serial.
    Letter,
    /// No plate has this character, in the place of the province.
    Unknown,
    /// A digit for the issuing letter.
    Issuer,
    /// The province behind the letter.
    Swapped,
    /// 学 in the middle.
    Inside,
    /// The last character is missing.
    Short,
    /// There is one too many.
    Long,
    /// A Hong Kong plate of another province than 粤.
    Home,
    /// A form of 2002 where the trial was not.
    Trial,
    /// No advice but a warning: three letters in the serial.
    ManyLetters,
    /// A warning: a large new-energy plate that ends in another letter.
    Energy,
    /// A warning: an issuing letter that the province does not use.
    UnknownIssuer,
    /// A warning: a colour in front that this class has not.
    Colour,
}

impl Wrong {
    /// Everything that can be wrong.
    pub const ALL: [Self; 13] = [
        Self::Letter,
        Self::Unknown,
        Self::Issuer,
        Self::Swapped,
        Self::Inside,
        Self::Short,
        Self::Long,
        Self::Home,
        Self::Trial,
        Self::ManyLetters,
        Self::Energy,
        Self::UnknownIssuer,
        Self::Colour,
    ];
}

/// A plate with one thing wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NearlyValid {
    /// The text.
    pub text: String,
    /// What is wrong.
    pub wrong: Wrong,
    /// At which byte; 0 for a warning, and for [`Wrong::Trial`], which no single
    /// byte makes wrong.
    pub at: usize,
}

/// Draws a plate with one thing wrong.
pub fn nearly_valid(draw: &mut Draw) -> NearlyValid {
    let wrong = draw.one_of(&Wrong::ALL).copied().unwrap_or(Wrong::Letter);
    let mut ordinary: Vec<char> = loop {
        let drawn = valid(draw, Class::Ordinary);
        if !drawn.trial {
            break drawn.text.chars().collect();
        }
    };
    let place = 2 + draw.below(5);
    let mut put = |place: usize, of: &str| {
        let c = draw.text(of, 1).chars().next();
        if let (Some(slot), Some(c)) = (ordinary.get_mut(place), c) {
            *slot = c;
        }
        // Behind a province of three bytes.
        if place == 0 { 0 } else { place + 2 }
    };
    let at = match wrong {
        Wrong::Letter => put(place, "IO"),
        Wrong::Unknown => put(0, "市省口台"),
        Wrong::Issuer => put(1, DIGITS),
        Wrong::Inside => put(place.min(5), "学"),
        Wrong::Swapped => {
            ordinary.swap(0, 1);
            1
        }
        Wrong::Short => {
            ordinary.pop();
            8
        }
        _ => return odd(draw, wrong),
    };
    NearlyValid { text: ordinary.into_iter().collect(), wrong, at }
}

/// Draws one that is wrong in a way of its own class.
fn odd(draw: &mut Draw, wrong: Wrong) -> NearlyValid {
    let (form, at): (&[&str], usize) = match wrong {
        Wrong::Long => (&["pi|esddddd|"], 10),
        Wrong::Home => (&["hZ|ssss|港"], 8),
        Wrong::Trial => (&["hi|dddaaa|", "hi|aaaddd|", "hi|dddddd|"], 0),
        Wrong::ManyLetters => (&["pi|aaadd|", "pi|adada|", "pi|aaaa|挂"], 0),
        Wrong::Energy => (&["pi|dddddg|"], 0),
        Wrong::UnknownIssuer => (&["宁n|ddddd|", "琼n|ddddd|", "青n|ddddd|"], 0),
        _ => (&["绿pi|ddddd|", "蓝pi|dddd|警", "黄使|qddddd|", "白pi|Ddddd|"], 0),
    };
    let form = draw.one_of(form).copied().unwrap_or_default();
    let text: String = form
        .chars()
        .filter(|slot| *slot != '|')
        .map(|slot| match slot {
            'h' => draw.text("沪苏鲁", 1).chars().next().unwrap_or('?'),
            'g' => draw.text("ABCEGHJK", 1).chars().next().unwrap_or('?'),
            'n' => draw.text("VWXYZ", 1).chars().next().unwrap_or('?'),
            _ => character(draw, slot, "京", &mut 0),
        })
        .collect();
    NearlyValid { text, wrong, at }
}

/// What a camera did to a plate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Damage {
    /// Took one character for one that looks like it.
    Confused,
    /// Lost one.
    Lost,
    /// Saw one that is not there.
    Added,
}

/// Characters that cameras take for one another.
const ALIKE: [(char, &str); 14] = [
    ('0', "ODQ"),
    ('D', "0Q"),
    ('Q', "0D"),
    ('1', "I"),
    ('8', "B4"),
    ('B', "8"),
    ('2', "Z"),
    ('Z', "2"),
    ('5', "S"),
    ('S', "5"),
    ('4', "8"),
    ('津', "浙湘"),
    ('京', "琼"),
    ('贵', "赣"),
];

/// The text as a camera misreads it: what it reads, what it did, and to which
/// character.
pub fn damaged(draw: &mut Draw, text: &str) -> (String, Damage, usize) {
    let mut read: Vec<char> = text.chars().collect();
    let place = draw.below(read.len());
    let alike = read.get(place).and_then(|c| ALIKE.iter().find(|(of, _)| of == c));
    let damage = match (alike, draw.below(3)) {
        (Some((_, others)), 0 | 1) => {
            let other = draw.text(others, 1).chars().next();
            if let (Some(slot), Some(other)) = (read.get_mut(place), other) {
                *slot = other;
            }
            Damage::Confused
        }
        (_, 2) => {
            read.insert(place, '1');
            Damage::Added
        }
        _ => {
            read.remove(place);
            Damage::Lost
        }
    };
    (read.into_iter().collect(), damage, place)
}

/// What a camera reads in one picture of a vehicle.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frame {
    /// The text.
    pub text: String,
    /// How sure the camera is of each character, of 100.
    pub characters: Vec<u8>,
    /// When, in milliseconds behind the first.
    pub millis: u64,
}

/// Draws so many pictures of a vehicle, 40 ms apart: one in four misreads a
/// character, and is then not sure of it.
pub fn frames(draw: &mut Draw, plate: &str, count: usize) -> Vec<Frame> {
    let mut frame = |number: usize| {
        let bad = draw.below(4) == 0;
        let (text, place) = if bad {
            let (text, _, place) = damaged(draw, plate);
            (text, place)
        } else {
            (plate.to_string(), usize::MAX)
        };
        let sure = |at| if at == place { 30 } else { 90 };
        let characters = (0..text.chars().count()).map(sure).collect();
        Frame { text, characters, millis: u64::try_from(number).unwrap_or_default() * 40 }
    };
    (0..count).map(&mut frame).collect()
}
