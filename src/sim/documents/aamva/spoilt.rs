use std::format;
use std::vec::Vec;

use super::{Licence, Shape};
use crate::scan::document::aamva::FaultKind;

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

/// A sound payload, and where its parts stand.
struct Sound {
    bytes: Vec<u8>,
    old: bool,
    /// The number of entries, the first designator, the first subfile.
    count: usize,
    first: usize,
    body: usize,
}

impl Sound {
    /// With this in the place of each of these bytes.
    fn replaced(&self, from: &[u8], to: &[u8]) -> Vec<u8> {
        let of = |byte: &u8| if from.contains(byte) { to.to_vec() } else { Vec::from([*byte]) };
        self.bytes.iter().flat_map(of).collect()
    }

    /// With this in the place of so many bytes.
    fn with(&self, at: usize, len: usize, by: &[u8]) -> Vec<u8> {
        let (before, rest) = self.bytes.split_at(at.min(self.bytes.len()));
        [before, by, rest.get(len..).unwrap_or_default()].concat()
    }

    /// With a number that is so much higher.
    fn higher(&self, at: usize, len: usize, more: usize) -> Vec<u8> {
        let text = self.bytes.get(at..at + len).unwrap_or_default();
        let value = core::str::from_utf8(text).unwrap_or_default().parse().unwrap_or(0) + more;
        self.with(at, len, format!("{value:0len$}").as_bytes())
    }
}

impl Licence {
    /// The payload, spoilt.
    #[must_use]
    pub fn spoilt(&self, defect: Defect) -> Spoilt {
        let old = self.version == 1;
        let (count, first) = if old { (17, 19) } else { (19, 21) };
        let body = first + 10 * self.subfiles.len();
        let sound = Sound { bytes: self.payload(), old, count, first, body };
        let spoilt = sound.separators(defect).or_else(|| sound.counts(defect));
        let (bytes, kind, at) = spoilt.unwrap_or_else(|| self.rewritten(defect, &sound));
        Spoilt { bytes, kind, at }
    }

    /// What is written in another way from the start.
    fn rewritten(&self, defect: Defect, sound: &Sound) -> Told {
        let old = sound.old;
        let shape = Shape { jurisdiction_version: !old, ..Shape::SOUND };
        let missing = FaultKind::JurisdictionVersionMissing;
        match defect {
            Defect::JurisdictionVersion => {
                let kind = if old { FaultKind::JurisdictionVersionUnexpected } else { missing };
                (self.written(&Shape { jurisdiction_version: old, ..shape }), kind, 17)
            }
            Defect::NoEntryCount => {
                let none = Shape { jurisdiction_version: false, entry_count: false, ..shape };
                let kind = if old { FaultKind::EntryCountMissing } else { missing };
                (self.written(&none), kind, 17)
            }
            _ => {
                let line = sound.bytes.iter().skip(4).position(|byte| *byte == b'\n');
                let bytes = self.written(&Shape { empty_record: true, ..shape });
                (bytes, FaultKind::EmptyRecord, line.unwrap_or(0) + 5)
            }
        }
    }
}

/// Bytes, and what is to be told of them first.
type Told = (Vec<u8>, FaultKind, usize);

impl Sound {
    fn separators(&self, defect: Defect) -> Option<Told> {
        let typed = |byte: &u8| match byte {
            b'\r' => b'M',
            0x1E => b'6',
            other => *other,
        };
        let end = self.bytes.len();
        Some(match defect {
            Defect::NoReturns => (self.replaced(b"\r", b""), FaultKind::ReturnLost, 3),
            Defect::LineFeeds => (self.replaced(b"\r", b"\n"), FaultKind::LineFeedForReturn, 3),
            Defect::Returns => (self.replaced(b"\n", b"\r"), FaultKind::ReturnForLineFeed, 1),
            Defect::ReturnLineFeeds => {
                (self.replaced(b"\n", b"\r\n"), FaultKind::ReturnLineFeed, 1)
            }
            Defect::NoRecordSeparator => (self.with(2, 1, b""), FaultKind::RecordSeparatorLost, 2),
            Defect::Spaces => (self.replaced(b"\n\x1E\r", b" "), FaultKind::SpaceForSeparator, 1),
            Defect::Pipes => (self.replaced(b"\n\r", b"|"), FaultKind::PipeForSeparator, 1),
            Defect::Bare => (self.replaced(b"\n\x1E\r", b""), FaultKind::LineFeedLost, 1),
            Defect::Typed => {
                (self.bytes.iter().map(typed).collect(), FaultKind::OtherForSeparator, 2)
            }
            Defect::NoEnd => (self.with(end - 1, 1, b""), FaultKind::ReturnLost, end - 1),
            Defect::Leading => (self.with(0, 0, b" \t"), FaultKind::LeadingBytes, 0),
            Defect::NoIndicator => (self.with(0, 1, b""), FaultKind::ComplianceIndicator, 0),
            Defect::Trailing => (self.with(end, 0, b"\\928\\111"), FaultKind::TrailingBytes, end),
            _ => return None,
        })
    }

    fn counts(&self, defect: Defect) -> Option<Told> {
        let Self { count, first, body, .. } = *self;
        Some(match defect {
            Defect::FileType => (self.with(4, 5, b"AAMVA"), FaultKind::FileType, 4),
            Defect::FileTypeBlank => (self.with(8, 1, b""), FaultKind::FileTypeBlank, 8),
            Defect::EntryCount => (self.higher(count, 2, 1), FaultKind::EntryCount, count),
            Defect::Designator => {
                (self.with(first + 2, 8, b"abacabac"), FaultKind::Designator, first)
            }
            Defect::Offset => (self.higher(first + 2, 4, 2), FaultKind::Offset, first + 2),
            Defect::Length => (self.higher(first + 6, 4, 1), FaultKind::Length, first + 6),
            Defect::NoType => (self.with(body, 2, b""), FaultKind::SubfileType, body),
            _ => return None,
        })
    }
}
