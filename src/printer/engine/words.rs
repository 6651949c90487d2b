use crate::printer::escpos::{Profile, Refusal};
use crate::printer::text::{self, Charset, Piece, Tokens, Wrap};
use crate::printer::{Align, Emphasis, Font, Item, Layout, Style, Table};

/// As many as the widest paper has columns.
const SPACES: &str = "                                                                        \
                                                ";
const DASHES: &str = "------------------------------------------------------------------------\
                      ------------------------------------------------";

/// What is known of the line being set.
#[derive(Clone, Copy, Debug)]
pub(in crate::printer) struct Line {
    pub(in crate::printer) style: Style,
    pub(in crate::printer) align: Align,
    /// Columns taken.
    pub(in crate::printer) column: u8,
    /// The highest magnification on it; 0 when it is empty.
    pub(in crate::printer) height: u8,
}

impl Line {
    pub(in crate::printer) const fn new() -> Self {
        Self { style: Style::NORMAL, align: Align::Left, column: 0, height: 0 }
    }

    /// The line ended; how many dots high it was, at least `pitch`, and how
    /// many of them printed.
    pub(in crate::printer) fn end(&mut self, pitch: u8) -> (u32, u32) {
        /// Of a character of normal size.
        const GLYPH: u32 = 24;
        let printed = GLYPH * u32::from(self.height);
        (self.column, self.height) = (0, 0);
        (printed.max(pitch.into()), printed)
    }
}

/// What is left of the text of an item.
#[derive(Clone, Debug)]
pub(in crate::printer) struct Words<'a> {
    parts: [Part<'a>; 6],
    next: usize,
    wrap: Option<Wrap<'a>>,
    charset: Charset,
    columns: u8,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Nothing,
    Text(&'a str),
    /// The cells of a table from this one on.
    Cells(Table<'a>, usize),
    End,
    /// If anything stands on the line.
    EndOpen,
}

impl<'a> Words<'a> {
    /// The text of an item, checked; what ends the line before, for one that
    /// has none.
    ///
    /// # Errors
    /// A character that the printer does not have; a table that is too wide; or
    /// something that no language but ESC/POS has.
    pub(in crate::printer) fn new(
        item: &Item<'a>,
        line: &Line,
        profile: &Profile,
    ) -> Result<Self, Refusal> {
        use Part::{Cells, End, EndOpen, Nothing, Text};
        let limit = profile.paper.columns / line.style.width.max(1);
        // A code page would have to be chosen by commands of the language.
        let charset = profile.charset.with_pages(&[]);
        let parts = match *item {
            Item::Style(_) => [Nothing; 6],
            Item::Text(text) => {
                text::check(text, charset)?;
                [Text(text), Nothing, Nothing, Nothing, Nothing, Nothing]
            }
            Item::Columns(left, right) => {
                let (breaks, gap) = columns(left, right, limit, charset)?;
                let breaks = if breaks { End } else { Nothing };
                [EndOpen, Text(left), breaks, Text(first(SPACES, gap)), Text(right), End]
            }
            Item::Rule => {
                let dashes = Text(first(DASHES, limit.into()));
                [EndOpen, dashes, End, Nothing, Nothing, Nothing]
            }
            Item::Table(table) => {
                check_table(table, limit, charset)?;
                [EndOpen, Cells(table, 0), Nothing, Nothing, Nothing, Nothing]
            }
            Item::Symbol(_) => return Err(Refusal::NoSymbol),
            Item::Logo(_) => return Err(Refusal::NoLogo),
            Item::Page(_) => return Err(Refusal::NoPage),
            Item::Drawer(_) => return Err(Refusal::NoDrawer),
            Item::Beep(_) => return Err(Refusal::NoBeeper),
            Item::Layout(Layout::Feed(_)) => [EndOpen, Nothing, Nothing, Nothing, Nothing, Nothing],
            Item::Layout(_) => return Err(Refusal::Unsupported),
            _ => [EndOpen, Nothing, Nothing, Nothing, Nothing, Nothing],
        };
        let columns = profile.paper.columns;
        Ok(Self { parts, next: 0, wrap: None, charset, columns })
    }

    /// The next piece. After a break, the line is to be [ended](Line::end).
    pub(in crate::printer) fn next(&mut self, line: &mut Line) -> Option<Piece<'a>> {
        loop {
            // An error cannot come: the text was checked.
            if let Some(Ok(piece)) = self.wrap.as_mut().and_then(Iterator::next) {
                line.column = self.wrap.as_ref().map_or(0, Wrap::column);
                if piece != Piece::Break {
                    line.height = line.height.max(line.style.height);
                }
                return Some(piece);
            }
            self.wrap = None;
            let part = *self.parts.get(self.next)?;
            self.next += 1;
            match part {
                Part::Text(text) => {
                    let Line { column, style, .. } = *line;
                    let wrap = Wrap::new(text, self.charset, self.columns, column, style.width);
                    self.wrap = Some(wrap);
                }
                Part::Cells(table, at) => self.cell(table, at),
                Part::End => return Some(Piece::Break),
                Part::EndOpen if line.height > 0 => return Some(Piece::Break),
                Part::EndOpen | Part::Nothing => {}
            }
        }
    }
}

impl<'a> Words<'a> {
    /// The parts of a cell, and the others after it.
    fn cell(&mut self, table: Table<'a>, at: usize) {
        use Part::{Cells, End, Nothing, Text};
        let Some(column) = table.columns.get(at) else {
            (self.parts, self.next) = ([End, Nothing, Nothing, Nothing, Nothing, Nothing], 0);
            return;
        };
        let cell = table.cells.get(at).copied().unwrap_or_default();
        let width = usize::from(column.width);
        let (cell, taken) = Tokens::new(cell, self.charset).fit(1, 2, width);
        let room = width.saturating_sub(taken);
        let before = match column.align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        };
        let gap = usize::from(at + 1 < table.columns.len());
        let after = first(SPACES, room - before + gap);
        let next = Cells(table, at + 1);
        self.parts = [Text(first(SPACES, before)), Text(cell), Text(after), next, Nothing, Nothing];
        self.next = 0;
    }
}

