use super::command;
use crate::printer::QrLevel;
use crate::printer::engine::{bar_dots, printable};
use crate::printer::escpos::{Out, Profile, Refusal, Work, qr_modules};

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
        if !printer.qr {
            return Err(Refusal::NoQr);
        }
        if !matches!(module, 1..=8) {
            return Err(Refusal::QrModule);
        }
        if data.is_empty() {
            return Err(Refusal::QrEmpty);
        }
        let rows = qr_modules(data, level)?.saturating_mul(module.into());
        if rows > printer.paper.dots {
            return Err(Refusal::QrTooWide { dots: rows });
        }
        let mut pairs = data.windows(2);
        if pairs.any(|pair| matches!(pair, [a, b] if command::is_real_time(*a, *b))) {
            return Err(Refusal::QrRealTime);
        }
        Ok(Self { data, module, level, rows })
    }

    /// All but the data.
    pub(super) fn header(&self) -> [u8; 26] {
        let length = u16::try_from(self.data.len()).unwrap_or(0);
        command::qr_store(self.module, self.level, length)
    }
}

/// A CODE128 bar code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code128<'a> {
    data: &'a [u8],
    /// The code set that it begins with: `%7` is B, `%8` is C.
    set: u8,
    module: u8,
    height: u8,
}

impl<'a> Code128<'a> {
    /// The longest data field: what 832 dots take, in whole.
    const LONGEST: usize = 80;

    /// Code set B, unless the data are digits that fit in C only; modules of
    /// three dots if they fit, else of two.
    ///
    /// # Errors
    /// Data that are not printable ASCII, or wider than `dots`.
    pub(super) fn new(data: &'a str, height: u8, dots: u16) -> Result<Self, Refusal> {
        let data = printable(data, height)?;
        let pairs = data.len().is_multiple_of(2) && data.iter().all(u8::is_ascii_digit);
        let sets: &[(u8, usize)] = if pairs { &[(b'7', 1), (b'8', 2)] } else { &[(b'7', 1)] };
        let codes = sets.iter().flat_map(|(set, digits)| {
            [3, 2].map(|module| (Self { data, set: *set, module, height }, *digits))
        });
        let fits = |(code, digits): &(Self, usize)| {
            bar_dots(data.len() / digits, code.module) <= dots.into()
                && code.bytes().count() <= Self::LONGEST
        };
        { codes }.find(fits).map(|(code, _)| code).ok_or(Refusal::BarTooLong)
    }

    /// `%` is the escape, so in the data it is `%0`.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let escaped = |byte: &u8| {
            let escape = if *byte == b'%' { Some(b'0') } else { None };
            core::iter::once(*byte).chain(escape)
        };
        [b'%', self.set].into_iter().chain(self.data.iter().flat_map(escaped))
    }

    /// The bar code in one piece: half of one would be printed as another.
    pub(super) fn write(&self, out: &mut Out<'_>) -> bool {
        /// Rows of the text beneath.
        const TEXT: u32 = 32;
        let header = command::code128(self.module, self.height);
        if out.room() < header.len() + self.bytes().count() + 1 {
            return false;
        }
        out.working(Work::printing(u32::from(self.height) + TEXT));
        out.put(&header);
        self.bytes().chain([command::END_OF_BAR]).all(|byte| out.put(&[byte]))
    }
}
