use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use super::bitmap::Bitmap;
use super::decoder::Op;
use super::event::{Event, TextStyle};
use super::model::Model;
use super::{font, symbol};
use crate::printer::Align;

/// A row of dots that is still to be printed; nothing is a feed.
pub(super) type Row = Option<Vec<u8>>;

/// A character on the line being set.
#[derive(Debug)]
struct Cell {
    bitmap: Bitmap,
    style: TextStyle,
}

/// Width and height.
type Size = (u8, u8);

/// Sets what is printed, line by line, into rows of dots.
#[derive(Debug)]
pub struct Page {
    model: Model,
    look: Look,
    line: Vec<Cell>,
    run: Option<(String, TextStyle)>,
    bar: (u8, u8, u8),
    qr: (u8, u8, Vec<u8>),
    pub(super) rows: VecDeque<Row>,
    pub(super) events: Vec<Event>,
}

/// The modes.
#[derive(Clone, Copy, Debug)]
struct Look {
    bold: bool,
    underline: bool,
    kanji_underline: bool,
    inverse: bool,
    size: Size,
    kanji_size: Size,
    align: Align,
    spacing: u8,
}

impl Look {
    const fn new(model: &Model) -> Self {
        Self {
            bold: false,
            underline: false,
            kanji_underline: false,
            inverse: false,
            size: (1, 1),
            kanji_size: (1, 1),
            align: Align::Left,
            spacing: model.line_spacing,
        }
    }

    const fn style(&self, wide: bool) -> TextStyle {
        let (width, height) = if wide { self.kanji_size } else { self.size };
        let underline = if wide { self.kanji_underline } else { self.underline };
        TextStyle { bold: self.bold, underline, inverse: self.inverse, width, height }
    }
}

/// `n` doubled if the bit is set.
const fn doubled(n: u8, bit: u8) -> u8 {
    if n & bit == 0 { 1 } else { 2 }
}

impl Page {
    pub(super) fn new(model: Model) -> Self {
        Self {
            model,
            look: Look::new(&model),
            line: Vec::new(),
            run: None,
            bar: (162, 3, 0),
            qr: (3, 48, Vec::new()),
            rows: VecDeque::new(),
            events: Vec::new(),
        }
    }

    /// The power goes: modes, the line and what was still to be printed.
    pub(super) fn reset(&mut self) {
        let events = std::mem::take(&mut self.events);
        *self = Self { events, ..Self::new(self.model) };
    }

    /// Puts the text that was set into the list of events.
    pub(super) fn end_run(&mut self) {
        if let Some((text, style)) = self.run.take() {
            self.events.push(Event::Text { text, style, align: self.look.align });
        }
    }

    /// Carries out an operation, except those that are answered.
    pub(super) fn apply(&mut self, op: Op) {
        let look = &mut self.look;
        match op {
            Op::Narrow(byte) => self.set(font::narrow(byte), false),
            Op::Wide(code) => self.set(font::wide(code), true),
            Op::PrintMode(n) => {
                look.bold = n & 0x08 != 0;
                look.underline = n & 0x80 != 0;
                look.size = (doubled(n, 0x20), doubled(n, 0x10));
                self.join_sizes();
            }
            Op::KanjiPrintMode(n) => {
                look.kanji_underline = n & 0x80 != 0;
                look.kanji_size = (doubled(n, 0x04), doubled(n, 0x08));
            }
            Op::Size(n) => {
                look.size = ((n >> 4 & 7) + 1, (n & 7) + 1);
                self.join_sizes();
            }
            Op::Bold(on) => look.bold = on,
            Op::Underline(n) => look.underline = n > 0,
            Op::KanjiUnderline(n) => look.kanji_underline = n > 0,
            Op::Inverse(on) => look.inverse = on,
            Op::Align(n) => self.align(n),
            Op::LineSpacing(n) => look.spacing = n.unwrap_or(self.model.line_spacing),
            Op::BarHeight(n) => self.bar.0 = n,
            Op::BarModule(n) => self.bar.1 = n,
            Op::BarText(n) => self.bar.2 = n,
            Op::QrModule(n) => self.qr.0 = n,
            Op::QrLevel(n) => self.qr.1 = n,
            Op::QrStore(data) => self.qr.2 = data,
            op => self.print(op),
        }
    }

