use super::command;
use super::encoder::Out;
use super::job::Owed;
use super::profile::Profile;
use super::refusal::Refusal;
use super::symbol::completes_real_time;
use super::work::Work;
use crate::printer::Raster;

/// A run of blank rows shorter than this is sent as part of a band: a stop of
/// the paper costs more than its bytes.
const SHORT_BLANK: usize = 4;

/// A picture on its way, cut into bands: blank rows become feeds, blank right
/// margins are left out.
#[derive(Clone, Debug)]
pub(super) struct Bands<'a> {
    rows: &'a [u8],
    stride: usize,
    /// The dots of a row's last byte that belong to the picture.
    last_mask: u8,
    crop: bool,
    band: Option<Band>,
}

/// What is left of the band whose header was sent.
#[derive(Clone, Copy, Debug)]
struct Band {
    width: usize,
    height: u32,
    rows: usize,
    x: usize,
    last: u8,
}

impl<'a> Bands<'a> {
    /// `crop` must not be set when the line is centred or stands right: then
    /// each band would be moved by its own width.
    ///
    /// # Errors
    /// A picture that is not on paper, or not whole.
    pub(super) fn new(raster: Raster<'a>, crop: bool, profile: &Profile) -> Result<Self, Refusal> {
        if raster.width == 0 || raster.width > profile.paper.dots {
            return Err(Refusal::RasterWidth);
        }
        let stride = usize::from(raster.width.div_ceil(8));
        let rows = raster.rows.len() / stride;
        if !raster.rows.len().is_multiple_of(stride) || rows > u16::MAX.into() {
            return Err(Refusal::RasterRows);
        }
        let last_mask = 0xFF << u32::from(raster.width.wrapping_neg() % 8);
        Ok(Self { rows: raster.rows, stride, last_mask, crop, band: None })
    }

    /// What the printer expects of the band that was begun.
    pub(super) fn owed(&self) -> Owed {
        self.band.map_or(Owed::NOTHING, |Band { width, rows, x, height, .. }| Owed {
            bytes: width * rows - x,
            row: width,
            end: Work::printing(height),
            ..Owed::NOTHING
        })
    }

    /// Returns whether all of it is written.
    pub(super) fn write(&mut self, profile: &Profile, out: &mut Out<'_>) -> bool {
        loop {
            if let Some(band) = self.band.take() {
                self.band = self.payload(band, out);
                if self.band.is_some() {
                    return false;
                }
            } else if self.rows.is_empty() {
                return true;
            } else if !self.blank(profile, out) && !self.header(profile, out) {
                return false;
            }
        }
    }

    /// The payload of a band; what is left of it when there is no more room.
    fn payload(&mut self, mut band: Band, out: &mut Out<'_>) -> Option<Band> {
        while band.rows > 0 {
            while band.x < band.width {
                if out.room() == 0 {
                    return Some(band);
                }
                let mut byte = self.byte(band.x);
                if completes_real_time(band.last, byte) {
                    // Made harmless by one dot, beside one that is there.
                    byte |= 0x02;
                }
                out.put(&[byte]);
                band.last = byte;
                band.x += 1;
            }
            band.x = 0;
            band.rows -= 1;
            self.rows = self.rows.get(self.stride..).unwrap_or(&[]);
            out.working(Work::printing(1));
        }
        // Some printers print each row as it comes, others the band when it
        // is whole. Both are allowed for.
        out.working(Work::printing(band.height));
        None
    }

    /// A byte of the first row.
    fn byte(&self, x: usize) -> u8 {
        let mask = if x + 1 == self.stride { self.last_mask } else { 0xFF };
        self.rows.get(x).copied().unwrap_or(0) & mask
    }

    /// Feeds over the blank rows that come first; whether there were any, and
    /// room.
    fn blank(&mut self, profile: &Profile, out: &mut Out<'_>) -> bool {
        let rows = self.used().take_while(|used| *used == 0).count();
        let most = usize::from(u8::MAX / profile.units_per_dot.max(1));
        let rows = u8::try_from(rows.min(most)).unwrap_or(0);
        let units = rows.saturating_mul(profile.units_per_dot.max(1));
        if rows == 0 || !out.put(&command::feed_units(units)) {
            return false;
        }
        out.working(Work::feeding(u32::from(rows)));
        self.rows = self.rows.get(usize::from(rows) * self.stride..).unwrap_or(&[]);
        true
    }

    /// The header of the band that comes first, which is not blank; whether
    /// there was room.
    fn header(&mut self, profile: &Profile, out: &mut Out<'_>) -> bool {
        let most = usize::from(profile.band.max(1));
        let (mut rows, mut width, mut blank) = (0, 0, 0);
        for (row, used) in self.used().enumerate().take(most) {
            blank = if used == 0 { blank + 1 } else { 0 };
            if blank == SHORT_BLANK {
                break;
            }
            if used > 0 {
                (rows, width) = (row + 1, width.max(used));
            }
        }
        if !self.crop {
            width = self.stride;
        }
        let (x, y) = (u16::try_from(width).unwrap_or(0), u16::try_from(rows).unwrap_or(0));
        let fits = out.put(&command::raster(x, y));
        if fits {
            self.band = Some(Band { width, height: y.into(), rows, x: 0, last: 0 });
        }
        fits
    }

    /// For each row, how many bytes reach to its last black dot.
    fn used(&self) -> impl Iterator<Item = usize> {
        self.rows.chunks_exact(self.stride.max(1)).map(|row| {
            let (last, others) = row.split_last().unwrap_or((&0, row));
            match last & self.last_mask {
                0 => others.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1),
                _ => row.len(),
            }
        })
    }
}
