use core::fmt::{self, Write};

use super::Field;
use crate::printer::symbol::Barcode;
use crate::printer::{Align, Item, QrLevel, Style};
use crate::{Error, ErrorKind};

/// One line of a [`Template`]. Texts may have placeholders, `{name}`; `{{` and
/// `}}` are braces.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line<'a> {
    /// The style of the text that follows.
    Style(Style),
    /// Where the lines that follow stand.
    Align(Align),
    /// A paragraph.
    Text(&'a str),
    /// A text at each margin.
    Columns(&'a str, &'a str),
    /// A line across the paper.
    Rule,
    /// This many blank lines.
    Feed(u8),
    /// A QR code.
    Qr {
        /// What it says.
        data: &'a str,
        /// Dots a module, 1 to 16.
        module: u8,
        /// Error correction.
        level: QrLevel,
    },
    /// A bar code; its data may have placeholders.
    Barcode(Barcode<'a>),
    /// The line, if the field is there; else nothing.
    When(&'a str, &'a Line<'a>),
    /// The end of the paper.
    Cut,
}

/// A paper as data: the caller's wording, the customer's layout.
///
/// ```
/// use embedded_pos::printer::Item;
/// use embedded_pos::terminal::{Fen, Field, Line, Template};
///
/// let template = Template(&[Line::Text("罚款：{fine}元"), Line::When("note", &Line::Text("{note}"))]);
/// let fields = |name: &str| match name {
///     "fine" => Some(Field::Money(Fen::yuan(200))),
///     "note" => Some(Field::Empty),
///     _ => None,
/// };
/// let mut scratch = [0; 64];
/// let mut page = template.render(&fields, &mut scratch);
/// assert_eq!(page.next_item()?, Some(Item::Text("罚款：200.00元\n")));
/// assert_eq!(page.next_item()?, None);
/// # Ok::<(), embedded_pos::terminal::TemplateFault>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Template<'a>(pub &'a [Line<'a>]);

/// Where the placeholders of a template come from.
pub trait Fields {
    /// The field of this name; `None` if no field is called so.
    fn field(&self, name: &str) -> Option<Field<'_>>;
}

impl<T: Fn(&str) -> Option<Field<'static>>> Fields for T {
    fn field(&self, name: &str) -> Option<Field<'_>> {
        self(name)
    }
}

/// Why a template cannot be rendered.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TemplateProblem {
    /// No field is called so.
    Unknown,
    /// The field is empty: nothing is known to print.
    Missing,
    /// A brace is not closed, or not opened.
    Brace,
    /// The line is longer than the scratch buffer.
    TooLong,
}

/// A template cannot be rendered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TemplateFault {
    /// What is wrong.
    pub problem: TemplateProblem,
    /// Which line of the template, from 0.
    pub line: usize,
    /// Where in its text the placeholder begins, in bytes.
    pub offset: usize,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.problem {
            TemplateProblem::Unknown => "no such field",
            TemplateProblem::Missing => "the field is empty",
            TemplateProblem::Brace => "unpaired brace",
            TemplateProblem::TooLong => "too long for the buffer",
        };
        write!(f, "template line {}, byte {}: {what}", self.line, self.offset)
    }
}

impl core::error::Error for TemplateFault {}

impl Error for TemplateFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl<'a> Template<'a> {
    /// Begins to render. `scratch` holds one line: 256 bytes are plenty for
    /// papers of 58 and 80 mm.
    pub const fn render<'r, F: Fields + ?Sized>(
        &self,
        fields: &'r F,
        scratch: &'r mut [u8],
    ) -> Rendering<'a, 'r, F> {
        Rendering { lines: self.0, line: 0, fields, scratch }
    }
}

/// A template being rendered, one item after the other.
#[derive(Debug)]
pub struct Rendering<'a, 'r, F: ?Sized> {
    lines: &'a [Line<'a>],
    line: usize,
    fields: &'r F,
    scratch: &'r mut [u8],
}

