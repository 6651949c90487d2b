use super::command;
use crate::printer::QrLevel;
use crate::printer::engine::{bar_dots, has_text, printable};
use crate::printer::escpos::{Out, Profile, Refusal, Work};
use crate::printer::symbol::{Barcode, SymbolFault, Symbology, Symbols, qr_fits};

/// A QR code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Qr<'a> {
    pub(super) data: &'a [u8],
    module: u8,
    level: QrLevel,
    pub(super) rows: u16,
}

impl<'a> Qr<'a> {
    /// # Errors
    /// Modules of more than 8 dots, data that do not fit, or in which the
    /// printer would find a command that it executes at once.
    pub(super) fn new(
        data: &'a [u8],
        module: u8,
        level: QrLevel,
        printer: &Profile,
    ) -> Result<Self, Refusal> {
        if !printer.symbols.contains(Symbols::QR) {
            return Err(Refusal::NoSymbol);
        }
        if module > 8 {
            return Err(SymbolFault::Option.into());
        }
        let rows = qr_fits(data, level, module, printer.paper.dots)? * u16::from(module);
        let mut pairs = data.windows(2);
        if pairs.any(|pair| matches!(pair, [a, b] if command::is_real_time(*a, *b))) {
            return Err(SymbolFault::RealTime.into());
        }
        Ok(Self { data, module, level, rows })
    }

    /// All but the data.
    pub(super) fn header(&self) -> [u8; 26] {
        let length = u16::try_from(self.data.len()).unwrap_or(0);
        command::qr_store(self.module, self.level, length)
    }
}

/// A bar code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar<'a> {
    kind: command::BarKind,
    data: &'a [u8],
    /// The code set that a CODE128 begins with: `%7` is B, `%8` is C.
    set: Option<u8>,
    module: u8,
    height: u8,
    text: bool,
}

impl<'a> Bar<'a> {
    /// The longest data field: what 832 dots take, in whole.
    const LONGEST: usize = 80;

    /// # Errors
    /// Another kind of code, data that it does not take, or wider than `dots`;
    /// modules of more than 4 dots.
    pub(super) fn new(code: &Barcode<'a>, dots: u16) -> Result<Self, Refusal> {
        use command::BarKind;
        let fit = code.fit(dots)?;
        let (data, text) = (printable(code.data)?, has_text(code)?);
        let kind = match code.symbology {
            Symbology::UpcA => BarKind::UpcA,
            Symbology::Ean8 => BarKind::Ean8,
            Symbology::Ean13 => BarKind::Ean13,
            Symbology::Code128 | Symbology::Code128Auto => BarKind::Code128,
            _ => return Err(Refusal::NoSymbol),
        };
        if !matches!(fit.module, 2..=4) {
            return Err(SymbolFault::Option.into());
        }
        let bar = Self { kind, data, set: None, module: fit.module, height: code.height, text };
        if kind == BarKind::Code128 { bar.in_one_set(code.module, dots) } else { Ok(bar) }
    }

    /// Code set B, unless the data are digits that fit in C only; modules of
    /// three dots if they fit, else of two.
    fn in_one_set(self, module: Option<u8>, dots: u16) -> Result<Self, Refusal> {
        let data = self.data;
        let pairs = data.len().is_multiple_of(2) && data.iter().all(u8::is_ascii_digit);
        let sets: &[(u8, usize)] = if pairs { &[(b'7', 1), (b'8', 2)] } else { &[(b'7', 1)] };
        let modules = module.map_or([3, 2], |module| [module; 2]);
        let mut fault = SymbolFault::TooLong;
        for (set, digits) in sets {
            for module in modules {
                let bar = Self { set: Some(*set), module, ..self };
                match bar_dots(data.len() / digits, module) {
                    wide if wide > dots => fault = SymbolFault::TooWide { dots: wide },
                    _ if bar.bytes().count() <= Self::LONGEST => return Ok(bar),
                    _ => {}
                }
            }
        }
        Err(fault.into())
    }

    /// In a CODE128, `%` is the escape, so in the data it is `%0`.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let escapes = self.set.is_some();
        let escaped = move |byte: &u8| {
            let escape = if escapes && *byte == b'%' { Some(b'0') } else { None };
            core::iter::once(*byte).chain(escape)
        };
        let start = self.set.into_iter().flat_map(|set| [b'%', set]);
        start.chain(self.data.iter().flat_map(escaped))
    }

    /// The bar code in one piece: half of one would be printed as another.
    pub(super) fn write(&self, out: &mut Out<'_>) -> bool {
        /// Rows of the text beneath.
        const TEXT: u32 = 32;
        let header = command::bar_code(self.kind, self.text, self.module, self.height);
        if out.room() < header.len() + self.bytes().count() + 1 {
            return false;
        }
        out.working(Work::printing(u32::from(self.height) + TEXT));
        out.put(&header);
        self.bytes().chain([command::END_OF_BAR]).all(|byte| out.put(&[byte]))
    }
}
