use heapless::Vec;

use super::font::{Font, HEIGHT};
use super::line::COLUMN;
use super::profile::{DOTS, Row};
use crate::printer::{Align, Emphasis, Paper, Style};

/// The paper as text has it.
pub(super) const PAPER: Paper = Paper { dots: DOTS, columns: COLUMNS };
const COLUMNS: u8 = 32;
/// White rows below a line.
const GAP: u16 = 6;
/// From one line of normal text to the next.
pub(super) const PITCH: u16 = HEIGHT as u16 + GAP;

/// A character.
#[derive(Clone, Copy, Debug)]
pub(super) enum Glyph {
    /// One column, from 20h to 7Eh.
    Narrow(u8),
    /// Two columns, by its bytes.
    Wide([u8; 2]),
    /// Two columns, by the font's source.
    Drawn(char),
}

/// A character on a line.
#[derive(Clone, Copy, Debug)]
struct Cell {
    glyph: Glyph,
    style: Style,
}

impl Cell {
    const fn dots(&self) -> u16 {
        let columns = if matches!(self.glyph, Glyph::Narrow(_)) { 1 } else { 2 };
        COLUMN * columns * self.style.width as u16
    }

    /// A row of the character at its size, the leftmost dot in the highest bit.
    fn row(&self, font: &impl Font, row: u8) -> u32 {
        let (bits, all) = match self.glyph {
            Glyph::Narrow(byte) => (u32::from(font.narrow(byte, row)) << 16, 0xFFF0_0000),
            Glyph::Wide(code) => (font.wide(code, row).unwrap_or(0), 0xFFFF_FF00),
            Glyph::Drawn(character) => (drawn(font, character, row).unwrap_or(0), 0xFFFF_FF00),
        };
        let emphasis = self.style.emphasis;
        let mut bits = bits & all;
        if emphasis.intersects(Emphasis::BOLD | Emphasis::DOUBLE_STRIKE) {
            bits |= bits >> 1 & all;
        }
        if emphasis.contains(Emphasis::UNDERLINE) && row + 2 >= HEIGHT {
            bits = all;
        }
        if emphasis.contains(Emphasis::INVERSE) { !bits & all } else { bits }
    }
}

fn drawn(font: &impl Font, character: char, row: u8) -> Option<u32> {
    let [a, b, c] = *font.glyphs()?.dots(character)?.get(usize::from(row))?;
    Some(u32::from_be_bytes([a, b, c, 0]))
}

/// The line being set and how it is set: characters, not dots.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) style: Style,
    pub(super) align: Align,
    cells: Vec<Cell, { COLUMNS as usize }>,
    /// Columns taken.
    pub(super) column: u8,
}

impl Page {
    pub(super) const fn new() -> Self {
        let (style, align) = (Style::NORMAL, Align::Left);
        Self { style, align, cells: Vec::new(), column: 0 }
    }

    /// Sets a character; it fits, for text is wrapped.
    pub(super) fn set(&mut self, glyph: Glyph) {
        let _ = self.cells.push(Cell { glyph, style: self.style });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.column = 0;
    }

    /// The rows of the line's characters, which stand on one base line.
    fn height(&self) -> u16 {
        let highest = self.cells.iter().map(|cell| cell.style.height).max().unwrap_or(1);
        u16::from(HEIGHT) * u16::from(highest)
    }

    /// The rows of the line.
    pub(super) fn rows(&self) -> u16 {
        self.height() + GAP
    }

    /// Draws a row of the line.
    pub(super) fn draw(&self, font: &impl Font, y: u16, row: &mut Row) {
        let width = self.cells.iter().map(Cell::dots).sum();
        let mut x = self.margin(width);
        for cell in &self.cells {
            let scale = u16::from(cell.style.height.max(1));
            let top = self.height() - u16::from(HEIGHT) * scale;
            if y >= top && y < self.height() {
                let at = u8::try_from((y - top) / scale).unwrap_or(u8::MAX);
                put_scaled(row, x, cell.row(font, at), cell.style.width);
            }
            x += cell.dots();
        }
    }

    /// The dots left of something so wide.
    pub(super) fn margin(&self, width: u16) -> u16 {
        let rest = DOTS.saturating_sub(width);
        match self.align {
            Align::Left => 0,
            Align::Center => rest / 2,
            Align::Right => rest,
        }
    }
}

fn put_scaled(row: &mut Row, x: u16, bits: u32, scale: u8) {
    if scale <= 1 {
        return put(row, x, bits);
    }
    let wide = u32::MAX << (32 - u32::from(scale.min(8)));
    for n in (0..24_u8).filter(|n| bits << n >> 31 == 1) {
        put(row, x + u16::from(n) * u16::from(scale), wide);
    }
}

/// Blackens dots from `x` on, the leftmost in the highest bit.
pub(super) fn put(row: &mut Row, x: u16, bits: u32) {
    let dots = (u64::from(bits) << 32 >> (x % 8)).to_be_bytes();
    for (byte, dots) in row.iter_mut().skip(usize::from(x / 8)).zip(dots) {
        *byte |= dots;
    }
}
