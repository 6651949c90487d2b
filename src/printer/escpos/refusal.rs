use core::fmt;

use crate::printer::text::Unprintable;
use crate::{Error, ErrorKind};

/// Why an item cannot be printed. Nothing of it was sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// A character that the printer does not have.
    Text(Unprintable),
    /// A magnification that is not from 1 to 8; on Star's printers, to 6.
    Style,
    /// The printer makes no QR codes.
    NoQr,
    /// A QR module that is not from 1 to 16 dots; on Star's printers, to 8.
    QrModule,
    /// A QR code without data.
    QrEmpty,
    /// More data than the largest QR code takes.
    QrTooLong,
    /// A QR code wider than the paper.
    QrTooWide {
        /// Its width in dots.
        dots: u16,
    },
    /// Data, or a length of data (1 037 and 1 293 bytes, 5 133 digits), in which
    /// the printer would find a real-time command.
    QrRealTime,
    /// A control character in a QR code's data, which the language, made of
    /// lines of text, cannot carry.
    QrControl {
        /// Its offset.
        at: usize,
    },
    /// The printer, or its language, does not have this.
    Unsupported,
    /// A bar code's data are not printable ASCII.
    BarData {
        /// The offset of the first byte that is not.
        at: usize,
    },
    /// A bar code without data or height.
    BarEmpty,
    /// A bar code wider than the paper.
    BarTooLong,
    /// A picture without width or wider than the paper.
    RasterWidth,
    /// A picture whose last row is not whole, or of more than 65 535 rows.
    RasterRows,
    /// The buffer is too short for the item.
    Room,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(unprintable) => unprintable.fmt(f),
            Self::Style => f.write_str("a magnification that the printer does not have"),
            Self::NoQr => f.write_str("this printer makes no QR codes; draw it as a picture"),
            Self::QrModule => f.write_str("QR modules of a size that the printer does not have"),
            Self::QrEmpty => f.write_str("a QR code without data"),
            Self::QrTooLong => f.write_str("too much data for a QR code"),
            Self::QrTooWide { dots } => write!(f, "the QR code is {dots} dots wide, not on paper"),
            Self::QrRealTime => {
                f.write_str("the QR data or their length hold a real-time command (DLE)")
            }
            Self::QrControl { at } => {
                write!(f, "byte {at} of the QR data is a control character, which cannot be sent")
            }
            Self::Unsupported => f.write_str("this printer does not have that"),
            Self::BarData { at } => write!(f, "byte {at} of the bar code is not printable ASCII"),
            Self::BarEmpty => f.write_str("a bar code without data or height"),
            Self::BarTooLong => f.write_str("the bar code is wider than the paper"),
            Self::RasterWidth => {
                f.write_str("the picture has no width, or is wider than the paper")
            }
            Self::Room => f.write_str("the buffer is too short for the item"),
            Self::RasterRows => f.write_str("the picture's rows are not whole"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoQr | Self::Unsupported => ErrorKind::Unsupported,
            _ => ErrorKind::Argument,
        }
    }
}

impl From<Unprintable> for Refusal {
    fn from(unprintable: Unprintable) -> Self {
        Self::Text(unprintable)
    }
}
