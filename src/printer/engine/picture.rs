use super::link::Owed;
use crate::printer::Raster;
use crate::printer::escpos::{Out, Profile, Refusal, Work};

/// A picture on its way, cut into bands.
#[derive(Clone, Debug)]
pub(in crate::printer) struct Picture<'a> {
    rows: &'a [u8],
    stride: usize,
    /// The dots of a row's last byte that belong to the picture.
    last_mask: u8,
    /// Bytes of the first row that were handed out.
    x: usize,
    /// Rows of the band that was begun.
    band: usize,
    last: u8,
}

impl<'a> Picture<'a> {
    /// # Errors
    /// A picture that is not on paper, or not whole.
    pub(in crate::printer) fn new(raster: Raster<'a>, profile: &Profile) -> Result<Self, Refusal> {
        if raster.width == 0 || raster.width > profile.paper.dots {
            return Err(Refusal::RasterWidth);
        }
        let stride = usize::from(raster.width.div_ceil(8));
        if !raster.rows.len().is_multiple_of(stride) {
            return Err(Refusal::RasterRows);
        }
        let last_mask = 0xFF << u32::from(raster.width.wrapping_neg() % 8);
        Ok(Self { rows: raster.rows, stride, last_mask, x: 0, band: 0, last: 0 })
    }

    /// Bytes in a row.
    pub(in crate::printer) fn stride(&self) -> u16 {
        u16::try_from(self.stride).unwrap_or(u16::MAX)
    }

    /// How many rows the next band has: at most `most`, 0 after the last.
    pub(in crate::printer) fn next_band(&self, most: u8) -> u8 {
        let rows = (self.rows.len() / self.stride).min(most.max(1).into());
        u8::try_from(rows).unwrap_or(u8::MAX)
    }

    /// The header of a band of so many rows is out.
    pub(in crate::printer) fn begin(&mut self, rows: u8) {
        (self.band, self.x, self.last) = (rows.into(), 0, 0);
    }

    /// What the printer expects of the band that was begun, at so many bytes
    /// for each of its own.
    pub(in crate::printer) fn owed(&self, digits: usize) -> Owed {
        let bytes = digits * (self.stride * self.band - self.x);
        Owed { bytes, row: digits * self.stride, ..Owed::NOTHING }
    }

    /// Writes what fits of the band; whether that is all. `encode` is given
    /// each byte with the one before it, and says what goes out for it.
    pub(in crate::printer) fn write<const N: usize>(
        &mut self,
        out: &mut Out<'_>,
        encode: impl Fn(u8, u8) -> [u8; N],
    ) -> bool {
        while self.band > 0 {
            let mask = if self.x + 1 == self.stride { self.last_mask } else { 0xFF };
            let byte = self.rows.get(self.x).copied().unwrap_or(0) & mask;
            let encoded = encode(self.last, byte);
            if !out.put(&encoded) {
                return false;
            }
            self.last = encoded.last().copied().unwrap_or(0);
            self.x += 1;
            if self.x == self.stride {
                self.rows = self.rows.get(self.stride..).unwrap_or(&[]);
                (self.x, self.band) = (0, self.band - 1);
                out.working(Work::printing(1));
            }
        }
        true
    }
}
