//! Licences and ID cards of North America, as their PDF417 code has them,
//! valid and as they reach a terminal.
//!
//! Made from the tables of the AAMVA DL/ID Card Design Standard. The issuers'
//! numbers 000000 to 000009 are given to nobody.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use crate::scan::document::aamva::FaultKind;
use crate::sim::Draw;

/// A licence or an ID card.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Licence {
    /// The issuer identification number.
    pub iin: String,
    /// The version of the standard.
    pub version: u8,
    /// The jurisdiction's version; not written in version 01.
    pub jurisdiction_version: u8,
    /// The subfiles.
    pub subfiles: Vec<Part>,
}

/// A subfile.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// `DL`, `ID`, `EN`, or `Z` and a letter.
    pub kind: String,
    /// IDs and values, in order.
    pub elements: Vec<(String, String)>,
}

/// How a payload is spoilt.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Defect {
    /// Every CR is lost.
    NoReturns,
    /// LF in the place of every CR.
    LineFeeds,
    /// CR in the place of every LF.
    Returns,
    /// CR LF in the place of every LF.
    ReturnLineFeeds,
    /// RS is lost.
    NoRecordSeparator,
    /// Spaces in the place of separators.
    Spaces,
    /// `|` in the place of LF and CR.
    Pipes,
    /// No separators.
    Bare,
    /// RS and CR typed as the keys that make them: 6 and M.
    Typed,
    /// The last CR is lost.
    NoEnd,
    /// Blanks before all.
    Leading,
    /// The compliance indicator is lost.
    NoIndicator,
    /// The file type is `AAMVA`.
    FileType,
    /// The file type lacks its blank.
    FileTypeBlank,
    /// The jurisdiction's version is left out, or in version 01 put in.
    JurisdictionVersion,
    /// The number of entries is left out, and what stands before it.
    NoEntryCount,
    /// The number of entries is one too high.
    EntryCount,
    /// Letters in a designator.
    Designator,
    /// An offset is two too high.
    Offset,
    /// A length is one too high.
    Length,
    /// The type is lost at the beginning of the first subfile.
    NoType,
    /// A record is empty.
    EmptyRecord,
    /// Bytes behind all.
    Trailing,
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::NoReturns,
        Self::LineFeeds,
        Self::Returns,
        Self::ReturnLineFeeds,
        Self::NoRecordSeparator,
        Self::Spaces,
        Self::Pipes,
        Self::Bare,
        Self::Typed,
        Self::NoEnd,
        Self::Leading,
        Self::NoIndicator,
        Self::FileType,
        Self::FileTypeBlank,
        Self::JurisdictionVersion,
        Self::NoEntryCount,
        Self::EntryCount,
        Self::Designator,
        Self::Offset,
        Self::Length,
        Self::NoType,
        Self::EmptyRecord,
        Self::Trailing,
    ];
}

/// A spoilt payload, and what is to be told of it first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spoilt {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What is wrong.
    pub kind: FaultKind,
    /// Where.
    pub at: usize,
}

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

/// In each there is an element ID.
const TEMPTING: &[&str] = &[
    "MADDEN",
    "DAISY",
    "DADE",
    "DALLAS",
    "DAYTON",
    "DAQ",
    "DAKOTA",
    "DACE",
    "DCSX",
    "DBA SAMPLE",
    "ADDAMS",
    "DDEN",
    "DAHLIA",
    "MADDDEN",
    "DADDY DAD",
    "DBB01011990",
    "ODDBALL",
    "DAGDAI",
    "DDF",
    "DL DAQ1",
    "DLDAQ1",
    "DCGUSA",
    "DBC1",
    "DCDCDC",
];

