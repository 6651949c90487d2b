use super::font::Font;
use super::page::{PAPER, PITCH, Page, put};
use super::profile::{DOTS, Row};
use super::refusal::Refusal;
use crate::printer::text::{Hanzi, Piece, Token, Tokens, Unprintable, Wrap};
use crate::printer::{Item, Raster, Style};

/// An item that was checked, on its way into rows of dots.
#[derive(Debug)]
pub struct Job<'a> {
    /// The line before is to be ended first, if anything stands on it.
    ends_line: bool,
    /// The row of the line that comes next, while one is printed.
    line: Option<u16>,
    body: Body<'a>,
}

#[derive(Debug)]
enum Body<'a> {
    Done,
    Align(crate::printer::Align),
    Text(Text<'a>),
    Blank(u16),
    // Bar codes and QR codes come in here: whatever gives rows of modules is
    // drawn as a picture is.
    Raster { rows: &'a [u8], stride: usize, last_mask: u8, x: u16 },
}

#[derive(Debug)]
struct Text<'a> {
    rest: Wrap<'a>,
    then: Option<Then<'a>>,
    /// A line end follows.
    ended: bool,
}

/// The right one of two texts on a line, or on lines of their own.
#[derive(Debug)]
struct Then<'a> {
    /// The line ends before it.
    breaks: bool,
    /// Spaces before it.
    gap: u8,
    text: Wrap<'a>,
}

impl<'a> Job<'a> {
    /// The end of a line that was begun; or nothing.
    pub(super) const fn line_end(ends_line: bool) -> Self {
        Self { ends_line, line: None, body: Body::Done }
    }

    pub(super) fn new(
        item: &Item<'a>,
        page: &mut Page,
        font: &impl Font,
        tear_bar: u16,
    ) -> Result<Self, Refusal> {
        let body = match *item {
            Item::Style(style) => {
                check_style(style)?;
                page.style = style;
                Body::Done
            }
            Item::Align(align) => Body::Align(align),
            Item::Text(text) => {
                columns(text, font)?;
                let rest = wrap(text, page, font);
                Body::Text(Text { rest, then: None, ended: false })
            }
            Item::Columns(left, right) => Body::Text(columns_of(left, right, page, font)?),
            Item::Rule => {
                const DASHES: &str = "--------------------------------";
                let dashes = usize::from(PAPER.columns / page.style.width.max(1));
                let rest = DASHES.get(..dashes).unwrap_or("");
                let rest = Wrap::new(rest, font.charset(), PAPER.columns, 0, page.style.width);
                Body::Text(Text { rest, then: None, ended: true })
            }
            Item::Feed(lines) => Body::Blank(u16::from(lines) * PITCH),
            Item::Raster(raster) => picture(raster, page)?,
            Item::Cut => Body::Blank(tear_bar),
            _ => return Err(Refusal::Unsupported),
        };
        let ends_line = !matches!(item, Item::Style(_) | Item::Text(_));
        Ok(Self { ends_line, line: None, body })
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
                    if !text.set(page) {
                        return false;
                    }
                    self.line = Some(0);
                }
                Body::Blank(rows) if *rows > 0 => {
                    *rows -= 1;
                    return true;
                }
                Body::Raster { rows, stride, last_mask, x } if !rows.is_empty() => {
                    let (first, others) = rows.split_at_checked(*stride).unwrap_or((rows, &[]));
                    draw(first, *last_mask, *x, row);
                    *rows = others;
                    return true;
                }
                Body::Align(align) => {
                    page.align = *align;
                    self.body = Body::Done;
                }
                _ => return false,
            }
        }
    }
}

const fn check_style(style: Style) -> Result<(), Refusal> {
    match (style.width, style.height) {
        (1..=8, 1..=8) => Ok(()),
        _ => Err(Refusal::Style),
    }
}

fn wrap<'a>(text: &'a str, page: &Page, font: &impl Font) -> Wrap<'a> {
    Wrap::new(text, font.charset(), PAPER.columns, page.column, page.style.width)
}

/// The columns of a text of which the font has every character.
fn columns(text: &str, font: &impl Font) -> Result<usize, Unprintable> {
    let mut columns = 0;
    for (at, character) in text.char_indices() {
        let own = text.get(at..at + character.len_utf8()).unwrap_or("");
        columns += match Tokens::new(own, font.charset()).next() {
            Some(Ok(Token::Plain(_))) => 1,
            Some(Ok(Token::Hanzi(hanzi))) if font.wide(code(&hanzi), 0).is_some() => 2,
            Some(Ok(Token::NewLine)) | None => 0,
            _ => return Err(Unprintable { character, at }),
        };
    }
    Ok(columns)
}

/// The two bytes of a character, as the font counts them.
fn code(hanzi: &Hanzi) -> [u8; 2] {
    hanzi.bytes().try_into().unwrap_or_default()
}

fn columns_of<'a>(
    left: &'a str,
    right: &'a str,
    page: &Page,
    font: &impl Font,
) -> Result<Text<'a>, Unprintable> {
    let (lefts, rights) = (columns(left, font)?, columns(right, font)?);
    let limit = usize::from(PAPER.columns / page.style.width.max(1));
    let parted = usize::from(lefts > 0 && rights > 0);
    let breaks = lefts + parted + rights > limit;
    let taken = if breaks { rights } else { lefts + rights };
    let gap = u8::try_from(limit.saturating_sub(taken)).unwrap_or(0);
    let width = page.style.width;
    let before = if breaks { 0 } else { u8::try_from(lefts).unwrap_or(0) };
    let text = |text, column| Wrap::new(text, font.charset(), PAPER.columns, column, width);
    let right = text(right, (before + gap).saturating_mul(width));
    let then = Some(Then { breaks, gap, text: right });
    Ok(Text { rest: text(left, 0), then, ended: true })
}

impl Text<'_> {
    /// Sets the next line; whether it is to be printed now.
    fn set(&mut self, page: &mut Page) -> bool {
        loop {
            match self.rest.next() {
                Some(Ok(Piece::Plain(plain))) => {
                    plain.bytes().iter().for_each(|byte| page.set([0, *byte]));
                }
                Some(Ok(Piece::Hanzi(hanzi))) => page.set(code(&hanzi)),
                Some(Ok(Piece::Break)) => return true,
                // An error cannot come: the text was checked.
                _ => match self.then.take() {
                    Some(then) if then.breaks && !page.is_empty() => {
                        self.then = Some(Then { breaks: false, ..then });
                        return true;
                    }
                    Some(Then { gap, text, .. }) => {
                        (0..gap).for_each(|_| page.set([0, b' ']));
                        self.rest = text;
                    }
                    None => {
                        page.column = self.rest.column();
                        return core::mem::take(&mut self.ended);
                    }
                },
            }
        }
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

fn draw(picture: &[u8], last_mask: u8, x: u16, row: &mut Row) {
    let last = picture.len().saturating_sub(1);
    for (n, byte) in (0_u16..).zip(picture) {
        let mask = if usize::from(n) == last { last_mask } else { 0xFF };
        put(row, x + 8 * n, u32::from(byte & mask) << 24);
    }
}
