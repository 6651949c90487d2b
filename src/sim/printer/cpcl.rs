//! CPCL, from the programming manual of Zebra's mobile printers.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use super::bitmap::Bitmap;
use super::code::{CodeOp, Codes};
use super::event::{Event, TextStyle};
use super::machine::{Dialect, Machine};
use super::page::Page;
use super::{Condition, Model, font};
use crate::printer::{Align, Emphasis};

/// A simulated belt printer.
pub type CpclPrinter = Machine<Cpcl>;

/// What it answers to `ESC v`.
const MODEL: &[u8] = b"SIM-BELT 1.0 00000000\0";

/// The language's state: the line that is not whole, the form that is open,
/// and what holds from form to form.
#[derive(Debug)]
pub struct Cpcl {
    dots: usize,
    bytes: Vec<u8>,
    form: Option<Form>,
    style: TextStyle,
    bar_text: bool,
}

/// A form that is not printed yet.
#[derive(Debug)]
struct Form {
    bitmap: Bitmap,
    events: Vec<Event>,
    align: Align,
    /// The data of a QR code stand on the lines to come.
    qr: Option<Qr>,
}

#[derive(Debug)]
struct Qr {
    x: usize,
    y: usize,
    module: u8,
    data: Vec<u8>,
}

const NORMAL: TextStyle = TextStyle {
    bold: false,
    underline: false,
    inverse: false,
    width: 1,
    height: 1,
    font: 0,
    rare: Emphasis::empty(),
};

impl Dialect for Cpcl {
    fn new(model: &Model) -> Self {
        Self { dots: model.dots, bytes: Vec::new(), form: None, style: NORMAL, bar_text: false }
    }

    fn read(&mut self, byte: u8, page: &mut Page) -> Vec<u8> {
        // NUL between lines is passed over.
        if !(byte == 0 && self.bytes.is_empty()) {
            self.bytes.push(byte);
        }
        if let Some(needed) = picture_length(&self.bytes) {
            if self.bytes.len() >= needed && self.form.is_some() {
                let command = std::mem::take(&mut self.bytes);
                self.command(&command, page);
            }
        } else if byte == b'\n' {
            let line = std::mem::take(&mut self.bytes);
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.line(line, page);
        }
        Vec::new()
    }

    fn retract(&mut self) {
        self.bytes.pop();
    }

    fn incomplete(&self) -> &[u8] {
        &self.bytes
    }

    fn request(recent: &[u8], condition: &Condition, busy: bool) -> Option<(usize, Vec<u8>)> {
        match recent {
            [.., 0x1B, b'h'] => {
                let bits = [
                    (busy, 0x01),
                    (condition.paper_out, 0x02),
                    (condition.cover_open, 0x04),
                    (condition.overheated || condition.broken, 0x01),
                ];
                let byte =
                    bits.iter().filter(|(set, _)| *set).fold(0, |byte, (_, mask)| byte | mask);
                Some((2, vec![byte]))
            }
            [.., 0x1B, b'v'] => Some((2, MODEL.into())),
            _ => None,
        }
    }
}

/// How long a picture command is with its data; `None` if it is another, or
/// not known yet.
fn picture_length(bytes: &[u8]) -> Option<usize> {
    let digits = match bytes {
        [b'C', b'G', b' ', ..] => 1,
        [b'E', b'G', b' ', ..] => 2,
        _ => return None,
    };
    let header = header_length(bytes)?;
    let words = words(bytes.get(..header)?);
    let (stride, rows) = (number(&words, 1), number(&words, 2));
    Some(header + digits * stride * rows)
}

/// Up to the fifth space, after which the data begin.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let spaces = (1..).zip(bytes).filter(|(_, byte)| **byte == b' ').map(|(at, _)| at);
    spaces.into_iter().nth(4)
}

