use super::font::Font;
use super::line::{Text, check};
use super::page::{PITCH, Page, put};
use super::profile::{DOTS, Row};
use super::refusal::Refusal;
use crate::printer::symbol::{Barcode, Drawing, QrRows, QrSource};
use crate::printer::{Align, Item, QrLevel, Raster, Style};

/// An item that was checked, on its way into rows of dots.
#[derive(Debug)]
pub struct Job<'a> {
    /// The line before is to be ended first, if anything stands on it.
    ends_line: bool,
    /// The row of the line that comes next, while one is printed.
    line: Option<u16>,
    body: Body<'a>,
    after: Body<'a>,
}

#[derive(Debug)]
enum Body<'a> {
    Done,
    Align(Align),
    Text(Text<'a>),
    Blank(u16),
    Raster { rows: &'a [u8], stride: usize, last_mask: u8, x: u16 },
    Code { drawing: Drawing<'a>, y: u16, x: u16 },
}

impl<'a> Job<'a> {
    /// The end of a line that was begun; or nothing.
    pub(super) const fn line_end(ends_line: bool) -> Self {
        Self { ends_line, line: None, body: Body::Done, after: Body::Done }
    }

    pub(super) fn new(
        item: &Item<'a>,
        page: &mut Page,
        font: &impl Font,
        tear_bar: u16,
        source: Option<&'static dyn QrSource>,
    ) -> Result<Self, Refusal> {
        let mut after = Body::Done;
        let body = match *item {
            Item::Style(style) => {
                page.style = checked(style)?;
                Body::Done
            }
            Item::Align(align) => Body::Align(align),
            Item::Text(text) => {
                check(text, font)?;
                Body::Text(Text::new(text, page, font))
            }
            Item::Columns(left, right) => Body::Text(Text::columns(left, right, page, font)?),
            Item::Table(table) => Body::Text(Text::table(table, page, font)?),
            Item::Rule => Body::Text(Text::rule(page, font)),
            Item::Feed(lines) => Body::Blank(u16::from(lines) * PITCH),
            Item::Qr { data, module, level } => qr(data, level, module, page, source)?,
            Item::Barcode(code) => {
                let body;
                [body, after] = barcode(&code, page, font)?;
                body
            }
            Item::Raster(raster) => picture(raster, page)?,
            Item::Cut => Body::Blank(tear_bar),
            _ => return Err(Refusal::Unsupported),
        };
        let ends_line = !matches!(item, Item::Style(_) | Item::Text(_));
        Ok(Self { ends_line, line: None, body, after })
    }

    /// The next row, drawn on a white one; `false` when there is none.
    pub(super) fn next_row(&mut self, page: &mut Page, font: &impl Font, row: &mut Row) -> bool {
        loop {
            if let Some(y) = self.line {
                if y < page.rows() {
                    page.draw(font, y, row);
                    self.line = Some(y + 1);
                    return true;
                }
                page.clear();
                self.line = None;
            }
            if core::mem::take(&mut self.ends_line) {
                self.line = (!page.is_empty()).then_some(0);
                continue;
            }
            match &mut self.body {
                Body::Text(text) => {
                    if !text.is_done(page, font) {
                        self.line = Some(0);
                        continue;
                    }
                }
                Body::Align(align) => page.align = *align,
                Body::Done => return false,
                body => {
                    if body.draw(row) {
                        return true;
                    }
                }
            }
            self.body = core::mem::replace(&mut self.after, Body::Done);
        }
    }
}

impl Body<'_> {
    /// The next row of what is no text; `false` when there is none.
    fn draw(&mut self, row: &mut Row) -> bool {
        match self {
            Body::Blank(rows) => {
                let any = *rows > 0;
                *rows = rows.saturating_sub(1);
                any
            }
            Body::Raster { rows: [], .. } => false,
            Body::Raster { rows, stride, last_mask, x } => {
                let (first, others) = rows.split_at_checked(*stride).unwrap_or((rows, &[]));
                let last = first.len().saturating_sub(1);
                let masked = |(n, byte)| if n == last { byte & *last_mask } else { byte };
                put_all(row, *x, first.iter().copied().enumerate().map(masked));
                *rows = others;
                true
            }
            Body::Code { drawing, y, x } if *y < drawing.height() => {
                put_all(row, *x, drawing.row(*y));
                *y += 1;
                true
            }
            _ => false,
        }
    }
}

/// What this driver can do of a style.
fn checked(style: Style) -> Result<Style, Refusal> {
    use crate::printer::{Emphasis, Font as Size};
    const DRAWN: Emphasis = Emphasis::BOLD
        .union(Emphasis::UNDERLINE)
        .union(Emphasis::INVERSE)
        .union(Emphasis::DOUBLE_STRIKE);
    match style {
        Style { width: 1..=8, height: 1..=8, font: Size::A, spacing: 0, emphasis }
            if DRAWN.contains(emphasis) =>
        {
            Ok(style)
        }
        Style { width: 1..=8, height: 1..=8, .. } => Err(Refusal::Unsupported),
        _ => Err(Refusal::Style),
    }
}

fn picture<'a>(raster: Raster<'a>, page: &Page) -> Result<Body<'a>, Refusal> {
    let Raster { width, rows } = raster;
    if width == 0 || width > DOTS {
        return Err(Refusal::RasterWidth);
    }
    let stride = usize::from(width.div_ceil(8));
    if !rows.len().is_multiple_of(stride) {
        return Err(Refusal::RasterRows);
    }
    let last_mask = 0xFF << u32::from(width.wrapping_neg() % 8);
    Ok(Body::Raster { rows, stride, last_mask, x: page.margin(width) })
}

fn qr<'a>(
    data: &'a [u8],
    level: QrLevel,
    module: u8,
    page: &Page,
    source: Option<&'static dyn QrSource>,
) -> Result<Body<'a>, Refusal> {
    let source = source.ok_or(Refusal::Unsupported)?;
    let drawing = Drawing::Qr(QrRows::new(source, data, level, module, DOTS)?);
    Ok(Body::Code { x: page.margin(drawing.width()), y: 0, drawing })
}

/// The bars, and their text before or after them.
fn barcode<'a>(
    code: &Barcode<'a>,
    page: &Page,
    font: &impl Font,
) -> Result<[Body<'a>; 2], Refusal> {
    let fit = code.fit(DOTS)?;
    let bars = fit.bars.filter(|_| !code.small_text).ok_or(Refusal::Unsupported)?;
    let drawing = Drawing::Bars(bars);
    let width = drawing.width();
    let bars = Body::Code { x: page.margin(width), y: 0, drawing };
    let text = || Body::Text(Text::of_code(code.data, fit.check, width, page, font));
    Ok(match (code.text.above(), code.text.below()) {
        (false, false) => [bars, Body::Done],
        (false, true) => [bars, text()],
        (true, false) => [text(), bars],
        (true, true) => return Err(Refusal::Unsupported),
    })
}

fn put_all(row: &mut Row, x: u16, bytes: impl Iterator<Item = u8>) {
    for (n, byte) in (0_u16..48).zip(bytes) {
        put(row, x + 8 * n, u32::from(byte) << 24);
    }
}