    /// Operations that move the paper, and the others.
    fn print(&mut self, op: Op) {
        match op {
            Op::LineFeed => self.line_feed(),
            Op::FeedLines(n) => self.feed(u32::from(n) * u32::from(self.look.spacing)),
            Op::FeedUnits(n) => self.feed(u32::from(n / self.model.units_per_dot)),
            Op::Bar { symbology, data } => self.bar(symbology, &data),
            Op::QrPrint => self.qr(),
            Op::Raster { stride, rows } => self.raster(stride, &rows),
            Op::Columns { bytes, columns } => self.columns(bytes, &columns),
            Op::Cut { partial, units } => self.cut(partial, units),
            Op::Drawer => self.event(Event::Drawer),
            Op::Ignored(bytes) => self.event(Event::Ignored(bytes)),
            Op::Unknown(bytes) => self.event(Event::Unknown(bytes)),
            Op::Initialize => {
                self.end_run();
                self.line.clear();
                self.look = Look::new(&self.model);
            }
            _ => {}
        }
    }

    fn event(&mut self, event: Event) {
        self.end_run();
        self.events.push(event);
    }

    /// On some printers the last size given holds for hanzi too.
    fn join_sizes(&mut self) {
        if self.model.joint_sizes {
            self.look.kanji_size = self.look.size;
        }
    }

    /// At the start of a line only.
    fn align(&mut self, n: u8) {
        if self.line.is_empty() {
            self.look.align = match n {
                1 => Align::Center,
                2 => Align::Right,
                _ => Align::Left,
            };
        }
    }

    fn set(&mut self, (character, bitmap): (char, Bitmap), wide: bool) {
        let style = self.look.style(wide);
        let width = bitmap.width() * usize::from(style.width);
        if self.line_width() + width > self.model.dots {
            self.line_feed();
        }
        match &mut self.run {
            Some((text, of)) if *of == style => text.push(character),
            _ => {
                self.end_run();
                self.run = Some((character.into(), style));
            }
        }
        self.line.push(Cell { bitmap, style });
    }

    fn line_width(&self) -> usize {
        self.line.iter().map(|cell| cell.bitmap.width() * usize::from(cell.style.width)).sum()
    }

    fn line_feed(&mut self) {
        let height = self.line_height();
        let feed = u32::from(self.look.spacing).max(height);
        if height > 0 {
            self.print_line(height);
        }
        self.rows.extend((height..feed).map(|_| None));
        self.event(Event::Feed { dots: feed });
    }

    fn line_height(&self) -> u32 {
        let high = self.line.iter().map(|cell| u32::from(cell.style.height)).max().unwrap_or(0);
        high * 24
    }

    fn print_line(&mut self, height: u32) {
        let height = usize::try_from(height).unwrap_or(0);
        let mut line = Bitmap::blank(self.line_width(), height);
        let mut x = 0;
        for cell in self.line.drain(..) {
            x += draw(&cell, &mut line, x, height);
        }
        self.place(&line);
    }

