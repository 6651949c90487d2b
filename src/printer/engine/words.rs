use crate::printer::escpos::{Profile, Refusal};
use crate::printer::text::{self, Charset, Piece, Wrap};
use crate::printer::{Align, Item, Style};

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
    End,
    /// If anything stands on the line.
    EndOpen,
}

impl<'a> Words<'a> {
    /// The text of an item, checked; what ends the line before, for one that
    /// has none.
    ///
    /// # Errors
    /// A character that the printer does not have.
    pub(in crate::printer) fn new(
        item: &Item<'a>,
        line: &Line,
        profile: &Profile,
    ) -> Result<Self, Refusal> {
        use Part::{End, EndOpen, Nothing, Text};
        let limit = profile.paper.columns / line.style.width.max(1);
        let parts = match *item {
            Item::Style(_) => [Nothing; 6],
            Item::Text(text) => {
                text::check(text, profile.charset)?;
                [Text(text), Nothing, Nothing, Nothing, Nothing, Nothing]
            }
            Item::Columns(left, right) => {
                let (breaks, gap) = columns(left, right, limit, profile.charset)?;
                let breaks = if breaks { End } else { Nothing };
                [EndOpen, Text(left), breaks, Text(first(SPACES, gap)), Text(right), End]
            }
            Item::Rule => {
                let dashes = Text(first(DASHES, limit.into()));
                [EndOpen, dashes, End, Nothing, Nothing, Nothing]
            }
            _ => [EndOpen, Nothing, Nothing, Nothing, Nothing, Nothing],
        };
        let (charset, columns) = (profile.charset, profile.paper.columns);
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
                Part::End => return Some(Piece::Break),
                Part::EndOpen if line.height > 0 => return Some(Piece::Break),
                Part::EndOpen | Part::Nothing => {}
            }
        }
    }
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
