use core::fmt;

use crate::{Error, ErrorKind};

/// Why bytes are no finger minutiae record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Malformed {
    /// What is wrong.
    pub what: What,
    /// At which byte of the record.
    pub offset: usize,
}

/// What is wrong with a record.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum What {
    /// It does not begin with `FMR`.
    Magic,
    /// An edition that is not known, by these bytes.
    Version([u8; 4]),
    /// It says that it has so many bytes: more than there are, or fewer than a
    /// header has.
    Length(u32),
    /// Minutiae of so many bytes; there are 5 and 6.
    MinutiaSize(u8),
    /// The bytes end within this.
    Ends(Part),
}

/// A part of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Part {
    /// The record's header.
    Header,
    /// A view's header.
    View,
    /// The minutiae of a view.
    Minutiae,
    /// The extended data of a view.
    Extensions,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "the header",
            Self::View => "the header of a view",
            Self::Minutiae => "the minutiae",
            Self::Extensions => "the extended data",
        })
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("no finger minutiae record"),
            Self::Version([a, b, c, d]) => {
                write!(f, "unknown edition {a:02X}{b:02X}{c:02X}{d:02X}")
            }
            Self::Length(length) => write!(f, "a length of {length} bytes cannot be"),
            Self::MinutiaSize(size) => write!(f, "minutiae of {size} bytes"),
            Self::Ends(part) => write!(f, "the bytes end within {part}"),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {}", self.what, self.offset)
    }
}

impl core::error::Error for Malformed {}

impl Error for Malformed {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

/// Takes fields, big-endian, from the beginning of what is left.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// Where `rest` begins in the record.
    pub(super) at: usize,
    /// What is being read.
    pub(super) part: Part,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0, part: Part::Header }
    }

    fn ends(&self) -> Malformed {
        Malformed { what: What::Ends(self.part), offset: self.at + self.rest.len() }
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(|| self.ends())?;
        self.rest = rest;
        self.at += len;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.ends())?;
        self.rest = rest;
        self.at += N;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next `len` bytes alone; goes on behind them.
    pub(super) fn within(&mut self, len: usize) -> Result<Self, Malformed> {
        let (at, part) = (self.at, self.part);
        Ok(Self { rest: self.take(len)?, at, part })
    }
}
