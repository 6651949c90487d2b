use bitflags::bitflags;

use super::symbol::{Barcode, Symbol};
use super::{Layout, Logo, Page, Raster, Table};
use crate::port::Duration;

/// Where a line stands on the paper.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Align {
    /// At the left margin.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right margin.
    Right,
}

bitflags! {
    /// How characters look.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Emphasis: u8 {
        /// Bold.
        const BOLD = 1;
        /// Underlined.
        const UNDERLINE = 1 << 1;
        /// White on black.
        const INVERSE = 1 << 2;
        /// Printed twice; on most thermal printers, bold.
        const DOUBLE_STRIKE = 1 << 3;
        /// Underlined with two dots.
        const THICK_UNDERLINE = 1 << 4;
        /// On its head, for a paper that is read from the other side. It changes
        /// between lines.
        const UPSIDE_DOWN = 1 << 5;
        /// Each character turned a quarter, clockwise.
        const ROTATED = 1 << 6;
        /// Steps of magnified characters smoothed.
        const SMOOTH = 1 << 7;
    }
}

/// Which of the printer's fonts characters of one column have; hanzi have one.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Font {
    /// The usual one, 12 dots wide on most printers.
    #[default]
    A,
    /// A smaller one, 9 dots wide on most.
    B,
    /// A third one.
    C,
}

impl Font {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::A => 0,
            Self::B => 1,
            Self::C => 2,
        }
    }
}

/// The style of text from here on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Style {
    /// How characters look.
    pub emphasis: Emphasis,
    /// Magnification across, 1 to 8.
    pub width: u8,
    /// Magnification along the paper, 1 to 8.
    pub height: u8,
    /// The font.
    pub font: Font,
    /// Dots left free after each character, magnified with it; at most 32.
    pub spacing: u8,
}

impl Style {
    /// Normal text.
    pub const NORMAL: Self =
        Self { emphasis: Emphasis::empty(), width: 1, height: 1, font: Font::A, spacing: 0 };
    /// Bold text of normal size.
    pub const BOLD: Self = Self { emphasis: Emphasis::BOLD, ..Self::NORMAL };
    /// Bold text of twice the size: a title.
    pub const TITLE: Self = Self { width: 2, height: 2, ..Self::BOLD };

    /// The magnifications across and along the paper: a character that is
    /// turned is magnified along its own sides.
    pub(crate) const fn magnified(&self) -> (u8, u8) {
        if self.emphasis.contains(Emphasis::ROTATED) {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::NORMAL
    }
}

/// Error correction of a QR code: how much of it may be lost.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum QrLevel {
    /// 7 %.
    L,
    /// 15 %.
    #[default]
    M,
    /// 25 %.
    Q,
    /// 30 %.
    H,
}

/// A pulse that opens a cash drawer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Drawer {
    /// The second drawer (pin 5), not the first (pin 2).
    pub second: bool,
    /// How long the pulse is: to 510 ms.
    pub on: Duration,
    /// The pause after it, no shorter than the pulse: to 510 ms.
    pub off: Duration,
}

impl Drawer {
    /// The first drawer, with a pulse that suits most.
    pub const FIRST: Self =
        Self { second: false, on: Duration::from_millis(100), off: Duration::from_millis(400) };
}

/// A sound.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Beep {
    /// How often; what is too often, the printer's beeper says.
    pub times: u8,
    /// How long each is, as far as the beeper can choose.
    pub length: Duration,
}

/// One thing to print.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Item<'a> {
    /// The style of the text that follows.
    Style(Style),
    /// Where the lines that follow stand.
    Align(Align),
    /// Where on the line, and how far the paper moves.
    Layout(Layout),
    /// Text, wrapped at the paper's width; `\n` ends a line. Other control
    /// characters are never sent.
    Text(&'a str),
    /// One line with a text at each margin. If both do not fit, the right one
    /// goes to a line of its own.
    Columns(&'a str, &'a str),
    /// A line of a table.
    Table(Table<'a>),
    /// A line across the paper.
    Rule,
    /// This many blank lines.
    Feed(u8),
    /// A QR code (ISO/IEC 18004).
    Qr {
        /// What it says.
        data: &'a [u8],
        /// Dots a module, 1 to 16.
        module: u8,
        /// Error correction.
        level: QrLevel,
    },
    /// A bar code.
    Barcode(Barcode<'a>),
    /// Another 2D code.
    Symbol(Symbol<'a>),
    /// A picture.
    Raster(Raster<'a>),
    /// A picture that the printer keeps.
    Logo(Logo),
    /// A page: set as a whole, and printed.
    Page(Page<'a>),
    /// Opens a cash drawer, when what stands before it was worked off.
    Drawer(Drawer),
    /// Beeps, when what stands before it was worked off.
    Beep(Beep),
    /// Feeds what is printed past the cutter and cuts; on a printer with a
    /// tear bar, feeds it past the bar.
    Cut,
}