impl<'a, F: Fields + ?Sized> Rendering<'a, '_, F> {
    /// The next item to print; `None` after the last.
    ///
    /// # Errors
    /// [`TemplateFault`]; the next call goes on with the next line.
    pub fn next_item(&mut self) -> Result<Option<Item<'_>>, TemplateFault> {
        let Some(line) = self.next_line()? else { return Ok(None) };
        let index = self.line.saturating_sub(1);
        let text = Expansion { fields: self.fields, out: self.scratch, len: 0, line: index };
        text.item(line).map(Some)
    }

    /// The next line that is wanted.
    fn next_line(&mut self) -> Result<Option<Line<'a>>, TemplateFault> {
        while let Some(line) = self.lines.get(self.line).copied() {
            self.line = self.line.saturating_add(1);
            if self.is_wanted(line)? {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn is_wanted(&self, line: Line<'_>) -> Result<bool, TemplateFault> {
        let Line::When(name, inner) = line else { return Ok(true) };
        let line = self.line.saturating_sub(1);
        let unknown = TemplateFault { problem: TemplateProblem::Unknown, line, offset: 0 };
        match self.fields.field(name).ok_or(unknown)? {
            Field::Empty => Ok(false),
            _ => self.is_wanted(*inner),
        }
    }
}

/// A line whose placeholders are being filled in.
struct Expansion<'s, F: ?Sized> {
    fields: &'s F,
    out: &'s mut [u8],
    len: usize,
    line: usize,
}

impl<'s, F: Fields + ?Sized> Expansion<'s, F> {
    fn item(mut self, line: Line<'_>) -> Result<Item<'s>, TemplateFault> {
        Ok(match line {
            Line::Style(style) => Item::Style(style),
            Line::Align(align) => Item::Align(align),
            Line::Rule => Item::Rule,
            Line::Feed(lines) => Item::Feed(lines),
            Line::Cut => Item::Cut,
            Line::When(_, inner) => return self.item(*inner),
            Line::Text(template) => {
                self.expand(template)?;
                self.put("\n", template.len())?;
                Item::Text(self.finish())
            }
            Line::Columns(left, right) => {
                self.expand(left)?;
                let middle = self.len;
                self.expand(right)?;
                let (left, right) = self.finish().split_at_checked(middle).unwrap_or_default();
                Item::Columns(left, right)
            }
            Line::Qr { data, module, level } => {
                self.expand(data)?;
                Item::Qr { data: self.finish().as_bytes(), module, level }
            }
            Line::Barcode(code) => {
                self.expand(code.data)?;
                Item::Barcode(Barcode { data: self.finish(), ..code })
            }
        })
    }

    fn expand(&mut self, template: &str) -> Result<(), TemplateFault> {
        let mut rest = template;
        while let Some((text, tail)) =
            rest.find(['{', '}']).and_then(|at| rest.split_at_checked(at))
        {
            let offset = template.len() - tail.len();
            self.put(text, offset)?;
            rest = if let Some(after) = tail.strip_prefix("{{") {
                self.put("{", offset)?;
                after
            } else if let Some(after) = tail.strip_prefix("}}") {
                self.put("}", offset)?;
                after
            } else {
                let name = tail.strip_prefix('{').and_then(|tail| tail.split_once('}'));
                let (name, after) = name.ok_or(self.fault(TemplateProblem::Brace, offset))?;
                self.fill(name, offset)?;
                after
            };
        }
        self.put(rest, template.len() - rest.len())
    }

    fn fill(&mut self, name: &str, offset: usize) -> Result<(), TemplateFault> {
        match self.fields.field(name) {
            None => Err(self.fault(TemplateProblem::Unknown, offset)),
            Some(Field::Empty) => Err(self.fault(TemplateProblem::Missing, offset)),
            Some(field) => write!(self, "{field}")
                .map_err(|fmt::Error| self.fault(TemplateProblem::TooLong, offset)),
        }
    }

    fn put(&mut self, text: &str, offset: usize) -> Result<(), TemplateFault> {
        self.write_str(text).map_err(|fmt::Error| self.fault(TemplateProblem::TooLong, offset))
    }

    const fn fault(&self, problem: TemplateProblem, offset: usize) -> TemplateFault {
        TemplateFault { problem, line: self.line, offset }
    }

    fn finish(self) -> &'s str {
        let written = self.out.get(..self.len).unwrap_or_default();
        core::str::from_utf8(written).unwrap_or_default()
    }
}

impl<F: ?Sized> Write for Expansion<'_, F> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.checked_add(text.len()).ok_or(fmt::Error)?;
        let place = self.out.get_mut(self.len..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
