use super::super::encoder::Out;
use super::super::line::GLYPH;
use super::super::profile::{BarcodeCommands, Profile};
use super::super::refusal::Refusal;
use super::super::work::Work;
use super::command::BarSetup;
use super::{harmless, harmless_parts, sets_up};
use crate::printer::symbol::{
    Barcode, Codes, Escaped, Fit, Number, SymbolFault, Symbology, Symbols,
};

/// A bar code that the printer makes.
#[derive(Clone, Debug)]
pub(in super::super) struct Bar<'a> {
    setup: BarSetup,
    field: Field<'a>,
    work: Work,
}

/// The data as the symbology's form of `GS k` takes them.
#[derive(Clone, Debug)]
enum Field<'a> {
    Plain(&'a [u8]),
    Number(Number),
    Codes(Codes<'a>),
    Escaped(Escaped<'a>),
}

impl<'a> Bar<'a> {
    /// The longest data field: what 832 dots take, in whole. With the longest
    /// header it is a slice.
    const LONGEST: usize = 80;

    /// Nothing, when the printer does not make it.
    pub(super) fn new(
        code: &Barcode<'a>,
        fit: &Fit<'_>,
        profile: &Profile,
    ) -> Result<Option<Self>, Refusal> {
        let Some((number, field)) = form(code, profile) else { return Ok(None) };
        let length = field.len();
        if length > Self::LONGEST {
            return Err(SymbolFault::TooLong.into());
        }
        let form_b = profile.barcodes.contains(BarcodeCommands::FORM_B);
        let setup = BarSetup {
            height: code.height,
            module: fit.module,
            text: profile
                .barcodes
                .contains(BarcodeCommands::TEXT)
                .then(|| u8::from(code.text.above()) | u8::from(code.text.below()) << 1),
            small_text: profile.barcodes.contains(BarcodeCommands::FONT).then_some(code.small_text),
            number: if form_b { number } else { number - b'A' },
            length: form_b.then(|| u8::try_from(length).unwrap_or(0)),
        };
        let lines = u32::from(code.text.above()) + u32::from(code.text.below());
        let work = Work::printing(u32::from(code.height) + u32::from(GLYPH) * lines);
        let bar = Self { setup, field, work };
        let setup = bar.setup.bytes();
        match bar.field.slice() {
            Some(field) => harmless_parts(setup.as_slice(), field)?,
            None => harmless(setup.as_slice().iter().copied().chain(bar.field.bytes()))?,
        }
        Ok(Some(bar))
    }

    /// With its text.
    pub(super) fn height(&self) -> u16 {
        u16::try_from(self.work.printed).unwrap_or(u16::MAX)
    }

    /// In one piece: half of one would be printed as another.
    pub(super) fn write(&self, out: &mut Out<'_>) -> bool {
        let header = self.setup.bytes();
        let end = self.setup.length.is_none();
        if out.room() < header.as_slice().len() + self.field.len() + usize::from(end) {
            return false;
        }
        out.working(self.work);
        out.put(header.as_slice());
        match self.field.slice() {
            Some(field) => _ = out.put(field),
            None => self.field.bytes().for_each(|byte| _ = out.put(&[byte])),
        }
        if end { out.put(&[0]) } else { true }
    }
}

/// The number that form B has for it, and its data; if the printer makes it.
fn form<'a>(code: &Barcode<'a>, profile: &Profile) -> Option<(u8, Field<'a>)> {
    if !sets_up(code, profile) {
        return None;
    }
    let form_b = profile.barcodes.contains(BarcodeCommands::FORM_B);
    let plain = Field::Plain(code.data.as_bytes());
    let (number, field) = match code.symbology {
        Symbology::UpcA => (b'A', plain),
        // Not all take the short forms of it.
        Symbology::UpcE => (b'B', Field::Number(Number::new(code).ok()?)),
        Symbology::Ean13 => (b'C', plain),
        Symbology::Ean8 => (b'D', plain),
        Symbology::Code39 => (b'E', plain),
        Symbology::Itf => (b'F', plain),
        Symbology::Codabar => (b'G', plain),
        Symbology::Code93 => (b'H', plain),
        Symbology::Code128 => (b'I', Field::Codes(Codes::plain(code.data))),
        Symbology::Gs1_128 => (b'J', Field::Escaped(Escaped::new(code.data))),
        Symbology::DataBar => (b'K', gtin(code)),
        Symbology::DataBarTruncated => (b'L', gtin(code)),
        Symbology::DataBarLimited => (b'M', gtin(code)),
        Symbology::DataBarExpanded => (b'N', Field::Escaped(Escaped::new(code.data))),
        Symbology::Code128Auto => (b'O', plain),
    };
    if profile.symbols.contains(Symbols::of(code.symbology)) && (form_b || number <= b'G') {
        return Some((number, field));
    }
    // A GS1-128 is a CODE128 that begins with FNC1.
    let codes = match code.symbology {
        Symbology::Gs1_128 => Codes::gs1(code.data),
        Symbology::Code128Auto => Codes::plain(code.data),
        _ => return None,
    };
    let made = form_b && profile.symbols.contains(Symbols::CODE128);
    made.then_some((b'I', Field::Codes(codes)))
}

/// Without the check digit, which the printer adds.
fn gtin<'a>(code: &Barcode<'a>) -> Field<'a> {
    let data = code.data.as_bytes();
    Field::Plain(data.get(..13).unwrap_or(data))
}

impl Field<'_> {
    /// All of it, if it goes out as it stands.
    fn slice(&self) -> Option<&[u8]> {
        match self {
            Self::Plain(data) => Some(data),
            Self::Number(number) => Some(number.digits()),
            Self::Codes(_) | Self::Escaped(_) => None,
        }
    }

    fn len(&self) -> usize {
        self.slice().map_or_else(|| self.bytes().count(), <[u8]>::len)
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        let (codes, escaped) = match self {
            Self::Codes(codes) => (Some(codes.clone()), None),
            Self::Escaped(escaped) => (None, Some(escaped.clone())),
            Self::Plain(_) | Self::Number(_) => (None, None),
        };
        let plain = self.slice().unwrap_or_default();
        let codes = codes.into_iter().flatten().flat_map(|code| {
            let (first, second) = code.escaped();
            core::iter::once(first).chain(second)
        });
        plain.iter().copied().chain(codes).chain(escaped.into_iter().flatten())
    }
}
