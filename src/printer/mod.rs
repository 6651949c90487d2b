//! Thermal printers: the trait, what can be printed, and the drivers.

use bitflags::bitflags;

use crate::ErrorType;

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
}

impl Style {
    /// Normal text.
    pub const NORMAL: Self = Self { emphasis: Emphasis::empty(), width: 1, height: 1 };
    /// Bold text of normal size.
    pub const BOLD: Self = Self { emphasis: Emphasis::BOLD, width: 1, height: 1 };
    /// Bold text of twice the size: a title.
    pub const TITLE: Self = Self { emphasis: Emphasis::BOLD, width: 2, height: 2 };
}

impl Default for Style {
    fn default() -> Self {
        Self::NORMAL
    }
}

/// A picture: rows from the top, each of whole bytes, the leftmost dot in the
/// highest bit, 1 is black.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Raster<'a> {
    /// Dots in a row.
    pub width: u16,
    /// The rows; `width.div_ceil(8)` bytes each.
    pub rows: &'a [u8],
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

/// One thing to print.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Item<'a> {
    /// The style of the text that follows.
    Style(Style),
    /// Where the lines that follow stand.
    Align(Align),
    /// Text, wrapped at the paper's width; `\n` ends a line. Other control
    /// characters are never sent.
    Text(&'a str),
    /// One line with a text at each margin. If both do not fit, the right one
    /// goes to a line of its own.
    Columns(&'a str, &'a str),
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
    /// A CODE128 bar code (ISO/IEC 15417) with its text beneath.
    Code128 {
        /// What it says: printable ASCII.
        data: &'a str,
        /// Height in dots, 1 to 255.
        height: u8,
    },
    /// A picture.
    Raster(Raster<'a>),
    /// Feeds what is printed past the cutter and cuts; on a printer with a
    /// tear bar, feeds it past the bar.
    Cut,
}

bitflags! {
    /// What a printer reports about itself.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Status: u16 {
        /// It prints what it is sent.
        const ONLINE = 1;
        /// The paper is about to end.
        const PAPER_LOW = 1 << 1;
        /// There is no paper.
        const PAPER_OUT = 1 << 2;
        /// The cover is open.
        const COVER_OPEN = 1 << 3;
        /// The head is too hot; it goes on by itself.
        const OVERHEATED = 1 << 4;
        /// The cutter is stuck.
        const CUTTER_ERROR = 1 << 5;
        /// A fault that needs a power cycle or repair.
        const FATAL = 1 << 6;
        /// Someone holds the feed button.
        const FEEDING = 1 << 7;
        /// A fault that the printer can be told to recover from.
        const RECOVERABLE = 1 << 8;
    }
}

impl Status {
    /// Whether what is sent now comes out on paper now.
    #[must_use]
    pub fn is_ready(self) -> bool {
        let stops = Self::PAPER_OUT
            | Self::COVER_OPEN
            | Self::OVERHEATED
            | Self::CUTTER_ERROR
            | Self::FATAL
            | Self::RECOVERABLE;
        self.contains(Self::ONLINE) && !self.intersects(stops)
    }
}

/// How sure it is that everything handed over stands on paper.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Completion {
    /// The printer said so, after printing it.
    Proven,
    /// The time it takes has passed and the printer reports no fault.
    Unproven,
}

/// What a printer has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Paper {
    /// Dots across the printable width.
    pub dots: u16,
    /// Columns of normal text across it; a hanzi takes two.
    pub columns: u8,
}

/// A receipt printer.
///
/// Items are printed in order. A printer keeps a buffer: that
/// [`print`](Self::print) returned does not mean that paper moved.
pub trait Printer: ErrorType {
    /// The paper it prints on.
    fn paper(&self) -> Paper;

    /// Sends one item; waits no longer than the printer's flow control asks.
    ///
    /// # Errors
    /// The argument is out of range and nothing was sent; a character cannot
    /// be printed; or the line or the printer failed.
    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error>;

    /// Whether all that was sent is printed.
    ///
    /// # Errors
    /// `WouldBlock` while it prints; else the printer stopped ([`Absent`] when
    /// it is out of paper) or the line failed: what is on the paper is not
    /// known.
    ///
    /// [`Absent`]: crate::ErrorKind::Absent
    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error>;

    /// Asks the printer how it is.
    ///
    /// # Errors
    /// The line failed, or the printer did not answer.
    fn status(&mut self) -> Result<Status, Self::Error>;
}

impl<T: Printer + ?Sized> Printer for &mut T {
    fn paper(&self) -> Paper {
        T::paper(self)
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        T::print(self, item)
    }

    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error> {
        T::poll_printed(self)
    }

    fn status(&mut self) -> Result<Status, Self::Error> {
        T::status(self)
    }
}