    /// Prints a picture where the alignment says.
    fn place(&mut self, bitmap: &Bitmap) {
        let room = self.model.dots.saturating_sub(bitmap.width());
        let left = match self.look.align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        };
        let mut paper = Bitmap::blank(self.model.dots, bitmap.height());
        paper.draw(bitmap, left, 0);
        self.rows.extend(paper.rows().chunks_exact(paper.stride()).map(|row| Some(row.into())));
    }

    /// What stands on the line is printed first.
    pub(super) fn flush_line(&mut self) {
        if !self.line.is_empty() {
            self.line_feed();
        }
    }

    fn feed(&mut self, dots: u32) {
        self.flush_line();
        self.rows.extend((0..dots).map(|_| None));
        self.event(Event::Feed { dots });
    }

    fn bar(&mut self, symbology: u8, data: &[u8]) {
        self.flush_line();
        let (height, module, text) = self.bar;
        let drawn = match symbology {
            73 => symbol::code128(data, module, height, text & 2 != 0),
            symbology => {
                self.event(Event::OtherCode { symbology, data: data.into() });
                return;
            }
        };
        match drawn {
            Ok((_, bitmap)) if bitmap.width() > self.model.dots => {
                self.event(Event::NotPrinted("CODE128: wider than the paper".into()));
            }
            Ok((text, bitmap)) => {
                self.place(&bitmap);
                self.event(Event::Code128 { text, module, height });
            }
            Err(reason) => self.event(Event::NotPrinted(reason)),
        }
    }

    fn qr(&mut self) {
        self.flush_line();
        let (module, level, data) = self.qr.clone();
        match symbol::qr(&data, module, level) {
            Ok(bitmap) if bitmap.width() > self.model.dots => {
                self.event(Event::NotPrinted("QR: wider than the paper".into()));
            }
            Ok(bitmap) => {
                self.place(&bitmap);
                let level = ['L', 'M', 'Q', 'H'].get(usize::from(level.wrapping_sub(48)));
                let level = level.copied().unwrap_or('L');
                self.event(Event::Qr { data, module, level });
            }
            Err(reason) => self.event(Event::NotPrinted(reason)),
        }
    }

    fn raster(&mut self, stride: usize, rows: &[u8]) {
        self.flush_line();
        let mut bitmap = Bitmap::new(stride * 8);
        rows.chunks_exact(stride.max(1)).for_each(|row| bitmap.push(row));
        self.place(&bitmap);
        self.event(Event::Image { width: bitmap.width(), height: bitmap.height() });
    }

    fn columns(&mut self, bytes: usize, columns: &[u8]) {
        self.flush_line();
        let mut bitmap = Bitmap::blank(columns.len() / bytes, 8 * bytes);
        for (x, column) in columns.chunks_exact(bytes).enumerate() {
            let bits =
                column.iter().flat_map(|byte| (0..8).map(move |bit| byte << bit & 0x80 != 0));
            bits.enumerate().filter(|(_, black)| *black).for_each(|(y, _)| bitmap.set(x, y));
        }
        self.place(&bitmap);
        self.event(Event::Image { width: bitmap.width(), height: bitmap.height() });
    }

    fn cut(&mut self, partial: bool, units: u8) {
        match self.model.cutter {
            Some(distance) => {
                self.flush_line();
                let feed = u32::from(distance) + u32::from(units / self.model.units_per_dot);
                self.rows.extend((0..feed).map(|_| None));
                self.event(Event::Cut { partial });
            }
            None => self.event(Event::NotPrinted("cut: no cutter".into())),
        }
    }
}

/// Draws a character and returns its width; characters of different heights
/// stand on one line at the bottom.
fn draw(cell: &Cell, line: &mut Bitmap, x: usize, bottom: usize) -> usize {
    let TextStyle { bold, underline, inverse, width, height } = cell.style;
    let (wide, high) = (usize::from(width), usize::from(height));
    let (width, height) = (cell.bitmap.width() * wide, font::HEIGHT * high);
    for row in 0..height {
        for column in 0..width {
            let dot = |column: usize| cell.bitmap.dot(column / wide, row / high);
            let smeared = bold && column > 0 && dot(column - 1);
            let lined = underline && row + 2 >= height;
            if (dot(column) || smeared || lined) != inverse {
                line.set(x + column, bottom.saturating_sub(height) + row);
            }
        }
    }
    width
}
