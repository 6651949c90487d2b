use super::command;
use super::encoder::Out;
use super::graphics::Form;
use super::job::{Close, Owed};
use super::line::Context;
use super::profile::Profile;
use super::refusal::Refusal;
use super::symbol::{completes_real_time, is_real_time};
use super::work::Work;
use crate::printer::{Align, Raster};

/// A run of blank rows shorter than this is sent as part of a band: a stop of
/// the paper costs more than its bytes.
const SHORT_BLANK: usize = 4;

/// Bytes that a band of its own has to save: its header, and what starting
/// anew costs.
const NEW_BAND: usize = 12;

/// A picture on its way, cut into bands: blank rows become feeds, blank
/// margins are left out.
#[derive(Clone, Debug)]
pub(super) struct Bands<'a> {
    rows: &'a [u8],
    stride: usize,
    /// The dots of a row's last byte that belong to the picture.
    last_mask: u8,
    align: Align,
    form: Form,
    /// One band, whatever it is: where each would be placed anew.
    whole: bool,
    /// The line spacing is that of a picture.
    spaced: bool,
    /// What sets that of text.
    spacing: [u8; 3],
    band: Option<Band>,
}

/// What is left of the band whose header was sent: rows of bytes, or columns
/// of bytes.
#[derive(Clone, Copy, Debug)]
struct Band {
    left: usize,
    rows: usize,
    columns: bool,
    lanes: usize,
    lane_bytes: usize,
    lane: usize,
    at: usize,
    last: u8,
}

/// Bytes of a row that are sent: from, to.
#[derive(Clone, Copy, Debug)]
struct Extent(usize, usize);

impl Extent {
    const fn len(self) -> usize {
        self.1 - self.0
    }

    fn with(self, Self(left, right): Self) -> Self {
        Self(self.0.min(left), self.1.max(right))
    }
}

impl<'a> Bands<'a> {
    /// To be printed on a line that stands there.
    ///
    /// # Errors
    /// A picture that is not on paper, or not whole.
    pub(super) fn new(
        raster: Raster<'a>,
        context: &Context,
        profile: &Profile,
    ) -> Result<Self, Refusal> {
        if raster.width > context.cells.line {
            return Err(Refusal::RasterWidth);
        }
        let pitch = context.pitch.saturating_mul(profile.units_per_dot.max(1));
        Ok(Self {
            align: context.align,
            whole: false,
            spacing: command::line_spacing(pitch),
            ..Self::whole(raster, Form::Print(profile.raster), profile)?
        })
    }

    /// In one band.
    ///
    /// # Errors
    /// A picture that is not on paper, or not whole.
    pub(super) fn whole(
        raster: Raster<'a>,
        form: Form,
        profile: &Profile,
    ) -> Result<Self, Refusal> {
        if raster.width == 0 || raster.width > profile.paper.dots {
            return Err(Refusal::RasterWidth);
        }
        let stride = usize::from(raster.width.div_ceil(8));
        let rows = raster.rows.len() / stride;
        if !raster.rows.len().is_multiple_of(stride) || rows > u16::MAX.into() {
            return Err(Refusal::RasterRows);
        }
        let last_mask = 0xFF << u32::from(raster.width.wrapping_neg() % 8);
        let align = Align::Left;
        let (rows, whole, spaced, band) = (raster.rows, true, false, None);
        let spacing = [0; 3];
        Ok(Self { rows, stride, last_mask, align, form, whole, spaced, spacing, band })
    }

    /// Rows that are left.
    pub(super) fn height(&self) -> usize {
        self.rows.len() / self.stride.max(1)
    }

    /// What the printer expects of the band that was begun, and before it
    /// prints text again.
    pub(super) fn owed(&self) -> Owed {
        let spaced = if self.spaced { Close::of(&self.spacing) } else { Close::NOTHING };
        self.band.map_or(Owed { close: spaced, ..Owed::NOTHING }, |band| Owed {
            bytes: band.lane_bytes * (band.lanes - band.lane) - band.at,
            row: if self.form.streams() { band.lane_bytes } else { 0 },
            end: self.printing(band.rows),
            close: self.form.close(self.spacing),
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
                return !self.spaced || out.put(&self.spacing);
            } else if !self.blank(profile, out) && !self.header(profile, out) {
                return false;
            }
        }
    }

    fn printing(&self, rows: usize) -> Work {
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        Work::printing(rows.saturating_mul(self.form.pitch().into()))
    }

    /// The payload of a band; what is left of it when there is no more room.
    fn payload(&mut self, mut band: Band, out: &mut Out<'_>) -> Option<Band> {
        while band.lane < band.lanes {
            while band.at < band.lane_bytes {
                if out.room() == 0 {
                    return Some(band);
                }
                let mut byte = self.band_byte(&band);
                if completes_real_time(band.last, byte) {
                    // Made harmless by one dot, beside one that is there, and
                    // inside the picture.
                    byte |= 0x08;
                }
                out.put(&[byte]);
                band.last = byte;
                band.at += 1;
            }
            band.at = 0;
            band.lane += 1;
            if self.form.streams() {
                out.working(self.printing(1));
            }
        }
        if !out.put(self.form.footer()) {
            return Some(band);
        }
        self.rows = self.rows.get(band.rows * self.stride..).unwrap_or(&[]);
        // Some printers print each row as it comes, others the band when it
        // is whole. Both are allowed for.
        out.working(self.printing(band.rows));
        None
    }