impl Licence {
    /// Draws one of this version.
    #[must_use]
    pub fn draw(draw: &mut Draw, version: u8) -> Self {
        let canadian = draw.below(4) == 0;
        let kinds: &[&str] = if version < 10 { &["DL", "ID"] } else { &["DL", "ID", "EN"] };
        let kind = draw.one_of(kinds).copied().unwrap_or("DL");
        let mut shapes: Vec<&str> = ALWAYS.split(' ').collect();
        shapes.extend(match version {
            0 | 1 => OF_2000.split(' '),
            2 | 3 => OF_2003.split(' '),
            _ => OF_2009.split(' '),
        });
        if kind != "ID" {
            shapes.extend(if version < 2 { DRIVING_2000 } else { DRIVING }.split(' '));
        }
        let may = MAY.iter().filter(|(from, to, _)| (*from..=*to).contains(&version.max(1)));
        let may: Vec<&str> = may.flat_map(|(_, _, shapes)| shapes.split(' ')).collect();
        shapes.extend(may.into_iter().filter(|_| draw.below(2) == 0));
        let dates = if version < 2 || canadian { "cymd" } else { "mdcy" };
        let mut elements: Vec<_> =
            shapes.iter().map(|shape| element(draw, shape, dates, canadian)).collect();
        shuffle(draw, &mut elements);
        let mut subfiles = Vec::from([Part { kind: kind.to_string(), elements }]);
        if draw.below(3) > 0 {
            subfiles.push(own(draw));
        }
        let iin = format!("00000{}", draw.below(10));
        let jurisdiction_version = u8::try_from(draw.below(4)).unwrap_or_default();
        Self { iin, version, jurisdiction_version, subfiles }
    }

    /// Puts words into names and addresses that element IDs and the
    /// jurisdiction's subfile can be seen in.
    pub fn tempt(&mut self, draw: &mut Draw) {
        let own = self.subfiles.get(1).map(|part| format!("{0}{0}A", part.kind));
        for (id, value) in self.subfiles.iter_mut().flat_map(|part| &mut part.elements) {
            let text = matches!(
                id.as_str(),
                "DAA"
                    | "DAC"
                    | "DAD"
                    | "DAG"
                    | "DAH"
                    | "DAI"
                    | "DCI"
                    | "DCS"
                    | "DCT"
                    | "DCU"
                    | "DAQ"
            );
            if text && draw.below(3) == 0 {
                let word = draw.one_of(TEMPTING).copied().unwrap_or_default();
                let own = own.as_deref().filter(|_| draw.below(9) == 0);
                let word = own.unwrap_or(word);
                *value = match draw.below(3) {
                    0 => format!("{value} {word}"),
                    1 => format!("{word} {value}"),
                    _ => word.to_string(),
                };
            }
        }
    }

