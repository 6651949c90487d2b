use super::super::encoder::{Encoder, Out};
use super::super::graphics::Form;
use super::super::job::Owed;
use super::super::line::Context;
use super::super::profile::Profile;
use super::super::refusal::Refusal;
use super::super::work::Work;
use super::{completes_real_time, is_real_time};
use crate::printer::Align;
use crate::printer::symbol::{Barcode, Drawing, TextPosition};

/// A code that is drawn as a picture, in bands, row by row, with its text as
/// text.
#[derive(Clone, Debug)]
pub(in super::super) struct Drawn<'a> {
    drawing: Drawing<'a>,
    form: Form,
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
    /// # Errors
    /// The printer takes no rows.
    pub(super) fn new(drawing: Drawing<'a>, profile: &Profile) -> Result<Self, Refusal> {
        let form = Form::Print(profile.raster);
        match form.line() {
            Some(_) => Err(Refusal::NoSymbol),
            None => Ok(Self { drawing, form, y: 0, band: None, text: None }),
        }
    }

    /// With the bar code's text, below its middle where the line stands left.
    pub(super) fn with_text(
        self,
        code: &Barcode<'a>,
        check: Option<u8>,
        context: &Context,
    ) -> Self {
        let data = code.data.as_bytes();
        let width = context.cells.narrow.max(1);
        let taken = u16::try_from(data.len() + usize::from(check.is_some())).unwrap_or(0);
        let margin = match context.align {
            Align::Left => {
                self.drawing.width().saturating_sub(taken.saturating_mul(width)) / 2 / width
            }
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
            row: if self.form.streams() { stride.into() } else { 0 },
            end: Work::printing(height),
            close: self.form.close([0; 3]),
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
        loop {
            match self.band {
                None if self.y == self.drawing.height() => return true,
                None => {
                    self.band = self.header(profile, out);
                    if self.band.is_none() {
                        return false;
                    }
                }
                Some(Band { rows: 0, height, .. }) => {
                    if !out.put(self.form.footer()) {
                        return false;
                    }
                    // As with pictures: by rows, or when the band is whole.
                    out.working(Work::printing(height));
                    self.band = None;
                }
                Some(band) => {
                    let band = self.row(band, out);
                    self.band = Some(band);
                    if band.x > 0 || out.room() == 0 && band.rows > 0 {
                        return false;
                    }
                }
            }
        }
    }

    /// Begins the next band, if there is room: one row lower where the printer
    /// would find a real-time command in the header.
    fn header(&self, profile: &Profile, out: &mut Out<'_>) -> Option<Band> {
        let (form, stride) = (self.form, self.stride());
        let rows = (self.drawing.height() - self.y).min(profile.band.max(1).into());
        let real_time = form.header(stride, rows, |header| is_real_time(header.iter().copied()));
        let rows = if real_time { rows - 1 } else { rows };
        let last = form.header(stride, rows, |header| {
            out.put(header).then(|| header.last().copied().unwrap_or(0))
        })?;
        Some(Band { rows, x: 0, height: rows.into(), last })
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
        if self.form.streams() {
            out.working(Work::printing(1));
        }
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
