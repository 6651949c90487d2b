use super::sizes;
use super::{Barcode, SymbolFault, Symbology};
use crate::printer::QrLevel;

/// A 2D code that a printer makes itself.
///
/// An ordinary QR code is [`Item::Qr`](crate::printer::Item::Qr). QR codes of
/// model 1, which ISO/IEC 18004 keeps for old systems only, are left out.
///
/// How large a code becomes is the printer's decision where it packs the data.
/// What is refused as too long or too wide is so by a plain way of packing;
/// nothing is sent that could only fit by a cleverer one, for a printer would
/// print nothing and say nothing.
///
/// ```
/// use embedded_pos::printer::symbol::{DataMatrix, Pdf417, Symbol};
///
/// const LABEL: Symbol<'static> = Symbol::Pdf417(Pdf417::new(b"M1DOE/JOHN"));
/// assert!(LABEL.size(384).is_ok());
/// let matrix = Symbol::DataMatrix(DataMatrix::new(b"0123456789"));
/// assert_eq!(matrix.size(384)?.dots, 12 * 4);
/// # Ok::<(), embedded_pos::printer::symbol::SymbolFault>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Symbol<'a> {
    /// Micro QR code (ISO/IEC 18004).
    MicroQr(MicroQr<'a>),
    /// PDF417 (ISO/IEC 15438).
    Pdf417(Pdf417<'a>),
    /// MaxiCode (ISO/IEC 16023).
    MaxiCode(MaxiCode<'a>),
    /// GS1 DataBar in rows, one upon the other (ISO/IEC 24724).
    DataBar(StackedDataBar<'a>),
    /// A bar code with a 2D component above (ISO/IEC 24723).
    Composite(Composite<'a>),
    /// Aztec code (ISO/IEC 24778).
    Aztec(Aztec<'a>),
    /// Data Matrix (ISO/IEC 16022).
    DataMatrix(DataMatrix<'a>),
}

/// How large a code is at most.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Size {
    /// Dots across.
    pub dots: u16,
    /// Rows of dots.
    pub rows: u16,
}

/// A micro QR code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MicroQr<'a> {
    /// What it says: up to 35 digits, 21 capitals, 15 bytes.
    pub data: &'a [u8],
    /// Dots a module, 1 to 16.
    pub module: u8,
    /// Error correction; not H.
    pub level: QrLevel,
}

/// Error correction of a PDF417.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pdf417Level {
    /// Level 0 to 8: two codewords, doubled so many times.
    Level(u8),
    /// As much as so many tenths of the data, 1 to 40.
    Tenths(u8),
}

/// A PDF417.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pdf417<'a> {
    /// What it says.
    pub data: &'a [u8],
    /// Columns of data, 1 to 30; 0 is as many as the paper takes.
    pub columns: u8,
    /// Rows, 3 to 90; 0 is as many as are needed.
    pub rows: u8,
    /// Dots a module, 1 to 8.
    pub module: u8,
    /// Height of a row in modules, 2 to 8.
    pub row_height: u8,
    /// Error correction.
    pub level: Pdf417Level,
    /// Without the right row indicators.
    pub truncated: bool,
}

/// A MaxiCode, of the one size that there is: 28 mm by 27 mm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MaxiCode<'a> {
    /// What it says: up to 138 digits, or 93 characters.
    pub data: &'a [u8],
    /// 2 and 3: a structured carrier message with numeric and alphanumeric
    /// postal code; 4: any data; 5: with more error correction; 6: to set up
    /// a reader.
    pub mode: u8,
}

/// How the rows of a stacked DataBar stand.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Stacking {
    /// Two low rows, for scanners that are held.
    Stacked,
    /// Two high rows, for scanners that read from all sides.
    Omnidirectional,
    /// As many rows of element strings as the paper's width makes.
    Expanded,
}

/// A GS1 DataBar in rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StackedDataBar<'a> {
    /// What it says: as [`Symbology::DataBar`], expanded as
    /// [`Symbology::DataBarExpanded`].
    pub data: &'a str,
    /// How the rows stand.
    pub stacking: Stacking,
    /// Dots a module, 2 to 8.
    pub module: u8,
}

/// A bar code with a 2D component above it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Composite<'a> {
    /// The bar code: EAN, UPC, GS1-128 or DataBar, of 2 to 6 dots a module.
    /// Its height is the printer's, and its text is that of the printer or
    /// none.
    pub linear: Barcode<'a>,
    /// The 2D component: GS1 element strings, or other data.
    pub data: &'a str,
    /// A large component, CC-C, over a GS1-128; else the printer chooses CC-A
    /// or CC-B.
    pub large: bool,
}

/// An Aztec code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Aztec<'a> {
    /// What it says.
    pub data: &'a [u8],
    /// Dots a module, 2 to 16.
    pub module: u8,
    /// Compact: at most four layers.
    pub compact: bool,
    /// Layers, 4 to 32, compact 1 to 4; 0 is as many as are needed.
    pub layers: u8,
    /// Error correction in percent, 5 to 95.
    pub level: u8,
}

