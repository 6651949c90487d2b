use core::fmt;

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
    /// A bar code or QR code, which is to be drawn as a picture; or anything
    /// else that a bare mechanism does not have.
    Unsupported,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(unprintable) => return unprintable.fmt(f),
            Self::Style => "a magnification is not from 1 to 8",
            Self::RasterWidth => "the picture has no width, or is wider than the paper",
            Self::RasterRows => "the picture's rows are not whole",
            Self::Unsupported => "a bare mechanism does not have this; draw it as a picture",
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