    /// The payload, as the standard has it.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let old = self.version == 1;
        self.written(&Shape { jurisdiction_version: !old, entry_count: true, ..Shape::SOUND })
    }

    fn written(&self, shape: &Shape) -> Vec<u8> {
        let mut numbers = format!("{}{:02}", self.iin, self.version);
        if shape.jurisdiction_version {
            numbers += &format!("{:02}", self.jurisdiction_version);
        }
        if shape.entry_count {
            numbers += &format!("{:02}", self.subfiles.len());
        }
        let bodies: Vec<_> = self.subfiles.iter().map(|part| part.written(shape)).collect();
        let mut offset = 9 + numbers.len() + 10 * bodies.len();
        let mut out = format!("@\n\u{1E}\rANSI {numbers}");
        for (part, body) in self.subfiles.iter().zip(&bodies) {
            out += &format!("{}{offset:04}{:04}", part.kind, body.len());
            offset += body.len();
        }
        out += &bodies.concat();
        out.into_bytes()
    }

    /// Where the subfiles begin.
    fn body(&self) -> usize {
        let numbers = if self.version == 1 { 10 } else { 12 };
        9 + numbers + 10 * self.subfiles.len()
    }

    /// The payload, spoilt.
    #[must_use]
    pub fn spoilt(&self, defect: Defect) -> Spoilt {
        let sound = self.payload();
        let old = self.version == 1;
        let count = if old { 17 } else { 19 };
        let first = if old { 19 } else { 21 };
        let replaced = |from: &[u8], to: &[u8]| -> Vec<u8> {
            let of = |byte: &u8| if from.contains(byte) { to.to_vec() } else { Vec::from([*byte]) };
            sound.iter().flat_map(of).collect()
        };
        let with = |at: usize, len: usize, by: &[u8]| -> Vec<u8> {
            let (before, rest) = sound.split_at(at.min(sound.len()));
            [before, by, rest.get(len..).unwrap_or_default()].concat()
        };
        let number = |at: usize, len: usize, more: usize| -> Vec<u8> {
            let text = sound.get(at..at + len).unwrap_or_default();
            let value = core::str::from_utf8(text).unwrap_or_default().parse().unwrap_or(0) + more;
            with(at, len, format!("{value:0len$}").as_bytes())
        };
        let shape = Shape { jurisdiction_version: !old, entry_count: true, ..Shape::SOUND };
        let (bytes, kind, at) = match defect {
            Defect::NoReturns => (replaced(b"\r", b""), FaultKind::ReturnLost, 3),
            Defect::LineFeeds => (replaced(b"\r", b"\n"), FaultKind::LineFeedForReturn, 3),
            Defect::Returns => (replaced(b"\n", b"\r"), FaultKind::ReturnForLineFeed, 1),
            Defect::ReturnLineFeeds => (replaced(b"\n", b"\r\n"), FaultKind::ReturnLineFeed, 1),
            Defect::NoRecordSeparator => (with(2, 1, b""), FaultKind::RecordSeparatorLost, 2),
            Defect::Spaces => (replaced(b"\n\x1E\r", b" "), FaultKind::SpaceForSeparator, 1),
            Defect::Pipes => (replaced(b"\n\r", b"|"), FaultKind::PipeForSeparator, 1),
            Defect::Bare => (replaced(b"\n\x1E\r", b""), FaultKind::LineFeedLost, 1),
            Defect::Typed => {
                let typed = |byte: &u8| match byte {
                    b'\r' => b'M',
                    0x1E => b'6',
                    other => *other,
                };
                (sound.iter().map(typed).collect(), FaultKind::OtherForSeparator, 2)
            }
            Defect::NoEnd => {
                let end = sound.len() - 1;
                (with(end, 1, b""), FaultKind::ReturnLost, end)
            }
            Defect::Leading => (with(0, 0, b" \t"), FaultKind::LeadingBytes, 0),
            Defect::NoIndicator => (with(0, 1, b""), FaultKind::ComplianceIndicator, 0),
            Defect::FileType => (with(4, 5, b"AAMVA"), FaultKind::FileType, 4),
            Defect::FileTypeBlank => (with(8, 1, b""), FaultKind::FileTypeBlank, 8),
            Defect::JurisdictionVersion => {
                let bytes = self.written(&Shape { jurisdiction_version: old, ..shape });
                let kind = if old {
                    FaultKind::JurisdictionVersionUnexpected
                } else {
                    FaultKind::JurisdictionVersionMissing
                };
                (bytes, kind, 17)
            }
            Defect::NoEntryCount => {
                let none = Shape { jurisdiction_version: false, entry_count: false, ..shape };
                let kind = if old {
                    FaultKind::EntryCountMissing
                } else {
                    FaultKind::JurisdictionVersionMissing
                };
                (self.written(&none), kind, 17)
            }
            Defect::EntryCount => (number(count, 2, 1), FaultKind::EntryCount, count),
            Defect::Designator => (with(first + 2, 8, b"abacabac"), FaultKind::Designator, first),
            Defect::Offset => (number(first + 2, 4, 2), FaultKind::Offset, first + 2),
            Defect::Length => (number(first + 6, 4, 1), FaultKind::Length, first + 6),
            Defect::NoType => (with(self.body(), 2, b""), FaultKind::SubfileType, self.body()),
            Defect::EmptyRecord => {
                let bytes = self.written(&Shape { empty_record: true, ..shape });
                let line = sound.iter().skip(4).position(|byte| *byte == b'\n').unwrap_or(0);
                (bytes, FaultKind::EmptyRecord, line + 5)
            }
            Defect::Trailing => {
                let end = sound.len();
                (with(end, 0, b"\\928\\111"), FaultKind::TrailingBytes, end)
            }
        };
        Spoilt { bytes, kind, at }
    }
}

/// How a payload is written.
struct Shape {
    jurisdiction_version: bool,
    entry_count: bool,
    empty_record: bool,
}

impl Shape {
    const SOUND: Self = Self { jurisdiction_version: true, entry_count: true, empty_record: false };
}

impl Part {
    fn written(&self, shape: &Shape) -> String {
        let elements: Vec<_> =
            self.elements.iter().map(|(id, value)| format!("{id}{value}")).collect();
        let mut text = elements.join("\n");
        if shape.empty_record && !self.kind.starts_with('Z') {
            text = text.replacen('\n', "\n\n", 1);
        }
        format!("{}{text}\r", self.kind)
    }
}

/// A jurisdiction's subfile.
fn own(draw: &mut Draw) -> Part {
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
