use core::fmt;

use crate::{Error, ErrorKind};

/// What differs from the standard.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FaultKind {
    /// Within the first bytes stands no file type with a number behind it.
    /// Nothing can be read.
    NotAamva,
    /// Behind the file type stand neither 12, 10 nor 8 digits. Nothing can be
    /// read.
    Header,
    /// Behind the header stands no subfile. Nothing can be read.
    NoSubfile,
    /// Bytes stand before the compliance indicator.
    LeadingBytes,
    /// The compliance indicator `@` is lost.
    ComplianceIndicator,
    /// The data element separator LF is lost.
    LineFeedLost,
    /// The record separator RS is lost.
    RecordSeparatorLost,
    /// The segment terminator CR is lost.
    ReturnLost,
    /// LF stands in the place of CR.
    LineFeedForReturn,
    /// CR stands in the place of LF.
    ReturnForLineFeed,
    /// CR LF stands in the place of one of them.
    ReturnLineFeed,
    /// `|` stands in the place of a separator.
    PipeForSeparator,
    /// A space stands in the place of a separator.
    SpaceForSeparator,
    /// Another byte stands in the place of a separator.
    OtherForSeparator,
    /// The file type is `AAMVA` in place of `ANSI `.
    FileType,
    /// The file type lacks its blank.
    FileTypeBlank,
    /// A header of version 02 or later lacks the jurisdiction version.
    JurisdictionVersionMissing,
    /// A header of version 01 has a jurisdiction version.
    JurisdictionVersionUnexpected,
    /// The header lacks the number of entries.
    EntryCountMissing,
    /// There are more or fewer subfile designators than the header says.
    EntryCount,
    /// A subfile designator cannot be read.
    Designator,
    /// The subfile does not begin where its designator says.
    Offset,
    /// The subfile is not as long as its designator says.
    Length,
    /// A designator's subfile is not there.
    SubfileMissing,
    /// A subfile has no designator.
    SubfileUnlisted,
    /// The subfile type at the beginning of the subfile is lost.
    SubfileType,
    /// A record is empty.
    EmptyRecord,
    /// A record begins with no element ID.
    ElementId,
    /// The element was there before in the same subfile; both are
    /// [doubtful](super::Element::doubtful).
    Repeated,
    /// Bytes stand behind the last segment terminator.
    TrailingBytes,
    /// Here may begin an element, or this is part of a value: both readings
    /// are possible. The elements at both sides are
    /// [doubtful](super::Element::doubtful).
    Ambiguous,
}

impl FaultKind {
    /// A name for logs and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAamva => "not-aamva",
            Self::Header => "header",
            Self::NoSubfile => "no-subfile",
            Self::LeadingBytes => "leading-bytes",
            Self::ComplianceIndicator => "compliance-indicator",
            Self::LineFeedLost => "lf-lost",
            Self::RecordSeparatorLost => "rs-lost",
            Self::ReturnLost => "cr-lost",
            Self::LineFeedForReturn => "lf-for-cr",
            Self::ReturnForLineFeed => "cr-for-lf",
            Self::ReturnLineFeed => "cr-lf",
            Self::PipeForSeparator => "pipe-for-separator",
            Self::SpaceForSeparator => "space-for-separator",
            Self::OtherForSeparator => "other-for-separator",
            Self::FileType => "file-type",
            Self::FileTypeBlank => "file-type-blank",
            Self::JurisdictionVersionMissing => "jurisdiction-version-missing",
            Self::JurisdictionVersionUnexpected => "jurisdiction-version-unexpected",
            Self::EntryCountMissing => "entry-count-missing",
            Self::EntryCount => "entry-count",
            Self::Designator => "designator",
            Self::Offset => "offset",
            Self::Length => "length",
            Self::SubfileMissing => "subfile-missing",
            Self::SubfileUnlisted => "subfile-unlisted",
            Self::SubfileType => "subfile-type",
            Self::EmptyRecord => "empty-record",
            Self::ElementId => "element-id",
            Self::Repeated => "repeated",
            Self::TrailingBytes => "trailing-bytes",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// A place where a payload differs from the standard: repaired by
/// [`Aamva::parse`](super::Aamva::parse), refused by
/// [`Aamva::strict`](super::Aamva::strict).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where, in bytes of what was given: at the bytes that are wrong, or
    /// where those that are lost would stand.
    pub at: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind.name(), self.at)
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}
