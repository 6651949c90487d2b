//! EAN and UPC: ISO/IEC 15420, and the numbers of the GS1 General
//! Specifications.

use super::{Barcode, SymbolFault, Symbology};

/// The modulo-10 check digit of GS1: weights 3 and 1 from the right.
pub(super) fn check_digit(digits: &[u8]) -> u8 {
    let weighted = digits.iter().rev().zip([3, 1].iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit & 0x0F) * weight).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// Whether all are digits, and of `full` of them the last agrees.
///
/// # Errors
/// The first that is wrong.
pub(super) fn check_number(data: &[u8], full: usize) -> Result<(), SymbolFault> {
    if let Some(at) = data.iter().position(|byte| !byte.is_ascii_digit()) {
        return Err(SymbolFault::Character { at });
    }
    if data.len() != full && data.len() + 1 != full {
        return Err(SymbolFault::Length { got: data.len() });
    }
    let Some((last, others)) = data.split_last().filter(|_| data.len() == full) else {
        return Ok(());
    };
    match check_digit(others) {
        expected if expected == last & 0x0F => Ok(()),
        expected => Err(SymbolFault::CheckDigit { at: full - 1, expected }),
    }
}

/// The number of a retail code with its check digit, in ASCII.
#[derive(Clone, Copy, Debug)]
pub(in crate::printer) struct Number {
    /// 8, 12 or 13 of them, from the right; UPC-E in its long form.
    digits: [u8; 13],
    len: usize,
    /// The six digits of a UPC-E.
    pub(super) short: Option<[u8; 6]>,
}

impl Number {
    /// # Errors
    /// Another symbology, or a number that is none of it.
    pub(in crate::printer) fn new(code: &Barcode<'_>) -> Result<Self, SymbolFault> {
        let data = code.data.as_bytes();
        match code.symbology {
            Symbology::UpcA => Self::of(data, 12),
            Symbology::Ean13 => Self::of(data, 13),
            Symbology::Ean8 => Self::of(data, 8),
            Symbology::UpcE => Self::upc_e(data),
            _ => Err(SymbolFault::Option),
        }
    }

    fn of(data: &[u8], len: usize) -> Result<Self, SymbolFault> {
        check_number(data, len)?;
        let mut digits = [b'0'; 13];
        for (slot, digit) in digits.iter_mut().skip(13 - len).zip(data) {
            *slot = *digit;
        }
        if data.len() < len
            && let [.., last] = &mut digits
        {
            *last = b'0' + check_digit(data);
        }
        Ok(Self { digits, len, short: None })
    }

    fn upc_e(data: &[u8]) -> Result<Self, SymbolFault> {
        if let Some(at) = data.iter().position(|byte| !byte.is_ascii_digit()) {
            return Err(SymbolFault::Character { at });
        }
        let (six, check) = match *data {
            [a, b, c, d, e, f] | [b'0', a, b, c, d, e, f] => ([a, b, c, d, e, f], None),
            [b'0', a, b, c, d, e, f, check] => ([a, b, c, d, e, f], Some(check)),
            [_, _, _, _, _, _, _] | [_, _, _, _, _, _, _, _] => return Err(SymbolFault::Gtin),
            _ => {
                let number = Self::of(data, 12)?;
                let long = data.first_chunk().unwrap_or(&[0; 11]);
                return Ok(Self { short: Some(short(long).ok_or(SymbolFault::Gtin)?), ..number });
            }
        };
        let long = long(six);
        let number = Self::of(&long, 12)?;
        match (check, number.digits.last()) {
            (Some(check), Some(right)) if check != *right => {
                Err(SymbolFault::CheckDigit { at: data.len() - 1, expected: right & 0x0F })
            }
            // Six that could be written otherwise are no UPC-E.
            _ if short(&long) != Some(six) => Err(SymbolFault::Gtin),
            _ => Ok(Self { short: Some(six), ..number }),
        }
    }

    /// All digits.
    pub(in crate::printer) fn digits(&self) -> &[u8] {
        self.digits.get(13 - self.len..).unwrap_or(&[])
    }

    /// All digits with zeros to the left: 13 of them.
    pub(super) const fn thirteen(&self) -> [u8; 13] {
        self.digits
    }

    /// The check digit, unless all of so many digits were given.
    pub(super) fn added_check(&self, given: usize) -> Option<u8> {
        let full = if self.short.is_some() && given <= 8 { 8 } else { self.len };
        self.digits.last().copied().filter(|_| given < full)
    }
}

/// The 11 digits that six of a UPC-E stand for.
fn long([a, b, c, d, e, f]: [u8; 6]) -> [u8; 11] {
    const O: u8 = b'0';
    match f {
        b'0'..=b'2' => [O, a, b, f, O, O, O, O, c, d, e],
        b'3' => [O, a, b, c, O, O, O, O, O, d, e],
        b'4' => [O, a, b, c, d, O, O, O, O, O, e],
        _ => [O, a, b, c, d, e, O, O, O, O, f],
    }
}

/// The six digits that stand for 11, if there are any.
fn short(of: &[u8; 11]) -> Option<[u8; 6]> {
    let [_, a, b, c, d, e, _, _, x, y, z] = *of;
    let forms =
        [[a, b, x, y, z, c], [a, b, c, y, z, b'3'], [a, b, c, d, z, b'4'], [a, b, c, d, e, z]];
    forms.into_iter().find(|form| long(*form) == *of)
}
