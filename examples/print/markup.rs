//! The markup of the text that `print` prints.

use embedded_pos::printer::symbol::Barcode;
use embedded_pos::printer::{Align, Item, QrLevel, Style};

/// What a line says.
pub enum Line<'a> {
    /// A line of text and how it stands.
    Text(Align, Style, &'a str),
    /// Anything else.
    Item(Item<'a>),
}

impl<'a> Line<'a> {
    /// Reads a line.
    pub fn new(line: &'a str) -> Self {
        let text = |align, style, text: &'a str| Self::Text(align, style, text);
        let marked = |mark: &str| line.strip_prefix(mark);
        match line {
            "" => return Self::Item(Item::Feed(1)),
            "---" => return Self::Item(Item::Rule),
            "[cut]" => return Self::Item(Item::Cut),
            _ => {}
        }
        if let Some(rest) = marked("# ") {
            text(Align::Center, Style::TITLE, rest)
        } else if let Some(rest) = marked("^ ") {
            text(Align::Center, Style::NORMAL, rest)
        } else if let Some(rest) = marked("> ") {
            text(Align::Right, Style::NORMAL, rest)
        } else if let Some(rest) = marked("! ") {
            text(Align::Left, Style::BOLD, rest)
        } else if let Some(rest) = marked("[qr] ") {
            Self::Item(Item::Qr { data: rest.as_bytes(), module: 6, level: QrLevel::M })
        } else if let Some(rest) = marked("[code128] ") {
            Self::Item(Item::Barcode(Barcode::code128(rest, 64)))
        } else if let Some(rest) = marked("[ean13] ") {
            Self::Item(Item::Barcode(Barcode::ean13(rest, 64)))
        } else if let Some((left, right)) = line.split_once(" || ") {
            Self::Item(Item::Columns(left, right))
        } else {
            text(Align::Left, Style::NORMAL, marked("\\").unwrap_or(line))
        }
    }

    /// The items that print it.
    pub fn items(&self) -> Vec<Item<'a>> {
        match *self {
            Self::Text(align, style, text) => vec![
                Item::Align(align),
                Item::Style(style),
                Item::Text(text),
                Item::Text("\n"),
                Item::Style(Style::NORMAL),
                Item::Align(Align::Left),
            ],
            Self::Item(item @ (Item::Qr { .. } | Item::Barcode(_))) => {
                vec![Item::Align(Align::Center), item, Item::Align(Align::Left)]
            }
            Self::Item(item) => vec![item],
        }
    }
}
