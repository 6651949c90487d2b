mod pictures;

use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use super::bitmap::Bitmap;
use super::code::{CodeOp, Codes};
use super::decoder::Op;
use super::event::{Event, TextStyle};
use super::model::Model;
use super::picture;
use super::sheet::Sheet;
use super::text::{Setting, on_its_head, turned};
use crate::printer::{Align, Emphasis};

/// A row of dots that is still to be printed; nothing is a feed.
pub(super) type Row = Option<Vec<u8>>;

/// The row by which the paper is drawn back instead.
pub(super) const BACK: &[u8] = &[];

/// A character on the line being set, drawn.
#[derive(Debug)]
pub(super) struct Cell {
    bitmap: Bitmap,
    /// From the left margin.
    x: usize,
}

/// Width and height.
type Size = (u8, u8);

/// Sets what is printed, line by line, into rows of dots.
#[derive(Debug)]
pub struct Page {
    pub(super) model: Model,
    pub(super) look: Look,
    pub(super) text: Setting,
    pub(super) line: Vec<Cell>,
    run: Option<(String, TextStyle)>,
    codes: Codes,
    pub(super) sheet: Option<Sheet>,
    pub(super) store: picture::Store,
    pub(super) rows: VecDeque<Row>,
    pub(super) events: Vec<Event>,
}

