/// A picture: rows from the top, each of whole bytes, the leftmost dot in the
/// highest bit, 1 is black.
///
/// One that is higher than there is memory for is printed band by band:
/// [`print_banded`](super::print_banded).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Raster<'a> {
    /// Dots in a row.
    pub width: u16,
    /// The rows; `width.div_ceil(8)` bytes each.
    pub rows: &'a [u8],
}

/// Which of the pictures that a printer keeps while it is switched off.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Logo {
    /// By its key, two characters from 20h to 7Eh (ESC/POS `GS ( L`).
    Key([u8; 2]),
    /// By its number, from 1 (ESC/POS `FS p`).
    Number(u8),
}