fn check_table(table: Table<'_>, limit: u8, charset: Charset) -> Result<(), Refusal> {
    let widths = table.columns.iter().map(|column| usize::from(column.width) + 1);
    if widths.sum::<usize>() > usize::from(limit) + 1 || table.cells.len() > table.columns.len() {
        return Err(Refusal::TableTooWide);
    }
    table.cells.iter().try_for_each(|cell| Ok(text::check(cell, charset)?))
}

/// A style of what all languages have: font A, magnified up to `most` times.
///
/// # Errors
/// Another style.
pub(in crate::printer) fn plain_style(style: Style, most: u8) -> Result<Style, Refusal> {
    let mut emphasis = style.emphasis & (Emphasis::BOLD | Emphasis::UNDERLINE | Emphasis::INVERSE);
    emphasis
        .set(Emphasis::BOLD, style.emphasis.intersects(Emphasis::BOLD | Emphasis::DOUBLE_STRIKE));
    emphasis.set(
        Emphasis::UNDERLINE,
        style.emphasis.intersects(Emphasis::UNDERLINE | Emphasis::THICK_UNDERLINE),
    );
    let size = 1..=most;
    if !size.contains(&style.width) || !size.contains(&style.height) || style.spacing > 0 {
        return Err(Refusal::Style);
    }
    if style.font != Font::A {
        return Err(Refusal::Font);
    }
    if style.emphasis.intersects(Emphasis::UPSIDE_DOWN | Emphasis::ROTATED) {
        return Err(Refusal::Unsupported);
    }
    Ok(Style { emphasis, ..style })
}

/// Whether the right text goes to a line of its own, and the columns before
/// it.
fn columns(left: &str, right: &str, limit: u8, charset: Charset) -> Result<(bool, usize), Refusal> {
    let (lefts, rights) = (text::columns(left, charset)?, text::columns(right, charset)?);
    let limit = usize::from(limit);
    let parted = usize::from(lefts > 0 && rights > 0);
    let breaks = lefts + parted + rights > limit;
    let taken = if breaks { rights } else { lefts + rights };
    Ok((breaks, limit.saturating_sub(taken)))
}

/// The first `n` of characters of one byte.
fn first(characters: &'static str, n: usize) -> &'static str {
    characters.get(..n).unwrap_or(characters)
}