/// The modes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    bold: bool,
    underline: bool,
    kanji_underline: bool,
    inverse: bool,
    pub(super) size: Size,
    kanji_size: Size,
    align: Align,
    pub(super) spacing: u8,
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

    fn style(&self, wide: bool, text: &Setting) -> TextStyle {
        let (width, height) = if wide { self.kanji_size } else { self.size };
        let underline = if wide { self.kanji_underline } else { self.underline };
        let (bold, inverse) = (self.bold, self.inverse);
        TextStyle { bold, underline, inverse, width, height, font: text.font, rare: text.rare }
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
            text: Setting::new(model.dots),
            line: Vec::new(),
            run: None,
            codes: Codes::new(),
            sheet: None,
            store: picture::Store::default(),
            rows: VecDeque::new(),
            events: Vec::new(),
        }
    }

    /// The power goes: modes, the line and what was still to be printed.
    pub(super) fn reset(&mut self) {
        let events = std::mem::take(&mut self.events);
        let mut store = std::mem::take(&mut self.store);
        store.power_off();
        *self = Self { events, store, ..Self::new(self.model) };
    }

    /// The line being set, and what is still to be printed, are dropped.
    pub(super) fn drop_line(&mut self) {
        self.run = None;
        self.line.clear();
        self.rows.clear();
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
            Op::Narrow(byte) => self.set(self.text.narrow(byte), false),
            Op::Wide(code) => self.set(self.text.wide(code), true),
            Op::Text(op) => self.text(op),
            Op::PrintMode(n) => {
                self.text.font = n & 1;
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
            Op::Underline(n) => {
                look.underline = n > 0;
                self.text.rare.set(Emphasis::THICK_UNDERLINE, n == 2);
            }
            Op::KanjiUnderline(n) => look.kanji_underline = n > 0,
            Op::Inverse(on) => look.inverse = on,
            Op::Align(n) => self.align(n),
            Op::LineSpacing(n) => {
                look.spacing = n.map_or(self.model.line_spacing, |n| n / self.model.units_per_dot);
            }
            Op::Code(op) => self.code(op),
            op => self.print(op),
        }
    }

    /// Operations that move the paper, and the others.
    fn print(&mut self, op: Op) {
        match op {
            Op::LineFeed => self.line_feed(),
            Op::FeedLines(n) => self.feed(u32::from(n) * u32::from(self.look.spacing)),
            Op::FeedUnits(n) => self.feed(u32::from(n / self.model.units_per_dot)),
            Op::Raster { stride, rows } => self.raster(stride, &rows),
            Op::Columns { mode, columns } => self.columns(mode, &columns),
            Op::Page(command) => self.sheet(command),
            Op::Cut { partial, units } => self.cut(partial, units),
            Op::Drawer => self.event(Event::Drawer),
            Op::Beep(times) => self.event(Event::Beep(times)),
            Op::Ignored(bytes) => self.event(Event::Ignored(bytes)),
            Op::Unknown(bytes) => self.event(Event::Unknown(bytes)),
            Op::Initialize => {
                self.end_run();
                self.line.clear();
                self.sheet = None;
                self.look = Look::new(&self.model);
                self.text = Setting::new(self.model.dots);
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

    pub(super) fn set(&mut self, (character, bitmap): (char, Bitmap), wide: bool) {
        let style = self.look.style(wide, &self.text);
        let bitmap = drawn(&bitmap, style);
        let (left, right) = self.text.spacing(wide);
        let across =
            if style.rare.contains(Emphasis::ROTATED) { style.height } else { style.width };
        let (left, right) = (left * usize::from(across), right * usize::from(across));
        let width = left + bitmap.width() + right;
        let room = match &self.sheet {
            Some(sheet) => sheet.has_room(width),
            None => self.text.pen + width <= self.text.width || self.text.pen == 0,
        };
        if !room {
            self.line_feed();
        }
        match &mut self.run {
            Some((text, of)) if *of == style => text.push(character),
            _ => {
                self.end_run();
                self.run = Some((character.into(), style));
            }
        }
        self.line.push(Cell { bitmap, x: self.text.pen + left });
        self.text.pen += width;
        if self.sheet.is_some() {
            self.print_line(24 * u32::from(style.height));
            self.text.pen = 0;
        }
    }

    fn line_feed(&mut self) {
        if let Some(sheet) = &mut self.sheet {
            sheet.new_line(self.look.spacing.into());
            return self.event(Event::Feed { dots: 0 });
        }
        let height = self.line_height();
        let feed = u32::from(self.look.spacing).max(height);
        if height > 0 {
            self.print_line(height);
        }
        self.text.pen = 0;
        self.rows.extend((height..feed).map(|_| None));
        self.event(Event::Feed { dots: feed });
    }

    fn line_height(&self) -> u32 {
        let high = self.line.iter().map(|cell| cell.bitmap.height()).max().unwrap_or(0);
        u32::try_from(high).unwrap_or(u32::MAX)
    }

    /// Characters of different heights stand on one line at the bottom.
    fn print_line(&mut self, height: u32) {
        let height = usize::try_from(height).unwrap_or(0);
        let width = self.line.iter().map(|cell| cell.x + cell.bitmap.width()).max();
        let is_on_its_head = self.text.rare.contains(Emphasis::UPSIDE_DOWN);
        let width = width.unwrap_or(0).max(self.text.pen);
        let mut line = Bitmap::blank(width, height);
        for cell in self.line.drain(..) {
            line.draw(&cell.bitmap, cell.x, height - cell.bitmap.height());
        }
        if is_on_its_head {
            // At the left of who reads it.
            let mut whole = Bitmap::blank(self.text.width, height);
            whole.draw(&line, self.align_in(width), 0);
            line = on_its_head(&whole);
        }
        match &mut self.sheet {
            Some(sheet) => sheet.characters(&line, height / 24),
            None => self.place(&line),
        }
    }

    /// How far from the left margin something of this width stands.
    fn align_in(&self, width: usize) -> usize {
        let room = self.text.width.saturating_sub(width);
        match self.look.align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        }
    }

    /// Prints a picture where the alignment says.
    fn place(&mut self, bitmap: &Bitmap) {
        if let Some(sheet) = &mut self.sheet {
            return sheet.picture(bitmap);
        }
        let left = self.text.left + self.align_in(bitmap.width());
        let mut bitmap = bitmap.clone();
        // What is beside the printable area is lost.
        bitmap.crop(self.text.width);
        let mut paper = Bitmap::blank(self.model.dots, bitmap.height());
        paper.draw(&bitmap, left, 0);
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
        match &mut self.sheet {
            Some(sheet) => sheet.new_line(dots),
            None => self.rows.extend((0..dots).map(|_| None)),
        }
        self.event(Event::Feed { dots });
    }

    pub(super) fn feed_back(&mut self, dots: u32) {
        self.flush_line();
        self.rows.extend((0..dots).map(|_| Some(BACK.into())));
    }

    fn code(&mut self, op: CodeOp) {
        let Some((bitmap, event)) = self.codes.apply(op, self.model.dots) else { return };
        self.flush_line();
        if let Some(bitmap) = bitmap {
            self.place(&bitmap);
        }
        self.event(event);
    }

    fn cut(&mut self, partial: bool, units: u8) {
        match self.model.cutter {
            Some(distance) if self.sheet.is_none() => {
                self.flush_line();
                let feed = u32::from(distance) + u32::from(units / self.model.units_per_dot);
                self.rows.extend((0..feed).map(|_| None));
                self.event(Event::Cut { partial });
            }
            _ => self.event(Event::NotPrinted("cut: no cutter, or a page".into())),
        }
    }
}

/// A character as its style says.
fn drawn(glyph: &Bitmap, style: TextStyle) -> Bitmap {
    let (wide, high) = (usize::from(style.width), usize::from(style.height));
    let (width, height) = (glyph.width() * wide, glyph.height() * high);
    let thick = if style.rare.contains(Emphasis::THICK_UNDERLINE) { 3 } else { 2 };
    let is_bold = style.bold || style.rare.contains(Emphasis::DOUBLE_STRIKE);
    let mut out = Bitmap::blank(width, height);
    for row in 0..height {
        for column in 0..width {
            let dot = |column: usize| glyph.dot(column / wide, row / high);
            let smeared = is_bold && column > 0 && dot(column - 1);
            let lined = style.underline && row + thick >= height;
            if (dot(column) || smeared || lined) != style.inverse {
                out.set(column, row);
            }
        }
    }
    if style.rare.contains(Emphasis::ROTATED) { turned(&out) } else { out }
}
