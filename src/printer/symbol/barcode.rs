use super::bars::Bars;
use super::code128::Chars;
use super::{SymbolFault, gs1, rules};

/// The kinds of bar codes, as `GS k` numbers them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Symbology {
    /// UPC-A (ISO/IEC 15420): 11 digits, or 12 with the check digit.
    UpcA,
    /// UPC-E: 6 digits, 7 or 8 with number system 0 and check digit, or the
    /// 11 or 12 digits of a UPC-A that has a short form.
    UpcE,
    /// EAN-13: 12 digits, or 13 with the check digit.
    Ean13,
    /// EAN-8: 7 digits, or 8 with the check digit.
    Ean8,
    /// CODE39 (ISO/IEC 16388): digits, capitals, space and `$%*+-./` without
    /// the asterisk, which stands at both ends by itself.
    Code39,
    /// Interleaved 2 of 5 (ISO/IEC 16390): pairs of digits.
    Itf,
    /// CODABAR (NW-7): digits and `$+-./:` between two of `ABCD`.
    Codabar,
    /// CODE93: ASCII.
    Code93,
    /// CODE128 (ISO/IEC 15417): ASCII.
    Code128,
    /// GS1-128: GS1 element strings, the identifiers in parentheses.
    Gs1_128,
    /// GS1 DataBar omnidirectional (ISO/IEC 24724): 13 digits of a GTIN, or 14
    /// with the check digit.
    DataBar,
    /// GS1 DataBar truncated: as omnidirectional, of low height.
    DataBarTruncated,
    /// GS1 DataBar limited: as omnidirectional, of a GTIN that begins with 0
    /// or 1.
    DataBarLimited,
    /// GS1 DataBar expanded: GS1 element strings as for GS1-128.
    DataBarExpanded,
    /// CODE128 whose code sets the printer chooses.
    Code128Auto,
}

/// Where the text of a bar code stands.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TextPosition {
    /// Nowhere.
    None,
    /// Above the bars.
    Above,
    /// Beneath the bars.
    #[default]
    Below,
    /// Above and beneath.
    Both,
}

impl TextPosition {
    /// Whether there is text above.
    #[must_use]
    pub const fn above(self) -> bool {
        matches!(self, Self::Above | Self::Both)
    }

    /// Whether there is text beneath.
    #[must_use]
    pub const fn below(self) -> bool {
        matches!(self, Self::Below | Self::Both)
    }
}

/// A bar code.
///
/// ```
/// use embedded_pos::printer::symbol::{Barcode, SymbolFault, TextPosition};
///
/// const CODE: Barcode<'static> = Barcode::ean13("4006381333931", 60).with_text(TextPosition::None);
/// assert_eq!(CODE.fit(384)?.dots, 95 * 3);
/// let wrong = Barcode::ean13("4006381333930", 60).fit(384);
/// assert_eq!(wrong.unwrap_err(), SymbolFault::CheckDigit { at: 12, expected: 1 });
/// # Ok::<(), SymbolFault>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Barcode<'a> {
    /// The kind.
    pub symbology: Symbology,
    /// What it says. A check digit that is left out is added.
    pub data: &'a str,
    /// Height of the bars in dots, 1 to 255.
    pub height: u8,
    /// Dots a module, 2 to 6; nothing is three if they fit the paper, else
    /// two.
    pub module: Option<u8>,
    /// Where its text stands.
    pub text: TextPosition,
    /// The text in the small font (`GS f 1`), where the printer has one.
    pub small_text: bool,
}

/// How a bar code that was checked stands on the paper.
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    /// Dots a module.
    pub module: u8,
    /// The width in dots. Of a DataBar expanded it is the largest: an encoder
    /// that packs better takes less.
    pub dots: u16,
    /// The check digit that was added, in ASCII.
    pub check: Option<u8>,
    /// The bars, for all but DataBar, which only printers draw.
    pub bars: Option<Bars<'a>>,
}

macro_rules! constructors {
    ($($name:ident $symbology:ident $label:literal)*) => {
        $(
            #[doc = concat!("A ", $label, " bar code of this height in dots, its text beneath.")]
            #[must_use]
            pub const fn $name(data: &'a str, height: u8) -> Self {
                Self::new(Symbology::$symbology, data, height)
            }
        )*
    };
}

impl<'a> Barcode<'a> {
    /// A bar code of this height in dots, its text beneath.
    #[must_use]
    pub const fn new(symbology: Symbology, data: &'a str, height: u8) -> Self {
        let text = TextPosition::Below;
        Self { symbology, data, height, module: None, text, small_text: false }
    }

    constructors! {
        upc_a UpcA "UPC-A"
        upc_e UpcE "UPC-E"
        ean13 Ean13 "EAN-13"
        ean8 Ean8 "EAN-8"
        code39 Code39 "CODE39"
        itf Itf "ITF"
        codabar Codabar "CODABAR"
        code93 Code93 "CODE93"
        code128 Code128 "CODE128"
        gs1_128 Gs1_128 "GS1-128"
        databar DataBar "GS1 DataBar omnidirectional"
        databar_truncated DataBarTruncated "GS1 DataBar truncated"
        databar_limited DataBarLimited "GS1 DataBar limited"
        databar_expanded DataBarExpanded "GS1 DataBar expanded"
        code128_auto Code128Auto "CODE128"
    }

    /// With this many dots a module.
    #[must_use]
    pub const fn with_module(self, dots: u8) -> Self {
        Self { module: Some(dots), ..self }
    }

    /// With its text there.
    #[must_use]
    pub const fn with_text(self, text: TextPosition) -> Self {
        Self { text, ..self }
    }

    /// Checks the data and that it stands on a paper of so many dots. The
    /// quiet zones at its sides, ten modules, are the paper's margins.
    ///
    /// # Errors
    /// What is wrong.
    pub fn fit(&self, paper: u16) -> Result<Fit<'a>, SymbolFault> {
        let number = rules::check(self)?;
        let modules = match self.module {
            Some(module @ 2..=6) => [module; 2],
            Some(_) => return Err(SymbolFault::Option),
            None => [3, 2],
        };
        let mut fault = SymbolFault::Option;
        for module in modules {
            let bars = Bars::of(self, number.as_ref(), module);
            let dots = bars.as_ref().map_or_else(|| self.databar_dots(module), Bars::width);
            if dots <= paper {
                let check = number.and_then(|number| number.added_check(self.data.len()));
                return Ok(Fit { module, dots, check, bars });
            }
            fault = SymbolFault::TooWide { dots };
        }
        Err(fault)
    }

    /// ISO/IEC 24724: 96 modules, 79 with the guards of the limited one.
    fn databar_dots(&self, module: u8) -> u16 {
        let modules = match self.symbology {
            Symbology::DataBarLimited => 79,
            Symbology::DataBarExpanded => gs1::expanded_modules(Chars::gs1(self.data)),
            _ => 96,
        };
        modules.saturating_mul(module.into())
    }
}
