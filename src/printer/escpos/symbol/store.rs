use super::super::encoder::Out;
use super::super::job::Owed;
use super::super::refusal::Refusal;
use super::super::work::Work;
use super::command::{self, Bytes, Kind};
use super::harmless;
use crate::printer::symbol::{
    Composite, Escaped, Number, Pdf417, Pdf417Level, Shape, Stacking, Symbol, Symbology,
    TextPosition,
};

/// A 2D code that is stored, and printed then: `GS ( k`. Left in the middle,
/// the rest of what is stored is filled up, and nothing is printed.
#[derive(Clone, Debug)]
pub(in super::super) struct Store<'a> {
    what: What<'a>,
    step: Step<'a>,
    /// How high the symbol is at most.
    rows: u16,
}

/// What is to be written next.
#[derive(Clone, Debug)]
enum Step<'a> {
    /// The settings, and the header of a part to be stored.
    Settings {
        second: bool,
    },
    /// What is left of a part.
    Part {
        part: Part<'a>,
        second: bool,
    },
    Print,
}

#[derive(Clone, Copy, Debug)]
struct What<'a> {
    symbol: Symbol<'a>,
    paper: u16,
}

impl<'a> Store<'a> {
    pub(super) const fn rows(&self) -> u16 {
        self.rows
    }

    pub(super) fn new(symbol: Symbol<'a>, paper: u16, rows: u16) -> Result<Self, Refusal> {
        let what = What { symbol, paper };
        let bytes = |second| {
            let (settings, part) = what.part(second)?;
            Some((0..).map_while(move |at| settings.as_slice().get(at).copied()).chain(part))
        };
        harmless(bytes(false).into_iter().flatten().chain(bytes(true).into_iter().flatten()))?;
        Ok(Self { what, step: Step::Settings { second: false }, rows })
    }

    pub(super) fn owed(&self) -> Owed {
        match &self.step {
            Step::Part { part, .. } => Owed { bytes: part.length(), ..Owed::NOTHING },
            _ => Owed::NOTHING,
        }
    }

    /// Whether all of it is written.
    pub(super) fn write(&mut self, out: &mut Out<'_>) -> bool {
        loop {
            self.step = match &mut self.step {
                Step::Settings { second } => match self.what.part(*second) {
                    Some((settings, part)) if out.put(settings.as_slice()) => {
                        Step::Part { part, second: *second }
                    }
                    Some(_) => return false,
                    None => Step::Print,
                },
                Step::Part { part, second } => match (part.write(out), *second) {
                    (false, _) => return false,
                    (true, false) => Step::Settings { second: true },
                    (true, true) => Step::Print,
                },
                Step::Print => {
                    let work = Work { symbols: 1, ..Work::printing(self.rows.into()) };
                    return out.put(&command::print(self.what.kind())) && out.working(work);
                }
            }
        }
    }
}

impl<'a> What<'a> {
    const fn kind(&self) -> Kind {
        match self.symbol {
            Symbol::MicroQr(_) => Kind::Qr,
            Symbol::Pdf417(_) => Kind::Pdf417,
            Symbol::MaxiCode(_) => Kind::MaxiCode,
            Symbol::DataBar(_) => Kind::DataBar,
            Symbol::Composite(_) => Kind::Composite,
            Symbol::Aztec(_) => Kind::Aztec,
            Symbol::DataMatrix(_) => Kind::DataMatrix,
        }
    }

    /// The settings and a part; only a composite has a second.
    fn part(&self, second: bool) -> Option<(Bytes, Part<'a>)> {
        match &self.symbol {
            Symbol::Composite(code) => {
                Some(if second { component(code) } else { linear(code, self.paper) })
            }
            _ if second => None,
            _ => {
                let (settings, stacking, part) = self.settings();
                let kind = self.kind();
                let length = part.length();
                let settings = match stacking {
                    Some(stacking) => settings.store(kind, &[48, stacking], length),
                    None => settings.store(kind, &[48], length),
                };
                Some((settings, part))
            }
        }
    }

