use core::fmt;

use crate::printer::symbol::SymbolFault;
use crate::printer::text::Unprintable;
use crate::{Error, ErrorKind};

/// Why an item cannot be printed. Nothing of it was sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// A character that the printer does not have.
    Text(Unprintable),
    /// A magnification that is not from 1 to 8 (on Star's printers, to 6), or a
    /// spacing above 32 dots.
    Style,
    /// The printer has no such font.
    Font,
    /// A place that is not on the line, or tab stops that do not ascend.
    Layout,
    /// The printer draws the paper not, or not so far, back.
    FeedBack,
    /// A table that is wider than the line.
    TableTooWide,
    /// The printer does not make this code, and it cannot be drawn here.
    NoSymbol,
    /// What is wrong with a bar code or a 2D code.
    Symbol(SymbolFault),
    /// The printer, or its language, does not have this.
    Unsupported,
    /// A picture without width, or wider than the paper or its printable area.
    RasterWidth,
    /// A picture whose last row is not whole, or of more than 65 535 rows.
    RasterRows,
    /// The printer keeps no logos, or not by such a key.
    NoLogo,
    /// A key whose characters are not from 20h to 7Eh, or the number 0.
    LogoKey,
    /// The printer sets no pages.
    NoPage,
    /// An area that is empty, beside the paper, or below the highest page.
    PageArea,
    /// Something that stands outside its area.
    PagePlace,
    /// Text of more than one line, or something that moves or cuts the paper,
    /// in a page.
    InPage,
    /// The buffer is too short for the item.
    Room,
    /// No cash drawer hangs on this printer.
    NoDrawer,
    /// A pulse of no length or more than 510 ms.
    DrawerPulse,
    /// The printer does not beep.
    NoBeeper,
    /// More or longer beeps than its beeper can.
    Beep,
    /// The printer does not have this setting, question or real-time command.
    NoSetting,
    /// A setting that is out of its range, or in which the printer would find a
    /// real-time command.
    Setting,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(unprintable) => unprintable.fmt(f),
            Self::Style => {
                f.write_str("a magnification or a spacing that the printer does not have")
            }
            Self::Font => f.write_str("this printer has no such font"),
            Self::Layout => f.write_str("a place that is not on the line"),
            Self::FeedBack => f.write_str("this printer does not draw the paper back that far"),
            Self::TableTooWide => f.write_str("the table is wider than the line"),
            Self::NoSymbol => f.write_str("this printer makes no such codes"),
            Self::Symbol(fault) => fault.fmt(f),
            Self::Unsupported => f.write_str("this printer does not have that"),
            Self::RasterWidth => {
                f.write_str("the picture has no width, or is wider than the paper")
            }
            Self::NoLogo => f.write_str("this printer keeps no such logo"),
            Self::LogoKey => f.write_str("the logo's key is not from 20h to 7Eh, or 0"),
            Self::NoPage => f.write_str("this printer sets no pages"),
            Self::PageArea => f.write_str("an area is empty, or not on the page"),
            Self::PagePlace => f.write_str("something stands outside its area"),
            Self::InPage => f.write_str("this cannot stand in a page"),
            Self::Room => f.write_str("the buffer is too short for the item"),
            Self::NoDrawer => f.write_str("no cash drawer hangs on this printer"),
            Self::DrawerPulse => f.write_str("a drawer's pulse is from 2 to 510 ms"),
            Self::NoBeeper => f.write_str("this printer does not beep"),
            Self::Beep => f.write_str("more or longer beeps than the beeper can"),
            Self::NoSetting => f.write_str("this printer does not have that"),
            Self::Setting => f.write_str("the setting is out of range"),
            Self::RasterRows => f.write_str("the picture's rows are not whole"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unsupported
            | Self::NoSymbol
            | Self::Font
            | Self::FeedBack
            | Self::NoLogo
            | Self::NoPage
            | Self::NoDrawer
            | Self::NoBeeper
            | Self::NoSetting => ErrorKind::Unsupported,
            _ => ErrorKind::Argument,
        }
    }
}

impl From<Unprintable> for Refusal {
    fn from(unprintable: Unprintable) -> Self {
        Self::Text(unprintable)
    }
}

impl From<SymbolFault> for Refusal {
    fn from(fault: SymbolFault) -> Self {
        Self::Symbol(fault)
    }
}
