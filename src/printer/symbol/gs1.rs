//! GS1 element strings: General Specifications, section 3, and the width of a
//! DataBar expanded, ISO/IEC 24724.

use super::SymbolFault;
use super::code128::{Chars, FNC1};
use super::retail::check_digit;

/// What stands after an application identifier.
struct Rule {
    /// The first and last identifier of those that it is for.
    identifiers: (&'static str, &'static str),
    /// This many digits, and then
    digits: usize,
    /// so many characters at most, digits only for some.
    more: usize,
    numeric: bool,
    /// The last of this many digits is a check digit.
    checked: usize,
    /// The digits are year, month and day, the day 00 for none.
    date: bool,
}

const fn digits(first: &'static str, last: &'static str, digits: usize) -> Rule {
    number(first, last, digits, 0)
}

const fn date(first: &'static str, last: &'static str) -> Rule {
    Rule { date: true, ..digits(first, last, 6) }
}

const fn checked(first: &'static str, last: &'static str, checked: usize) -> Rule {
    Rule { checked, ..digits(first, last, checked) }
}

const fn text(first: &'static str, last: &'static str, digits: usize, more: usize) -> Rule {
    Rule { numeric: false, ..number(first, last, digits, more) }
}

const fn number(first: &'static str, last: &'static str, digits: usize, more: usize) -> Rule {
    Rule { identifiers: (first, last), digits, more, numeric: true, checked: 0, date: false }
}

/// The identifiers that have a rule here; others take up to 90 characters.
#[rustfmt::skip]
static RULES: [Rule; 38] = [
    checked("00", "00", 18), checked("01", "02", 14), text("10", "10", 0, 20),
    date("11", "19"), digits("20", "20", 2), text("21", "22", 0, 20),
    text("235", "235", 0, 28), text("240", "241", 0, 30), number("242", "242", 0, 6),
    text("243", "243", 0, 20), text("250", "251", 0, 30),
    Rule { checked: 13, ..text("253", "253", 13, 17) }, text("254", "254", 0, 20),
    Rule { checked: 13, ..number("255", "255", 13, 12) }, number("30", "30", 0, 8),
    digits("3100", "3699", 6), number("37", "37", 0, 8), number("3900", "3909", 0, 15),
    number("3910", "3919", 3, 15), number("3920", "3929", 0, 15), number("3930", "3939", 3, 15),
    digits("3940", "3949", 4), text("400", "401", 0, 30), digits("402", "402", 17),
    text("403", "403", 0, 30), checked("410", "417", 13), text("420", "420", 0, 20),
    text("421", "421", 3, 9), digits("422", "422", 3), number("423", "423", 3, 12),
    digits("424", "426", 3), digits("7001", "7001", 13), digits("7003", "7003", 10),
    digits("8001", "8001", 14), Rule { checked: 14, ..text("8003", "8003", 14, 16) },
    digits("8005", "8005", 6), digits("8006", "8006", 18), checked("8018", "8018", 18),
];

impl Rule {
    fn holds(&self, value: &[u8]) -> bool {
        let Some((fixed, rest)) = value.split_at_checked(self.digits) else { return false };
        let check = fixed.get(..self.checked).and_then(<[u8]>::split_last);
        fixed.iter().all(u8::is_ascii_digit)
            && rest.len() <= self.more
            && (self.digits > 0 || !rest.is_empty())
            && (!self.numeric || rest.iter().all(u8::is_ascii_digit))
            && check.is_none_or(|(last, others)| check_digit(others) == last & 0x0F)
            && (!self.date || is_date(fixed))
    }
}

fn is_date(digits: &[u8]) -> bool {
    let &[_, _, m, month, d, day] = digits else { return false };
    let (month, day) = ([m, month], [d, day]);
    (*b"01"..=*b"12").contains(&month) && (*b"00"..=*b"31").contains(&day)
}

/// The identifier, what stands after it, and what follows.
fn element(data: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let inner = data.strip_prefix(b"(")?;
    let close = inner.iter().position(|byte| *byte == b')')?;
    let (identifier, rest) = inner.split_at_checked(close)?;
    let value = rest.strip_prefix(b")")?;
    let end = value.iter().position(|byte| *byte == b'(').unwrap_or(value.len());
    let (value, next) = value.split_at_checked(end)?;
    let whole = matches!(close, 2..=4) && identifier.iter().all(u8::is_ascii_digit);
    Some((core::str::from_utf8(identifier).ok().filter(|_| whole)?, value, next))
}

