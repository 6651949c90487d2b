//! Bar codes and 2D codes, decoded and drawn from the manuals and standards.

mod code128;
mod function;
mod linear;
mod qr;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use self::function::Stored;
use self::linear::Drawn;
use super::bitmap::Bitmap;
use super::event::Event;
use super::font;

/// What a command about codes says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum CodeOp {
    /// `GS h`.
    Height(u8),
    /// `GS w`.
    Module(u8),
    /// `GS H`.
    Text(u8),
    /// `GS f`. There is one font only.
    Font(u8),
    /// `GS k`, by the number of form B.
    Bar { symbology: u8, data: Vec<u8> },
    /// `GS ( k`: kind, function, parameters.
    Function(Vec<u8>),
    /// A QR code in one command: level from 0, dots a module if they are said.
    Qr { level: u8, module: Option<u8>, data: Vec<u8> },
}

/// `GS k`: form A ends with NUL, form B has a length; 97 is Cashino's.
pub(super) fn bar_code(rest: &[u8]) -> Option<Result<CodeOp, ()>> {
    Some(Ok(match *rest {
        [] => return None,
        [symbology @ 0..=6, ref data @ .., 0] => {
            CodeOp::Bar { symbology: symbology + 65, data: data.into() }
        }
        [0..=6, ..] | [65..=79] => return None,
        [symbology @ 65..=79, n, ref data @ ..] => {
            if data.len() < usize::from(n) {
                return None;
            }
            CodeOp::Bar { symbology, data: data.into() }
        }
        [97, 18..=255, ..] | [97, _, 0 | 5..=255, ..] => return Some(Err(())),
        [97, _, level, low, high, ref data @ ..] => {
            if data.len() < usize::from(u16::from_le_bytes([low, high])) {
                return None;
            }
            CodeOp::Qr { level: level - 1, module: None, data: data.into() }
        }
        [97, ..] => return None,
        _ => return Some(Err(())),
    }))
}

/// `ESC Z m n k dL dH d`.
pub(super) fn esc_z(rest: &[u8]) -> Option<Result<CodeOp, ()>> {
    let (&[version, level, module, low, high], data) = rest.split_first_chunk()?;
    if version > 40 || level > 3 || !matches!(module, 1..=8) {
        return Some(Err(()));
    }
    let whole = data.len() >= usize::from(u16::from_le_bytes([low, high]));
    whole.then(|| Ok(CodeOp::Qr { level, module: Some(module), data: data.into() }))
}

/// `GS ( k` without its length.
pub(super) fn function(data: &[u8]) -> Option<CodeOp> {
    function::is_known(data).then(|| CodeOp::Function(data.into()))
}

/// How codes are to look, and what is stored of them.
#[derive(Debug)]
pub(super) struct Codes {
    height: u8,
    module: u8,
    text: u8,
    stored: Stored,
}

impl Codes {
    /// As at power-up.
    pub(super) fn new() -> Self {
        Self { height: 162, module: 3, text: 0, stored: Stored::default() }
    }

    /// What is printed, if anything, and the event.
    pub(super) fn apply(&mut self, op: CodeOp, dots: usize) -> Option<(Option<Bitmap>, Event)> {
        match op {
            CodeOp::Height(n) => self.height = n.max(1),
            CodeOp::Module(n) if matches!(n, 2..=6) => self.module = n,
            CodeOp::Text(n) if n & 0x0F <= 3 => self.text = n & 0x0F,
            CodeOp::Module(_) | CodeOp::Text(_) | CodeOp::Font(_) => {}
            CodeOp::Bar { symbology, data } => return Some(self.bar(symbology, &data, dots)),
            CodeOp::Function(function) => {
                let (bitmap, event) = self.stored.function(&function)?;
                return Some(on_paper(bitmap, event, dots));
            }
            CodeOp::Qr { level, module, data } => {
                let module = module.unwrap_or(self.module);
                let (bitmap, event) = qr::event(&data, module, level);
                return Some(on_paper(bitmap, event, dots));
            }
        }
        None
    }

    fn bar(&self, symbology: u8, data: &[u8], dots: usize) -> (Option<Bitmap>, Event) {
        let kind = linear::kind(symbology);
        match linear::draw(symbology, data, self.module) {
            Ok(drawn) => {
                let text = drawn.text.clone();
                let (module, height) = (self.module, self.height);
                let event = Event::Barcode { kind, text, module, height };
                on_paper(Some(self.with_text(&drawn)), event, dots)
            }
            Err(reason) => (None, Event::NotPrinted(format!("{kind}: {reason}"))),
        }
    }

    /// The bars, and the text above and beneath.
    fn with_text(&self, drawn: &Drawn) -> Bitmap {
        let height = usize::from(self.height);
        let lines = [self.text & 1 != 0, self.text & 2 != 0];
        let above = if lines[0] { font::HEIGHT } else { 0 };
        let below = if lines[1] { font::HEIGHT } else { 0 };
        let text = drawn.text.as_bytes();
        let wide =
            if self.text > 0 { drawn.dots.len().max(12 * text.len()) } else { drawn.dots.len() };
        let mut bitmap = Bitmap::blank(wide, above + height + below);
        for (x, _) in drawn.dots.iter().enumerate().filter(|(_, black)| **black) {
            (above..above + height).for_each(|y| bitmap.set(x, y));
        }
        let left = drawn.dots.len().saturating_sub(12 * text.len()) / 2;
        for (_, y) in [(lines[0], 0), (lines[1], above + height)].iter().filter(|(on, _)| *on) {
            for (index, byte) in text.iter().enumerate() {
                let shown = if byte.is_ascii_graphic() { *byte } else { b' ' };
                bitmap.draw(&font::narrow(shown).1, left + 12 * index, *y);
            }
        }
        bitmap
    }
}

fn on_paper(bitmap: Option<Bitmap>, event: Event, dots: usize) -> (Option<Bitmap>, Event) {
    match bitmap {
        Some(bitmap) if bitmap.width() > dots => {
            let name = match &event {
                Event::Barcode { kind, .. } | Event::Symbol { kind, .. } => *kind,
                _ => "qr",
            };
            (None, Event::NotPrinted(format!("{name}: wider than the paper")))
        }
        bitmap => (bitmap, event),
    }
}

/// A box with a name in it, for a symbol that is not drawn.
fn labelled(name: &str) -> Bitmap {
    let label: String = name.to_string();
    let (width, height) = (12 * label.len() + 16, font::HEIGHT + 16);
    let mut bitmap = Bitmap::blank(width, height);
    for x in 0..width {
        [0, 1, height - 2, height - 1].into_iter().for_each(|y| bitmap.set(x, y));
    }
    for y in 0..height {
        [0, 1, width - 2, width - 1].into_iter().for_each(|x| bitmap.set(x, y));
    }
    for (index, byte) in label.bytes().enumerate() {
        bitmap.draw(&font::narrow(byte).1, 8 + 12 * index, 8);
    }
    bitmap
}
