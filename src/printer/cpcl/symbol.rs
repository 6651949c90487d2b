use super::chunk::Chunk;
use super::command;
use super::line::aligned;
use crate::printer::engine::{bar_dots, has_text, printable};
use crate::printer::escpos::{Profile, Refusal};
use crate::printer::symbol::{Barcode, SymbolFault, Symbology, Symbols, qr_fits};
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
        if !printer.symbols.contains(Symbols::QR) {
            return Err(Refusal::NoSymbol);
        }
        let dots = printer.paper.dots;
        let rows = qr_fits(data, level, module, dots)? * u16::from(module);
        match data.iter().position(u8::is_ascii_control) {
            Some(at) => Err(SymbolFault::Character { at }.into()),
            None => Ok(Self { data, module, level, rows, x: aligned(dots - rows, align) }),
        }
    }

    /// What stands before the data.
    pub(super) fn header(&self) -> Chunk {
        command::qr(self.x, self.module, self.level)
    }
}

/// A bar code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar<'a> {
    kind: &'static [u8],
    data: &'a [u8],
    module: u8,
    height: u8,
    text: bool,
    align: Align,
}

impl<'a> Bar<'a> {
    /// The longest data that go out in one piece.
    const LONGEST: usize = 68;
    /// Rows of the text beneath and of the gap above it.
    const TEXT: u16 = 26;

    /// The printer chooses the code sets of a CODE128; it is never wider than
    /// in set B.
    ///
    /// # Errors
    /// Another kind of code, data that it does not take, or that begin with a
    /// space, or wider than `dots`.
    pub(super) fn new(code: &Barcode<'a>, align: Align, dots: u16) -> Result<Self, Refusal> {
        let fit = code.fit(dots)?;
        let (data, text) = (printable(code.data)?, has_text(code)?);
        let kind: &[u8] = match code.symbology {
            Symbology::UpcA => b"UPCA",
            Symbology::Ean8 => b"EAN8",
            Symbology::Ean13 => b"EAN13",
            Symbology::Code128 | Symbology::Code128Auto => b"128",
            _ => return Err(Refusal::NoSymbol),
        };
        if data.first() == Some(&b' ') {
            return Err(SymbolFault::Character { at: 0 }.into());
        }
        let mut module = fit.module;
        if kind == b"128" {
            let wide = |module: &u8| bar_dots(data.len(), *module);
            let modules = code.module.map_or([3, 2], |module| [module; 2]);
            let [_, least] = modules;
            let too_wide = SymbolFault::TooWide { dots: wide(&least) };
            module = modules.into_iter().find(|module| wide(module) <= dots).ok_or(too_wide)?;
        }
        if data.len() > Self::LONGEST {
            return Err(SymbolFault::TooLong.into());
        }
        Ok(Self { kind, data, module, height: code.height, text, align })
    }

    pub(super) fn rows(&self) -> u16 {
        u16::from(self.height) + if self.text { Self::TEXT } else { 0 }
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
            1 if self.text => command::bar_text(align, font),
            1 => Chunk::new().text(align).end(),
            2 => command::bar_code(self.kind, self.module, self.height, self.data),
            3 => Chunk::new().text(b"BARCODE-TEXT OFF\r\nLEFT\r\n").text(command::PRINT),
            _ => return None,
        })
    }
}
