use super::{BarRow, Bars, QrDots, QrRows};

/// A code that is drawn row by row, by a printer's picture command or by a
/// bare head.
///
/// ```
/// use embedded_pos::printer::symbol::{Barcode, Drawing};
///
/// let bars = Barcode::itf("12345678", 40).fit(384)?.bars.unwrap();
/// let mut drawing = Drawing::Bars(bars);
/// let row: Vec<u8> = drawing.row(0).collect();
/// assert_eq!(row.len(), usize::from(drawing.width()).div_ceil(8));
/// # Ok::<(), embedded_pos::printer::symbol::SymbolFault>(())
/// ```
#[derive(Clone, Debug)]
pub enum Drawing<'a> {
    /// A bar code.
    Bars(Bars<'a>),
    /// A QR code.
    Qr(QrRows<'a>),
}

impl Drawing<'_> {
    /// Dots across.
    #[must_use]
    pub fn width(&self) -> u16 {
        match self {
            Self::Bars(bars) => bars.width(),
            Self::Qr(qr) => qr.side(),
        }
    }

    /// Rows of dots.
    #[must_use]
    pub fn height(&self) -> u16 {
        match self {
            Self::Bars(bars) => bars.height(),
            Self::Qr(qr) => qr.side(),
        }
    }

    /// The bytes of a row, the leftmost dot in the highest bit, 1 is black.
    /// In order they cost the least.
    pub fn row(&mut self, y: u16) -> DrawingRow<'_> {
        match self {
            Self::Bars(bars) => DrawingRow::Bars(bars.row()),
            Self::Qr(qr) => DrawingRow::Qr(qr.row(y)),
        }
    }
}

/// The bytes of a row of a [`Drawing`].
#[derive(Clone, Debug)]
pub enum DrawingRow<'a> {
    /// Of a bar code.
    Bars(BarRow<'a>),
    /// Of a QR code.
    Qr(QrDots),
}

impl Iterator for DrawingRow<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        match self {
            Self::Bars(row) => row.next(),
            Self::Qr(row) => row.next(),
        }
    }
}