fn words(line: &[u8]) -> Vec<String> {
    let words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

fn number(words: &[String], at: usize) -> usize {
    words.get(at).and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// What stands after so many words with one space after each.
fn after(line: &[u8], count: usize) -> &[u8] {
    let mut rest = line;
    for _ in 0..count {
        let start = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
        rest = rest.get(start..).unwrap_or(&[]);
        let end = rest.iter().position(|byte| *byte == b' ').map_or(rest.len(), |at| at + 1);
        rest = rest.get(end..).unwrap_or(&[]);
    }
    rest
}

impl Cpcl {
    fn line(&mut self, line: &[u8], page: &mut Page) {
        let words = words(line);
        if let ["!", _, _, _, height, _] = words.iter().map(String::as_str).collect::<Vec<_>>()[..]
        {
            let height = height.parse().unwrap_or(0);
            let bitmap = Bitmap::blank(self.dots, height);
            self.form = Some(Form { bitmap, events: Vec::new(), align: Align::Left, qr: None });
        } else if self.form.is_some() {
            self.command(line, page);
        } else if !line.is_empty() {
            // Line mode, which prints what is no command.
            page.events.push(Event::Unknown(line.into()));
        }
    }

    fn command(&mut self, line: &[u8], page: &mut Page) {
        let Some(form) = &mut self.form else { return };
        if let Some(qr) = &mut form.qr {
            if line != b"ENDQR" {
                qr.data.extend(line);
            } else if let Some(qr) = form.qr.take() {
                form.print_qr(&qr);
            }
            return;
        }
        let words = words(line);
        let first = words.first().map_or("", String::as_str);
        match first {
            "PRINT" => self.print(page),
            "ABORT" => self.form = None,
            "" | "PAGE-WIDTH" | "PW" | "COUNTRY" | "ENCODING" | "FORM" | "ENDQR" => {}
            "LEFT" => form.align = Align::Left,
            "CENTER" => form.align = Align::Center,
            "RIGHT" => form.align = Align::Right,
            "SETBOLD" => self.style.bold = number(&words, 1) > 0,
            "SETMAG" => {
                let size = |at| u8::try_from(number(&words, at).max(1)).unwrap_or(1);
                (self.style.width, self.style.height) = (size(1), size(2));
            }
            "BARCODE-TEXT" => self.bar_text = words.get(1).is_some_and(|word| word != "OFF"),
            "T" | "TEXT" => {
                form.text(after(line, 5), number(&words, 3), number(&words, 4), self.style);
            }
            "L" | "LINE" => form.fill(&words, |_| true),
            "IL" | "INVERSE-LINE" => form.fill(&words, |black| !black),
            "CG" | "EG" => form.picture(first == "EG", line, &words),
            "B" | "BARCODE" => form.bar_code(line, &words, self.bar_text),
            _ => form.events.push(Event::Unknown(line.into())),
        }
    }

    fn print(&mut self, page: &mut Page) {
        let Some(form) = self.form.take() else { return };
        let rows = form.bitmap.rows().chunks_exact(form.bitmap.stride());
        let row = |row: &[u8]| row.iter().any(|byte| *byte != 0).then(|| row.into());
        page.rows.extend(rows.map(row));
        page.events.extend(form.events);
        let dots = u32::try_from(form.bitmap.height()).unwrap_or(0);
        page.events.push(Event::Feed { dots });
    }
}

impl Form {
    fn left(&self, x: usize, width: usize) -> usize {
        let room = self.bitmap.width().saturating_sub(width);
        match self.align {
            Align::Left => x,
            Align::Center => room / 2,
            Align::Right => room,
        }
    }

    fn text(&mut self, data: &[u8], x: usize, y: usize, style: TextStyle) {
        let mut text = String::new();
        let mut x = x;
        let mut rest = data;
        while let [lead, others @ ..] = rest {
            let (character, glyph);
            (character, glyph, rest) = match (lead, others) {
                (0x80.., [trail, others @ ..]) => {
                    let (character, glyph) = font::wide([*lead, *trail]);
                    (character, glyph, others)
                }
                _ => {
                    let (character, glyph) = font::narrow(*lead);
                    (character, glyph, others)
                }
            };
            text.push(character);
            x += self.glyph(&glyph, x, y, style);
        }
        self.events.push(Event::Text { text, style, align: self.align });
    }

    /// Draws a character and returns its width.
    fn glyph(&mut self, glyph: &Bitmap, x: usize, y: usize, style: TextStyle) -> usize {
        let (wide, high) = (usize::from(style.width), usize::from(style.height));
        let width = glyph.width() * wide;
        for row in 0..glyph.height() * high {
            for column in 0..width {
                let dot = |column: usize| glyph.dot(column / wide, row / high);
                if dot(column) || style.bold && column > 0 && dot(column - 1) {
                    self.bitmap.set(x + column, y + row);
                }
            }
        }
        width
    }

    /// `x0 y0 x1 y1 width`, horizontal.
    fn fill(&mut self, words: &[String], to: impl Fn(bool) -> bool) {
        let (x0, y0, x1) = (number(words, 1), number(words, 2), number(words, 3));
        let before = self.bitmap.clone();
        let mut after = Bitmap::blank(before.width(), before.height());
        for y in 0..before.height() {
            for x in 0..before.width() {
                let inside = (x0..x1).contains(&x) && (y0..y0 + number(words, 5)).contains(&y);
                let black = before.dot(x, y);
                if if inside { to(black) } else { black } {
                    after.set(x, y);
                }
            }
        }
        self.bitmap = after;
    }

    fn picture(&mut self, hexadecimal: bool, line: &[u8], words: &[String]) {
        let (stride, x, y) = (number(words, 1), number(words, 3), number(words, 4));
        let data = header_length(line).and_then(|start| line.get(start..)).unwrap_or(&[]);
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
        let pair = |pair: &[u8]| match *pair {
            [high, low] => digit(high).unwrap_or(0) << 4 | digit(low).unwrap_or(0),
            _ => 0,
        };
        let rows = if hexadecimal { data.chunks(2).map(pair).collect() } else { data.to_vec() };
        let mut bitmap = Bitmap::new(stride * 8);
        rows.chunks_exact(stride.max(1)).for_each(|row| bitmap.push(row));
        self.bitmap.draw(&bitmap, x, y);
        self.events.push(Event::Image { width: bitmap.width(), height: bitmap.height() });
    }

    /// `B type ..`.
    fn bar_code(&mut self, line: &[u8], words: &[String], with_text: bool) {
        match words.get(1).map(String::as_str) {
            Some("QR") => {
                let module = words.iter().position(|word| word == "U");
                let module = module.map_or(6, |at| number(words, at + 1));
                let module = u8::try_from(module).unwrap_or(6);
                let (x, y) = (number(words, 2), number(words, 3));
                self.qr = Some(Qr { x, y, module, data: Vec::new() });
            }
            Some(kind @ ("128" | "EAN13" | "EAN8" | "UPCA")) => {
                let symbology = match kind {
                    "UPCA" => 65,
                    "EAN13" => 67,
                    "EAN8" => 68,
                    // The printer chooses the code sets.
                    _ => 79,
                };
                let size = |at| u8::try_from(number(words, at)).unwrap_or(0);
                let data = after(line, 7).into();
                self.code(
                    [
                        CodeOp::Height(size(4)),
                        CodeOp::Module(size(2)),
                        CodeOp::Text(if with_text { 2 } else { 0 }),
                        CodeOp::Bar { symbology, data },
                    ],
                    number(words, 5),
                    number(words, 6),
                );
            }
            _ => self.events.push(Event::Unknown(line.into())),
        }
    }

    fn print_qr(&mut self, qr: &Qr) {
        let level = match qr.data.as_slice() {
            [b'L', b'A', b',', ..] => 0,
            [b'M', b'A', b',', ..] => 1,
            [b'Q', b'A', b',', ..] => 2,
            [b'H', b'A', b',', ..] => 3,
            other => {
                self.events.push(Event::NotPrinted(format!("QR data {other:02X?}")));
                return;
            }
        };
        let data = qr.data.get(3..).unwrap_or(&[]).into();
        self.code([CodeOp::Qr { level, module: Some(qr.module), data }], qr.x, qr.y);
    }

    /// Draws a code.
    fn code(&mut self, ops: impl IntoIterator<Item = CodeOp>, x: usize, y: usize) {
        let mut codes = Codes::new();
        for op in ops {
            if let Some((bitmap, event)) = codes.apply(op, self.bitmap.width()) {
                if let Some(bitmap) = bitmap {
                    self.bitmap.draw(&bitmap, self.left(x, bitmap.width()), y);
                }
                self.events.push(event);
            }
        }
    }
}
