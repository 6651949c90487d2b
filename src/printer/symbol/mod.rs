//! Bar codes and 2D codes: what they take, how wide they are, and their dots.
//!
//! # Choosing
//!
//! - A [`Barcode`] is one of the symbologies of `GS k`; its data are checked,
//!   check digits too, and its width is known, before a byte is sent. A driver
//!   sends it to a printer that makes it, and draws it, row by row, for one
//!   that does not ([`Bars`]); only GS1 DataBar cannot be drawn.
//! - A QR code is [`Item::Qr`](crate::printer::Item::Qr). A printer that makes
//!   none gets it drawn if its profile names a [`QrSource`]: [`DrawnQr`].
//! - Other 2D codes are a [`Symbol`]; only printers that have them print them.
//!
//! # Drawing
//!
//! [`Drawing`] hands out rows of dots in bytes, as `GS v 0` and the shift
//! register of a head take them. No row is stored: bars come from 384 bytes of
//! patterns, a QR code from its source, a row of modules at a time.
//!
//! ```
//! use embedded_pos::printer::QrLevel;
//! use embedded_pos::printer::symbol::{Drawing, DrawnQr, QrRows};
//!
//! let code = QrRows::new(&DrawnQr, b"https://example.com", QrLevel::M, 4, 384)?;
//! let mut drawing = Drawing::Qr(code);
//! assert_eq!((drawing.width(), drawing.height()), (100, 100));
//! for y in 0..drawing.height() {
//!     let row = drawing.row(y);
//!     assert_eq!(row.count(), 13);
//! }
//! # Ok::<(), embedded_pos::printer::symbol::SymbolFault>(())
//! ```
//!
//! # Where it is not read
//!
//! Leave ten modules white at both sides of a bar code, four around a QR code:
//! the margins of the paper do, if the code is not as wide as it. A module of
//! two dots (0.25 mm) is the least that hand-held scanners read from paper
//! that was in a pocket; three are better.

mod barcode;
mod bars;
mod code128;
mod code93;
mod drawing;
mod drawn_qr;
mod fault;
mod gs1;
mod matrix;
mod pattern;
mod qr;
mod retail;
mod rules;
mod sizes;
mod tables;

pub use barcode::{Barcode, Fit, Symbology, TextPosition};
pub use bars::{BarRow, Bars};
pub use drawing::{Drawing, DrawingRow};
pub use drawn_qr::DrawnQr;
pub use fault::SymbolFault;
pub use matrix::{
    Aztec, Composite, DataMatrix, MaxiCode, MicroQr, Pdf417, Pdf417Level, Shape, Size,
    StackedDataBar, Stacking, Symbol,
};
pub use qr::{QrDots, QrRow, QrRows, QrSource};

pub(in crate::printer) use code128::Codes;
pub(in crate::printer) use gs1::Escaped;
pub(in crate::printer) use qr::qr_fits;
pub(in crate::printer) use retail::Number;

use bitflags::bitflags;

bitflags! {
    /// The codes that a printer makes itself.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Symbols: u32 {
        /// UPC-A.
        const UPC_A = 1;
        /// UPC-E.
        const UPC_E = 1 << 1;
        /// EAN-13.
        const EAN13 = 1 << 2;
        /// EAN-8.
        const EAN8 = 1 << 3;
        /// CODE39.
        const CODE39 = 1 << 4;
        /// Interleaved 2 of 5.
        const ITF = 1 << 5;
        /// CODABAR.
        const CODABAR = 1 << 6;
        /// CODE93.
        const CODE93 = 1 << 7;
        /// CODE128.
        const CODE128 = 1 << 8;
        /// GS1-128.
        const GS1_128 = 1 << 9;
        /// GS1 DataBar omnidirectional, truncated and limited.
        const DATABAR = 1 << 10;
        /// GS1 DataBar expanded.
        const DATABAR_EXPANDED = 1 << 11;
        /// CODE128 with code sets of the printer's choice.
        const CODE128_AUTO = 1 << 12;
        /// QR code, model 2.
        const QR = 1 << 13;
        /// Micro QR code.
        const MICRO_QR = 1 << 14;
        /// PDF417.
        const PDF417 = 1 << 15;
        /// MaxiCode.
        const MAXICODE = 1 << 16;
        /// GS1 DataBar, stacked.
        const DATABAR_STACKED = 1 << 17;
        /// Composite.
        const COMPOSITE = 1 << 18;
        /// Aztec.
        const AZTEC = 1 << 19;
        /// Data Matrix.
        const DATA_MATRIX = 1 << 20;
        /// The bar codes that form A of `GS k` knows: up to CODABAR.
        const FORM_A = (1 << 7) - 1;
        /// The bar codes that most clones know: up to CODE128.
        const COMMON = (1 << 9) - 1;
    }
}

impl Symbols {
    /// The flag of a symbology.
    #[must_use]
    pub const fn of(symbology: Symbology) -> Self {
        match symbology {
            Symbology::UpcA => Self::UPC_A,
            Symbology::UpcE => Self::UPC_E,
            Symbology::Ean13 => Self::EAN13,
            Symbology::Ean8 => Self::EAN8,
            Symbology::Code39 => Self::CODE39,
            Symbology::Itf => Self::ITF,
            Symbology::Codabar => Self::CODABAR,
            Symbology::Code93 => Self::CODE93,
            Symbology::Code128 => Self::CODE128,
            Symbology::Gs1_128 => Self::GS1_128,
            Symbology::DataBar | Symbology::DataBarTruncated | Symbology::DataBarLimited => {
                Self::DATABAR
            }
            Symbology::DataBarExpanded => Self::DATABAR_EXPANDED,
            Symbology::Code128Auto => Self::CODE128_AUTO,
        }
    }

    /// The flag of a 2D code.
    #[must_use]
    pub const fn of_2d(symbol: &Symbol<'_>) -> Self {
        match symbol {
            Symbol::MicroQr(_) => Self::MICRO_QR,
            Symbol::Pdf417(_) => Self::PDF417,
            Symbol::MaxiCode(_) => Self::MAXICODE,
            Symbol::DataBar(_) => Self::DATABAR_STACKED,
            Symbol::Composite(_) => Self::COMPOSITE,
            Symbol::Aztec(_) => Self::AZTEC,
            Symbol::DataMatrix(_) => Self::DATA_MATRIX,
        }
    }
}
