//! Bar codes and 2D codes: as commands, or drawn.

mod bar;
mod command;
mod drawn;
mod qr;
mod store;

pub(super) use qr::NativeQr;
pub use qr::QrCommand;

use super::encoder::{Encoder, Out};
use super::job::Owed;
use super::line::Context;
use super::part::Qr;
use super::profile::{BarcodeCommands, Profile};
use super::refusal::Refusal;
use crate::printer::symbol::{
    Barcode, Drawing, QrRows, Symbol, SymbolFault, Symbols, TextPosition,
};

use bar::Bar;
use drawn::Drawn;
use store::Store;

/// A code that is known to fit, on its way.
#[derive(Clone, Debug)]
pub(super) enum Code<'a> {
    /// A bar code that the printer makes.
    Bar(Bar<'a>),
    /// A QR code that the printer makes.
    Qr(NativeQr<'a>),
    /// Another 2D code that it makes.
    Store(Store<'a>),
    /// A code that is drawn.
    Drawn(Drawn<'a>),
}

impl<'a> Code<'a> {
    /// In the form that the printer has; else drawn.
    pub(super) fn barcode(
        code: &Barcode<'a>,
        profile: &Profile,
        context: &Context,
    ) -> Result<Self, Refusal> {
        let fit = code.fit(context.cells.line)?;
        if let Some(bar) = Bar::new(code, &fit, profile)? {
            return Ok(Self::Bar(bar));
        }
        // Drawn text is in the font that is set.
        let bars = fit.bars.filter(|_| !code.small_text).ok_or(Refusal::NoSymbol)?;
        let drawn = Drawn::new(Drawing::Bars(bars), profile)?;
        Ok(Self::Drawn(drawn.with_text(code, fit.check, context)))
    }

    /// As a command that the printer has; else drawn.
    pub(super) fn qr(code: Qr<'a>, profile: &Profile, context: &Context) -> Result<Self, Refusal> {
        let dots = context.cells.line;
        let made = NativeQr::new(code, profile, dots).map(Self::Qr);
        match (made, profile.qr_source) {
            (Err(_), Some(source)) => {
                let Qr { data, module, level } = code;
                let rows = QrRows::new(source, data, level, module, dots)?;
                Drawn::new(Drawing::Qr(rows), profile).map(Self::Drawn)
            }
            (made, _) => made,
        }
    }

    pub(super) fn symbol(
        symbol: &Symbol<'a>,
        profile: &Profile,
        context: &Context,
    ) -> Result<Self, Refusal> {
        let paper = context.cells.line;
        let size = symbol.size(paper)?;
        if !profile.symbols.contains(Symbols::of_2d(symbol)) {
            return Err(Refusal::NoSymbol);
        }
        Store::new(*symbol, paper, size.rows).map(Self::Store)
    }

    /// How high it is, with its text; nothing for one that is drawn, band by
    /// band.
    pub(super) fn height(&self) -> Option<u16> {
        match self {
            Self::Bar(bar) => Some(bar.height()),
            Self::Store(store) => Some(store.rows()),
            Self::Qr(qr) => Some(qr.rows()),
            Self::Drawn(_) => None,
        }
    }

    /// What the printer expects after what was handed out.
    pub(super) fn owed(&self) -> Owed {
        match self {
            Self::Store(store) => store.owed(),
            Self::Drawn(drawn) => drawn.owed(),
            Self::Qr(qr) => qr.owed(),
            Self::Bar(_) => Owed::NOTHING,
        }
    }

    /// Whether all of it is written.
    pub(super) fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        match self {
            Self::Bar(bar) => bar.write(out),
            Self::Store(store) => store.write(out),
            Self::Qr(qr) => qr.write(out),
            Self::Drawn(drawn) => drawn.write(encoder, out),
        }
    }
}

/// Whether the printer takes the commands that set a bar code up.
fn sets_up(code: &Barcode<'_>, profile: &Profile) -> bool {
    let mut wanted = BarcodeCommands::HEIGHT | BarcodeCommands::MODULE;
    wanted.set(BarcodeCommands::TEXT, code.text != TextPosition::None);
    wanted.set(BarcodeCommands::FONT, code.small_text);
    profile.barcodes.contains(wanted)
}

/// Refuses data in which the printer would find a real-time command.
fn harmless(data: impl Iterator<Item = u8>) -> Result<(), Refusal> {
    if is_real_time(data) { Err(SymbolFault::RealTime.into()) } else { Ok(()) }
}

/// The same of two parts. Few have a byte that could begin one.
fn harmless_parts(first: &[u8], second: &[u8]) -> Result<(), Refusal> {
    if first.contains(&DLE) || second.contains(&DLE) {
        return harmless(first.iter().chain(second).copied());
    }
    Ok(())
}

const DLE: u8 = 0x10;

/// Whether a real-time command stands in the data: DLE, then EOT, ENQ or DC4.
/// A printer executes it wherever it stands: it may clear its buffer, or open
/// a drawer.
pub(super) fn is_real_time(data: impl Iterator<Item = u8>) -> bool {
    let mut last = 0;
    data.into_iter().any(|byte| {
        let found = completes_real_time(last, byte);
        last = byte;
        found
    })
}

/// Whether `byte` after `last` begins a real-time command.
pub(super) const fn completes_real_time(last: u8, byte: u8) -> bool {
    last == DLE && matches!(byte, 0x04 | 0x05 | 0x14)
}
