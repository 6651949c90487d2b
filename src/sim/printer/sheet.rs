use std::vec::Vec;

use super::bitmap::Bitmap;
use super::decoder::Op;

/// Rows of the highest page.
const HEIGHT: usize = 1_662;

/// What page mode is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Command {
    Enter,
    Leave,
    Area([u16; 4]),
    Direction(u8),
    Vertical(u16),
    VerticalBy(i16),
    Cancel,
    Print { leave: bool },
}

/// `ESC L`, `ESC S`, `ESC FF`, `ESC T n`, `ESC W` with four numbers.
pub(super) fn escape(rest: &[u8]) -> Option<Op> {
    let number = |at: usize| Some(u16::from_le_bytes([*rest.get(at)?, *rest.get(at + 1)?]));
    Some(Op::Page(match rest {
        [b'L'] => Command::Enter,
        [b'S'] => Command::Leave,
        [0x0C] => Command::Print { leave: false },
        [b'T', n] => Command::Direction(*n & 3),
        [b'W', ..] => Command::Area([number(1)?, number(3)?, number(5)?, number(7)?]),
        _ => return None,
    }))
}

/// `GS $ nL nH`, `GS \ nL nH`.
pub(super) fn group(rest: &[u8]) -> Option<Op> {
    match *rest {
        [b'$', low, high] => Some(Op::Page(Command::Vertical(u16::from_le_bytes([low, high])))),
        [_, low, high] => Some(Op::Page(Command::VerticalBy(i16::from_le_bytes([low, high])))),
        _ => None,
    }
}

/// A page being set. Places are those of who reads the area: a character's
/// base line, a picture's lower left corner (Citizen iDP-3221, "Mapping of
/// print data").
#[derive(Debug)]
pub(super) struct Sheet {
    canvas: Bitmap,
    units_per_dot: usize,
    area: [usize; 4],
    direction: u8,
    x: usize,
    y: usize,
    bottom: usize,
}

impl Sheet {
    /// Dots of a character that stand above the base line.
    const ASCENT: usize = 21;

    pub(super) fn new(width: usize, units_per_dot: u8) -> Self {
        Self {
            canvas: Bitmap::blank(width, HEIGHT),
            units_per_dot: units_per_dot.into(),
            area: [0, 0, width, HEIGHT],
            direction: 0,
            x: 0,
            y: Self::ASCENT,
            bottom: 0,
        }
    }

    /// Units across the paper are dots, those along it may be less.
    pub(super) fn set_area(&mut self, numbers: [u16; 4]) {
        let [x, y, width, height] = numbers.map(usize::from);
        self.area = [x, y / self.units_per_dot, width, height / self.units_per_dot];
        self.bottom = self.bottom.max((y + height) / self.units_per_dot).min(HEIGHT);
        (self.x, self.y) = (0, Self::ASCENT);
    }

    pub(super) const fn set_direction(&mut self, n: u8) {
        self.direction = n;
        (self.x, self.y) = (0, Self::ASCENT);
    }

    fn turned(&self) -> bool {
        self.direction % 2 == 1
    }

    pub(super) fn set_horizontal(&mut self, units: u16) {
        let scale = if self.turned() { self.units_per_dot } else { 1 };
        self.x = usize::from(units) / scale;
    }

    pub(super) fn set_vertical(&mut self, units: u16) {
        let scale = if self.turned() { 1 } else { self.units_per_dot };
        self.y = usize::from(units) / scale;
    }

    pub(super) fn move_vertical(&mut self, units: i16) {
        let scale = if self.turned() { 1 } else { self.units_per_dot };
        let by = isize::from(units) / isize::try_from(scale).unwrap_or(1);
        self.y = self.y.saturating_add_signed(by);
    }

    pub(super) fn new_line(&mut self, dots: u32) {
        (self.x, self.y) = (0, self.y + usize::try_from(dots).unwrap_or(0));
    }

    /// Whether so much fits beside what stands on the line.
    pub(super) fn has_room(&self, width: usize) -> bool {
        let [_, _, across, along] = self.area;
        self.x + width <= if self.turned() { along } else { across }
    }

    /// A line of characters, as high as its highest.
    pub(super) fn characters(&mut self, bitmap: &Bitmap, magnified: usize) {
        let above = Self::ASCENT * magnified;
        self.draw(bitmap, self.y.checked_sub(above), above.saturating_sub(self.y));
    }

    pub(super) fn picture(&mut self, bitmap: &Bitmap) {
        let above = bitmap.height();
        self.draw(bitmap, self.y.checked_sub(above), above.saturating_sub(self.y));
    }

    /// Draws from this row on, or without its first rows, for which there is no
    /// room.
    fn draw(&mut self, bitmap: &Bitmap, top: Option<usize>, without: usize) {
        let top = top.unwrap_or(0);
        for row in without..bitmap.height() {
            for column in (0..bitmap.width()).filter(|column| bitmap.dot(*column, row)) {
                self.dot(self.x + column, top + row - without);
            }
        }
        self.x += bitmap.width();
    }

    /// A dot where the reader sees it.
    fn dot(&mut self, x: usize, y: usize) {
        let [left, top, width, height] = self.area;
        let (across, along) = if self.turned() { (height, width) } else { (width, height) };
        if x >= across || y >= along {
            return;
        }
        let (right, bottom) = (left + width - 1, top + height - 1);
        match self.direction {
            0 => self.canvas.set(left + x, top + y),
            1 => self.canvas.set(left + y, bottom - x),
            2 => self.canvas.set(right - x, bottom - y),
            _ => self.canvas.set(right - y, top + x),
        }
    }

    /// Forgets what stands in the area.
    pub(super) fn cancel(&mut self) {
        let [left, top, width, height] = self.area;
        for y in top..top + height {
            (left..left + width).for_each(|x| self.canvas.erase(x, y));
        }
    }

    /// The rows down to the lowest area's end.
    pub(super) fn rows(&self) -> Vec<Vec<u8>> {
        let rows = self.canvas.rows().chunks_exact(self.canvas.stride());
        rows.take(self.bottom).map(<[u8]>::to_vec).collect()
    }
}
