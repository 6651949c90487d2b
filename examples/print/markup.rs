//! The markup of the text that `print` prints.

use std::path::Path;

use embedded_pos::printer::symbol::{Aztec, Barcode, DataMatrix, Pdf417, Symbol, Symbology};
use embedded_pos::printer::{Align, Column, Item, Paper, QrLevel, Raster, Style, Table};

use crate::picture::{self, Picture};

/// The names of bar codes, in brackets before their data.
const BARCODES: [(&str, Symbology); 11] = [
    ("upc-a", Symbology::UpcA),
    ("upc-e", Symbology::UpcE),
    ("ean13", Symbology::Ean13),
    ("ean8", Symbology::Ean8),
    ("code39", Symbology::Code39),
    ("itf", Symbology::Itf),
    ("codabar", Symbology::Codabar),
    ("code93", Symbology::Code93),
    ("code128", Symbology::Code128),
    ("gs1-128", Symbology::Gs1_128),
    ("databar", Symbology::DataBar),
];

/// What a line says.
pub enum Line<'a> {
    /// A line of text and how it stands.
    Text(Align, Style, &'a str),
    /// A line with a text at each margin.
    Columns(Style, &'a str, &'a str),
    /// A line of a table.
    Table(Style, Vec<Column>, Vec<&'a str>),
    /// A picture.
    Picture(Picture),
    /// Anything else.
    Item(Item<'a>),
}

/// Reads a text for this paper.
///
/// # Errors
/// Which line is wrong, and what.
pub fn lines(text: &str, paper: Paper) -> Result<Vec<Line<'_>>, String> {
    let mut columns = Vec::new();
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let wrong = |error| format!("line {number}: {error}");
        if let Some(widths) = line.strip_prefix("[table] ") {
            columns = table(widths, paper.columns).map_err(wrong)?;
        } else {
            lines.push(Line::new(line, &columns).map_err(wrong)?);
        }
    }
    Ok(lines)
}

/// The columns that `* 4> 9>` describes: widths, and where the cells stand. A
/// star takes what is left, with a column of space after each but the last.
fn table(widths: &str, paper: u8) -> Result<Vec<Column>, String> {
    let mut columns = Vec::new();
    for word in widths.split_whitespace() {
        let (width, align) = match (word.strip_suffix('>'), word.strip_suffix('^')) {
            (Some(width), _) => (width, Align::Right),
            (_, Some(width)) => (width, Align::Center),
            _ => (word, Align::Left),
        };
        let width = if width == "*" { Ok(0) } else { width.parse() };
        let width = width.map_err(|_| format!("`{word}` is no width"))?;
        columns.push(Column { width, align });
    }
    let taken: usize = columns.iter().map(|column| usize::from(column.width) + 1).sum();
    let left = (usize::from(paper) + 1).saturating_sub(taken);
    if let Some(star) = columns.iter_mut().find(|column| column.width == 0) {
        star.width = left.try_into().unwrap_or(0);
    }
    Ok(columns)
}

impl<'a> Line<'a> {
    fn new(line: &'a str, columns: &[Column]) -> Result<Self, String> {
        let marked = |mark: &str| line.strip_prefix(mark);
        Ok(match line {
            "" => Self::Item(Item::Feed(1)),
            "---" => Self::Item(Item::Rule),
            "[cut]" => Self::Item(Item::Cut),
            "[logo]" => Self::Picture(picture::logo()),
            _ => {
                if let Some(rest) = marked("# ") {
                    Self::Text(Align::Center, Style::TITLE, rest)
                } else if let Some(rest) = marked("^ ") {
                    Self::Text(Align::Center, Style::NORMAL, rest)
                } else if let Some(rest) = marked("> ") {
                    Self::Text(Align::Right, Style::NORMAL, rest)
                } else if let Some((name, data)) = marked("[").and_then(|l| l.split_once("] ")) {
                    Self::named(name, data)?
                } else if let Some(rest) = marked("! ") {
                    Self::parted(rest, Style::BOLD, columns)
                } else if let Some(rest) = marked("\\") {
                    Self::Text(Align::Left, Style::NORMAL, rest)
                } else {
                    Self::parted(line, Style::NORMAL, columns)
                }
            }
        })
    }

    /// A text from the left margin, in one, two or more parts.
    fn parted(line: &'a str, style: Style, columns: &[Column]) -> Self {
        if let Some(cells) = line.strip_prefix("| ") {
            let cells = cells.split('|').map(str::trim).collect();
            Self::Table(style, columns.to_vec(), cells)
        } else if let Some((left, right)) = line.split_once(" || ") {
            Self::Columns(style, left, right)
        } else {
            Self::Text(Align::Left, style, line)
        }
    }

    /// What has a name in brackets: a code or a picture.
    fn named(name: &str, data: &'a str) -> Result<Self, String> {
        let bytes = data.as_bytes();
        Ok(Self::Item(match name {
            "image" => return picture::read(Path::new(data)).map(Self::Picture),
            "qr" => Item::Qr { data: bytes, module: 6, level: QrLevel::M },
            "pdf417" => Item::Symbol(Symbol::Pdf417(Pdf417::new(bytes))),
            "aztec" => Item::Symbol(Symbol::Aztec(Aztec::new(bytes))),
            "datamatrix" => Item::Symbol(Symbol::DataMatrix(DataMatrix::new(bytes))),
            _ => {
                let barcode = BARCODES.iter().find(|(known, _)| *known == name);
                let (_, symbology) = barcode.ok_or_else(|| format!("there is no `[{name}]`"))?;
                Item::Barcode(Barcode::new(*symbology, data, 64))
            }
        }))
    }

    /// The items that print it.
    pub fn items(&self) -> Vec<Item<'_>> {
        let centred = |item| vec![Item::Align(Align::Center), item, Item::Align(Align::Left)];
        let styled = |style, item| vec![Item::Style(style), item, Item::Style(Style::NORMAL)];
        match self {
            Self::Text(align, style, text) => vec![
                Item::Align(*align),
                Item::Style(*style),
                Item::Text(text),
                Item::Text("\n"),
                Item::Style(Style::NORMAL),
                Item::Align(Align::Left),
            ],
            Self::Columns(style, left, right) => styled(*style, Item::Columns(left, right)),
            Self::Table(style, columns, cells) => {
                styled(*style, Item::Table(Table { columns, cells }))
            }
            Self::Picture(Picture { width, rows }) => {
                centred(Item::Raster(Raster { width: *width, rows }))
            }
            Self::Item(item @ (Item::Qr { .. } | Item::Barcode(_) | Item::Symbol(_))) => {
                centred(*item)
            }
            Self::Item(item) => vec![*item],
        }
    }
}
