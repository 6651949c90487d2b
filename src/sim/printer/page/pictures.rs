//! Pictures on the line, and page mode.

use super::super::bitmap::Bitmap;
use super::super::event::Event;
use super::super::picture;
use super::super::sheet::{self, Sheet};
use super::{Cell, Page};

impl Page {
    pub(super) fn raster(&mut self, stride: usize, rows: &[u8]) {
        self.flush_line();
        let mut bitmap = Bitmap::new(stride * 8);
        rows.chunks_exact(stride.max(1)).for_each(|row| bitmap.push(row));
        self.place(&bitmap);
        self.event(Event::Image { width: bitmap.width(), height: bitmap.height() });
    }

    /// A picture in the line, like a character.
    pub(in super::super) fn set_picture(&mut self, bitmap: Bitmap) {
        self.event(Event::Image { width: bitmap.width(), height: bitmap.height() });
        let x = self.text.pen;
        self.text.pen += bitmap.width();
        self.line.push(Cell { bitmap, x });
    }

    pub(super) fn columns(&mut self, mode: u8, columns: &[u8]) {
        let mut bitmap = picture::scaled(columns, mode);
        bitmap.crop(self.model.dots.saturating_sub(self.text.left + self.text.pen));
        self.set_picture(bitmap);
    }

    /// Prints a picture that was stored.
    pub(in super::super) fn print_stored(&mut self, bitmap: &Bitmap) {
        self.flush_line();
        self.place(bitmap);
        self.event(Event::Image { width: bitmap.width(), height: bitmap.height() });
    }

    pub(in super::super) fn refuse(&mut self, reason: &str) {
        self.event(Event::NotPrinted(reason.into()));
    }

    /// Page mode; in standard mode, only `ESC L` does anything.
    pub(super) fn sheet(&mut self, command: sheet::Command) {
        if command == sheet::Command::Enter {
            if self.line.is_empty() && self.sheet.is_none() {
                self.sheet = Some(Sheet::new(self.model.dots, self.model.units_per_dot));
            }
            return;
        }
        self.end_run();
        let Some(sheet) = &mut self.sheet else { return };
        match command {
            sheet::Command::Enter => {}
            sheet::Command::Leave => self.sheet = None,
            sheet::Command::Area(numbers) => sheet.set_area(numbers),
            sheet::Command::Direction(n) => sheet.set_direction(n),
            sheet::Command::Vertical(units) => sheet.set_vertical(units),
            sheet::Command::VerticalBy(units) => sheet.move_vertical(units),
            sheet::Command::Cancel => sheet.cancel(),
            sheet::Command::Print { leave } => {
                let rows = sheet.rows();
                self.events.push(Event::Page { height: rows.len() });
                self.rows.extend(rows.into_iter().map(Some));
                if leave {
                    self.sheet = None;
                }
            }
        }
    }
}
