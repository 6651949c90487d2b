use super::super::command;
use super::super::encoder::{Encoder, Out};
use super::super::job::Owed;
use super::super::line::Context;
use super::super::profile::Profile;
use super::super::work::Work;
use super::completes_real_time;
use crate::printer::Align;
use crate::printer::symbol::{Barcode, Drawing, TextPosition};

/// A code that is drawn in bands of `GS v 0`, row by row, with its text as
/// text.
#[derive(Clone, Debug)]
pub(in super::super) struct Drawn<'a> {
    drawing: Drawing<'a>,
    y: u16,
    band: Option<Band>,
    text: Option<Text<'a>>,
}

/// What is left of the band whose header was sent.
#[derive(Clone, Copy, Debug)]
struct Band {
    rows: u16,
    /// Bytes of its first row that were sent.
    x: u16,
    height: u32,
    last: u8,
}

#[derive(Clone, Copy, Debug)]
struct Text<'a> {
    data: &'a [u8],
    check: Option<u8>,
    /// Columns left of it.
    margin: u8,
    position: TextPosition,
    /// What of margin, data and check digit was sent.
    at: usize,
}

impl<'a> Drawn<'a> {
    pub(super) const fn new(drawing: Drawing<'a>) -> Self {
        Self { drawing, y: 0, band: None, text: None }
    }

    /// With the bar code's text, below its middle where the line stands left.
    pub(super) fn with_text(
        self,
        code: &Barcode<'a>,
        check: Option<u8>,
        profile: &Profile,
        context: Context,
    ) -> Self {
        let data = code.data.as_bytes();
        let column = profile.paper.dots / u16::from(profile.paper.columns).max(1);
        let width = u16::from(context.style.width.max(1)) * column.max(1);
        let taken = u16::try_from(data.len() + usize::from(check.is_some())).unwrap_or(0);
        let margin = match context.align {
            Align::Left => self.drawing.width().saturating_sub(taken * width) / 2 / width,
            _ => 0,
        };
        let margin = u8::try_from(margin).unwrap_or(0);
        let text = Text { data, check, margin, position: code.text, at: 0 };
        Self { text: Some(text), ..self }
    }

    /// What the printer expects of the band that was begun.
    pub(super) fn owed(&self) -> Owed {
        let stride = self.stride();
        self.band.map_or(Owed::NOTHING, |Band { rows, x, height, .. }| Owed {
            bytes: usize::from(stride) * usize::from(rows) - usize::from(x),
            row: stride.into(),
            end: Work::printing(height),
            ..Owed::NOTHING
        })
    }

    fn stride(&self) -> u16 {
        self.drawing.width().div_ceil(8)
    }

    /// Whether all of it is written.
    pub(super) fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        if let Some(text) = self.text.as_mut().filter(|text| text.position.above()) {
            if !text.write(encoder, out) {
                return false;
            }
            (text.at, text.position) = match text.position {
                TextPosition::Both => (0, TextPosition::Below),
                _ => (0, TextPosition::None),
            };
        }
        if !self.bands(encoder.profile(), out) {
            return false;
        }
        match self.text.as_mut().filter(|text| text.position.below()) {
            Some(text) => text.write(encoder, out),
            None => true,
        }
    }

    fn bands(&mut self, profile: &Profile, out: &mut Out<'_>) -> bool {
        let height = self.drawing.height();
        while self.y < height {
            let Some(band) = self.band else {
                let rows = (height - self.y).min(u16::from(profile.band.max(1)));
                if !out.put(&command::raster(self.stride(), rows)) {
                    return false;
                }
                self.band = Some(Band { rows, x: 0, height: rows.into(), last: 0 });
                continue;
            };
            self.band = Some(self.row(band, out));
            if self.band.is_some_and(|band| band.x > 0 || out.room() == 0 && band.rows > 0) {
                return false;
            }
            if let Some(Band { rows: 0, height, .. }) = self.band {
                // As with pictures: by rows, or when the band is whole.
                out.working(Work::printing(height));
                self.band = None;
            }
        }
        true
    }

    /// A row, or what fits of it.
    fn row(&mut self, mut band: Band, out: &mut Out<'_>) -> Band {
        for mut byte in self.drawing.row(self.y).skip(band.x.into()) {
            if out.room() == 0 {
                return band;
            }
            if completes_real_time(band.last, byte) {
                // Only with one dot a module. Made harmless by one more.
                byte |= 0x02;
            }
            out.put(&[byte]);
            (band.x, band.last) = (band.x + 1, byte);
        }
        out.working(Work::printing(1));
        self.y += 1;
        Band { rows: band.rows - 1, x: 0, ..band }
    }
}

impl Text<'_> {
    /// A line, or what fits of it; whether that is all. What is not printable
    /// is a space.
    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        let margin = usize::from(self.margin);
        loop {
            let byte = match self.at.checked_sub(margin) {
                None => Some(b' '),
                Some(at) if at == self.data.len() => self.check,
                Some(at) => self.data.get(at).copied(),
            };
            let Some(byte) = byte else { return encoder.new_line(out) };
            let shown = if matches!(byte, 0x20..=0x7E) { byte } else { b' ' };
            if !encoder.character(shown, out) {
                return false;
            }
            self.at += 1;
        }
    }
}
