use super::font::Font;
use super::page::{Glyph, PAPER, Page};
use super::refusal::Refusal;
use crate::printer::text::{Cells, Glyphs, Hanzi, Piece, Token, Tokens, Unprintable, Wrap};
use crate::printer::{Align, Table};

/// Dots of a column.
pub(super) const COLUMN: u16 = 12;

/// What is left of a text, or of two.
#[derive(Debug)]
pub(super) struct Text<'a> {
    rest: Wrap<'a>,
    then: Option<Then<'a>>,
    /// The check digit of a bar code, after it.
    check: Option<u8>,
    /// A line end follows.
    ended: bool,
}

/// What comes after it on a line of its own.
#[derive(Debug)]
enum Then<'a> {
    /// The right one of two texts.
    Text {
        /// The line ends before it.
        breaks: bool,
        /// Spaces before it.
        gap: u8,
        text: Wrap<'a>,
    },
    /// The cells of a table from `next` on.
    Cells { table: Table<'a>, next: usize, gap: usize },
}

impl<'a> Text<'a> {
    /// A text, which was checked, on what is left of the line.
    pub(super) fn new(text: &'a str, page: &Page, font: &impl Font) -> Self {
        let rest = wrap(text, page.column, page, font);
        Self { rest, then: None, check: None, ended: false }
    }

    /// One text at each margin.
    pub(super) fn columns(
        left: &'a str,
        right: &'a str,
        page: &Page,
        font: &impl Font,
    ) -> Result<Self, Unprintable> {
        let (lefts, rights) = (check(left, font)?, check(right, font)?);
        let limit = usize::from(PAPER.columns / page.style.width.max(1));
        let parted = usize::from(lefts > 0 && rights > 0);
        let breaks = lefts + parted + rights > limit;
        let taken = if breaks { rights } else { lefts + rights };
        let gap = u8::try_from(limit.saturating_sub(taken)).unwrap_or(0);
        let before = if breaks { 0 } else { u8::try_from(lefts).unwrap_or(0) };
        let mut both = Self::two(left, gap, right, before + gap, page, font);
        if let Some(Then::Text { breaks: end, .. }) = &mut both.then {
            *end = breaks;
        }
        Ok(both)
    }

    /// The cells of a table.
    pub(super) fn table(table: Table<'a>, page: &Page, font: &impl Font) -> Result<Self, Refusal> {
        let widths = table.columns.iter().map(|column| usize::from(column.width) + 1);
        let limit = usize::from(PAPER.columns / page.style.width.max(1));
        if widths.sum::<usize>() > limit + 1 || table.cells.len() > table.columns.len() {
            return Err(Refusal::TableTooWide);
        }
        table.cells.iter().try_for_each(|cell| check(cell, font).map(drop))?;
        let then = Some(Then::Cells { table, next: 0, gap: 0 });
        Ok(Self { then, ended: true, ..Self::new("", page, font) })
    }

    /// Goes on to a cell of a table, if there is one.
    fn cell(
        &mut self,
        table: Table<'a>,
        next: usize,
        gap: usize,
        page: &mut Page,
        font: &impl Font,
    ) {
        let (Some(column), Some(cell)) = (table.columns.get(next), table.cells.get(next)) else {
            return;
        };
        let width = usize::from(column.width);
        let (cell, taken) = tokens(cell, font).fit(1, 2, width);
        let room = width.saturating_sub(taken);
        let before = match column.align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        };
        (0..gap + before).for_each(|_| page.set(Glyph::Narrow(b' ')));
        self.rest = wrap(cell, 0, page, font);
        self.then = Some(Then::Cells { table, next: next + 1, gap: room - before + 1 });
    }

    /// The text of a bar code of so many dots.
    pub(super) fn of_code(
        data: &'a str,
        check: Option<u8>,
        dots: u16,
        page: &Page,
        font: &impl Font,
    ) -> Self {
        let width = COLUMN * u16::from(page.style.width.max(1));
        let columns = u16::try_from(data.len() + usize::from(check.is_some())).unwrap_or(0);
        let margin = match page.align {
            Align::Left => dots.saturating_sub(columns.saturating_mul(width)) / 2 / width,
            _ => 0,
        };
        let gap = u8::try_from(margin).unwrap_or(0);
        Self { check, ..Self::two("", gap, data, gap, page, font) }
    }

    /// A line across the paper.
    pub(super) fn rule(page: &Page, font: &impl Font) -> Self {
        const DASHES: &str = "--------------------------------";
        let dashes = usize::from(PAPER.columns / page.style.width.max(1));
        Self::two("", 0, DASHES.get(..dashes).unwrap_or(""), 0, page, font)
    }

    /// Two texts on a line of their own, the second one at a column.
    fn two(
        left: &'a str,
        gap: u8,
        right: &'a str,
        column: u8,
        page: &Page,
        font: &impl Font,
    ) -> Self {
        let text = wrap(right, column.saturating_mul(page.style.width), page, font);
        let then = Some(Then::Text { breaks: false, gap, text });
        let rest = wrap(left, 0, page, font);
        Self { rest, then, check: None, ended: true }
    }

    /// Sets the next line, unless there is none: then all is set.
    pub(super) fn is_done(&mut self, page: &mut Page, font: &impl Font) -> bool {
        loop {
            match self.rest.next() {
                Some(Ok(Piece::Plain(plain))) => {
                    plain.bytes().iter().for_each(|byte| page.set(Glyph::Narrow(*byte)));
                }
                Some(Ok(Piece::Hanzi(hanzi))) => page.set(Glyph::Wide(code(&hanzi))),
                Some(Ok(Piece::Drawn(drawn))) => page.set(Glyph::Drawn(drawn.character())),
                Some(Ok(Piece::Break)) => return false,
                // Neither a letter nor an error can come: the text was checked.
                _ => match self.then.take() {
                    Some(Then::Text { breaks: true, gap, text }) if !page.is_empty() => {
                        self.then = Some(Then::Text { breaks: false, gap, text });
                        return false;
                    }
                    Some(Then::Text { gap, text, .. }) => {
                        (0..gap).for_each(|_| page.set(Glyph::Narrow(b' ')));
                        self.rest = text;
                    }
                    Some(Then::Cells { table, next, gap }) => {
                        self.cell(table, next, gap, page, font);
                    }
                    None => {
                        self.check.take().into_iter().for_each(|c| page.set(Glyph::Narrow(c)));
                        page.column = if page.is_empty() { 0 } else { self.rest.column() };
                        return !core::mem::take(&mut self.ended);
                    }
                },
            }
        }
    }
}

fn tokens<'a>(text: &'a str, font: &impl Font) -> Tokens<'a> {
    Tokens::new(text, font.charset()).with(Glyphs(font.glyphs()))
}

fn wrap<'a>(text: &'a str, column: u8, page: &Page, font: &impl Font) -> Wrap<'a> {
    let narrow = u16::from(page.style.width.max(1));
    let cells = Cells { line: PAPER.columns.into(), narrow, wide: 2 * narrow };
    Wrap::of(tokens(text, font), cells, column.into())
}

/// The columns of a text of which the font has every character.
pub(super) fn check(text: &str, font: &impl Font) -> Result<usize, Unprintable> {
    let mut columns = 0;
    for (at, character) in text.char_indices() {
        let own = text.get(at..at + character.len_utf8()).unwrap_or("");
        columns += match tokens(own, font).next() {
            Some(Ok(Token::Plain(_))) => 1,
            Some(Ok(Token::Hanzi(hanzi))) if font.wide(code(&hanzi), 0).is_some() => 2,
            Some(Ok(Token::Drawn(_))) => 2,
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
