//! Lines of several texts: two at the margins, or the cells of a table.

use super::command;
use super::encoder::{Encoder, Out};
use super::line::Context;
use super::profile::Profile;
use super::refusal::Refusal;
use super::text::Text;
use crate::printer::{Align, Table};

/// What is left of a line of several texts.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    /// Where the text begins, in dots.
    to: u16,
    text: Text<'a>,
    then: Then<'a>,
}

/// What comes after a text.
#[derive(Clone, Copy, Debug)]
enum Then<'a> {
    End,
    /// A text at the right margin, on a line of its own if there is no room.
    Right {
        breaks: bool,
        to: u16,
        text: &'a str,
    },
    /// The cells from `next` on; `from` is where the column begins.
    Cells {
        table: Table<'a>,
        next: usize,
        from: u16,
    },
}

impl<'a> Row<'a> {
    /// Two texts at the margins.
    pub(super) fn columns(
        left: &'a str,
        right: &'a str,
        profile: &Profile,
        mut context: Context,
    ) -> Result<Self, Refusal> {
        context.begin_line();
        let cells = context.cells;
        let (narrow, wide) = (cells.narrow.into(), cells.wide.into());
        let lefts = context.tokens(left, profile).width(narrow, wide)?;
        let rights = context.tokens(right, profile).width(narrow, wide)?;
        let gap = if lefts > 0 && rights > 0 { narrow } else { 0 };
        let breaks = lefts + gap + rights > cells.line.into();
        let rights = u16::try_from(rights).unwrap_or(u16::MAX);
        let to = cells.line.saturating_sub(rights);
        let (text, _) = Text::new(left, profile, &mut context)?;
        Text::new(right, profile, &mut context)?;
        Ok(Self { to: 0, text, then: Then::Right { breaks, to, text: right } })
    }

    /// The cells of a table.
    pub(super) fn table(
        table: Table<'a>,
        profile: &Profile,
        mut context: Context,
    ) -> Result<Self, Refusal> {
        context.begin_line();
        let widths = table.columns.iter().map(|column| usize::from(column.width) + 1);
        let dots =
            widths.sum::<usize>().saturating_sub(1).saturating_mul(context.cells.narrow.into());
        if dots > context.cells.line.into() || table.cells.len() > table.columns.len() {
            return Err(Refusal::TableTooWide);
        }
        for cell in table.cells {
            Text::new(cell, profile, &mut context)?;
        }
        let then = Then::Cells { table, next: 0, from: 0 };
        Ok(Self { to: 0, text: Text::Line(""), then })
    }

    /// Goes on to the next text, which does not end the line before; whether
    /// there is any.
    fn next(&mut self, profile: &Profile, context: Context) -> bool {
        (self.to, self.text, self.then) = match self.then {
            Then::End => return false,
            Then::Right { to, text, .. } => {
                let context = Context { taken: to, ..context };
                (to, Text::checked(text, profile, context), Then::End)
            }
            Then::Cells { table, next, from } => {
                let (Some(column), Some(cell)) = (table.columns.get(next), table.cells.get(next))
                else {
                    return false;
                };
                let narrow = context.cells.narrow;
                let width = narrow * u16::from(column.width);
                let tokens = context.tokens(cell, profile);
                let (cell, used) =
                    tokens.fit(narrow.into(), context.cells.wide.into(), width.into());
                let free = width.saturating_sub(u16::try_from(used).unwrap_or(width));
                let to = from
                    + match column.align {
                        Align::Left => 0,
                        Align::Center => free / 2 / narrow * narrow,
                        Align::Right => free,
                    };
                let context = Context { taken: to, ..context };
                let then = Then::Cells { table, next: next + 1, from: from + width + narrow };
                (to, Text::checked(cell, profile, context), then)
            }
        };
        true
    }
}

impl Encoder {
    pub(super) fn row(&mut self, row: &mut Row<'_>, out: &mut Out<'_>) -> bool {
        loop {
            if !self.pad(row.to, out) || !self.text(&mut row.text, out) {
                return false;
            }
            if let Then::Right { breaks, .. } = &mut row.then {
                if *breaks && !self.new_line(out) {
                    return false;
                }
                *breaks = false;
            }
            if !row.next(self.profile, self.context()) {
                return self.new_line(out);
            }
        }
    }

    /// Goes to a place on the line with spaces, and by dots what is less.
    fn pad(&mut self, to: u16, out: &mut Out<'_>) -> bool {
        let narrow = self.line.cells.narrow;
        while let Some(rest) = to.checked_sub(self.line.taken).filter(|rest| *rest > 0) {
            let step = rest.min(narrow);
            let done = match i16::try_from(step) {
                Ok(dots) if step < narrow => out.put(&command::forward(dots)),
                _ => out.put(b" "),
            };
            if !done {
                return false;
            }
            self.line.wrote(step);
        }
        true
    }
}
