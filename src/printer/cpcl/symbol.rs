use super::chunk::Chunk;
use super::command;
use super::line::aligned;
use crate::printer::engine::{bar_dots, printable};
use crate::printer::escpos::{Profile, Refusal, qr_modules};
use crate::printer::{Align, QrLevel};

/// A QR code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Qr<'a> {
    pub(super) data: &'a [u8],
    module: u8,
    level: QrLevel,
    pub(super) rows: u16,
    x: u16,
}

impl<'a> Qr<'a> {
    /// # Errors
    /// Data that do not fit, or with control characters: they stand on a line.
    pub(super) fn new(
        data: &'a [u8],
        module: u8,
        level: QrLevel,
        align: Align,
        printer: &Profile,
    ) -> Result<Self, Refusal> {
        if !printer.qr {
            return Err(Refusal::NoQr);
        }
        if !matches!(module, 1..=16) {
            return Err(Refusal::QrModule);
        }
        if data.is_empty() {
            return Err(Refusal::QrEmpty);
        }
        if let Some(at) = data.iter().position(u8::is_ascii_control) {
            return Err(Refusal::QrControl { at });
        }
        let rows = qr_modules(data, level)?.saturating_mul(module.into());
        let Some(room) = printer.paper.dots.checked_sub(rows) else {
            return Err(Refusal::QrTooWide { dots: rows });
        };
        Ok(Self { data, module, level, rows, x: aligned(room, align) })
    }

    /// What stands before the data.
    pub(super) fn header(&self) -> Chunk {
        command::qr(self.x, self.module, self.level)
    }
}

/// A CODE128 bar code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code128<'a> {
    data: &'a [u8],
    module: u8,
    height: u8,
    align: Align,
}

impl<'a> Code128<'a> {
    /// The longest data that go out in one piece.
    const LONGEST: usize = 70;
    /// Rows of the text beneath and of the gap above it.
    const TEXT: u16 = 26;

    /// Modules of three dots if they fit, else of two. The printer chooses the
    /// code sets; it is never wider than in set B.
    ///
    /// # Errors
    /// Data that are not printable ASCII, begin with a space, or are wider
    /// than `dots`.
    pub(super) fn new(data: &'a str, height: u8, align: Align, dots: u16) -> Result<Self, Refusal> {
        let data = printable(data, height)?;
        if data.first() == Some(&b' ') {
            return Err(Refusal::BarData { at: 0 });
        }
        let fits = |module: &u8| {
            bar_dots(data.len(), *module) <= dots.into() && data.len() <= Self::LONGEST
        };
        let module = [3, 2].into_iter().find(fits).ok_or(Refusal::BarTooLong)?;
        Ok(Self { data, module, height, align })
    }

    pub(super) fn rows(&self) -> u16 {
        u16::from(self.height) + Self::TEXT
    }

    /// A piece of its form; `None` after the last.
    pub(super) fn chunk(&self, step: usize, width: u16, font: &str) -> Option<Chunk> {
        let align: &[u8] = match self.align {
            Align::Left => b"LEFT",
            Align::Center => b"CENTER",
            Align::Right => b"RIGHT",
        };
        Some(match step {
            0 => command::form(self.rows(), width),
            1 => command::bar_text(align, font),
            2 => command::code128(self.module, self.height, self.data),
            3 => Chunk::new().text(b"BARCODE-TEXT OFF\r\nLEFT\r\n").text(command::PRINT),
            _ => return None,
        })
    }
}
