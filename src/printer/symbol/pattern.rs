//! Patterns of bars and spaces, character by character, from start to stop.

use super::code93::{code93, code93_checks};
use super::code128::{Code, Codes};
use super::retail::Number;
use super::{Barcode, Symbology, tables};

/// Widths of bars and spaces in turn, in nibbles, the last in the lowest; 0
/// is a wide one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    widths: u64,
    count: u32,
}

impl Pattern {
    /// Widths of 1 to 4 modules, two bits each less one.
    pub(super) fn pairs(packed: u16, count: u32) -> Self {
        Self { widths: Self::widths(packed, (0..count).rev()), count }
    }

    fn widths(packed: u16, places: impl Iterator<Item = u32>) -> u64 {
        places.fold(0, |widths, place| widths << 4 | u64::from((packed >> (2 * place) & 3) + 1))
    }

    /// Narrow ones and, for a set bit, wide ones.
    fn flags(packed: u32, count: u32) -> Self {
        let widths = (0..count)
            .rev()
            .fold(0, |widths, place| widths << 4 | u64::from(1 - (packed >> place & 1)));
        Self { widths, count }
    }

    pub(super) const fn then(self, widths: u64, count: u32) -> Self {
        Self { widths: self.widths << (4 * count) | widths, count: self.count + count }
    }
}

