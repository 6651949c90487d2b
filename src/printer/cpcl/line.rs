use super::chunk::Chunk;
use super::command;
use super::profile::Profile;
use crate::printer::{Align, Emphasis, Style};

/// Dots of a column of normal text.
const COLUMN: u16 = 12;
/// Dots of a character of normal size, along the paper.
const GLYPH: u16 = 24;

/// The text of a line, until it is whole: a form says its height first.
#[derive(Clone, Debug)]
pub(super) struct TextLine {
    bytes: [u8; Self::BYTES],
    len: usize,
    runs: [Run; Self::RUNS],
    count: usize,
}

/// Characters of one style.
#[derive(Clone, Copy, Debug)]
struct Run {
    style: Style,
    column: u8,
    /// The column after it.
    end: u8,
    start: usize,
    len: usize,
}

impl Run {
    const NONE: Self = Self { style: Style::NORMAL, column: 0, end: 0, start: 0, len: 0 };
}

impl TextLine {
    /// A byte a column, on 1 152 dots.
    const BYTES: usize = 96;
    const RUNS: usize = 8;
    /// What stands in one command.
    pub(super) const LONGEST: usize = 56;

    pub(super) const fn new() -> Self {
        Self { bytes: [0; Self::BYTES], len: 0, runs: [Run::NONE; Self::RUNS], count: 0 }
    }

    /// Sets characters of so many columns, at most [`LONGEST`](Self::LONGEST)
    /// bytes, at a column; whether there was room.
    pub(super) fn push(&mut self, bytes: &[u8], columns: usize, style: Style, column: u8) -> bool {
        let Some(rest) = self.bytes.get_mut(self.len..self.len + bytes.len()) else {
            return false;
        };
        let columns = u8::try_from(columns).unwrap_or(u8::MAX).saturating_mul(style.width);
        let end = column.saturating_add(columns);
        let last = self.count.checked_sub(1).and_then(|last| self.runs.get_mut(last));
        let joins = |run: &&mut Run| {
            let ends = (run.style, run.end) == (style, column);
            ends && run.len + bytes.len() <= Self::LONGEST
        };
        if let Some(last) = last.filter(joins) {
            last.len += bytes.len();
            last.end = end;
        } else if let Some(run) = self.runs.get_mut(self.count) {
            *run = Run { style, column, end, start: self.len, len: bytes.len() };
            self.count += 1;
        } else {
            return false;
        }
        rest.copy_from_slice(bytes);
        self.len += bytes.len();
        true
    }

    fn runs(&self) -> &[Run] {
        self.runs.get(..self.count).unwrap_or(&[])
    }

    /// Where it begins on the paper.
    fn left(&self, align: Align, dots: u16) -> u16 {
        let columns = self.runs().last().map_or(0, |run| run.end);
        let room = dots.saturating_sub(COLUMN * u16::from(columns));
        aligned(room, align)
    }

    /// A piece of the form that prints it; `None` after the last. `height` is
    /// its highest magnification.
    pub(super) fn chunk(
        &self,
        step: usize,
        height: u8,
        align: Align,
        profile: &Profile,
    ) -> Option<Chunk> {
        let dots = profile.printer.paper.dots;
        let Some(step) = step.checked_sub(2) else {
            let high = (GLYPH * u16::from(height)).max(profile.printer.line_pitch.into());
            return Some(match step {
                0 => command::form(high, dots),
                _ => Chunk::new().text(profile.setup.as_bytes()),
            });
        };
        let Some(run) = self.runs().get(step / 3) else {
            return (step == 3 * self.count).then(|| Chunk::new().text(command::PRINT));
        };
        let left = self.left(align, dots);
        let y = GLYPH * u16::from(height.saturating_sub(run.style.height));
        Some(match step % 3 {
            0 => command::style(run.style),
            1 => self.text(run, left, y, profile.font),
            _ => emphasis(run, left, y),
        })
    }

    /// Spaces that it begins with are not sent: a printer may take them for
    /// those between the parameters.
    fn text(&self, run: &Run, left: u16, y: u16, font: &str) -> Chunk {
        let bytes = self.bytes.get(run.start..run.start + run.len).unwrap_or(&[]);
        let spaces = bytes.iter().take_while(|byte| **byte == b' ').count();
        let text = bytes.get(spaces..).unwrap_or(&[]);
        if text.is_empty() {
            return Chunk::new();
        }
        let skipped = u16::try_from(spaces).unwrap_or(0) * u16::from(run.style.width);
        command::text(font, left + COLUMN * (u16::from(run.column) + skipped), y, text)
    }
}

/// What draws the line under a run, and turns it white on black.
fn emphasis(run: &Run, left: u16, y: u16) -> Chunk {
    let (start, end) = (u16::from(run.column), u16::from(run.end));
    let (x0, x1) = (left + COLUMN * start, left + COLUMN * end);
    let high = GLYPH * u16::from(run.style.height);
    let mut chunk = Chunk::new();
    if run.style.emphasis.contains(Emphasis::UNDERLINE) {
        chunk = command::line(chunk, b"L", x0, x1, y + high - 2, 2);
    }
    if run.style.emphasis.contains(Emphasis::INVERSE) {
        chunk = command::line(chunk, b"IL", x0, x1, y, high);
    }
    chunk
}

/// Where something begins that leaves this much room.
pub(super) const fn aligned(room: u16, align: Align) -> u16 {
    match align {
        Align::Left => 0,
        Align::Center => room / 2,
        Align::Right => room,
    }
}
