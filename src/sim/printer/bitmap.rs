use std::vec::Vec;

/// Dots: rows from the top, each of whole bytes, the leftmost dot in the
/// highest bit, 1 is black.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Bitmap {
    width: usize,
    rows: Vec<u8>,
}

impl Bitmap {
    pub(super) const fn new(width: usize) -> Self {
        Self { width, rows: Vec::new() }
    }

    pub(in crate::sim) fn blank(width: usize, height: usize) -> Self {
        Self { width, rows: std::vec![0; width.div_ceil(8) * height] }
    }

    /// Dots in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.len() / self.stride()
    }

    /// Bytes in a row.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.width.div_ceil(8).max(1)
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// Whether a dot is black; white beyond the edges.
    #[must_use]
    pub fn dot(&self, x: usize, y: usize) -> bool {
        x < self.width && self.byte(x, y).is_some_and(|byte| byte << (x % 8) & 0x80 != 0)
    }

    fn byte(&self, x: usize, y: usize) -> Option<u8> {
        self.rows.get(y * self.stride() + x / 8).copied()
    }

    pub(in crate::sim) fn set(&mut self, x: usize, y: usize) {
        let at = y * self.stride() + x / 8;
        if let Some(byte) = self.rows.get_mut(at)
            && x < self.width
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    pub(super) fn erase(&mut self, x: usize, y: usize) {
        let at = y * self.stride() + x / 8;
        if let Some(byte) = self.rows.get_mut(at)
            && x < self.width
        {
            *byte &= !(0x80 >> (x % 8));
        }
    }

    /// Leaves out what is wider.
    pub(super) fn crop(&mut self, width: usize) {
        if width < self.width {
            let wide = std::mem::replace(self, Self::blank(width, self.height()));
            for y in 0..wide.height() {
                (0..width).filter(|x| wide.dot(*x, y)).for_each(|x| self.set(x, y));
            }
        }
    }

    pub(super) fn push(&mut self, row: &[u8]) {
        let stride = self.stride();
        self.rows.extend(row.iter().copied().chain(std::iter::repeat(0)).take(stride));
    }

    /// Prints a row on the paper that is `behind` rows above the end, or at it.
    pub(super) fn overprint(&mut self, row: &[u8], behind: usize) {
        let start = self.rows.len().saturating_sub(behind * self.stride());
        if start == self.rows.len() {
            return self.push(row);
        }
        for (byte, new) in self.rows.iter_mut().skip(start).zip(row) {
            *byte |= new;
        }
    }

    /// Draws another, its left upper corner at `x`, `y`.
    pub(super) fn draw(&mut self, other: &Self, x: usize, y: usize) {
        for row in 0..other.height() {
            for column in (0..other.width).filter(|column| other.dot(*column, row)) {
                self.set(x + column, y + row);
            }
        }
    }
}