/// What makes the characters of a symbol, from start to stop.
#[derive(Clone, Debug)]
enum Source<'a> {
    Retail(Retail),
    Code39 { data: &'a [u8], step: Step },
    Itf { data: &'a [u8], step: Step },
    Codabar(&'a [u8]),
    Code93 { data: &'a [u8], second: Option<u8>, checks: (u8, u8), step: Step },
    Code128 { codes: Codes<'a>, sum: u32, place: u32, step: Step },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Start,
    Data,
    Check,
    Stop,
    Done,
}

impl<'a> Source<'a> {
    /// Of data that were checked; nothing for a DataBar.
    fn new(code: &Barcode<'a>, number: Option<&Number>) -> Option<Self> {
        let data = code.data.as_bytes();
        let step = Step::Start;
        let code128 = |codes| Source::Code128 { codes, sum: 0, place: 0, step };
        Some(match code.symbology {
            Symbology::UpcA | Symbology::UpcE | Symbology::Ean13 | Symbology::Ean8 => {
                Source::Retail(Retail::new(number?))
            }
            Symbology::Code39 => Source::Code39 { data, step },
            Symbology::Itf => Source::Itf { data, step },
            Symbology::Codabar => Source::Codabar(data),
            Symbology::Code93 => {
                Source::Code93 { data, second: None, checks: code93_checks(data), step }
            }
            Symbology::Code128 | Symbology::Code128Auto => code128(Codes::plain(code.data)),
            Symbology::Gs1_128 => code128(Codes::gs1(code.data)),
            _ => return None,
        })
    }

    fn next(&mut self) -> Option<Pattern> {
        match self {
            Self::Retail(retail) => retail.next(),
            Self::Code39 { data, step } => code39(data, step),
            Self::Itf { data, step } => itf(data, step),
            Self::Codabar(data) => codabar(data),
            Self::Code93 { data, second, checks, step } => code93(data, second, *checks, step),
            Self::Code128 { codes, sum, place, step } => code128(codes, sum, place, step),
        }
    }
}

/// EAN and UPC: guards, and digits of two to four sets.
#[derive(Clone, Debug)]
struct Retail {
    digits: [u8; 13],
    /// Which digit is next; in between, guards.
    at: usize,
    /// Digits left of the middle guard.
    left: usize,
    /// A bit for each of them, the first in the highest of six: set B.
    parity: u8,
    /// UPC-E has no right half, and another guard.
    short: bool,
    step: Step,
}

impl Retail {
    fn new(number: &Number) -> Self {
        let digits = number.thirteen();
        let parity =
            |digit: u8| tables::PARITY.get(usize::from(digit & 0x0F)).copied().unwrap_or(0);
        let (first, last) = (digits.first().copied().unwrap_or(0), digits.last().copied());
        let retail =
            Self { digits, at: 1, left: 6, parity: parity(first), short: false, step: Step::Start };
        match (number.short, number.digits().len()) {
            (Some(six), _) => {
                let mut digits = [0; 13];
                digits.iter_mut().zip(six).for_each(|(slot, digit)| *slot = digit);
                let parity = match last {
                    Some(b'0') | None => 0b11_1000,
                    Some(check) => !parity(check),
                };
                Self { digits, at: 0, parity, short: true, ..retail }
            }
            (None, 8) => Self { at: 5, left: 4, ..retail },
            _ => retail,
        }
    }

    /// Of all of it, before it is begun: seven a digit, and the guards.
    const fn modules(&self) -> usize {
        if self.short { 3 + 6 * 7 + 6 } else { 3 + 2 * self.left * 7 + 5 + 3 }
    }

    fn next(&mut self) -> Option<Pattern> {
        match self.step {
            Step::Start => {
                self.step = Step::Data;
                Some(Pattern { widths: 0x111, count: 3 })
            }
            Step::Data if self.left == 0 && self.short => {
                self.step = Step::Done;
                Some(Pattern { widths: 0x11_1111, count: 6 })
            }
            Step::Data if self.left == 0 => {
                self.step = Step::Check;
                Some(Pattern { widths: 0x1_1111, count: 5 })
            }
            Step::Data | Step::Check => self.digit(),
            Step::Stop | Step::Done => None,
        }
    }

    fn digit(&mut self) -> Option<Pattern> {
        let Some(digit) = self.digits.get(self.at) else {
            self.step = Step::Done;
            return Some(Pattern { widths: 0x111, count: 3 });
        };
        let packed = tables::RETAIL.get(usize::from(digit & 0x0F)).copied().unwrap_or(0);
        self.at += 1;
        let reversed = self.left > 0 && self.parity >> (self.left - 1) & 1 == 1;
        self.left = self.left.saturating_sub(1);
        let pattern = Pattern::pairs(packed.into(), 4);
        Some(if reversed {
            Pattern { widths: Pattern::widths(packed.into(), 0..4), ..pattern }
        } else {
            pattern
        })
    }
}

/// Two of five wide, in the order of the bars.
fn two_of_five(digit: u8) -> u32 {
    tables::TWO_OF_FIVE.get(usize::from(digit)).copied().unwrap_or(0).into()
}

/// Five bits to every other of ten.
fn spread(bits: u32) -> u32 {
    (0..5).fold(0, |spread, place| spread | (bits >> place & 1) << (2 * place))
}

fn code39(data: &mut &[u8], step: &mut Step) -> Option<Pattern> {
    let flags = match (*step, data.split_first()) {
        (Step::Start, _) => {
            *step = Step::Data;
            code39_flags(b'*')
        }
        (Step::Data, Some((first, others))) => {
            *data = others;
            code39_flags(*first)
        }
        (Step::Data, None) => {
            *step = Step::Done;
            return Some(Pattern::flags(code39_flags(b'*'), 9));
        }
        _ => return None,
    };
    Some(Pattern::flags(flags, 9).then(1, 1))
}

/// Five bars and four spaces: a character is one of ten by its bars, and one
/// of four by which space is wide; `$/+%` have three wide spaces.
fn code39_flags(character: u8) -> u32 {
    let spaces =
        |wide: u32| (0..4).fold(0, |flags, place| flags | (wide >> place & 1) << (2 * place + 1));
    if let Some(at) = b"%+/$".iter().position(|sign| *sign == character) {
        return spaces([0b0111, 0b1011, 0b1101, 0b1110].get(at).copied().unwrap_or(0));
    }
    let at = b"1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *".iter().position(|c| *c == character);
    let at = at.unwrap_or(0);
    // The first ten have the second space wide, and so on round.
    let wide = [0b0100, 0b0010, 0b0001, 0b1000].get(at / 10).copied().unwrap_or(0);
    let digit = u8::try_from((at + 1) % 10).unwrap_or(0);
    spread(two_of_five(digit)) | spaces(wide)
}

fn itf(data: &mut &[u8], step: &mut Step) -> Option<Pattern> {
    match (*step, data.split_first_chunk()) {
        (Step::Start, _) => {
            *step = Step::Data;
            Some(Pattern { widths: 0x1111, count: 4 })
        }
        (Step::Data, Some(([bars, spaces], others))) => {
            *data = others;
            let flags = spread(two_of_five(bars & 0x0F)) << 1 | spread(two_of_five(spaces & 0x0F));
            Some(Pattern::flags(flags, 10))
        }
        (Step::Data, None) => {
            *step = Step::Done;
            Some(Pattern::flags(0b100, 3))
        }
        _ => None,
    }
}

fn codabar(data: &mut &[u8]) -> Option<Pattern> {
    let (first, others) = data.split_first()?;
    *data = others;
    let at = b"0123456789-$:/.+ABCD".iter().position(|c| c == first).unwrap_or(0);
    let flags = tables::CODABAR.get(at).copied().unwrap_or(0);
    let pattern = Pattern::flags(flags.into(), 7);
    Some(if others.is_empty() { pattern } else { pattern.then(1, 1) })
}

fn code128(
    codes: &mut Codes<'_>,
    sum: &mut u32,
    place: &mut u32,
    step: &mut Step,
) -> Option<Pattern> {
    let value = match *step {
        Step::Start | Step::Data => match codes.next().map(Code::value) {
            Some(value) => {
                *sum += u32::from(value) * (*place).max(1);
                *place += 1;
                value
            }
            None => {
                *step = Step::Stop;
                u8::try_from(*sum % 103).unwrap_or(0)
            }
        },
        Step::Stop => {
            *step = Step::Done;
            return Some(code128_pattern(tables::CODE128_STOP).then(2, 1));
        }
        Step::Check | Step::Done => return None,
    };
    Some(code128_pattern(value))
}

fn code128_pattern(value: u8) -> Pattern {
    Pattern::pairs(tables::CODE128.get(usize::from(value)).copied().unwrap_or(0), 6)
}

/// The bars of a bar code and the spaces between them, in dots, one after
/// the other; the first is a bar.
#[derive(Clone, Debug)]
pub(super) struct Elements<'a> {
    source: Source<'a>,
    module: u8,
    pattern: Pattern,
}

impl<'a> Elements<'a> {
    /// Of data that were checked, so many dots a module; nothing for a
    /// DataBar.
    pub(super) fn new(code: &Barcode<'a>, number: Option<&Number>, module: u8) -> Option<Self> {
        let pattern = Pattern { widths: 0, count: 0 };
        Some(Self { source: Source::new(code, number)?, module, pattern })
    }

    /// Dots of all of them.
    pub(super) fn dots(&self) -> usize {
        match &self.source {
            Source::Retail(retail) => retail.modules() * usize::from(self.module),
            _ => self.clone().map(usize::from).sum(),
        }
    }
}

impl Iterator for Elements<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.pattern.count == 0 {
            self.pattern = self.source.next()?;
        }
        self.pattern.count -= 1;
        let width = self.pattern.widths >> (4 * self.pattern.count) & 0x0F;
        Some(match u8::try_from(width).unwrap_or(1) {
            // Two modules and a half, rounded up, as printers have it.
            0 => (5 * self.module).div_ceil(2),
            modules => modules * self.module,
        })
    }
}
