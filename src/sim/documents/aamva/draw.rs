use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::Part;
use crate::sim::Draw;

/// What every document has, with what draws it: `n` digits, `a` letters, `d`
/// dates, others as they are.
const ALWAYS: &str = "DAQn DAGs DAIa DAJj DAKp DBBd DBAd DBDd";
const OF_2000: &str = "DAAf DBCm DAUt";
const OF_2003: &str = "DCSa DCTa DBCx DAUi DAYe DCFn DCGc";
const OF_2009: &str = "DCSa DACa DADa DBCx DAUi DAYe DCFn DCGc DDEt1 DDFt1 DDGt1";
/// What only licences have, by version.
const DRIVING_2000: &str = "DARb DASb DATb";
const DRIVING: &str = "DCAb DCBb DCDv";
/// What documents may have, from the version on.
const MAY: &[(u8, u8, &str)] = &[
    (1, 99, "DAHs DAZe DAWw"),
    (1, 1, "DBFn DBHb DAFa DAVn"),
    (2, 99, "DCKn DCUa DCEo DCIa DCJn"),
    (2, 10, "DBNa DBGa DBSa DCLa"),
    (3, 99, "DDAg DDBd DDDo"),
    (3, 10, "DDCd"),
    (5, 99, "DDHd DDId DDJd"),
    (6, 99, "DDKo"),
    (7, 99, "DDLo"),
    (11, 99, "DDMo DDNo DDOo DDPo"),
];

/// Without D and Z, with which IDs begin.
const LETTERS: &str = "ABCEFGHIJKLMNOPQRSTUVWXY";

/// The elements of a document, in any order.
pub(super) fn elements(draw: &mut Draw, version: u8, kind: &str) -> Vec<(String, String)> {
    let canadian = draw.below(4) == 0;
    let always = match version {
        0 | 1 => OF_2000,
        2 | 3 => OF_2003,
        _ => OF_2009,
    };
    let driving = match (kind, version) {
        ("ID", _) => "",
        (_, 0 | 1) => DRIVING_2000,
        _ => DRIVING,
    };
    let may = MAY.iter().filter(|(from, to, _)| (*from..=*to).contains(&version.max(1)));
    let may: Vec<&str> = may.flat_map(|(_, _, shapes)| shapes.split(' ')).collect();
    let mut shapes: Vec<&str> =
        [ALWAYS, always, driving].map(|list| list.split(' ')).into_iter().flatten().collect();
    shapes.retain(|shape| !shape.is_empty());
    shapes.extend(may.into_iter().filter(|_| draw.below(2) == 0));
    let dates = if version < 2 || canadian { "cymd" } else { "mdcy" };
    let mut elements: Vec<_> =
        shapes.iter().map(|shape| element(draw, shape, dates, canadian)).collect();
    shuffle(draw, &mut elements);
    elements
}

/// A jurisdiction's subfile.
pub(super) fn own(draw: &mut Draw) -> Part {
    let kind = format!("Z{}", draw.text(LETTERS, 1));
    let letters = LETTERS.chars().take(1 + draw.below(5));
    let elements = letters.map(|letter| {
        let len = draw.below(12);
        (format!("{kind}{letter}"), draw.text("ABCEFGHIJKLMNOPQRSTUVWXY0123456789-", len))
    });
    Part { elements: elements.collect(), kind }
}

/// An element by its shape.
fn element(draw: &mut Draw, shape: &str, dates: &str, canadian: bool) -> (String, String) {
    let (id, shape) = shape.split_at_checked(3).unwrap_or_default();
    let one = |draw: &mut Draw, of: &[&str]| draw.one_of(of).map_or("", |one| *one).to_string();
    let words = |draw: &mut Draw, most: usize| {
        let words: Vec<_> = (0..=draw.below(most)).map(|_| word(draw)).collect();
        words.join(" ")
    };
    let value = match shape {
        "n" => {
            let len = 6 + draw.below(8);
            draw.text("0123456789", len)
        }
        "s" => format!("{} {} ST", 1 + draw.below(9999), words(draw, 2)),
        "a" => words(draw, 2),
        "f" => format!("{},{},{}", word(draw), word(draw), word(draw)),
        "j" => one(draw, &["UT", "VA", "NY"]),
        "p" if canadian => format!("A1B 2C{}     ", draw.below(10)),
        "p" => format!("{}  ", draw.text("0123456789", 9)),
        "d" => date(draw, dates),
        "m" => one(draw, &["M", "F"]),
        "x" => one(draw, &["1", "2", "9"]),
        "t" => format!("{}{:02}", 4 + draw.below(3), draw.below(12)),
        "i" if canadian => format!("{} cm", 140 + draw.below(60)),
        "i" => format!("0{} in", 50 + draw.below(30)),
        "e" => one(draw, &["BLU", "BRO", "GRN", "HAZ"]),
        "c" => (if canadian { "CAN" } else { "USA" }).to_string(),
        "t1" => one(draw, &["N", "T", "U"]),
        "b" => one(draw, &["M", "NONE", "M  ", ""]),
        "v" => one(draw, &["M", "NONE", "NT "]),
        "w" => format!("{}", 100 + draw.below(150)),
        "o" => "1".to_string(),
        _ => one(draw, &["F", "N"]),
    };
    (id.to_string(), value)
}

/// A word that no ID is in, even with what stands before and behind it.
fn word(draw: &mut Draw) -> String {
    let len = 2 + draw.below(9);
    draw.text(LETTERS, len)
}

fn date(draw: &mut Draw, form: &str) -> String {
    let (year, month, day) = (1940 + draw.below(100), 1 + draw.below(12), 1 + draw.below(28));
    match form {
        "mdcy" => format!("{month:02}{day:02}{year}"),
        _ => format!("{year}{month:02}{day:02}"),
    }
}

fn shuffle<T>(draw: &mut Draw, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        list.swap(last, draw.below(last + 1));
    }
}