/// The shape of a Data Matrix.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Shape {
    /// Square, of so many modules: even, 10 to 26, and by the standard's
    /// steps to 144; 0 is as many as are needed.
    Square(u8),
    /// 8, 12 or 16 rows, of so many columns; 0 is as many as are needed.
    Rectangle {
        /// Modules in height.
        rows: u8,
        /// Modules in width.
        columns: u8,
    },
}

/// A Data Matrix, ECC 200.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DataMatrix<'a> {
    /// What it says.
    pub data: &'a [u8],
    /// Dots a module, 2 to 16.
    pub module: u8,
    /// Its shape.
    pub shape: Shape,
}

impl<'a> MicroQr<'a> {
    /// Four dots a module, error correction L.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self { data, module: 4, level: QrLevel::L }
    }
}

impl<'a> Pdf417<'a> {
    /// As wide as the paper, two dots a module, three modules a row, error
    /// correction as much as the data.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        let level = Pdf417Level::Tenths(10);
        Self { data, columns: 0, rows: 0, module: 2, row_height: 3, level, truncated: false }
    }
}

impl<'a> MaxiCode<'a> {
    /// Mode 4: any data.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self { data, mode: 4 }
    }
}

impl<'a> StackedDataBar<'a> {
    /// Two dots a module.
    #[must_use]
    pub const fn new(data: &'a str, stacking: Stacking) -> Self {
        Self { data, stacking, module: 2 }
    }

    fn size(&self, paper: u16) -> Result<Size, SymbolFault> {
        if !matches!(self.module, 2..=8) {
            return Err(SymbolFault::Option);
        }
        let module = u16::from(self.module);
        let (symbology, across, rows) = match self.stacking {
            Stacking::Stacked => (Symbology::DataBar, 50, 13),
            Stacking::Omnidirectional => (Symbology::DataBar, 50, 69),
            // The narrowest has two characters and a finder pattern a row;
            // eleven rows of 34 modules, and three between them.
            Stacking::Expanded => (Symbology::DataBarExpanded, 53, 11 * 37),
        };
        super::rules::check(&Barcode::new(symbology, self.data, 1))?;
        if across * module > paper {
            return Err(SymbolFault::TooWide { dots: across * module });
        }
        let dots = if self.stacking == Stacking::Expanded { paper } else { across * module };
        Ok(Size { dots, rows: rows * module })
    }
}

impl<'a> Composite<'a> {
    /// The printer chooses the kind of component.
    #[must_use]
    pub const fn new(linear: Barcode<'a>, data: &'a str) -> Self {
        Self { linear, data, large: false }
    }

    fn size(&self, paper: u16) -> Result<Size, SymbolFault> {
        let taken = |c: &u8| c.is_ascii_graphic() || *c == b' ';
        if let Some(at) = self.data.bytes().position(|c| !taken(&c)) {
            return Err(SymbolFault::Character { at });
        }
        let most = match (self.large, self.linear.symbology) {
            (true, Symbology::Gs1_128) => 2_361,
            (false, Symbology::UpcA | Symbology::UpcE | Symbology::Ean13 | Symbology::Ean8)
            | (false, Symbology::Gs1_128 | Symbology::DataBar | Symbology::DataBarTruncated)
            | (false, Symbology::DataBarLimited | Symbology::DataBarExpanded) => 338,
            _ => return Err(SymbolFault::Option),
        };
        match self.data.len() {
            0 => return Err(SymbolFault::Empty),
            got if got > most => return Err(SymbolFault::TooLong),
            _ => {}
        }
        let fit = self.linear.fit(paper)?;
        // The component of four columns is 99 modules wide.
        let dots = fit.dots.max(100 * u16::from(fit.module));
        if dots > paper {
            return Err(SymbolFault::TooWide { dots });
        }
        // CC-B has 44 rows of two modules at most, a bar code here 74 modules.
        Ok(Size { dots, rows: (88 + 74 + 6) * u16::from(fit.module) })
    }
}

impl<'a> Aztec<'a> {
    /// As many layers as are needed, four dots a module, a quarter of it
    /// error correction.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self { data, module: 4, compact: false, layers: 0, level: 23 }
    }
}

impl<'a> DataMatrix<'a> {
    /// Square, four dots a module.
    #[must_use]
    pub const fn new(data: &'a [u8]) -> Self {
        Self { data, module: 4, shape: Shape::Square(0) }
    }
}

impl Symbol<'_> {
    /// Checks the data and the options, and that it stands on a paper of so
    /// many dots.
    ///
    /// # Errors
    /// What is wrong.
    pub fn size(&self, paper: u16) -> Result<Size, SymbolFault> {
        let size = match self {
            Self::MicroQr(code) => sizes::micro_qr(code)?,
            Self::Pdf417(code) => sizes::pdf417(code, paper)?,
            Self::MaxiCode(code) => sizes::maxicode(code)?,
            Self::DataBar(code) => code.size(paper)?,
            Self::Composite(code) => code.size(paper)?,
            Self::Aztec(code) => sizes::aztec(code)?,
            Self::DataMatrix(code) => sizes::data_matrix(code)?,
        };
        match size.dots {
            dots if dots > paper => Err(SymbolFault::TooWide { dots }),
            _ => Ok(size),
        }
    }
}
