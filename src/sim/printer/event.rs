use std::string::String;
use std::vec::Vec;

use crate::printer::{Align, Emphasis};

/// How a run of characters was printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TextStyle {
    /// Bold.
    pub bold: bool,
    /// Underlined.
    pub underline: bool,
    /// White on black.
    pub inverse: bool,
    /// Magnification across.
    pub width: u8,
    /// Magnification along the paper.
    pub height: u8,
    /// 0 is font A, 1 font B.
    pub font: u8,
    /// What is rarer: double strike, a thick underline, upside down, turned,
    /// smooth.
    pub rare: Emphasis,
}

/// What the printer did, in order.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// Characters of one style, at most a line of them.
    Text {
        /// The characters.
        text: String,
        /// How they look.
        style: TextStyle,
        /// Where the line stands.
        align: Align,
    },
    /// The paper moved on, after a line or by itself.
    Feed {
        /// By this many rows.
        dots: u32,
    },
    /// A picture, or a band of one.
    Image {
        /// Dots across.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// A QR code.
    Qr {
        /// What it says.
        data: Vec<u8>,
        /// Dots a module.
        module: u8,
        /// L, M, Q or H.
        level: char,
    },
    /// A bar code. A GS1 DataBar is a black box of its size.
    Barcode {
        /// Its kind: `code128`, `ean13`.
        kind: &'static str,
        /// What it says, with its check digit if it is a number.
        text: String,
        /// Dots a module.
        module: u8,
        /// Height in dots.
        height: u8,
    },
    /// Another 2D code. It is not drawn: a box with its name stands for it.
    Symbol {
        /// Its kind: `pdf417`, `data-matrix`.
        kind: &'static str,
        /// What it says; of a composite, the 2D component.
        data: Vec<u8>,
        /// The bar code of a composite.
        linear: Vec<u8>,
    },
    /// A page that was set in page mode.
    Page {
        /// Rows.
        height: usize,
    },
    /// The paper was cut.
    Cut {
        /// A bridge was left.
        partial: bool,
    },
    /// The cash drawer was opened.
    Drawer,
    /// It beeped, so many times.
    Beep(u8),
    /// A symbol that could not be printed, and why: on paper, nothing.
    NotPrinted(String),
    /// A real command that this printer passes over.
    Ignored(Vec<u8>),
    /// Bytes that are no command.
    Unknown(Vec<u8>),
}

/// The text that was printed; a feed of any length ends a line.
pub(super) fn text(events: &[Event]) -> String {
    let mut out = String::new();
    for event in events {
        match event {
            Event::Text { text, .. } => out.push_str(text),
            Event::Feed { .. } => out.push('\n'),
            _ => {}
        }
    }
    out
}
