//! What each symbology takes.

use super::retail::{Number, check_number};
use super::{Barcode, SymbolFault, Symbology, gs1};

/// Characters of CODE39 beside digits and capitals; of CODE93 too.
pub(super) const SIGNS: &[u8] = b"-. $/+%";

/// The most data that `GS k` is given at once: more would not fit on any
/// paper.
const LONGEST: usize = 80;

/// Checks the data; the number, if it is of a retail code.
pub(super) fn check(code: &Barcode<'_>) -> Result<Option<Number>, SymbolFault> {
    let data = code.data.as_bytes();
    if data.is_empty() || code.height == 0 {
        return Err(SymbolFault::Empty);
    }
    match code.symbology {
        Symbology::UpcA | Symbology::UpcE | Symbology::Ean13 | Symbology::Ean8 => {
            return Number::new(code).map(Some);
        }
        Symbology::Code39 => {
            let taken = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase() || SIGNS.contains(b);
            all(data, taken)
        }
        Symbology::Itf => match data.len() % 2 {
            0 => all(data, u8::is_ascii_digit),
            _ => all(data, u8::is_ascii_digit).and(Err(SymbolFault::Odd)),
        },
        Symbology::Codabar => codabar(data),
        Symbology::Code93 | Symbology::Code128 | Symbology::Code128Auto => all(data, u8::is_ascii),
        Symbology::Gs1_128 => gs1::check(data, 48),
        Symbology::DataBar | Symbology::DataBarTruncated => check_number(data, 14),
        Symbology::DataBarLimited => match data {
            [b'2'..=b'9', ..] => check_number(data, 14).and(Err(SymbolFault::Gtin)),
            _ => check_number(data, 14),
        },
        // Printers read an asterisk as something else.
        Symbology::DataBarExpanded => all(data, |b| *b != b'*').and_then(|()| gs1::check(data, 74)),
    }?;
    if data.len() > LONGEST { Err(SymbolFault::TooLong) } else { Ok(None) }
}

fn all(data: &[u8], taken: impl Fn(&u8) -> bool) -> Result<(), SymbolFault> {
    match data.iter().position(|byte| !taken(byte)) {
        None => Ok(()),
        Some(at) => Err(SymbolFault::Character { at }),
    }
}

fn codabar(data: &[u8]) -> Result<(), SymbolFault> {
    let inside = |b: &u8| b.is_ascii_digit() || b"$+-./:".contains(b);
    match data {
        [b'A'..=b'D', middle @ .., b'A'..=b'D'] => {
            all(middle, inside).map_err(|fault| match fault {
                SymbolFault::Character { at } => SymbolFault::Character { at: at + 1 },
                other => other,
            })
        }
        [b'A'..=b'D', others @ ..] => Err(SymbolFault::Character { at: others.len() }),
        _ => Err(SymbolFault::Character { at: 0 }),
    }
}