    /// The byte of a band that comes next.
    fn band_byte(&self, band: &Band) -> u8 {
        if !band.columns {
            return self.byte(band.left + band.at, band.lane);
        }
        let (x, bit) = (band.left + band.lane / 8, band.lane % 8);
        let dot = |row| self.byte(x, 8 * band.at + row) << bit & 0x80 != 0;
        (0..8).fold(0, |byte, row| byte << 1 | u8::from(dot(row)))
    }

    fn byte(&self, x: usize, y: usize) -> u8 {
        let mask = match x + 1 {
            next if next < self.stride => 0xFF,
            next if next == self.stride => self.last_mask,
            _ => 0,
        };
        self.rows.get(y * self.stride + x).copied().unwrap_or(0) & mask
    }

    /// Feeds over the blank rows that come first; whether there were any, and
    /// room.
    fn blank(&mut self, profile: &Profile, out: &mut Out<'_>) -> bool {
        if self.whole {
            return false;
        }
        let scale = profile.units_per_dot.saturating_mul(self.form.pitch()).max(1);
        let blank = self.extents().take_while(Option::is_none).count();
        let most = usize::from(u8::MAX / scale);
        let rows = u8::try_from(self.feedable(blank, most)).unwrap_or(0);
        if rows == 0 || !out.put(&command::feed_units(rows.saturating_mul(scale))) {
            return false;
        }
        out.working(Work::feeding(u32::from(rows) * u32::from(self.form.pitch())));
        self.rows = self.rows.get(usize::from(rows) * self.stride..).unwrap_or(&[]);
        true
    }

    /// How many of the blank rows may be fed, so that whole lines are left to
    /// be printed, if that can be.
    fn feedable(&self, blank: usize, most: usize) -> usize {
        let (left, limit) = (self.height(), blank.min(most));
        match self.form.line() {
            Some(line) if blank < left => {
                let odd = left % line;
                limit.checked_sub(odd).map_or(0, |rest| odd + rest / line * line)
            }
            _ => limit,
        }
    }

    /// The header of the band that comes first, which is not blank; whether
    /// there was room.
    fn header(&mut self, profile: &Profile, out: &mut Out<'_>) -> bool {
        if self.form.line().is_some() && !self.spaced {
            // 24 dots of paper, whatever is a dot of the picture.
            self.spaced =
                out.put(&command::line_spacing(profile.units_per_dot.max(1).saturating_mul(24)));
        }
        let (Extent(left, right), rows) = self.first_band(profile);
        let Some((bytes, rows)) = self.harmless(right - left, rows) else { return false };
        let fits = self.form.header(bytes, rows, |header| out.put(header));
        if fits {
            let last = self.form.header(bytes, rows, |header| header.last().copied().unwrap_or(0));
            let (bytes, rows) = (usize::from(bytes), usize::from(rows));
            let column = self.form.column(rows);
            let (lanes, lane_bytes) = column.map_or((rows, bytes), |column| (8 * bytes, column));
            let columns = column.is_some();
            self.band = Some(Band { left, rows, columns, lanes, lane_bytes, lane: 0, at: 0, last });
        }
        fits
    }

    /// What the band that comes first takes of how many rows.
    fn first_band(&self, profile: &Profile) -> (Extent, usize) {
        if self.whole {
            return (Extent(0, self.stride), self.height());
        }
        if let Some(line) = self.form.line() {
            let line = line.min(self.height());
            let extent = self.extents().take(line).flatten().reduce(Extent::with);
            return (extent.unwrap_or(Extent(0, 1)), line);
        }
        let (mut band, mut rows, mut blank) = (Extent(0, 0), 0, 0);
        for (row, extent) in self.extents().enumerate().take(profile.band.max(1).into()) {
            blank = if extent.is_none() { blank + 1 } else { 0 };
            let Some(extent) = extent else {
                if blank == SHORT_BLANK {
                    break;
                }
                continue;
            };
            let joined = if rows == 0 { extent } else { band.with(extent) };
            let apart = band.len() * rows + extent.len() + NEW_BAND;
            if rows > 0 && joined.len() * (row + 1) > apart {
                break;
            }
            (band, rows) = (joined, row + 1);
        }
        (band, rows)
    }

    /// The bytes of a row and the rows of a band in whose header the printer
    /// finds no real-time command: one row or byte may have to be moved, or be
    /// added.
    fn harmless(&self, bytes: usize, rows: usize) -> Option<(u16, u16)> {
        let (bytes, rows) = (u16::try_from(bytes).ok()?, u16::try_from(rows).ok()?);
        let other = if self.whole { rows.saturating_add(1) } else { rows.saturating_sub(1) };
        let choices = [(bytes, rows), (bytes, other), (bytes + 1, rows)];
        choices.into_iter().find(|(bytes, rows)| {
            let harmless = |header: &[u8]| !is_real_time(header.iter().copied());
            *rows > 0 && self.form.header(*bytes, *rows, harmless)
        })
    }

    /// For each row, what is sent of it; nothing of a blank one.
    fn extents(&self) -> impl Iterator<Item = Option<Extent>> {
        self.rows.chunks_exact(self.stride.max(1)).map(|row| self.extent(row))
    }

    /// On a line that stands right or in the middle, what is left has to stand
    /// there where it stood.
    fn extent(&self, row: &[u8]) -> Option<Extent> {
        let (last, others) = row.split_last()?;
        let end = match last & self.last_mask {
            0 => others.iter().rposition(|byte| *byte != 0)? + 1,
            _ => row.len(),
        };
        let start = || row.iter().position(|byte| *byte != 0).unwrap_or(0);
        Some(match self.align {
            Align::Left => Extent(0, end),
            Align::Right => Extent(start(), row.len()),
            Align::Center => {
                let margin = start().min(row.len() - end);
                Extent(margin, row.len() - margin)
            }
        })
    }
}
