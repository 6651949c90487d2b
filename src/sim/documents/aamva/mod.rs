//! Licences and ID cards of North America, as their PDF417 code has them,
//! valid and as they reach a terminal.
//!
//! Made from the tables of the AAMVA DL/ID Card Design Standard. The issuers'
//! numbers 000000 to 000009 are given to nobody.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

pub use self::spoilt::{Defect, Spoilt};
use crate::sim::Draw;

mod draw;
mod spoilt;

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

/// In each there is an element ID.
const TEMPTING: &str = "MADDEN DAISY DADE DALLAS DAYTON DAQ DAKOTA DACE DCSX ADDAMS DDEN DAHLIA \
    MADDDEN DADDY DBB01011990 ODDBALL DAGDAI DDF DLDAQ1 DCGUSA DBC1 DCDCDC DBA_SAMPLE DADDY_DAD";
/// What may have such words.
const TEXTS: [&str; 11] =
    ["DAA", "DAC", "DAD", "DAG", "DAH", "DAI", "DCI", "DCS", "DCT", "DCU", "DAQ"];
/// What the standard fixes the length of, and issuers leave empty.
const SHORT: [&str; 6] = ["DDA", "DDD", "DDK", "DDL", "DCE", "DDM"];

impl Licence {
    /// Draws one of this version.
    #[must_use]
    pub fn draw(draw: &mut Draw, version: u8) -> Self {
        let kinds: &[&str] = if version < 10 { &["DL", "ID"] } else { &["DL", "ID", "EN"] };
        let kind = draw.one_of(kinds).copied().unwrap_or("DL");
        let elements = draw::elements(draw, version, kind);
        let mut subfiles = Vec::from([Part { kind: kind.to_string(), elements }]);
        if draw.below(3) > 0 {
            subfiles.push(draw::own(draw));
        }
        let iin = format!("00000{}", draw.below(10));
        let jurisdiction_version = u8::try_from(draw.below(4)).unwrap_or_default();
        Self { iin, version, jurisdiction_version, subfiles }
    }

    /// Puts words into names and addresses that element IDs and the
    /// jurisdiction's subfile can be seen in, and leaves some values out.
    pub fn tempt(&mut self, draw: &mut Draw) {
        let own = self.subfiles.get(1).map(|part| format!("{0}{0}A", part.kind));
        for (id, value) in self.subfiles.iter_mut().flat_map(|part| &mut part.elements) {
            if SHORT.contains(&id.as_str()) && draw.below(6) == 0 {
                value.clear();
            }
            let text = TEXTS.contains(&id.as_str());
            if text && draw.below(3) == 0 {
                let words: Vec<&str> = TEMPTING.split(' ').collect();
                let word = draw.one_of(&words).copied().unwrap_or_default().replace('_', " ");
                let word = own.clone().filter(|_| draw.below(9) == 0).unwrap_or(word);
                *value = match draw.below(3) {
                    0 => format!("{value} {word}"),
                    1 => format!("{word} {value}"),
                    _ => word,
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
