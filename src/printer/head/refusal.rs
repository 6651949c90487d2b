use core::fmt;

use crate::printer::symbol::SymbolFault;
use crate::printer::text::Unprintable;
use crate::{Error, ErrorKind};

/// Why an item cannot be printed. Nothing of it was.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// A character that the font does not have.
    Text(Unprintable),
    /// A magnification that is not from 1 to 8.
    Style,
    /// A picture without width or wider than the paper.
    RasterWidth,
    /// A picture whose last row is not whole.
    RasterRows,
    /// A bar code or QR code that cannot be made of the data.
    Symbol(SymbolFault),
    /// A table has more columns than the paper, or more cells than columns.
    TableTooWide,
    /// What is not drawn here: other 2D codes, layouts, pages, stored logos,
    /// other fonts; a QR code without a
    /// [source](super::Config::qr).
    Unsupported,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(unprintable) => return unprintable.fmt(f),
            Self::Symbol(fault) => return fault.fmt(f),
            Self::Style => "a magnification is not from 1 to 8",
            Self::RasterWidth => "the picture has no width, or is wider than the paper",
            Self::RasterRows => "the picture's rows are not whole",
            Self::TableTooWide => "the table is wider than the paper",
            Self::Unsupported => "a bare mechanism does not have this; print it as a picture",
        })
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unsupported => ErrorKind::Unsupported,
            _ => ErrorKind::Argument,
        }
    }
}

impl From<Unprintable> for Refusal {
    fn from(unprintable: Unprintable) -> Self {
        Self::Text(unprintable)
    }
}

impl From<SymbolFault> for Refusal {
    fn from(fault: SymbolFault) -> Self {
        Self::Symbol(fault)
    }
}