    /// The settings, the kind of DataBar, and the data.
    fn settings(&self) -> (Bytes, Option<u8>, Part<'a>) {
        let bytes = Bytes::default();
        let kind = self.kind();
        let Self { symbol, paper } = *self;
        match symbol {
            Symbol::MicroQr(code) => {
                let level = [48 + command::level(code.level)];
                let settings = bytes.function(kind, 65, &[51, 0]);
                let settings = settings.function(kind, 67, &[code.module]);
                (settings.function(kind, 69, &level), None, Part::Raw(code.data))
            }
            Symbol::Pdf417(code) => (pdf417(&code), None, Part::Raw(code.data)),
            Symbol::MaxiCode(code) => {
                (bytes.function(kind, 65, &[48 + code.mode]), None, Part::Raw(code.data))
            }
            Symbol::DataBar(code) => {
                let settings = bytes.function(kind, 67, &[code.module]);
                let gtin = Part::Raw(code.data.as_bytes()).first(13);
                match code.stacking {
                    Stacking::Stacked => (settings, Some(72), gtin),
                    Stacking::Omnidirectional => (settings, Some(73), gtin),
                    Stacking::Expanded => (
                        settings.function(kind, 71, &widest(paper)),
                        Some(76),
                        Part::Escaped(Escaped::new(code.data)),
                    ),
                }
            }
            Symbol::Aztec(code) => {
                let shape = [48 + u8::from(code.compact), code.layers];
                let settings = bytes.function(kind, 66, &shape).function(kind, 67, &[code.module]);
                (settings.function(kind, 69, &[code.level]), None, Part::Raw(code.data))
            }
            Symbol::DataMatrix(code) => {
                let shape = match code.shape {
                    Shape::Square(side) => [48, side, side],
                    Shape::Rectangle { rows, columns } => [49, rows, columns],
                };
                let settings = bytes.function(kind, 66, &shape).function(kind, 67, &[code.module]);
                (settings, None, Part::Raw(code.data))
            }
            Symbol::Composite(_) => (bytes, None, Part::Raw(&[])),
        }
    }
}

/// The width that an expanded DataBar may take: 106 dots and more.
fn widest(paper: u16) -> [u8; 2] {
    paper.clamp(106, 3_952).to_le_bytes()
}

fn pdf417(code: &Pdf417<'_>) -> Bytes {
    let kind = Kind::Pdf417;
    let level = match code.level {
        Pdf417Level::Level(level) => [48, 48 + level],
        Pdf417Level::Tenths(tenths) => [49, tenths],
    };
    Bytes::default()
        .function(kind, 65, &[code.columns])
        .function(kind, 66, &[code.rows])
        .function(kind, 67, &[code.module])
        .function(kind, 68, &[code.row_height])
        .function(kind, 69, &level)
        .function(kind, 70, &[code.truncated.into()])
}

/// The bar code of a composite; the printer adds its check digit.
fn linear<'a>(code: &Composite<'a>, paper: u16) -> (Bytes, Part<'a>) {
    let (kind, bar) = (Kind::Composite, &code.linear);
    let raw = Part::Raw(bar.data.as_bytes());
    let escaped = Part::Escaped(Escaped::new(bar.data));
    let (number, part) = match bar.symbology {
        Symbology::Ean8 => (65, raw.first(7)),
        Symbology::Ean13 => (66, raw.first(12)),
        Symbology::UpcA => (67, raw.first(11)),
        Symbology::UpcE => {
            (69, Number::new(bar).map_or(raw, |number| Part::Number { number, at: 0 }))
        }
        Symbology::DataBarTruncated => (71, raw.first(13)),
        Symbology::DataBarLimited => (74, raw.first(13)),
        Symbology::DataBarExpanded => (75, escaped),
        Symbology::Gs1_128 => (77, escaped),
        _ => (70, raw.first(13)),
    };
    let module = bar.fit(paper).map_or(2, |fit| fit.module);
    let font = match (bar.text, bar.small_text) {
        (TextPosition::None, _) => 48,
        (_, false) => 49,
        (_, true) => 50,
    };
    let settings = Bytes::default().function(kind, 67, &[module]).function(kind, 72, &[font]);
    (settings.store(kind, &[48, 48, number], part.length()), part)
}

/// The 2D component of a composite.
fn component<'a>(code: &Composite<'a>) -> (Bytes, Part<'a>) {
    let part = Part::Raw(code.data.as_bytes());
    let number = 65 + u8::from(code.large);
    (Bytes::default().store(Kind::Composite, &[48, 49, number], part.length()), part)
}

/// Data to be stored.
#[derive(Clone, Debug)]
enum Part<'a> {
    Raw(&'a [u8]),
    /// The 11 digits before the check digit.
    Number {
        number: Number,
        at: usize,
    },
    Escaped(Escaped<'a>),
}

impl Part<'_> {
    fn first(self, n: usize) -> Self {
        match self {
            Self::Raw(data) => Self::Raw(data.get(..n).unwrap_or(data)),
            other => other,
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Raw(data) => data.len(),
            others => others.clone().count(),
        }
    }

    /// Writes what fits; whether that is all.
    fn write(&mut self, out: &mut Out<'_>) -> bool {
        if let Self::Raw(data) = self {
            let (fits, others) = data.split_at_checked(out.room()).unwrap_or((data, &[]));
            *data = others;
            return out.put(fits) && others.is_empty();
        }
        while out.room() > 0 {
            let Some(byte) = self.next() else { return true };
            out.put(&[byte]);
        }
        self.clone().next().is_none()
    }
}

impl Iterator for Part<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        match self {
            Self::Raw(data) => {
                let (first, others) = data.split_first()?;
                *data = others;
                Some(*first)
            }
            Self::Number { number, at } => {
                let digit = number.digits().get(*at).copied().filter(|_| *at < 11)?;
                *at += 1;
                Some(digit)
            }
            Self::Escaped(escaped) => escaped.next(),
        }
    }
}