/// Element strings with at most so many characters, identifiers and
/// separators among them, parentheses not.
pub(super) fn check(data: &[u8], most: usize) -> Result<(), SymbolFault> {
    let taken = |b: &u8| b.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_".contains(b);
    if let Some(at) = data.iter().position(|byte| !taken(byte)) {
        return Err(SymbolFault::Character { at });
    }
    let mut rest = data;
    while !rest.is_empty() {
        let at = data.len() - rest.len();
        let (identifier, value, next) = element(rest).ok_or(SymbolFault::Identifier { at })?;
        let rule = RULES.iter().find(|rule| {
            let (first, last) = rule.identifiers;
            first.len() == identifier.len() && (first..=last).contains(&identifier)
        });
        let holds = match rule {
            Some(rule) => rule.holds(value),
            None => matches!(value.len(), 1..=90) && !value.contains(&b')'),
        };
        if !holds || value.contains(&b')') {
            return Err(SymbolFault::Identifier { at });
        }
        rest = next;
    }
    let separated = Chars::gs1_bytes(data).skip(1).count();
    if separated > most { Err(SymbolFault::Length { got: separated }) } else { Ok(()) }
}

/// Whether an element is of a length that its identifier tells, so that no
/// separator follows it: General Specifications, figure 7.8.5-2.
pub(super) const fn is_predefined(identifier: [u8; 2]) -> bool {
    matches!(
        identifier,
        [b'0', b'0'..=b'4']
            | [b'1', b'1'..=b'9']
            | [b'2', b'0']
            | [b'3', b'1'..=b'6']
            | [b'4', b'1']
    )
}

/// The characters as a printer takes them for GS1-128 and DataBar expanded:
/// parentheses around the identifiers, separators as `{1`, an asterisk
/// escaped.
#[derive(Clone, Debug)]
pub(in crate::printer) struct Escaped<'a> {
    rest: &'a [u8],
    /// A separator is due before the next identifier.
    open: bool,
    escaped: Option<u8>,
}

impl<'a> Escaped<'a> {
    pub(in crate::printer) const fn new(data: &'a str) -> Self {
        Self { rest: data.as_bytes(), open: false, escaped: None }
    }
}

impl Iterator for Escaped<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if let Some(escaped) = self.escaped.take() {
            return Some(escaped);
        }
        let (first, others) = self.rest.split_first()?;
        match first {
            b'(' if core::mem::take(&mut self.open) => {
                self.escaped = Some(b'1');
                return Some(b'{');
            }
            b'(' => {
                let identifier = others.first_chunk().copied().unwrap_or_default();
                self.open = !is_predefined(identifier);
            }
            b'*' => {
                self.rest = others;
                self.escaped = Some(b'*');
                return Some(b'{');
            }
            _ => {}
        }
        self.rest = others;
        Some(*first)
    }
}

/// The modules across a DataBar expanded in one row, at most: an encoder may
/// have a shorter form for these elements.
pub(super) fn expanded_modules(chars: Chars<'_>) -> u16 {
    let characters = expanded_bits(chars).div_ceil(12).max(3) + 1;
    let modules = 4 + 17 * characters + 15 * characters.div_ceil(2);
    match characters {
        ..=22 => u16::try_from(modules).unwrap_or(u16::MAX),
        _ => u16::MAX,
    }
}

/// Linkage flag, encodation method, and the general purpose field in the one
/// mode that takes all of it.
fn expanded_bits(mut chars: Chars<'_>) -> usize {
    // The separator that begins a GS1-128 is none here.
    let _ = chars.next();
    let mut header = 1 + 2 + 2;
    if chars.clone().take(2).eq(*b"01") {
        // The GTIN takes 44 bits, and the method is one bit.
        chars = {
            chars.nth(15);
            chars
        };
        header += 44 - 1;
    }
    let numeric = |c: u8| c.is_ascii_digit() || c == FNC1;
    let upper = |c: u8| numeric(c) || c.is_ascii_uppercase() || b"*,-./".contains(&c);
    if chars.clone().all(numeric) {
        return header + 7 * chars.count().div_ceil(2);
    }
    let (latch, alphanumeric) = if chars.clone().all(upper) { (4, true) } else { (9, false) };
    let bits = chars.map(|c| match c {
        FNC1 => 5 + latch,
        c if c.is_ascii_digit() => 5,
        _ if alphanumeric => 6,
        c if c.is_ascii_alphabetic() => 7,
        _ => 8,
    });
    header + latch + bits.sum::<usize>()
}
